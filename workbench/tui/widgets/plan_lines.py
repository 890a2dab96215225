"""What a promotion sheet says, as lines to read: what moves and why it may, what changes, and what people found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from workbench.domain.deployments import Deployment
from workbench.domain.diffs import ContentDiff
from workbench.domain.prompts import canonical_json
from workbench.domain.releases.checks import CheckAnswer
from workbench.domain.releases.plans import PromotionPlan, Ratings, ReleasePlan
from workbench.domain.releases.reviews import SAID, Review
from workbench.domain.times import day_and_time
from workbench.text import name_of, shorten
from workbench.tui.widgets.diff_preview import Line, text_lines
from workbench.tui.widgets.result_texts import result_text

CHECK_SIGNS = {"passed": "✓", "failed": "✗", "unknown": "?"}
OUTPUT_LINES = 5
"""Last lines of what a command wrote that are shown."""
NOTE = 200
"""Characters of a note or a comment in a list of them."""


TEXTS = "text"
"""How the heading of the texts begins."""


class FilledIn(NamedTuple):
    """Both texts as a model would receive them."""

    difference: ContentDiff
    values: str
    """What was filled in, in words."""
    absent: tuple[str, ...]
    """Variables for which there is no value; they stand in the texts as they are written."""


def plan_lines(plan: PromotionPlan, difference: ContentDiff, filled: FilledIn | None = None) -> list[Line]:
    """`filled` is shown in place of the texts of `difference`."""
    return [
        *_moves(plan),
        *_held(plan),
        *_texts(plan, difference, filled),
        *_variables(plan, difference),
        *_section("settings", [_line("~", f"{s.name}: {_value(s.before)} → {_value(s.after)}") for s in plan.settings]),
        *_between(plan),
        *_found(plan),
        *_section("reviews", [_line(" ", review_told(review)) for review in plan.reviews]),
    ]


def release_lines(release: ReleasePlan, differences: Sequence[ContentDiff]) -> list[Line]:
    """Several prompts: first all of them in a line each, then one after the other."""
    count = len(release.plans)
    lines = [_head(f"{count} prompt{'s' * (count != 1)} to {release.environment.name}, all of them or none")]
    for plan in release.plans:
        sign = "✓" if plan.allowed else "✗"
        why = "" if plan.allowed else "  " + "; ".join([*plan.refusals, *(check.label for check in plan.unmet)])
        lines.append(_line(sign, f"{plan.prompt}  {plan.current or 'nothing'} → {plan.target}{why}"))
    lines += [_line("…", f"{name}: live there with this version already") for name in release.same]
    for plan, difference in zip(release.plans, differences, strict=True):
        lines += [_line(" ", ""), _head(f"━━ {plan.prompt}"), *plan_lines(plan, difference)]
    return lines


def review_told(review: Review, *, in_place: bool = False) -> str:
    """`ben approved 1.2.0 for production, 2026-11-01 12:00: fine`. `in_place`: it stands at the line that is meant."""
    where = f" for {review.environment}" if review.environment else ""
    place = f" ({review.place})" if review.place and not in_place else ""
    signed = {"valid": ", signed", "unknown": ", signed with an unknown key", "broken": ", signature broken"}
    state = signed.get(review.signature, "") + (", withdrawn" if review.withdrawn else "")
    said = f": {_short(review.comment)}" if review.comment else ""
    who = f"{name_of(review.actor) if in_place else review.actor} {SAID[review.kind]} {review.number}{where}{place}"
    return f"{who}, {day_and_time(review.at)}{state}{said}"


def _moves(plan: PromotionPlan) -> Iterator[Line]:
    after, before = plan.after, plan.before
    yield _head(f"{plan.environment.name}: {plan.current or 'nothing'} → {plan.target}")
    if before is None:
        yield _line(" ", "live now  nothing: it would be the first")
    else:
        since = f" since {_of_move(plan.live_since)}" if plan.live_since else ""
        yield _line(" ", f"live now  {before.number}{since}")
        yield _line(" ", f"          saved {_saved(before.author, before.created_at, before.note)}")
    yield _line(" ", f"then      {after.number}, saved {_saved(after.author, after.created_at, after.note)}")
    for reason in plan.refusals:
        yield _line("✗", reason + (f" · {plan.hint}" if plan.hint else ""))
    for warning in plan.warnings:
        yield _line("⚠", warning)


def _held(plan: PromotionPlan) -> Iterator[Line]:
    if plan.checks:
        yield _head("checks" if not plan.unmet else f"checks: {len(plan.unmet)} of {len(plan.checks)} do not hold")
    for check in plan.checks:
        yield from _check(check)
    if plan.previous is not None:
        live = plan.previous.live or "nothing"
        there = "" if plan.previous.was_there else f"; {plan.target} was never there"
        yield _line(" ", f"before it, {plan.previous.environment} runs {live}{there}")


def _check(check: CheckAnswer) -> Iterator[Line]:
    yield _line(CHECK_SIGNS[check.state], f"{check.label}  {check.reason}")
    if check.hint:
        yield _line(" ", f"  → {check.hint}")
    if check.state != "passed" and check.output:
        yield from (_line("…", each) for each in check.output.rstrip().splitlines()[-OUTPUT_LINES:])


def _texts(plan: PromotionPlan, difference: ContentDiff, filled: FilledIn | None) -> Iterator[Line]:
    yield _head(TEXTS if filled is None else f"{TEXTS} as rendered with {filled.values}")
    if filled is not None and filled.absent:
        yield _line("⚠", f"no value there for {', '.join(filled.absent)}")
    lines = text_lines(difference if filled is None else filled.difference)
    yield from lines or [_line("…", "both say the same" if plan.before else "no text")]


def _variables(plan: PromotionPlan, difference: ContentDiff) -> Iterator[Line]:
    lines = []
    for variable in plan.added:
        needs = "required: whoever calls must send it" if variable.required else "has a default"
        about = f"  {variable.description}" if variable.description else ""
        lines.append(_line("+", f"{variable.name}  {needs}{about}"))
    lines += [_line("-", f"{variable.name}  not asked for any more") for variable in plan.removed]
    known = {variable.name for variable in (*plan.added, *plan.removed)}
    for change in difference.variables:
        if change.path.partition(".")[0] in known:
            continue
        if change.kind == "added":
            lines.append(_line("+", f"{change.path}  declared now{_declared(change.after)}"))
        elif change.kind == "removed":
            lines.append(_line("-", f"{change.path}  declared no longer{_declared(change.before)}"))
        else:
            lines.append(_line("~", f"{change.path}: {_value(change.before)} → {_value(change.after)}"))
    yield from _section("variables", lines)


def _declared(value: Any) -> str:
    """What a declaration says, or one part of it."""
    if not isinstance(value, Mapping):
        return f": {_value(value)}"
    said = [f"{name} {_value(given)}" for name, given in sorted(value.items()) if name != "description"]
    said += [str(value["description"])] if value.get("description") else []
    return f": {_short('; '.join(said))}" if said else ""


def _between(plan: PromotionPlan) -> Iterator[Line]:
    if [row.number for row in plan.between] in ([], [plan.target]):
        return
    backwards = plan.before is not None and any(row.number == plan.before.number for row in plan.between)
    yield _head("what goes with this step backwards" if backwards else "what came since")
    for row in plan.between:
        withdrawn = "  (withdrawn)" if row.withdrawn else ""
        yield _line(" ", f"{row.number:<12} {_saved(row.author, row.created_at, row.note)}{withdrawn}")


def _found(plan: PromotionPlan) -> Iterator[Line]:
    yield from _section("comparisons", [_line(" ", result_text(result)) for result in plan.results])
    if plan.ratings.runs or plan.ratings_before.runs:
        lines = [_line(" ", f"{plan.target}  {_rated(plan.ratings)}")]
        if plan.before is not None:
            lines.append(_line(" ", f"{plan.before.number}  {_rated(plan.ratings_before)}"))
        yield from _section("runs", lines)


def _rated(ratings: Ratings) -> str:
    count = f"{ratings.runs} run{'s' * (ratings.runs != 1)}"
    if ratings.mean is None:
        return f"{count}, none rated"
    stars = f", {ratings.starred} starred" if ratings.starred else ""
    return f"{count}, {ratings.mean:.1f} of 5 from {ratings.rated} rated{stars}"


def _of_move(move: Deployment) -> str:
    who = f" by {name_of(move.actor)}" if move.actor else ""
    return f"{day_and_time(move.at)}{who}" + (f": {_short(move.reason)}" if move.reason else "")


def _saved(author: str, at: str, note: str) -> str:
    who = f" by {name_of(author)}" if author else ""
    return f"{day_and_time(at)}{who}" + (f": {_short(note)}" if note else " (no note)")


def _section(title: str, lines: Sequence[Line]) -> list[Line]:
    return [_head(title), *lines] if lines else []


def _head(text: str) -> Line:
    return "#", text, ()


def _line(sign: str, text: str) -> Line:
    return sign, text, ()


def _value(value: Any) -> str:
    if value is None:
        return "not set"
    return shorten(value if isinstance(value, str) else canonical_json(value), 80)


def _short(text: str) -> str:
    return shorten(" ".join(text.split()), NOTE)
