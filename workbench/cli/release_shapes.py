"""Plans, reviews and checks with `--json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from workbench.cli import shapes

if TYPE_CHECKING:
    from workbench.domain.releases.checks import CheckAnswer
    from workbench.domain.releases.plans import PromotionPlan, Ratings, ReleasePlan
    from workbench.domain.releases.results import Result
    from workbench.domain.releases.reviews import Review


def plan(of: PromotionPlan) -> dict[str, Any]:
    return {
        "prompt": of.prompt,
        "environment": of.environment.name,
        "protected": of.environment.protected,
        "kind": "promote",
        "before": of.current,
        "after": of.target,
        "digest": of.after.digest,
        "live_since": shapes.deployment(of.live_since) if of.live_since else None,
        "between": [shapes.version_row(of.prompt, row) for row in of.between],
        "variables": {
            "added": [asdict(change) for change in of.added],
            "removed": [asdict(change) for change in of.removed],
        },
        "settings": [asdict(change) for change in of.settings],
        "comparisons": [result(one) for one in of.results],
        "ratings": {"after": _ratings(of.ratings), "before": _ratings(of.ratings_before) if of.before else None},
        "checks": [check(one) for one in of.checks],
        "reviews": [review(one) for one in of.reviews],
        "approvals": {
            "valid": [one.id for one in of.approvals.valid],
            "requests": [one.id for one in of.approvals.requests],
            "not_counted": [{"review": one.id, "why": why} for one, why in of.approvals.not_counted],
        },
        "previous": asdict(of.previous) if of.previous else None,
        "warnings": list(of.warnings),
        "refusals": list(of.refusals),
        "allowed": of.allowed,
        "forceable": of.forceable,
    }


def release(of: ReleasePlan) -> dict[str, Any]:
    return {
        "environment": of.environment.name,
        "from": of.source or None,
        "allowed": of.allowed,
        "forceable": of.forceable,
        "plans": [plan(one) for one in of.plans],
        "same": list(of.same),
    }


def check(of: CheckAnswer) -> dict[str, Any]:
    return {
        "check": of.check,
        "label": of.label,
        "state": of.state,
        "reason": of.reason,
        "hint": of.hint or None,
        "output": of.output or None,
        "command": list(of.command) or None,
    }


def review(of: Review) -> dict[str, Any]:
    return {
        "id": of.id,
        "prompt": of.prompt,
        "version": of.number,
        "digest": of.digest,
        "environment": of.environment or None,
        "kind": of.kind,
        "comment": of.comment,
        "actor": of.actor,
        "at": of.at,
        "line": of.line,
        "line_of": of.line_number,
        "withdrawn": of.withdrawn,
        "signature": of.signature or None,
    }


def result(of: Result) -> dict[str, Any]:
    tally = of.standing.tally
    return {
        "a": of.a,
        "b": of.b,
        "verdict": of.standing.answer,
        "votes": {"a": tally.a, "b": tally.b, "ties": tally.ties, "neither": tally.neither},
        "share": of.standing.share,
        "low": of.standing.low,
        "high": of.standing.high,
        "hidden": of.hidden,
        "comparisons": list(of.comparisons),
        "last": of.last,
    }


def _ratings(of: Ratings) -> dict[str, Any]:
    return asdict(of)
