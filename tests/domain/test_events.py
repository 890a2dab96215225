"""The hash chain, and replaying a log to see what undo and redo act on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.events import GENESIS, UNDOABLE, Event, event_hash, undo_and_redo

EVENT = Event(1, "version.save", "x", "ana", "2026-01-01T00:00:00.000000Z", {"number": "1.0.0"})


def test_a_known_hash_never_changes() -> None:
    # Stored chains are checked against this for ever.
    assert event_hash(GENESIS, EVENT) == "de78c01926d7f218c92048b2a1232dbf539ad7c218ded934554372f79bf9d47a"


@pytest.mark.parametrize(
    "changed",
    [
        replace(EVENT, id=2),
        replace(EVENT, kind="prompt.create"),
        replace(EVENT, prompt="y"),
        replace(EVENT, actor="eve"),
        replace(EVENT, at="2026-01-01T00:00:00.000001Z"),
        replace(EVENT, details={"number": "1.0.1"}),
        replace(EVENT, undoes=1),
        replace(EVENT, redoes=1),
    ],
)
def test_every_field_and_the_row_before_are_in_the_hash(changed: Event) -> None:
    assert event_hash(GENESIS, changed) != event_hash(GENESIS, EVENT)
    assert event_hash("1" * 64, EVENT) != event_hash(GENESIS, EVENT)


def ids(pair: tuple[Event | None, Event | None]) -> tuple[int | None, int | None]:
    return (pair[0].id if pair[0] else None, pair[1].id if pair[1] else None)


def test_examples() -> None:
    def act(number: int) -> Event:
        return replace(EVENT, id=number)

    def undo(number: int, of: int) -> Event:
        return replace(EVENT, id=number, undoes=of)

    def redo(number: int, of: int) -> Event:
        return replace(EVENT, id=number, redoes=of)

    assert ids(undo_and_redo([])) == (None, None)
    assert ids(undo_and_redo([act(1), act(2)])) == (2, None)
    assert ids(undo_and_redo([act(1), act(2), undo(3, 2)])) == (1, 3)
    assert ids(undo_and_redo([act(1), act(2), undo(3, 2), undo(4, 1)])) == (None, 4)
    assert ids(undo_and_redo([act(1), act(2), undo(3, 2), undo(4, 1), redo(5, 4)])) == (1, 3)
    assert ids(undo_and_redo([act(1), act(2), undo(3, 2), act(4)])) == (4, None)
    assert ids(undo_and_redo([replace(EVENT, id=1, kind="note.written")])) == (None, None)


@given(st.lists(st.sampled_from(["act", "undo", "redo"]), max_size=40))
def test_the_log_replays_like_two_stacks(moves: list[str]) -> None:
    log: list[Event] = []
    done: list[int] = []
    undone: list[tuple[int, int]] = []
    for move in moves:
        number = len(log) + 1
        to_undo, to_redo = undo_and_redo(log)
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
