"""A scroll bar that is drawn in one go is the stock one, row for row, to the eye and to the mouse."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from workbench.tui.lean_scrollbar import LeanScrollBar
from workbench.tui.widgets.line_list import LineList, Part


class Rows(LineList):
    def parts(self, index: int, width: int) -> list[Part]:
        return [(f"row {index}", self.rich_style)]


class Listing(App[None]):
    def compose(self) -> ComposeResult:
        yield Rows()


def drawn(strips: list[Strip]) -> list[list[tuple[str, Style | None, object]]]:
    """Text, style and what a click does; style objects are equal only with the same click."""
    return [[_piece(segment) for segment in strip] for strip in strips]


def _piece(segment: Segment) -> tuple[str, Style | None, object]:
    return segment.text, segment.style, segment.style.meta if segment.style is not None else None


async def test_it_is_drawn_as_the_stock_one() -> None:
    app = Listing()
    async with app.run_test(size=(40, 20)) as pilot:
        rows = app.query_one(Rows)
        for count in (30, 500, 100_000):
            rows.set_count(count)
            bar = rows.vertical_scrollbar
            assert isinstance(bar, LeanScrollBar)
            while not bar.size:
                await pilot.pause(0.01)
            for row in (0, 1, 7, count // 2, count - 1):
                rows.go(row)
                await pilot.pause()
                for crop in (bar.size.region, Region(0, 3, 1, 5)):
                    bar._styles_cache.clear()
                    assert drawn(bar.render_lines(crop)) == drawn(ScrollBar.render_lines(bar, crop))
