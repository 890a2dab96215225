"""The short way from what is drawn to the screen ends where the stock one does."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.filter import LineFilter
from textual.geometry import Region
from textual.widget import Widget

from tests.tui.hard_pairs import PAIRS
from workbench.domain.diffs import diff_texts
from workbench.tui.terminal import SAFE_TEXT
from workbench.tui.widgets.diff.blocks import LAYOUTS
from workbench.tui.widgets.diff.heads import sheet_of_texts
from workbench.tui.widgets.diff.view import DiffView


class Shell(App[None]):
    CSS = "DiffView { border-top: heavy red; }"

    def compose(self) -> ComposeResult:
        view = DiffView()
        view.border_title = "before → after"
        yield view

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), SAFE_TEXT]


def cells(view: DiffView, crop: Region, *, stock: bool) -> list[list[Segment]]:
    view._styles_cache.clear()
    strips = Widget.render_lines(view, crop) if stock else view.render_lines(crop)
    assert [strip.cell_length for strip in strips] == [crop.width] * crop.height
    return [list(Segment.simplify(strip)) for strip in strips]


@pytest.mark.parametrize("size", [(100, 20), (40, 12)])
async def test_lines_are_drawn_as_the_stock_way_draws_them(size: tuple[int, int]) -> None:
    app = Shell()
    async with app.run_test(size=size) as pilot:
        view = app.query_one(DiffView)
        whole = Region(0, 0, *size)
        assert cells(view, whole, stock=False) == cells(view, whole, stock=True)
        for name, (left, right) in PAIRS.items():
            view.show(sheet_of_texts(diff_texts(left, right), "user"))
            view.search("e")
            for layout in LAYOUTS:
                view.set_look(layout=layout)
                await pilot.pause()
                for crop in (whole, Region(0, 3, size[0], 2), Region(2, 1, 9, 4)):
                    assert cells(view, crop, stock=False) == cells(view, crop, stock=True), (name, layout)
