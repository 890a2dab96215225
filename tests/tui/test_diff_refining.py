"""Blocks that a diff had no time for: compared one by one, or all of them, on a key."""

from __future__ import annotations

from tests.tui.conftest import Driven, Open
from tests.tui.test_diff import open_diff, save_pair
from workbench.domain.diffs import Degraded, diff_texts
from workbench.settings.config import Config
from workbench.tui.screens.diff.base import PENDING, coarse_told
from workbench.tui.screens.diff.screen import DiffScreen

LINES = [f"Paragraph {n} says of everything what it said before, and says it in as many words." for n in range(200)]
PLACES = (20, 90, 160)


def pair() -> tuple[str, str]:
    after = [line.replace("everything", "most things") if n in PLACES else line for n, line in enumerate(LINES)]
    return "\n".join(LINES), "\n".join(after)


async def without_time(driven: Driven) -> DiffScreen:
    screen = await open_diff(driven)
    screen.compare_now(budget=0)
    await driven.settle(0.3)
    return screen


def left(screen: DiffScreen) -> list[int]:
    """The lines of the blocks that are left."""
    assert screen.comparison is not None
    return [block.l0 for block in screen.comparison.messages[0].diff.degraded]


async def test_the_block_under_the_cursor_is_refined_then_all(config: Config, opened: Open) -> None:
    save_pair(config, *pair())
    async with opened(config, (160, 30)) as driven:
        screen = await without_time(driven)
        assert left(screen) == list(PLACES)
        assert "⚠ 3 blocks not refined" in driven.text
        assert "⚠ 3 blocks not refined · +" in driven.status
        await driven.do("diff.next_hunk", "diff.refine")
        await driven.settle(0.3)
        assert left(screen) == [PLACES[0], PLACES[2]]
        assert "2 blocks are left" in driven.status
        await driven.do("diff.refine")
        assert "U does the 2 that are left" in driven.status
        await driven.do("diff.refine_all")
        await driven.settle(0.3)
        assert "every word is compared now" in driven.status
        assert screen.comparison is not None
        assert screen.comparison.messages[0].diff == diff_texts(*pair())
        await driven.do("diff.refine")
        assert "every word is compared already" in driven.status
        await driven.do("list.down")
        assert "not refined" not in driven.text


async def test_edited_moves_that_were_not_looked_for_are_found_from_anywhere(config: Config, opened: Open) -> None:
    moved = "The one paragraph that stands elsewhere now and that {} were edited on its way to the new place."
    before = [moved.format("five words"), "", *LINES]
    after = [*LINES, "", moved.format("three signs")]
    save_pair(config, "\n".join(before), "\n".join(after))
    async with opened(config, (160, 30)) as driven:
        screen = await without_time(driven)
        assert "⚠ edited moves not looked for" in driven.text
        await driven.do("diff.refine")
        await driven.settle(0.3)
        assert screen.comparison is not None
        assert [move.exact for move in screen.comparison.messages[0].diff.moves] == [False]
        assert "moved to line" in driven.text


def test_the_words_of_a_first_phase_are_counted_only_once_they_are_compared() -> None:
    pending, late, moves = (
        Degraded("words pending", 0, 1, 0, 1),
        Degraded("out of time", 1, 2, 1, 2),
        Degraded("out of time", 2, 3, 2, 3, "moves"),
    )
    assert coarse_told([late, pending]) == PENDING
    assert coarse_told([late, moves]) == "⚠ 1 block not refined"
    assert coarse_told([moves]) == "⚠ edited moves not looked for"
    assert coarse_told([]) == ""
