"""The floors: a Textual app of one widget, and one of a Line-API list of 100,000 rows. `bare_apps.py one|list`."""

from __future__ import annotations

import sys

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

ROWS = 100_000


class One(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("ready")


class Rows(ScrollView, can_focus=True):
    BINDINGS = [("j", "down", "down"), ("ctrl+d", "page", "page")]
    cursor = reactive(0, repaint=False)

    def on_mount(self) -> None:
        self.virtual_size = Size(40, ROWS)

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        style = Style(reverse=row == self.cursor)
        text = "ready" if row == 0 else f"row {row:06d} of the list"
        return Strip([Segment(text.ljust(self.size.width), style)])

    def action_down(self) -> None:
        self._go(self.cursor + 1)

    def action_page(self) -> None:
        self._go(self.cursor + self.size.height)

    def _go(self, row: int) -> None:
        old, self.cursor = self.cursor, row
        top = self.scroll_offset.y
        for each in (old, row):
            self.refresh_line(each - top)
        if row >= top + self.size.height:
            self.scroll_to(y=row - self.size.height // 2, animate=False)


class ListApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Rows()


if __name__ == "__main__":
    (One if sys.argv[1] == "one" else ListApp)().run()
