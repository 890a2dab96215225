"""What a key asks for goes out in one frame, and a new size is laid out once."""

from __future__ import annotations

import asyncio

import pytest
from rich.console import RenderableType
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.screen import Screen
from textual.timer import Timer

from workbench.tui.frame_clock import PERIOD
from workbench.tui.lean_app import LeanApp
from workbench.tui.lean_screen import LeanScreen
from workbench.tui.widgets.diff.scrolling import Scrolling
from workbench.tui.widgets.line_list import LineList, Part
from workbench.tui.widgets.status_line import StatusLine


class Rows(Scrolling):
    fault = False

    def parts(self, index: int, width: int) -> list[Part]:
        if self.fault:
            raise ZeroDivisionError
        return [(f"row {index}", self.rich_style)]


class Two(LeanScreen):
    """A list, and a status line that says where its cursor is."""

    layouts = 0

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self.layouts += 1
        super()._refresh_layout(size, scroll)

    def compose(self) -> ComposeResult:
        yield Rows()
        yield StatusLine("library", {})

    def on_mount(self) -> None:
        rows = self.query_one(Rows)
        rows.set_count(500)
        rows.focus()

    def on_line_list_moved(self, message: LineList.Moved) -> None:
        self.query_one(StatusLine).show_status(f"at {message.list.cursor}")


class Counting(App[None]):
    """Notes the status with which each frame went out."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[str] = []

    def get_default_screen(self) -> Screen[object]:
        return Two()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if renderable is not None and screen.query(StatusLine):
            self.frames.append(screen.query_one(StatusLine).render_line(0).text.strip())
        super()._display(screen, renderable)


class Still(LeanScreen):
    """With something to say from the beginning, and nothing after that."""

    def compose(self) -> ComposeResult:
        yield StatusLine("library", {})

    def on_mount(self) -> None:
        self.query_one(StatusLine).show_status("open")


class Opening(Counting):
    def get_default_screen(self) -> Screen[object]:
        return Still()


async def test_what_an_app_opens_with_is_drawn_once() -> None:
    app = Opening()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause(0.1)
        assert app.frames == ["open"]
        app.screen.query_one(StatusLine).show_status("later")
        app.export_screenshot()  # draws all of it too, but not on the terminal
        await pilot.pause(0.1)
        assert app.frames == ["open", "later"]


async def test_a_key_and_what_is_said_of_it_are_one_frame() -> None:
    app = Counting()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause(0.1)
        for key, cursor in (("j", 1), ("j", 2), ("G", 499), ("k", 498), ("g", 0)):
            app.frames.clear()
            await pilot.press(key)
            await pilot.pause(0.1)
            assert app.frames == [f"at {cursor}"]


async def test_a_new_size_is_laid_out_and_drawn_once() -> None:
    app = Counting()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause(0.1)
        screen = app.screen
        assert isinstance(screen, Two)
        for size in ((50, 20), (60, 30), (40, 10)):
            app.frames.clear()
            screen.layouts = 0
            await pilot.resize_terminal(*size)
            await pilot.pause(0.1)
            assert (screen.layouts, len(app.frames)) == (1, 1)
            assert app.query_one(Rows).size == (size[0], size[1] - 2)


async def test_frames_keep_their_distance_and_none_is_lost() -> None:
    app = Counting()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause(0.1)
        app.frames.clear()
        rows = app.query_one(Rows)
        loop = asyncio.get_running_loop()
        begin = loop.time()
        while len(app.frames) < 5:
            rows.go(rows.cursor + 1)
            await asyncio.sleep(0)
        most = (loop.time() - begin) / PERIOD + 2
        await pilot.pause(0.1)
        assert len(app.frames) <= most
        assert app.frames[-1] == f"at {rows.cursor}"


async def test_a_key_does_not_wait_for_its_frame_behind_one_of_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Counting()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause(0.1)
        screen, rows = app.screen, app.query_one(Rows)
        assert isinstance(screen, Two)

        async def drawn(row: int) -> list[str]:
            app.frames.clear()
            rows.go(row)
            for _ in range(200):  # not by the pilot, which draws what waits to be drawn
                await asyncio.sleep(0)
            return app.frames

        assert await drawn(1) == ["at 1"]
        monkeypatch.setattr("workbench.tui.frame_clock.PERIOD", 1000)
        assert await drawn(2) == []
        screen.hurry()
        assert await drawn(3) == ["at 3"]
        screen.hurry()
        assert await drawn(4) == []


async def test_a_fault_while_drawing_ends_the_app_with_its_report() -> None:
    app = Counting()
    with pytest.raises(ZeroDivisionError):
        async with app.run_test() as pilot:
            rows = app.query_one(Rows)
            rows.fault = True
            rows.refresh()
            await pilot.pause(0.1)


async def test_a_long_list_asks_for_no_more_lines_than_are_seen() -> None:
    app = Counting()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause(0.1)
        rows = app.screen.query_one(Rows)
        rows.set_count(100_000)
        assert 0 < len(rows._styles_cache._dirty_lines) <= rows.size.height


async def test_while_a_window_is_dragged_nothing_waits_to_be_sent_for_a_size_it_had_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopped: list[Timer] = []
    stop = Timer.stop

    def stopping(timer: Timer) -> None:
        stopped.append(timer)
        stop(timer)

    monkeypatch.setattr("workbench.tui.lean_app.RESIZED_BY", 1000)
    monkeypatch.setattr(Timer, "stop", stopping)
    app = LeanApp()
    waiting: list[Timer] = []
    async with app.run_test(size=(80, 24)) as pilot:
        for width in (90, 100, 110):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            assert app._late is not None
            waiting.append(app._late)
        assert len(set(waiting)) == 3
        assert [timer for timer in waiting if timer not in stopped] == waiting[-1:]
