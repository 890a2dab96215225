"""Which acts undo and redo would act on, and why some events are not taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.domain.events import UNDOABLE, Event

LASTING: Mapping[str, str] = {
    "version.withdraw": "it takes a save back; redo does the save again",
    "version.reinstate": "it is a save that was done again; undo takes the save back",
    "review.reinstate": "it is a review that was given again; undo takes the review back",
    "check.run": "it records what a command answered, and changes nothing",
    "store.seal": "it records what the rows of an older store said, and changes nothing",
    "store.mend": "it put back what keeps the store as it is",
}
"""The kinds of events that undo passes by, and why. Every kind is here or in `UNDOABLE`."""


def acts_to_take_back(events: Sequence[Event]) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """What undo would take back, and the undos that redo would; `events` oldest first, and so are both answers.

    Events that share the `act` of their details are one act. A new act empties what could be redone; what was redone
    can be undone again.
    """
    done: list[Event] = []
    undone: list[tuple[Event, Event | None]] = []
    by_id = {event.id: event for event in events}
    for event in events:
        if event.undoes is not None:
            done = [act for act in done if act.id != event.undoes]
            undone.append((event, by_id.get(event.undoes)))
        elif event.redoes is not None:
            taken_back = next((original for undo, original in undone if undo.id == event.redoes), None)
            undone = [pair for pair in undone if pair[0].id != event.redoes]
            if taken_back is not None:
                done.append(taken_back)
        elif event.kind in UNDOABLE:
            done.append(event)
            undone.clear()
    return _last_act(done), _last_act([undo for undo, _ in undone])


def is_one_act(one: Event, other: Event) -> bool:
    return one.id == other.id or (one.details.get("act") is not None and one.details["act"] == other.details.get("act"))


def _last_act(events: Sequence[Event]) -> tuple[Event, ...]:
    return tuple(event for event in events if is_one_act(event, events[-1])) if events else ()
