"""Who did what while somebody looked at a plan."""

from __future__ import annotations

from workbench.domain.events import Event
from workbench.domain.releases.plans import PromotionPlan
from workbench.domain.times import day_and_time
from workbench.services.past.telling import told
from workbench.store import Store

_MOST = 500
_SHOWN = 3


def who_moved(store: Store, shown: PromotionPlan, now: PromotionPlan) -> str:
    """In one line: what others did since, and where nobody did anything, what else is different."""
    acts = []
    for event in store.events.newest(shown.prompt, limit=_MOST):
        if event.id <= shown.as_of:
            break
        if event.kind != "check.run":
            acts.append(event)
    said = [_said(event) for event in acts[:_SHOWN]]
    if len(acts) > _SHOWN:
        said.append(f"and {len(acts) - _SHOWN} more acts before")
    if shown.current != now.current:
        said.insert(
            0, f"{now.current or 'nothing'} is live in {now.environment.name} by now, not {shown.current or 'nothing'}"
        )
    if not said:
        said = _differences(shown, now)
    return f"{shown.prompt}: " + "; ".join(said)


def _said(event: Event) -> str:
    reason = event.details.get("reason") or event.details.get("comment")
    who = event.actor or "somebody"
    return f"{who} did at {day_and_time(event.at)}: {told(event)}{f' ({reason})' if reason else ''}"


def _differences(shown: PromotionPlan, now: PromotionPlan) -> list[str]:
    before = {check.label: check.state for check in shown.checks}
    after = {check.label: check.state for check in now.checks}
    found = [
        f"{label}: {before.get(label, 'not asked')} → {after.get(label, 'not asked any more')}"
        for label in {**before, **after}
        if before.get(label) != after.get(label)
    ]
    found += [reason for reason in now.refusals if reason not in shown.refusals]
    if not found and shown.previous != now.previous and now.previous is not None:
        found.append(f"{now.previous.live or 'nothing'} is live in {now.previous.environment} by now")
    return found or ["something else is true by now"]
