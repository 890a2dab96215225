"""What the diff says about itself: its status at any width, who wrote its sides, and its signs in the help."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Open
from tests.tui.hard_pairs import PAIRS
from tests.tui.test_diff import open_diff
from workbench.composition import Workbench
from workbench.domain.prompts import Content
from workbench.settings.config import Config
from workbench.tui.widgets.status_text import SURELY, joined, room_for_where

TOLD = [("change 1/9", SURELY), ("11 %", 1), ("+7 -126 words", 4), ("3 lines folded", SURELY), ("≈ 8 → 6 tokens", 3)]


def test_what_is_worth_least_gives_way_first_and_what_is_hidden_never() -> None:
    whole = "change 1/9 · 11 % · +7 -126 words · 3 lines folded · ≈ 8 → 6 tokens"
    assert joined(TOLD, len(whole)) == whole
    assert joined(TOLD, len(whole) - 1) == "change 1/9 · +7 -126 words · 3 lines folded · ≈ 8 → 6 tokens"
    assert joined(TOLD, 45) == "change 1/9 · +7 -126 words · 3 lines folded"
    assert joined(TOLD, 3) == "change 1/9 · 3 lines folded"


def test_the_room_is_what_who_acts_and_what_runs_leave() -> None:
    assert room_for_where("0 running", "", 78) == 78
    assert room_for_where("2 running", "ana", 78) == 78 - len(" · 2 running") - len("  as ana")


async def test_the_status_of_a_narrow_diff_is_whole_and_says_what_is_hidden(config: Config, opened: Open) -> None:
    with Workbench(config) as workbench:
        workbench.library.save("x", Content.of_text("one  \ntwo\n" + "three " * 60))
        workbench.library.save("x", Content.of_text("one\ntwo\n" + "four " * 60))
    async with opened(config, (80, 24)) as driven:
        await open_diff(driven)
        await driven.settle(0.3)
        assert "tokens" in driven.status
        assert "…" not in driven.status
        await driven.do("diff.white", "list.down")
        await driven.settle(0.3)
        assert "white space at line ends does not count (1 line)" in driven.status
        assert "…" not in driven.status


async def test_who_wrote_a_side_and_why_is_said_once(config: Config, opened: Open) -> None:
    with Workbench(config) as workbench:
        workbench.library.save("x", Content.of_text("one"), note="the first one")
        workbench.library.save("x", Content.of_text("two"), note="the other one")
    async with opened(config, (80, 24)) as driven:
        await open_diff(driven)
        assert (driven.text.count("the first one"), driven.text.count("the other one")) == (1, 1)


async def test_a_description_in_the_help_goes_on_below_itself(config: Config, opened: Open) -> None:
    with Workbench(config) as workbench:
        for text in ("one", "two"):
            workbench.library.save("x", Content.of_text(text))
    async with opened(config, (80, 24)) as driven:
        await open_diff(driven)
        await driven.do("app.help")
        rows = driven.text.splitlines()
        first = next(index for index, row in enumerate(rows) if "Let white space count" in row)
        assert rows[first].index("Let white") == len(rows[first + 1]) - len(rows[first + 1].lstrip())
        await driven.do("list.bottom")
        assert "¶ only re-wrapped" in " ".join(driven.text.split())


async def test_without_other_signs_nothing_that_is_said_of_a_diff_has_any(
    config: Config, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_ASCII", "1")
    with Workbench(config) as workbench:
        for text in PAIRS["reordered"]:
            workbench.library.save("x", Content.of_text(text))
    async with opened(config, (80, 24)) as driven:
        assert "+- Versions 2-" in driven.text
        assert driven.text.isascii()
        await open_diff(driven)
        for act in ("diff.take", "diff.follow", "diff.previous_hunk", "diff.previous_hunk", "diff.more", "list.down"):
            await driven.do(act)
            assert driven.text.isascii()
