"""Giving verdicts and taking them back, as events; apart from `comparing`, so that undo needs no model client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.domain.comparisons import Comparison, Given
from workbench.domain.events import Event
from workbench.errors import MovedMeanwhile, Unchanged
from workbench.store import Store


def put_verdict(store: Store, comparison: Comparison, case: int, given: Given | None, actor: str) -> None:
    """None takes the verdict away. `Unchanged` where it says so already, or there is none."""
    with store.write():
        before = _verdict(store, comparison.id, case)
        if before == given or (before and given and (before.verdict, before.note) == (given.verdict, given.note)):
            raise Unchanged("nothing changed: the verdict is that already" if given else "there is no verdict yet")
        store.comparisons.put_verdict(comparison.id, case, given)
        store.events.append(
            "verdict.give",
            comparison.prompt,
            actor=actor,
            at=store.clock(),
            details={
                "comparison": comparison.id,
                "case": case,
                "before": _as_details(before),
                "after": _as_details(given),
            },
        )


def is_hidden_still(store: Store, comparison: Comparison, case: int, verdict: str) -> bool:
    """Whether this verdict on an input of a blind comparison comes from somebody who was not shown the sides: it is the
    first, or says with another note what the first one said.

    A verdict that was taken back has shown them too, and so has one in a comparison that this one was before a column
    was changed: the answers of the other columns are the same.
    """
    now = _verdict(store, comparison.id, case)
    if now is not None and now.verdict == verdict:
        return now.hidden
    seen_in = (comparison.id, *store.comparisons.sharing_answers(comparison.id, case))
    return not any(store.events.was_judged(one, case) for one in seen_in)


def judge_again(store: Store, act: Event, *, backwards: bool) -> Mapping[str, Any]:
    """Gives the verdict again, or the one before it: the details of the event to record. Inside `write()`."""
    details = act.details
    before, after = details["before"], details["after"]
    if backwards:
        before, after = after, before
    if _as_details(_verdict(store, details["comparison"], details["case"])) != before:
        raise MovedMeanwhile("the verdict was changed since", "look at it before you change it")
    store.comparisons.put_verdict(details["comparison"], details["case"], _from_details(details["case"], after))
    return {**details, "before": before, "after": after}


def _as_details(given: Given | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {
        "verdict": given.verdict,
        "note": given.note,
        "hidden": given.hidden,
        "runs": list(given.runs),
        "actor": given.actor,
        "at": given.at,
    }


def _from_details(case: int, found: Mapping[str, Any] | None) -> Given | None:
    if found is None:
        return None
    return Given(
        case, found["verdict"], found["note"], found["hidden"], tuple(found["runs"]), found["actor"], found["at"]
    )


def _verdict(store: Store, comparison_id: str, case: int) -> Given | None:
    return next((given for given in store.comparisons.verdicts(comparison_id) if given.case == case), None)
