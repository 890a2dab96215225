"""Importing and syncing in the app: the plan first, all of its reasons, then the act, which can be stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.host_app import HostApp, act, hosting, open_workbench, screen_text, settle, until
from tests.support.repository import Repository
from workbench.composition import Workbench
from workbench.domain.prompts import Content
from workbench.tui.screens.diff.merge import MergeScreen
from workbench.tui.screens.library.plan_sheet import Advance, ImportSheet, PlanSheet
from workbench.tui.screens.library.screen import LibraryScreen


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = tmp_path / "prompts.db"
    with open_workbench(store) as workbench:
        workbench.library.save("same", Content.of_text("Same.\n"))
    return store


@pytest.fixture
def files(tmp_path: Path) -> Path:
    place = tmp_path / "prompts"
    place.mkdir()
    (place / "new.txt").write_text("New.\n")
    (place / "same.txt").write_text("Same.\n")
    (place / "bad.yaml").write_text("messages: 3\n")
    return place


async def _import(pilot: Pilot[int], app: HostApp, place: Path) -> None:
    await act(pilot, "prompts.import")
    app.screen.query_one(Input).value = str(place)
    await pilot.press("enter")
    await settle(pilot)


async def test_the_plan_is_what_a_dry_run_says_and_enter_does_it(path: Path, files: Path) -> None:
    async with hosting(path, LibraryScreen(), size=(80, 24)) as (app, pilot):
        await act(pilot, "prompts.import")
        await pilot.press("n", "o", "enter")
        await settle(pilot)
        assert "there is no file or folder no" in screen_text(app)
        await act(pilot, "sheet.cancel")
        await _import(pilot, app, files)
        await until(pilot, lambda: "1 new" in screen_text(app))
        plan = await app.call(lambda w: w.porting.plan_import([files]))
        shown = [(row.what, row.name) for row in app.screen.query_one("#plan").plan]
        expected = {(i.action, f"{i.prompt} {i.number}".strip() or "bad.yaml") for i in plan.items}
        assert set(shown) == expected
        assert "1 new, 0 changed, 1 same, 1 refused" in screen_text(app)
        assert "messages is not a list with at least one" in screen_text(app).replace("\n", " ")
        assert [row.name for row in await app.call(lambda w: w.library.prompts())] == ["same"]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        assert [row.name for row in await app.call(lambda w: w.library.prompts())] == ["new", "same"]
        assert app.said[-1].startswith("imported 1 new, 1 refused · z takes it back")
        await act(pilot, "history.undo")
        assert [row.name for row in await app.call(lambda w: w.library.prompts())] == ["same"]


async def test_nothing_to_do_says_so(path: Path, files: Path) -> None:
    (files / "new.txt").unlink()
    (files / "bad.yaml").unlink()
    async with hosting(path, LibraryScreen()) as (app, pilot):
        await _import(pilot, app, files)
        await until(pilot, lambda: "1 same" in screen_text(app))
        await act(pilot, "sheet.confirm")
        assert "there is nothing to do" in screen_text(app)
        await act(pilot, "sheet.cancel")
        assert isinstance(app.screen, LibraryScreen)


async def test_esc_stops_it_and_what_was_done_stays(path: Path, tmp_path: Path) -> None:
    place = tmp_path / "prompts"
    place.mkdir()
    for number in range(30):
        (place / f"p{number:02}.txt").write_text(f"{number}\n")

    class Slow(ImportSheet):
        def act(self, workbench: Workbench, advance: Advance) -> str:
            def stopping(done: int, total: int) -> None:
                if done == 10:
                    self._stop.set()
                advance(done, total)

            return super().act(workbench, stopping)

    async with hosting(path, Slow(place)) as (app, pilot):
        await until(pilot, lambda: "30 new" in screen_text(app))
        await act(pilot, "sheet.confirm")
        await until(pilot, lambda: not isinstance(app.screen, PlanSheet))
        assert app.said[-1] == "stopped: what was done before stays; import again goes on"
        kept = len(await app.call(lambda w: w.library.prompts())) - 1
        assert 0 <= kept <= 10


async def test_a_sync_shows_its_commits_and_leads_to_the_merge_where_it_stops(path: Path, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    repository.commit("Begin", {"prompts/a.txt": "You are kind.\n"})
    place = repository.place / "prompts"
    async with hosting(path, LibraryScreen(), size=(160, 45)) as (app, pilot):

        async def sync() -> None:
            await act(pilot, "prompts.sync")
            app.screen.query_one(Input).value = str(place)
            await pilot.press("enter")
            await until(pilot, lambda: "nothing is pushed" in screen_text(app) or "would stop" in screen_text(app))

        await sync()
        assert "prompt(same): 1.0.0" in screen_text(app)
        await act(pilot, "sheet.confirm")
        await until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        assert app.said[-1] == "1 came in, 1 commit made; nothing was pushed"
        await app.call(lambda w: w.library.save("a", Content.of_text("You are calm.\n")))
        repository.write("prompts/a.txt", "You are strict.\n")
        await sync()
        assert "1 conflict between 1.0.1 and" in screen_text(app)
        await act(pilot, "sheet.confirm")
        await until(pilot, lambda: app.said and app.said[-1].endswith("M merges a@1.0.1"))
        library = app.screen
        await until(pilot, lambda: library.versions_pane.version and library.versions_pane.version.number == "1.0.1")
        await act(pilot, "version.merge")
        assert isinstance(app.screen, MergeScreen)
        await act(pilot, "merge.right")
        await act(pilot, "merge.save")
        await act(pilot, "sheet.confirm")
        await until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        await sync()
        await act(pilot, "sheet.confirm")
        await until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        assert repository.git("status", "--porcelain") == ""
        assert (place / "a.txt").read_text() == "You are strict.\n"
