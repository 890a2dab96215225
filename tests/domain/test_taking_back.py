"""Replaying a log to see what undo and redo act on."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.events import UNDOABLE, Event
from workbench.domain.taking_back import acts_to_take_back

EVENT = Event(1, "version.save", "x", "ana", "2026-01-01T00:00:00.000000Z", {"number": "1.0.0"})


def ids(pair: tuple[tuple[Event, ...], tuple[Event, ...]]) -> tuple[int | None, int | None]:
    """Of acts of one event each."""
    to_undo, to_redo = (_only(events) for events in pair)
    return (to_undo.id if to_undo else None, to_redo.id if to_redo else None)


def _only(events: tuple[Event, ...]) -> Event | None:
    assert len(events) <= 1
    return events[0] if events else None


def test_examples() -> None:
    def act(number: int) -> Event:
        return replace(EVENT, id=number)

    def undo(number: int, of: int) -> Event:
        return replace(EVENT, id=number, undoes=of)

    def redo(number: int, of: int) -> Event:
        return replace(EVENT, id=number, redoes=of)

    assert ids(acts_to_take_back([])) == (None, None)
    assert ids(acts_to_take_back([act(1), act(2)])) == (2, None)
    assert ids(acts_to_take_back([act(1), act(2), undo(3, 2)])) == (1, 3)
    assert ids(acts_to_take_back([act(1), act(2), undo(3, 2), undo(4, 1)])) == (None, 4)
    assert ids(acts_to_take_back([act(1), act(2), undo(3, 2), undo(4, 1), redo(5, 4)])) == (1, 3)
    assert ids(acts_to_take_back([act(1), act(2), undo(3, 2), act(4)])) == (4, None)
    assert ids(acts_to_take_back([replace(EVENT, id=1, kind="note.written")])) == (None, None)


@given(st.lists(st.sampled_from(["act", "undo", "redo"]), max_size=40))
def test_the_log_replays_like_two_stacks(moves: list[str]) -> None:
    log: list[Event] = []
    done: list[int] = []
    undone: list[tuple[int, int]] = []
    for move in moves:
        number = len(log) + 1
        to_undo, to_redo = map(_only, acts_to_take_back(log))
        assert (to_undo.id if to_undo else None) == (done[-1] if done else None)
        assert (to_redo.id if to_redo else None) == (undone[-1][0] if undone else None)
        if move == "act":
            log.append(replace(EVENT, id=number))
            done.append(number)
            undone.clear()
        elif move == "undo" and to_undo:
            log.append(replace(EVENT, id=number, undoes=to_undo.id))
            undone.append((number, done.pop()))
        elif move == "redo" and to_redo:
            log.append(replace(EVENT, id=number, redoes=to_redo.id))
            done.append(undone.pop()[1])


def test_all_kinds_that_change_something_can_be_undone() -> None:
    assert "version.save" in UNDOABLE
    assert "prompt.describe" in UNDOABLE
