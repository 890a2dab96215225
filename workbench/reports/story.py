"""What both reports of a prompt say in the same words."""

from __future__ import annotations

from workbench.domain.comparisons import NEITHER, TIE
from workbench.domain.deployments import Deployment
from workbench.domain.releases.results import Result
from workbench.domain.releases.reviews import Review
from workbench.domain.stories import RunSums, Story

SUM_HEADERS = ("version", "runs", "failed", "tokens in", "tokens out", "cost", "mean time", "rating", "starred")


def day(stored: str) -> str:
    """`2026-09-01 14:03 UTC`: a report is read in many places."""
    return f"{stored[:10]} {stored[11:16]} UTC" if len(stored) >= 16 else stored


def facts(story: Story) -> list[tuple[str, str]]:
    row = story.prompt
    live = ", ".join(f"{number} in {environment}" for environment, number in row.live.items())
    told = [
        ("live", live or "nowhere"),
        ("latest", row.latest),
        ("versions", str(row.version_count)),
        ("tags", ", ".join(row.tags)),
        ("variable sets", ", ".join(story.sets)),
        ("archived", "yes" if row.archived else ""),
        ("as of", day(story.made_at)),
    ]
    return [(name, value) for name, value in told if value]


def move(one: Deployment) -> tuple[str, str, str, str, str, str]:
    """When, where, what, from what to what, who, why."""
    verb = "promoted" if one.kind == "promote" else "rolled back"
    return (
        day(one.at),
        one.environment,
        verb,
        f"{one.before or 'nothing'} → {one.after or 'nothing'}",
        one.actor,
        one.reason,
    )


def sums_row(number: str, sums: RunSums) -> tuple[str, ...]:
    cost = f"${sums.cost:.4f}" + (f" and {sums.unpriced} of unknown cost" if sums.unpriced else "")
    return (
        number or "drafts",
        str(sums.runs),
        f"{sums.failed}" + (f", {sums.cancelled} cancelled" if sums.cancelled else ""),
        f"{sums.input_tokens:,}",
        f"{sums.output_tokens:,}",
        cost,
        f"{sums.duration:.1f} s" if sums.duration is not None else "",
        f"{sums.rating:.1f} of {sums.rated}" if sums.rating is not None else "",
        str(sums.starred or ""),
    )


def all_sums(story: Story) -> list[tuple[str, ...]]:
    found = [sums_row(one.version.number, one.runs) for one in story.chapters if one.runs is not None]
    return [*found, *([sums_row("", story.drafts)] if story.drafts else [])]


def verdict(one: Result) -> tuple[str, str, str, str]:
    """Against what, what the votes say, how they fell, when the last was given."""
    tally = one.standing.tally
    own, other = one.a.rpartition("@")[2] or one.a, one.b.rpartition("@")[2] or one.b
    fell = f"{tally.a} : {tally.b}, {tally.ties} {TIE}, {tally.neither} {NEITHER}"
    if one.hidden:
        fell += f"; {one.hidden} with the sides hidden"
    return other, one.standing.said(own, other), fell, day(one.last)


def said(one: Review) -> tuple[str, str, str, str, str, str]:
    """When, who, what, of which version, for where, in which words."""
    kind = {"approve": "approved", "request_changes": "requested changes", "comment": "commented"}[one.kind]
    where = ", ".join(part for part in (one.environment, one.place) if part)
    return day(one.at), one.actor, kind, one.number, where, one.comment


def deployments_of(story: Story, number: str) -> str:
    """Where a version was ever made live, with the day; "" for nowhere."""
    moves = [one for one in reversed(story.deployments) if one.after == number]
    return ", ".join(f"{one.environment} {one.at[:10]}" for one in moves)


def left_out(story: Story) -> str:
    many = story.left_out != 1
    return f"{story.left_out} older version{'s are' if many else ' is'} left out."
