"""A scroll bar that is drawn in one go: the stock one is drawn anew, row by row, with every move of a view beside it.

It stands on what is Textual's own affair, like `lean_frames`, and goes with its switch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from workbench.tui import lean_frames

if TYPE_CHECKING:
    from rich.segment import Segments

BLACK = Color.from_rgb(0, 0, 0)


class LeanScrollBar(ScrollBar):
    """An upright one; it looks the same."""

    def render_lines(self, crop: Region) -> list[Strip]:
        bar = self.render()
        if self.opacity != 1 or not isinstance(bar, ScrollBarRender):
            return super().render_lines(crop)
        width, height = self.size
        pieces = self._pieces(bar, height)
        filters, (_, background) = self.get_line_filters(), self.background_colors
        base = self.visual_style.rich_style
        drawn: dict[Segment, Strip] = {}
        for piece in pieces[crop.y : crop.bottom]:
            if piece not in drawn:
                strip = Strip(Segment.apply_style([piece], base), width)
                for one in filters:
                    strip = strip.apply_filter(one, background)
                drawn[piece] = strip.crop(crop.x, crop.right) if crop.column_span != (0, width) else strip
        return [drawn[piece] for piece in pieces[crop.y : crop.bottom]]

    def _pieces(self, bar: ScrollBarRender, height: int) -> list[Segment]:
        """One a row."""
        style = self.app.console.get_style(bar.style)
        drawn: Segments = bar.render_bar(
            size=height,
            virtual_size=bar.virtual_size,
            window_size=bar.window_size,
            position=bar.position,
            thickness=bar.thickness,
            back_color=style.bgcolor or BLACK,
            bar_color=style.color or BLACK,
        )
        return list(drawn.segments)


class LeanScrollView(ScrollView):
    @property
    def vertical_scrollbar(self) -> ScrollBar:
        if self._vertical_scrollbar is None and lean_frames.enabled():
            bar = LeanScrollBar(name="vertical", thickness=self.scrollbar_size_vertical)
            bar.display = False
            self._vertical_scrollbar = bar
            self.app._start_widget(self, bar)
        return super().vertical_scrollbar
