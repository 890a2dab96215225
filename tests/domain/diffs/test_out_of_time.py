"""What was not looked for is told, wherever the time runs out, and can be made up for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.domain.diffs.invariants import holds
from tests.domain.diffs.strategies import PAIRS
from tests.support.examples import examples
from workbench.domain.diffs import Degraded, Diff, diff_lines, diff_texts, mirror, phases, refine
from workbench.domain.diffs.deadline import Deadline

MOVED = "Answer every customer in the language of the customer and promise nothing before the order is checked."
EDITED = "Answer every customer in the language of the customer and promise no refund before the order is checked."
STAYS = "\nKeep it short.\n\nBe kind.\n"
BEFORE, AFTER = f"# Rules\n{MOVED}\n{STAYS}", f"# Rules\n{STAYS}{EDITED}\n"


class Countdown(Deadline):
    """Passes after so many looks at it."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.left = looks

    def passed(self) -> bool:
        self.left -= 1
        return self.left < 0


@contextmanager
def looks(count: int) -> Iterator[None]:
    """A budget, whatever it is, is used up after this many looks at the clock."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phases, "Deadline", lambda seconds=None: Deadline() if seconds is None else Countdown(count))
        yield


def with_looks(left: str, right: str, count: int) -> Diff:
    with looks(count):
        return diff_texts(left, right, budget=1)


@pytest.mark.parametrize(("left", "right"), [(BEFORE, AFTER), (AFTER, BEFORE)])
def test_an_edited_move_that_there_was_no_time_for_is_told_and_found_later(left: str, right: str) -> None:
    whole = diff_texts(left, right)
    assert [move.exact for move in whole.moves] == [False]
    diff = holds(diff_texts(left, right, budget=0), left, right)
    assert [(block.reason, block.lacks) for block in diff.degraded] == [("out of time", "moves")]
    assert {row.kind for row in diff.rows} == {"equal", "delete", "insert"}
    assert refine(diff) == refine(diff, [0]) == whole
    assert refine(diff, [0], budget=0) == diff


def test_the_first_phase_leaves_edited_moves_to_the_second() -> None:
    lines = diff_lines(BEFORE, AFTER)
    assert lines.degraded == (Degraded("words pending", 1, 6, 1, 6, "moves"),)
    assert refine(lines) == diff_texts(BEFORE, AFTER)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("one\ntwo", "one\ntwo\nthree"),
        (f"{MOVED}\nend", "end"),
        ("end", f"end\n{MOVED}"),
        (f"{MOVED}\nend", "end\nshort"),
        (f"short\nend\n{MOVED}", f"{MOVED}\nend"),
        (f"{'-' * 80}\nend", f"end\n{'=' * 80}"),
    ],
)
def test_what_cannot_hold_an_edited_move_is_whole_without_any_time(left: str, right: str) -> None:
    diff = holds(diff_texts(left, right, budget=0), left, right)
    assert diff == diff_lines(left, right) == diff_texts(left, right)
    assert diff.degraded == ()


def test_moves_without_edits_are_joined_without_any_time() -> None:
    moved = f"{MOVED}\n\nWrite the number of the order into every answer that you give."
    stays = f"# Rules\n{STAYS}# Tone\nWarm."
    before, after = f"{moved}\n{stays}\nend", f"{stays}\n{moved}\nend"
    diff = diff_texts(before, after, budget=0)
    assert diff.degraded == ()
    assert len(diff.moves) == 1
    assert diff == diff_texts(before, after)


@given(PAIRS, st.integers(0, 60))
@examples(300)
@example((BEFORE, AFTER), 1)
@example((BEFORE, AFTER), 5)
@example((BEFORE, AFTER), 12)
def test_wherever_the_time_runs_out_the_rest_can_be_made_up_for(pair: tuple[str, str], count: int) -> None:
    diff = holds(with_looks(*pair, count), *pair)
    assert {block.reason for block in diff.degraded} <= {"out of time"}
    assert with_looks(pair[1], pair[0], count) == mirror(diff)
    whole = diff_texts(*pair)
    assert refine(diff) == whole
    while diff.degraded:
        diff = holds(refine(diff, [len(diff.degraded) - 1]), *pair)
    assert diff == whole
