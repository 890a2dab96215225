"""A plan as text: what a person reads before they promote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from workbench.cli import output
from workbench.domain.releases.reviews import SAID
from workbench.domain.times import day_and_time

if TYPE_CHECKING:
    from workbench.domain.prompts import Version
    from workbench.domain.releases.checks import CheckAnswer
    from workbench.domain.releases.plans import PromotionPlan, Ratings, ReleasePlan, VariableChange
    from workbench.domain.releases.results import Result
    from workbench.domain.releases.reviews import Review

_ROOM = 11
_MARKS = {"passed": "✓", "failed": "✗", "unknown": "?"}


def tell(plan: PromotionPlan, *, diff: bool = True) -> None:
    """The whole plan on stdout, the diff of the texts last."""
    output.line(sentence(plan))
    for title, text in _facts(plan):
        output.line(f"  {title.ljust(_ROOM)}{text}".rstrip())
    tell_checks(plan.checks)
    if diff and plan.before is not None:
        _diff(plan.before, plan.after)


def tell_release(release: ReleasePlan) -> None:
    """One line a prompt, and below it what stands in its way."""
    for plan in release.plans:
        output.line(sentence(plan))
        for reason in plan.refusals:
            output.line(f"  {'refused'.ljust(_ROOM)}{reason}")
        for warning in plan.warnings:
            output.line(f"  {'warning'.ljust(_ROOM)}{warning}")
        tell_checks(plan.unmet)


def tell_checks(checks: Sequence[CheckAnswer]) -> None:
    for check in checks:
        output.line(f"  {_MARKS[check.state]} {check.state.ljust(_ROOM - 2)}{check.label} · {check.reason}")
        if check.hint:
            output.line(f"  {''.ljust(_ROOM)}  → {check.hint}")
        if check.output and check.state != "passed":
            for line in check.output.splitlines()[-20:]:
                output.line(f"  {''.ljust(_ROOM)}  | {line}")


def sentence(plan: PromotionPlan) -> str:
    return f"{plan.prompt}: {plan.environment.name} {plan.current or 'nothing'} → {plan.target} (promote)"


def review_line(review: Review) -> str:
    """`ben approved 1.4.0 for production, 2026-09-01 14:03: fine by me`."""
    where = f" for {review.environment}" if review.environment else ""
    place = f" at {review.place}" if review.place else ""
    signed = {"": "", "valid": " (signed)", "unknown": " (signed with an unknown key)", "broken": " (BROKEN signature)"}
    taken = " (withdrawn)" if review.withdrawn else ""
    said = f": {review.comment}" if review.comment else ""
    what = f"{review.actor} {SAID[review.kind]} {review.number}{where}{place}"
    return f"{what}, {day_and_time(review.at)}{signed[review.signature]}{taken}{said}"


def _facts(plan: PromotionPlan) -> Iterator[tuple[str, str]]:
    if plan.environment.protected:
        yield "protected", "it must be confirmed, with a reason"
    if plan.before is not None:
        yield "live now", _live(plan)
    yield "then", _version(plan.after)
    for row in plan.between:
        if row.number not in (plan.target, plan.current):
            yield "between", f"{row.number}, {row.author}: {row.note or '(no note)'}"
    for change in plan.added:
        yield "variable", f"+ {_variable(change)}"
    for change in plan.removed:
        yield "variable", f"- {_variable(change)}"
    for setting in plan.settings:
        yield "setting", f"{setting.name}: {_value(setting.before)} → {_value(setting.after)}"
    for result in plan.results[:5]:
        yield "compared", result_line(result)
    if plan.ratings.rated or plan.ratings.starred:
        yield "rated", f"{plan.target}: {_rated(plan.ratings)}"
    if plan.before is not None and (plan.ratings_before.rated or plan.ratings_before.starred):
        yield "rated", f"{plan.current}: {_rated(plan.ratings_before)}"
    if plan.previous is not None:
        been = "has been there" if plan.previous.was_there else "has never been there"
        yield plan.previous.environment[: _ROOM - 1], f"runs {plan.previous.live or 'nothing'}; {plan.target} {been}"
    for review in plan.reviews:
        yield "review", review_line(review)
    for review, why in plan.approvals.not_counted:
        yield "not valid", f"the approval of {review.actor}, {day_and_time(review.at)}: {why}"
    for warning in plan.warnings:
        yield "warning", warning
    for reason in plan.refusals:
        yield "refused", reason


def result_line(result: Result) -> str:
    a, b = (reference.rpartition("@")[2] for reference in (result.a, result.b))
    tally = result.standing.tally
    return f"{a} against {b}: {result.standing.said(a, b)} ({tally.a} : {tally.b}, {tally.even} even)"


def _live(plan: PromotionPlan) -> str:
    since = plan.live_since
    assert plan.before is not None  # noqa: S101 — asked by the caller
    if since is None:
        return _version(plan.before)
    reason = f": {since.reason}" if since.reason else ""
    forced = f" (forced past {since.forced})" if since.forced else ""
    return f"{plan.current} since {day_and_time(since.at)}, by {since.actor}{reason}{forced}"


def _version(version: Version) -> str:
    return f"{version.number} of {day_and_time(version.created_at)}, by {version.author}: {version.note or '(no note)'}"


def _variable(change: VariableChange) -> str:
    told = f" ({change.description})" if change.description else ""
    return f"{change.name}{told}{'' if change.required else ', has a default'}"


def _value(value: Any) -> str:
    return "not set" if value is None else json.dumps(value, ensure_ascii=False)


def _rated(ratings: Ratings) -> str:
    mean = f"{ratings.mean:.1f} of 5 from {ratings.rated} ratings" if ratings.mean is not None else "no rating"
    return f"{mean}, {ratings.starred} starred, {ratings.runs} runs"


def _diff(before: Version, after: Version) -> None:
    from workbench.cli import diff_view
    from workbench.cli.diff_told import show_messages
    from workbench.domain.diffs import compare

    layout = diff_view.unified if output.on_terminal() else diff_view.patch
    found = compare(before.content, after.content)
    show_messages(before.reference, after.reference, found, layout, 3)
