"""The inner loop: a draft is run and compared before it is saved, and what was found is seen where it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.host_app import act, hosting, open_workbench, screen_text, settle, until
from tests.support.scripted import Script
from tests.tui.test_run_screen import facts
from workbench.domain.comparisons import Column
from workbench.domain.inputs import Case
from workbench.domain.prompts import Content, Message
from workbench.tui.screens.compare.screen import CompareScreen
from workbench.tui.screens.compare.setup import CompareSetup
from workbench.tui.screens.editor.screen import EditorScreen
from workbench.tui.screens.releases.promote_sheet import PromoteSheet
from workbench.tui.screens.run.screen import RunScreen

NAME = "support/help"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.db"
    with open_workbench(path) as workbench:
        workbench.library.save(NAME, Content((Message("user", "Say hi to {{ who }}."),)))
        workbench.deploying.promote(f"{NAME}@1.0.0", "production", "first")
    return path


async def test_a_draft_is_run_compared_judged_saved_and_its_result_shown(path: Path) -> None:
    with open_workbench(path) as workbench:
        version = workbench.library.version(NAME)
    async with hosting(path, EditorScreen(version), script=Script(["Hi!"]), size=(100, 30)) as (app, pilot):
        await pilot.press("end", *" Now.")
        await act(pilot, "editor.run")
        assert isinstance(app.screen, RunScreen)
        assert "run the draft of support/help made from 1.0.0" in screen_text(app)
        await pilot.press(*"Ana", "ctrl+j")
        await until(pilot, lambda: "finished" in facts(app))
        await act(pilot, "run.compare")
        assert isinstance(app.screen, CompareSetup)
        await settle(pilot)
        assert "draft of support/help made from 1.0.0" in screen_text(app)
        await act(pilot, "setup.start")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and app.screen.board.is_answered(0))
        await act(pilot, "compare.better_b")
        for _ in range(3):
            await pilot.press("escape")
            await settle(pilot)
            if isinstance(app.screen, EditorScreen):
                break
        if isinstance(app.screen, RunScreen):
            await pilot.press("escape")
            await settle(pilot)
        assert isinstance(app.screen, EditorScreen)
        await act(pilot, "editor.save")
        await pilot.press(*"now", "ctrl+j")
        await settle(pilot)
    with open_workbench(path) as workbench:
        assert [run.number for run in workbench.running.runs(NAME)] == ["1.0.1", "1.0.0", "1.0.1"]
        [result] = workbench.comparing.results(NAME, "1.0.1")
    assert (result.b, result.standing.tally.a) == (f"{NAME}@1.0.0", 1)
    async with hosting(path, PromoteSheet(NAME, "1.0.1"), size=(80, 30)) as (app, pilot):
        app.screen._where.choose("production")
        await settle(pilot)
        assert "1.0.1 against 1.0.0: not decided, 1 vote" in screen_text(app)


async def test_what_is_wrong_in_a_draft_is_shown_in_place_of_running_it(path: Path) -> None:
    with open_workbench(path) as workbench:
        version = workbench.library.version(NAME)
    script = Script()
    async with hosting(path, EditorScreen(version), script=script) as (app, pilot):
        await pilot.press("end", *"{{ }}")
        await act(pilot, "editor.run")
        assert isinstance(app.screen, EditorScreen)
        assert "✗" in screen_text(app)
        await act(pilot, "editor.compare")
        assert isinstance(app.screen, EditorScreen)
    assert script.requests == []


async def test_the_library_shows_what_was_found(path: Path) -> None:
    from tests.tui.conftest import Driven
    from workbench.tui.app import WorkbenchApp

    with open_workbench(path, Script()) as workbench:
        new = workbench.library.save(NAME, Content((Message("user", "Say hello to {{ who }}."),)))
        old = workbench.library.version(f"{NAME}@1.0.0")
        given = [Case(str(n), {"who": str(n)}) for n in range(9)]
        comparison = workbench.comparing.begin([Column(old), Column(new)], given)
        async for _ in workbench.comparing.session(comparison, watched=False).events():
            pass
        for case in range(9):
            workbench.comparing.judge(comparison, case, "b")
    app = WorkbenchApp(lambda: open_workbench(path), open_workbench(path).config)
    try:
        async with app.run_test(size=(160, 40)) as pilot:
            driven = Driven(app, pilot)
            await driven.settle(0.5)
            await driven.do("list.down", "library.pane_4")
            await driven.settle(0.5)
            assert "compared  1.0.1 against 1.0.0: 1.0.1 is better, 9 votes, 9 : 0" in driven.text
    finally:
        app.close_store()
