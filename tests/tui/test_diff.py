"""The diff screen: aligned halves, signs beside colours, folds, hunks, and stepping through versions."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from tests.tui.conftest import Open
from tests.tui.test_library import TO_THE_PROMPT
from workbench.domain.diffs import compare
from workbench.domain.prompts import Content
from workbench.settings.config import Config
from workbench.tui.screens.diff import DiffScreen
from workbench.tui.widgets.diff_rows import ALL, blocks
from workbench.tui.widgets.wrap import pieces, shown, wrap


async def test_split_when_wide_with_words_signs_and_settings(filled: Config, opened: Open) -> None:
    async with opened(filled, (160, 45)) as driven:
        await driven.do(*TO_THE_PROMPT, "version.diff")
        await driven.settle(0.3)
        text = driven.text
        assert "~ settings.temperature: 0.3 → 0.2" in text
        row = next(line for line in text.splitlines() if "Be friendly." in line)
        left, _, right = row.partition("│")
        assert re.search(r"3 [-~] Be friendly\.", left)
        assert re.search(r"3 [+~] Be warm, brief and exact\.", right)
        assert "hunk 1/1" in driven.status


async def test_unified_when_narrow_and_the_layouts_in_turn(filled: Config, opened: Open) -> None:
    async with opened(filled, (80, 24)) as driven:
        await driven.do(*TO_THE_PROMPT, "version.diff")
        await driven.settle(0.3)
        assert "- Be friendly." in driven.text
        assert "+ Be warm, brief and exact." in driven.text
        screen = driven.app.screen
        assert isinstance(screen, DiffScreen)
        seen = []
        for _ in range(3):
            await driven.do("diff.layout")
            seen.append(screen.view.layout_now)
        assert seen == ["words", "split", "unified"]


async def test_stepping_either_side(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT, "version.diff")
        screen = driven.app.screen
        assert isinstance(screen, DiffScreen)
        await driven.do("diff.older_right")
        assert (screen.left.number, screen.right.number) == ("1.0.0", "1.0.1")
        await driven.do("diff.newer_right", "diff.newer_left")
        assert (screen.left.number, screen.right.number) == ("1.0.1", "1.0.2")
        await driven.do("diff.newer_right")
        assert "newest" in driven.status
        await driven.do("diff.older_left", "diff.older_left")
        assert "oldest" in driven.status


def long_pair() -> tuple[Content, Content]:
    lines = [f"line {n}" for n in range(100)]
    changed = [*lines[:10], "line ten", *lines[11:80], *lines[81:]]
    return Content.of_text("\n".join(lines)), Content.of_text("\n".join(changed))


def test_unchanged_stretches_fold_and_unfold() -> None:
    comparison = compare(*long_pair())
    folded = blocks(comparison, "split", 3)
    heads = [block.head for block in folded if block.fold is not None]
    assert len(heads) == 3
    assert all("unchanged line" in head for head in heads)
    fold = next(block.fold for block in folded if block.fold is not None)
    assert len(blocks(comparison, "split", 3, {fold})) > len(folded)
    shown_all = blocks(comparison, "split", ALL)
    assert not [block for block in shown_all if block.fold is not None]
    assert [b.left.number for b in shown_all if b.left is not None] == list(range(1, 101))


@pytest.mark.parametrize("layout", ["split", "unified", "words"])
def test_every_change_has_a_sign_and_is_in_a_hunk(layout: str) -> None:
    for block in blocks(compare(*long_pair()), layout, 3):  # type: ignore[arg-type]
        halves = [half for half in (block.left, block.right) if half is not None]
        assert (block.hunk >= 0) == any(half.sign.strip() for half in halves)


async def test_hunks_and_folds_by_key(config: Config, opened: Open) -> None:
    from workbench.composition import Workbench

    before, after = long_pair()
    with Workbench(config) as workbench:
        workbench.library.save("x", before)
        workbench.library.save("x", after)
    async with opened(config, (120, 20)) as driven:
        await driven.do("version.diff")
        await driven.settle(0.3)
        assert "hunk 1/2" in driven.status
        await driven.do("diff.next_hunk")
        assert "hunk 2/2" in driven.status
        await driven.do("diff.next_hunk")
        assert "last change" in driven.status
        await driven.do("diff.previous_hunk", "list.top", "list.down")
        screen = driven.app.screen
        assert isinstance(screen, DiffScreen)
        before_count = screen.view.count
        await driven.do("list.open")
        assert screen.view.count > before_count


@pytest.mark.parametrize("width", [1, 7, 20, 80])
@pytest.mark.parametrize(
    "text", ["", "word " * 40, "x" * 200, "漢字" * 60, "a 漢字 b " * 30, "👩‍🚀 " * 30, "é" * 90, " lead", "tail   " * 9]
)
def test_wrapped_rows_hold_everything_and_fit(text: str, width: int) -> None:
    starts = wrap(text, width)
    ends = (*starts[1:], len(text))
    rows = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    assert "".join(rows) == text
    if width > 2:
        assert all(cell_len(row.rstrip()) <= width for row in rows)


def test_spans_stay_on_their_text_when_controls_are_shown() -> None:
    text, spans = shown("a\x1b[b\u202ec\td", [(2, 4, "old_word"), (5, 6, "new_word")])
    assert [(text[start:end], kind) for start, end, kind in spans] == [("[b", "old_word"), ("c", "new_word")]
    assert pieces("abcdef", 1, 5, [(0, 2, "x"), (3, 9, "y")]) == [("b", "x"), ("c", ""), ("de", "y")]
