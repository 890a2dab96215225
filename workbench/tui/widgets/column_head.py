"""What stands above a column of a comparison: its name, and three lines of facts. A change repaints, and lays out
nothing: it changes several times a second, and with every key that goes from column to column."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from workbench.text import shorten
from workbench.tui.widgets.line_list import inks_of

FACTS = 3
"""Lines of facts, always: what is below them must not jump."""


class ColumnHead(Widget):
    DEFAULT_CSS = """
    ColumnHead { height: 4; width: 100%; background: $background; }
    """
    can_focus = False

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._meant = False
        self._facts: tuple[str, ...] = ()
        self._wrong = False

    def show_name(self, name: str, meant: bool) -> None:
        """`meant`: it is the column that keys are for."""
        if (name, meant) != (self._title, self._meant):
            self._title, self._meant = name, meant
            self.refresh(Region(0, 0, self.size.width, 1))

    def show_facts(self, facts: list[str], wrong: bool = False) -> None:
        told = tuple(facts[:FACTS])
        if (told, wrong) != (self._facts, self._wrong):
            self._facts, self._wrong = told, wrong
            self.refresh(Region(0, 1, self.size.width, FACTS))

    def render_line(self, y: int) -> Strip:
        ink, width = inks_of(self), self.size.width
        base = self.rich_style
        if y == 0:
            style = base + (ink.cursor + ink.strong if self._meant else ink.cursor_idle)
            text = ("▸ " if self._meant else "  ") + self._title
        else:
            style = base + (ink.error if self._wrong else ink.dim)
            text = " " + (self._facts[y - 1] if y <= len(self._facts) else "")
        return Strip([Segment(shorten(text, max(1, width - 1)), style + Style())]).adjust_cell_length(width, style)
