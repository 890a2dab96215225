"""The library: three panes that follow one another, and what its keys do."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.tui.conftest import Open
from workbench.composition import Workbench
from workbench.domain.prompts import Content, PromptRow
from workbench.settings.config import Config
from workbench.tui.fuzzy import fuzzy
from workbench.tui.screens.diff.screen import DiffScreen
from workbench.tui.screens.library.screen import LibraryScreen
from workbench.tui.widgets.content_view import ContentView
from workbench.tui.widgets.prompt_tree import flatten

CUSTOMER = "support/customer-support"
TO_THE_PROMPT = ("list.down", "list.down")
"""From extraction/invoice over the folder to support/customer-support."""


async def test_all_panes_follow_the_cursor_without_a_key(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        assert "Give the invoice as JSON." in driven.text
        await driven.do(*TO_THE_PROMPT)
        text = driven.text
        assert "● PRODUCTION" in text
        assert "warm, brief and exact" in text
        assert "production 1.0.0" in driven.status
        assert "staging 1.0.2" in driven.status
        assert "0 running" in driven.status


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (60, 15), (100, 20)])
async def test_what_matters_is_there_at_every_size(filled: Config, opened: Open, size: tuple[int, int]) -> None:
    async with opened(filled, size) as driven:
        await driven.do(*TO_THE_PROMPT)
        assert "customer-support" in driven.text
        assert "production 1.0.0" in driven.status
        await driven.do("library.pane_2")
        assert "● PRODUCTION" in driven.text
        await driven.do("library.pane_3")
        assert "support agent" in driven.text


async def test_too_small_says_so_and_comes_back(filled: Config, opened: Open) -> None:
    async with opened(filled, (80, 24)) as driven:
        for size in ((1, 1), (20, 5), (59, 30), (500, 200), (30, 14)):
            await driven.pilot.resize_terminal(*size)
            await driven.settle()
        assert "too small" in driven.text
        await driven.pilot.resize_terminal(80, 24)
        await driven.settle()
        assert "too small" not in driven.text
        assert "Prompts" in driven.text


async def test_what_an_act_said_stays_when_two_read_again_what_it_changed(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT)
        library = driven.library
        library.reload(CUSTOMER)
        driven.app.say("saved it")
        await asyncio.gather(library.show_prompt(), library.show_prompt())
        await driven.settle()
        assert "saved it" in driven.status


async def test_an_empty_store_says_what_to_do(config: Config, opened: Open) -> None:
    async with opened(config) as driven:
        assert "No prompts yet" in driven.text
        assert "workbench import" in driven.text
        await driven.do("version.diff")
        assert "put the cursor on a prompt" in driven.status


async def test_folders_fold_and_unfold(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do("list.top")
        await driven.do("list.left")
        assert "▸ extraction" in driven.text
        assert "invoice" not in driven.text
        await driven.do("list.right")
        assert "invoice" in driven.text
        await driven.do("list.open")
        assert "▸ extraction" in driven.text


async def test_filter_is_fuzzy_and_esc_clears_it(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do("library.filter")
        await driven.type("cusup")
        assert "support/customer-support" in driven.text
        assert "escalation" not in driven.text
        await driven.pilot.press("enter")
        await driven.settle()
        assert "production 1.0.0" in driven.status
        assert "Prompts 1 /cusup" in driven.text
        await driven.do("app.back")
        assert "escalation" in driven.text
        assert "/cusup" not in driven.text


async def test_a_filter_stays_when_a_version_is_saved_that_it_shows(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do("library.filter")
        await driven.type("custom")
        await driven.pilot.press("enter")
        await driven.do("version.edit")
        await driven.type("Always. ")
        await driven.do("editor.save")
        await driven.type("kinder")
        await driven.do("sheet.confirm")
        assert driven.library.tree_pane.count == 1
        assert driven.library.versions_pane.version is not None
        assert driven.library.versions_pane.version.number == "1.0.3"


async def test_enter_keeps_the_filter_and_stays_in_its_list(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do("library.filter")
        await driven.pilot.press(*"cust", "enter")
        await driven.settle()
        assert driven.app.focused is driven.app.screen.query_one("#prompts")
        assert "customer-support" in driven.text
        assert "invoice" not in driven.text


async def test_a_text_is_searched_and_its_matches_walked(filled: Config, opened: Open) -> None:
    async with opened(filled, (160, 45)) as driven:
        await driven.do(*TO_THE_PROMPT, "library.pane_3", "library.filter")
        await driven.pilot.press(*"s", "enter")
        await driven.settle()
        content = driven.app.screen.query_one("#content", ContentView)
        assert driven.app.focused is content
        rows = []
        for _ in range(4):
            rows.append(content.cursor)
            await driven.do("library.next_match")
        assert len(set(rows)) > 1
        await driven.do("library.previous_match")
        assert content.cursor == rows[-1]
        await driven.do("app.back", "library.next_match")
        assert "nothing is searched for" in driven.status


async def test_search_finds_text_of_any_version_and_goes_there(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do("library.search")
        await driven.type('takes ov"')
        await driven.settle()
        await driven.pilot.press("backspace", *"er")
        await driven.settle(0.2)
        assert "support/escalation@1.0.0" in driven.text
        await driven.pilot.press("enter")
        await driven.settle(0.3)
        assert "Decide who takes over." in driven.text
        assert driven.status.strip().startswith("support/escalation")


async def test_diff_prefers_base_then_mark_then_production(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT, "version.diff")
        screen = driven.app.screen
        assert isinstance(screen, DiffScreen)
        assert (screen.left.name, screen.right.name) == (
            "support/customer-support@1.0.0",
            "support/customer-support@1.0.2",
        )
        await driven.do("app.back", "library.pane_2", "list.down", "library.base", "list.up", "version.diff")
        screen = driven.app.screen
        assert isinstance(screen, DiffScreen)
        assert (screen.left.name, screen.right.name) == (
            "support/customer-support@1.0.1",
            "support/customer-support@1.0.2",
        )


async def test_diff_of_the_only_version_says_why_not(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do("version.diff")
        assert isinstance(driven.app.screen, LibraryScreen)
        assert "has only 1.0.0" in driven.status


async def test_archive_undo_and_redo_show_at_once(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do("prompt.archive")
        assert "archived extraction/invoice" in driven.status
        assert "z undoes it" in driven.status
        await driven.settle(0.2)
        assert "invoice" not in driven.text.replace(driven.status, "")
        await driven.do("history.undo")
        await driven.settle(0.2)
        assert "invoice" in driven.text.replace(driven.status, "")


async def test_readonly_refuses_with_the_reason(filled: Config, opened: Open) -> None:
    async with opened(filled, readonly=True) as driven:
        for action in ("prompt.archive", "version.promote", "version.edit", "prompt.new", "history.undo"):
            await driven.do(action)
            assert isinstance(driven.app.screen, LibraryScreen), action
            assert "reading only" in driven.status, action


async def test_another_process_shows_within_the_poll(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        with Workbench(filled) as other:
            other.library.save("extraction/receipt", Content.of_text("A receipt."))
        for _ in range(40):
            await driven.settle(0.15)
            if "receipt" in driven.text:
                return
        raise AssertionError(driven.text)


async def test_tabs_settings_runs_history(filled: Config, opened: Open) -> None:
    async with opened(filled, (160, 45)) as driven:
        await driven.do(*TO_THE_PROMPT, "library.next_tab")
        assert "who the customer bought from" in driven.text
        await driven.do("library.pane_4")
        assert "no runs yet" in driven.text
        await driven.do("library.pane_5")
        assert "the first one" in driven.text


async def test_zoom_gives_the_screen_to_one_pane(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do("library.pane_3", "library.zoom")
        assert "Versions" not in driven.text
        await driven.do("app.back")
        assert "Versions" in driven.text


async def test_the_palette_does_what_its_key_does(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do("app.palette")
        await driven.type("archive this")
        await driven.pilot.press("enter")
        await driven.settle(0.3)
        assert "archived extraction/invoice" in driven.status


async def test_a_remapped_key_works_and_shows(filled: Config, opened: Open) -> None:
    from dataclasses import replace

    async with opened(replace(filled, keymap={"version.diff": "u"}), (160, 45)) as driven:
        await driven.do(*TO_THE_PROMPT)
        assert "u diff" in driven.text
        await driven.pilot.press("u")
        await driven.settle(0.3)
        assert isinstance(driven.app.screen, DiffScreen)


def rows(names: list[str]) -> list[PromptRow]:
    return [PromptRow(i, name, "", (), False, "1.0.0", 1, "") for i, name in enumerate(names)]


def test_the_tree_of_names() -> None:
    lines = flatten(["a/b/x", "a/c", "d", "e/f"])
    assert [(line.depth, line.label, line.row) for line in lines] == [
        (0, "a", -1), (1, "b", -1), (2, "x", 0), (1, "c", 1), (0, "d", 2), (0, "e", -1), (1, "f", 3),
    ]  # fmt: skip
    folded = flatten(["a/b/x", "a/c", "d", "e/f"], frozenset({"a"}))
    assert [line.label for line in folded] == ["a", "d", "e", "f"]
    inner = flatten(["a/b/x", "a/b/y", "a/c"], frozenset({"a/b"}))
    assert [line.label for line in inner] == ["a", "b", "c"]


def test_a_hundred_thousand_names_lay_out_in_well_under_a_second() -> None:
    names = sorted(f"team{i % 97}/area{i % 13}/prompt-{i}" for i in range(100_000))
    start = time.process_time()
    assert len(flatten(names)) > 100_000
    laid_out = time.process_time() - start
    start = time.process_time()
    assert fuzzy("t9p99999", names)
    assert laid_out < 1.0
    assert time.process_time() - start < 2.0


def test_fuzzy_ranks_the_last_segment_first() -> None:
    names = ["escalation/x", "support/escalation", "e/s/c"]
    assert [names[i] for i in fuzzy("esc", names)] == ["support/escalation", "escalation/x", "e/s/c"]
    assert fuzzy("", names) == [0, 1, 2]
    assert fuzzy("zz", names) == []
