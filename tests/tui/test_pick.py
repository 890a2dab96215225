"""A list to choose from: what stands in its rows."""

from __future__ import annotations

from pathlib import Path

from tests.support.host_app import hosting, screen_text
from tests.support.scripted import Script
from tests.tui.test_run_screen import saved
from workbench.tui.screens.pick import Choice, Pick
from workbench.tui.screens.run.screen import RunScreen


async def test_a_long_label_leaves_room_for_its_note(tmp_path: Path) -> None:
    path = tmp_path / "prompts.db"
    rows = [Choice("x" * 200, "why", 1), Choice("y" * 50, "", 2)]
    async with hosting(path, RunScreen(saved(path)), script=Script(), size=(80, 24)) as (app, pilot):
        app.push_screen(Pick("which", rows))
        await pilot.pause()
        shown = screen_text(app)
    assert "x… why" in shown
    assert "y" * 50 in shown
