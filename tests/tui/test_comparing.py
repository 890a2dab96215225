"""What is known of the cells of a comparison, without a screen."""

from __future__ import annotations

from dataclasses import replace

from workbench.domain.comparisons import CellKey, Column, Comparison
from workbench.domain.inputs import Case
from workbench.domain.prompts import Content, Message, Version
from workbench.domain.runs import Delta, Request, Run, Started, Usage
from workbench.tui.comparing import Board, facts_of, folded_facts

STARTED = Started("run", Request("fake", "http://localhost", {}))
VERSION = Version(1, "support/help", "1.0.0", Content((Message("user", "Hello"),)))


def a_comparison(id: str) -> Comparison:
    return Comparison(id, (Column(VERSION, "fake/one"), Column(VERSION, "fake/two")), (Case("only", {}),))


def test_what_is_told_of_a_column_as_it_was_before_it_was_changed_is_no_news() -> None:
    board = Board(a_comparison("first"), {})
    for column in (0, 1):
        board.take(CellKey("first", 0, column), STARTED)
    board.change(a_comparison("second"), 1)
    assert [board.at(0, column).status for column in (0, 1)] == ["asked", "waits"]
    # The call that was stopped still tells of itself, and so do those of the other column, which go on.
    for column in (0, 1):
        board.take(CellKey("first", 0, column), Delta("late"))
    assert [board.at(0, column).characters for column in (0, 1)] == [4, 0]
    board.take(CellKey("second", 0, 1), STARTED)
    board.take(CellKey("second", 0, 1), Delta("new"))
    assert board.at(0, 1).pieces == [Delta("new")]


def test_a_column_that_was_changed_stays_changed_when_another_one_is() -> None:
    board = Board(a_comparison("first"), {})
    board.change(a_comparison("second"), 1)
    board.take(CellKey("second", 0, 1), STARTED)
    board.change(a_comparison("third"), 0)
    for cell in (CellKey("first", 0, 0), CellKey("first", 0, 1), CellKey("second", 0, 0)):
        board.take(cell, Delta("late"))
    assert [board.at(0, column).pieces for column in (0, 1)] == [[], []]
    board.take(CellKey("second", 0, 1), Delta("goes on"))
    assert board.at(0, 1).characters == len("goes on")


def test_what_is_taken_back_waits_for_nothing_until_it_is_asked_again() -> None:
    board = Board(a_comparison("first"), {})
    board.take(CellKey("first", 0, 0), STARTED)
    board.take_back()
    assert [board.at(0, column).status for column in (0, 1)] == ["asked", "unasked"]
    assert board.is_taken_back(0)
    board.ask_again(0, 0)
    assert board.is_taken_back(0)
    board.ask_again(0)
    assert board.at(0, 1).status == "waits"


def test_a_call_that_failed_is_counted_by_how_often_it_was_sent_and_compared_with_none() -> None:
    asked = Request("fake", "one", {})
    whole = Run(
        "a", "support/help", "1.0.0", "", {}, asked, "finished", "Hi", duration=2.0, usage=Usage(10, 5), cost=0.0
    )
    failed = replace(whole, id="b", status="failed", duration=1.5, usage=Usage(), response={"attempts": 3})
    again = replace(whole, id="c", duration=2.5, response={"attempts": 2})
    assert facts_of(failed, whole) == ["✗ failed · asked 3 times", "1.5 s"]
    assert facts_of(whole, whole) == ["✓ 10→5 tokens · free", "2.0 s"]
    assert facts_of(again, whole) == ["✓ 10→5 tokens · free", "2.5 s · asked 2 times", "to A: +0 tokens · +0.5 s"]
    assert folded_facts([whole, failed, replace(whole, id="d", status="cancelled")], 3)[0] == (
        "1 of 3 runs, 1 failed, 1 cancelled · 1 distinct answer"
    )
