"""Blame: each line with who brought it, and back through the history of one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.host_app import act, hosting, open_workbench, screen_text
from workbench.domain.prompts import Content
from workbench.tui.screens.blame import BlameScreen
from workbench.tui.screens.diff.screen import DiffScreen
from workbench.tui.screens.library.screen import LibraryScreen
from workbench.tui.screens.releases.promote_sheet import PromoteSheet

NAME = "support/help"
TEXTS = (
    ("ana", "You help people.\nBe kind to everyone who asks.", "start"),
    ("ben", "You help people.\nBe kind to everyone who asks.\nNever promise a refund.", "no \x1b[2J refunds"),
    ("cleo", "You help people.\nBe kind and brief to everyone who asks.\nNever promise a refund.", "brief"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.db"
    for actor, text, note in TEXTS:
        with open_workbench(path) as workbench:
            workbench.__dict__["actor"] = actor
            workbench.library.save(NAME, Content.of_text(text), note=note)
    return path


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_each_line_says_who_brought_it(path: Path, size: tuple[int, int]) -> None:
    async with hosting(path, BlameScreen(NAME, "1.0.2"), size=size) as (app, pilot):
        rows = [" ".join(row.split()) for row in screen_text(app).splitlines()]
        assert "1.0.0 ana now + 1 You help people." in rows
        assert "1.0.2 cleo now ~ 2 Be kind and brief to everyone who asks." in rows
        assert "1.0.1 ben now + 3 Never promise a refund." in rows
        await act(pilot, "list.bottom")
        assert "1.0.1 brought it by ben" in screen_text(app)
        assert "no ␛[2J refunds" in screen_text(app)


async def test_back_through_the_history_of_a_line(path: Path) -> None:
    async with hosting(path, BlameScreen(NAME, "1.0.2")) as (app, pilot):
        await act(pilot, "list.down")
        shown = screen_text(app)
        assert "1 of 2  1.0.2 changed its words by cleo" in shown
        assert "- Be kind to everyone who asks." in shown
        assert "+ Be kind and brief to everyone who asks." in shown
        await act(pilot, "blame.older")
        assert "2 of 2  1.0.0 brought it by ana" in screen_text(app)
        await act(pilot, "blame.older")
        assert app.said == ["this version brought the line"]
        await act(pilot, "blame.newer")
        assert "1 of 2" in screen_text(app)


async def test_blaming_the_version_before(path: Path) -> None:
    async with hosting(path, BlameScreen(NAME, "1.0.2")) as (app, pilot):
        await act(pilot, "list.down")
        await act(pilot, "blame.again")
        assert app.screen.number == "1.0.1"
        assert app.screen._list.line.text == "Be kind to everyone who asks."


async def test_the_ways_out(path: Path) -> None:
    async with hosting(path, BlameScreen(NAME, "1.0.2")) as (app, pilot):
        await act(pilot, "list.down")
        await act(pilot, "blame.diff")
        assert isinstance(app.screen, DiffScreen)
        assert (app.screen.left.name, app.screen.right.name) == (f"{NAME}@1.0.1", f"{NAME}@1.0.2")
        await act(pilot, "app.back")
        await act(pilot, "list.bottom")
        await act(pilot, "version.promote")
        assert isinstance(app.screen, PromoteSheet)
        assert app.screen.number == "1.0.1"
        await act(pilot, "sheet.cancel")
        await act(pilot, "blame.goto")
        assert isinstance(app.screen, LibraryScreen)


async def test_what_is_not_there_is_said(path: Path) -> None:
    async with hosting(path, BlameScreen(NAME, "9.9.9")) as (app, _):
        assert "9.9.9" in screen_text(app)
