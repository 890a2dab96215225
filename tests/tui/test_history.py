"""The history screen: deployments, events, and the ways out of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.support.host_app import act, hosting, open_workbench, screen_text, settle, until
from workbench.domain.deployments import Deployment
from workbench.domain.prompts import Content
from workbench.domain.times import day_and_time
from workbench.tui.history_reading import Line, of_deployment
from workbench.tui.screens.history import AsOf, HistoryList, HistoryScreen

NAME = "support/help"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.db"
    with open_workbench(path) as workbench:
        for text in ("one", "two"):
            workbench.library.save(NAME, Content.of_text(text), note=f"say {text}")
        workbench.library.save("other", Content.of_text("x"))
        workbench.deploying.promote(f"{NAME}@1.0.0", "dev", "start [/b] \x1b[2J")
        workbench.deploying.promote(f"{NAME}@1.0.1", "dev", "better")
        workbench.deploying.rollback(NAME, "dev", "worse")
        workbench.deploying.promote("other@1.0.0", "staging", "go")
    return path


async def test_deployments_newest_first(path: Path) -> None:
    async with hosting(path, HistoryScreen(None), size=(80, 24)) as (app, pilot):
        rows = [line.text for line in app.screen._list.lines]
        assert rows[0] == "staging    other  nothing → 1.0.0  promoted by ana · go"
        assert rows[1] == f"dev        {NAME}  1.0.1 → 1.0.0  rolled back by ana · worse"
        assert len(rows) == 4
        await act(pilot, "list.bottom")
        shown = screen_text(app)
        assert "[/b] ␛[2J" in shown
        assert "\x1b" not in shown


async def test_of_one_prompt(path: Path) -> None:
    async with hosting(path, HistoryScreen("other")) as (app, pilot):
        assert len(app.screen._list.lines) == 1
        await act(pilot, "history.next_tab")
        assert [line.prompt for line in app.screen._list.lines] == ["other", "other"]


async def test_events_with_undo_and_redo(path: Path) -> None:
    async with hosting(path, HistoryScreen(None)) as (app, pilot):
        await act(pilot, "history.next_tab")
        assert len(app.screen._list.lines) == 7
        await act(pilot, "history.undo")
        await settle(pilot)
        assert "take other 1.0.0 out of staging" in app.screen._list.lines[0].text
        assert app.screen._list.lines[0].text.split("  ")[-1].startswith("↶ undo")
        await act(pilot, "history.redo")
        await settle(pilot)
        assert len(app.screen._list.lines) == 9
    with open_workbench(path) as workbench:
        assert workbench.deploying.live("other") == {"staging": "1.0.0"}


async def test_filter_and_its_end(path: Path) -> None:
    async with hosting(path, HistoryScreen(None)) as (app, pilot):
        await act(pilot, "history.filter")
        await pilot.press(*"worse")
        await settle(pilot)
        assert app.screen._list.count == 1
        await pilot.press("enter")
        assert app.focused is app.screen._list
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, HistoryScreen)
        assert app.screen._list.count == 4
        await pilot.press("escape")
        await settle(pilot)
        assert not isinstance(app.screen, HistoryScreen)


async def test_enter_leads_to_the_version(path: Path) -> None:
    async with hosting(path, HistoryScreen(None)) as (app, pilot):
        await act(pilot, "list.down")
        await pilot.press("enter")
        await settle(pilot)
        assert app.results == [(NAME, "1.0.0")]


async def test_a_time_leads_to_the_library_as_it_was(path: Path) -> None:
    with open_workbench(path) as workbench:
        at = workbench.deploying.ledger(NAME)[0].at
    async with hosting(path, HistoryScreen(None)) as (app, pilot):
        await act(pilot, "history.time")
        assert app.screen.query_one(Input).value == day_and_time(at)  # that of the row under the cursor
        await pilot.press(*"soon", "enter")
        await settle(pilot)
        assert "'soon' is not a time" in screen_text(app)
        await pilot.press("ctrl+u", *"2h ago", "enter")
        await settle(pilot)
        assert isinstance(app.results[0], AsOf)
        assert app.results[0].at < at


async def test_of_one_prompt_or_of_all(path: Path) -> None:
    async with hosting(path, HistoryScreen("other")) as (app, pilot):
        assert app.screen._list.count == 1
        await act(pilot, "history.all")
        assert app.screen._list.count == 4
        await act(pilot, "history.all")
        assert app.screen._list.count == 1


async def test_rolling_back_to_the_row_under_the_cursor(path: Path) -> None:
    async with hosting(path, HistoryScreen(NAME)) as (app, pilot):
        await act(pilot, "list.down")  # 1.0.1 was live in dev, then 1.0.0 again
        await act(pilot, "version.rollback")
        await until(pilot, lambda: "dev: 1.0.0 → 1.0.1" in screen_text(app))
        await act(pilot, "sheet.confirm")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
        await until(pilot, lambda: "1.0.0 → 1.0.1  rolled back by ana" in app.screen._list.lines[0].text)
        assert app.said == [f"{NAME}@1.0.1 is live again in dev (was 1.0.0) [undo]"]


async def test_more_rows_are_read_when_the_end_comes_near(tmp_path: Path) -> None:
    path = tmp_path / "many.db"
    with open_workbench(path) as workbench:
        for number in range(2):
            workbench.library.save(NAME, Content.of_text(str(number)))
        for index in range(230):
            workbench.deploying.promote(f"{NAME}@1.0.{index % 2}", "dev")
    async with hosting(path, HistoryScreen(NAME)) as (app, pilot):
        assert app.screen._list.count == 200
        await act(pilot, "list.bottom")
        await settle(pilot)
        assert app.screen._list.count == 230
        assert app.screen._list.cursor == 199


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("worse", ["1.0.1 → 1.0.0"]),
        ("env:staging", ["nothing → 1.0.0"]),
        ("kind:rollback", ["1.0.1 → 1.0.0"]),
        ("by:ana better", ["1.0.0 → 1.0.1"]),
        ("better help", ["1.0.0 → 1.0.1"]),  # both words, wherever they stand
        ("by:nobody", []),
        ('until:"2 days ago"', []),
    ],
)
async def test_filtering_by_words_and_keys(path: Path, typed: str, rows: list[str]) -> None:
    async with hosting(path, HistoryScreen(None)) as (app, pilot):
        await act(pilot, "history.filter")
        app.screen.query_one(Input).value = typed
        await until(pilot, lambda: app.screen._list.count == len(rows))
        await settle(pilot)
        assert [row for row, line in zip(rows, app.screen._list.lines, strict=True) if row in line.text] == rows


async def test_a_time_that_cannot_be_read_is_said_while_it_is_typed(path: Path) -> None:
    async with hosting(path, HistoryScreen(None)) as (app, pilot):
        await act(pilot, "history.filter")
        app.screen.query_one(Input).value = "since:soon"
        await settle(pilot)
        assert "'soon' is not a time" in app.said[-1]
        assert app.screen._list.count == 4
        said = len(app.said)
        await pilot.press("enter")
        assert len(app.said) == said + 1
        assert "'soon' is not a time" in app.said[-1]
        assert isinstance(app.focused, Input)


async def test_what_another_process_adds_leaves_the_cursor_on_its_row(path: Path) -> None:
    async with hosting(path, HistoryScreen(None)) as (app, pilot):
        await act(pilot, "list.down")
        before = app.screen._list.line
        with open_workbench(path) as other:
            other.deploying.promote(f"{NAME}@1.0.1", "staging", "from elsewhere")
        await until(pilot, lambda: app.screen._list.count == 5)
        assert app.screen._list.line == before


def test_a_forced_promotion_says_so_for_ever() -> None:
    row = Deployment(1, NAME, "production", "promote", "1.0.0", "1.0.1", "ana", "2026-11-01", "down", "approved: 1")
    assert of_deployment(row, short=True).text == (
        "production 1.0.0 → 1.0.1  promoted by ana FORCED past approved: 1 · down"
    )


async def test_what_a_filter_finds_is_shown_while_the_rest_is_looked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "many.db"
    with open_workbench(path) as workbench:
        for number in range(2):
            workbench.library.save(NAME, Content.of_text(str(number)))
        for index in range(60):
            workbench.deploying.promote(f"{NAME}@1.0.{index % 2}", "dev", "" if 5 < index < 55 else "zest")
    monkeypatch.setattr("workbench.store.paging.LOOKED_AT", 20)
    counts: list[int] = []
    show = HistoryList.show

    def counted(shown: HistoryList, lines: list[Line], cursor: int = 0) -> None:
        counts.append(len(lines))
        show(shown, lines, cursor)

    monkeypatch.setattr(HistoryList, "show", counted)
    async with hosting(path, HistoryScreen(None)) as (app, pilot):
        await act(pilot, "history.filter")
        counts.clear()
        await pilot.press("z")
        await settle(pilot)
        assert counts[0] == 5
        assert counts[-1] == 11
        assert app.screen._list.count == 11
        assert app.screen._next is None
        counts.clear()
        await pilot.press(*"any")
        await settle(pilot)
        assert app.screen._list.count == 0
        assert "nothing is so; esc shows all again" in screen_text(app)
