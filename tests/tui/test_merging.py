"""The merge screen: conflicts side by side, decided from the keyboard, saved with both parents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.host_app import HostApp, act, hosting, open_workbench, screen_text, until
from workbench.domain.merging import Pick, merge_contents
from workbench.domain.prompts import Content
from workbench.tui.merging import rows_of
from workbench.tui.screens.diff.merge import MergeScreen
from workbench.tui.screens.editor.save_sheet import SaveSheet
from workbench.tui.screens.library.screen import LibraryScreen

TEXT = "You are kind. Be brief.\n\n" + "".join(f"- rule {n}\n" for n in range(12)) + "\nAnswer in English."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """1.0.0, and 1.1.0 and 1.2.0 which were both made of it and clash in a sentence and a setting."""
    store = tmp_path / "prompts.db"
    with open_workbench(store) as workbench:
        save = workbench.library.save
        save("a", Content.of_text(TEXT, temperature=0.1))
        save("a", Content.of_text(TEXT.replace("kind", "calm"), temperature=0.4), number="1.1.0")
        theirs = TEXT.replace("kind", "strict").replace("English", "German")
        save("a", Content.of_text(theirs, temperature=0.9), number="1.2.0", parent="1.0.0")
    return store


def screen(path: Path) -> MergeScreen:
    with open_workbench(path) as workbench:
        return MergeScreen(workbench.merging.plan("a@1.1.0", "a@1.2.0"), "1.2.0")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_both_sides_stand_beside_each_other(path: Path, size: tuple[int, int]) -> None:
    async with hosting(path, screen(path), size=size) as (app, _):
        shown = screen_text(app)
        assert "1.2.0 into a@1.1.0, both made of 1.0.0" in shown
        assert "? conflict 1 of 2 · system message 1 · to decide" in shown
        (line,) = [line for line in shown.splitlines() if "You are calm." in line]
        assert line.index("│") < line.index("You are strict.")
        assert "0 it was: You are kind." in shown
        assert "lines on which both agree" in shown
        assert "conflict 1/2 · 2 to decide" in shown


async def test_decided_written_and_saved_with_both_parents(path: Path) -> None:
    async with hosting(path, screen(path)) as (app, pilot):
        await act(pilot, "merge.save")
        assert app.said[-1] == "2 conflicts to decide first"
        await act(pilot, "merge.right")
        assert "conflict 2/2 · 1 to decide" in screen_text(app)
        await act(pilot, "merge.both")
        assert app.said[-1].startswith("both cannot be taken: it is one value; e writes it")
        await act(pilot, "merge.write")
        await pilot.press("ctrl+end", "ctrl+u")
        await pilot.press(*"[0.5")
        await act(pilot, "sheet.confirm")
        assert "settings.temperature" in app.said[-1]
        await act(pilot, "merge.write")
        await pilot.press("ctrl+end", "ctrl+u")
        await pilot.press(*"0.5")
        await act(pilot, "sheet.confirm")
        assert "all 2 decided" in screen_text(app)
        await act(pilot, "merge.save")
        assert isinstance(app.screen, SaveSheet)
        await pilot.press(*"Both")
        await act(pilot, "sheet.confirm")
        await until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        saved = await app.call(lambda w: w.get("a"))
        assert saved.content.text == TEXT.replace("kind", "strict").replace("English", "German")
        assert saved.content.settings == {"temperature": 0.5}
        assert (saved.number, saved.parent, saved.source["merged"], saved.note) == ("1.2.1", "1.1.0", "1.2.0", "Both")
        assert app.said[-1] == "saved a@1.2.1 [undo]"


async def test_decisions_are_there_again_and_can_be_taken_back(path: Path) -> None:
    async with hosting(path, screen(path)) as (app, pilot):
        await act(pilot, "merge.left")
        await act(pilot, "merge.base")
    async with hosting(path, screen(path)) as (app, pilot):
        assert app.screen.picks == {0: Pick("ours"), 1: Pick("base")}
        await act(pilot, "merge.previous")
        await act(pilot, "merge.previous")
        assert app.said[-1] == "this is the first conflict"
        await act(pilot, "merge.reopen")
        assert app.screen.undecided == [0]
        await act(pilot, "merge.next")
        await act(pilot, "merge.next")
        assert app.said[-1] == "this is the last conflict"


async def test_the_library_finds_what_was_made_beside(path: Path) -> None:
    with open_workbench(path) as workbench:
        workbench.library.save("z", Content.of_text("Alone."))
    async with hosting(path, screen(path)) as (app, pilot):
        await act(pilot, "app.back")
        library = app.screen
        assert isinstance(library, LibraryScreen)
        app.show_version("a", "1.1.0")
        await until(pilot, lambda: library.versions_pane.version and library.versions_pane.version.number == "1.1.0")
        await act(pilot, "version.merge")
        assert isinstance(app.screen, MergeScreen)
        assert app.screen.proposal.theirs.number == "1.2.0"
        await act(pilot, "app.back")
        await _on(app, pilot, library, "z", "1.0.0")
        await act(pilot, "version.merge")
        assert app.said[-1].startswith("nothing was made beside 1.0.0: mark another version")


async def _on(app: HostApp, pilot: Pilot[Any], library: LibraryScreen, name: str, number: str) -> None:
    app.show_version(name, number)
    await until(pilot, lambda: library.shown_prompt == name and library.versions_pane.version is not None)


def test_rows_hold_hostile_texts_in_their_width() -> None:
    base, ours, theirs = (Content.of_text(f"A \x1b[31m{word} [b]{'x' * 300}\tend.") for word in ("one", "two", "three"))
    base, ours, theirs = (
        replace(one, settings={"a\x1b[2J": number}) for number, one in enumerate((base, ours, theirs))
    )
    rows = rows_of(merge_contents(base, ours, theirs), {}, ("l", "r"), 60)
    for row in rows:
        for side, width in ((row.left, 60 if row.kind != "sides" else 28), (row.right, 28)):
            text = "".join(text for text, _ in side)
            assert "\x1b" not in text
            assert len(text) <= width or row.kind in ("heading", "title")
