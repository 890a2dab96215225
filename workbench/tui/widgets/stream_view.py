"""An answer as it is streamed: rows are only ever added, and only the tail is drawn again."""

from __future__ import annotations

from itertools import pairwise

from rich.segment import Segment
from textual.events import Resize
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from workbench.tui.bindings import bindings_for
from workbench.tui.widgets.wrap import shown, wrap

FLUSHES_A_SECOND = 12


def rows_of(line: str, width: int) -> list[str]:
    """The rows of one line that may be drawn; joined they are the line."""
    return [line[start:end] for start, end in pairwise((*wrap(line, width), len(line)))]


class ScrollingText(ScrollView, can_focus=True, inherit_bindings=False):
    """Text drawn line by line, scrolled with the keys of lists."""

    BINDINGS = bindings_for("list")
    DEFAULT_CSS = """
    ScrollingText { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """

    def action_list_down(self) -> None:
        self.scroll_down(animate=False)

    def action_list_up(self) -> None:
        self.scroll_up(animate=False)

    def action_list_top(self) -> None:
        self.scroll_home(animate=False)

    def action_list_bottom(self) -> None:
        self.scroll_end(animate=False)

    def action_list_half_down(self) -> None:
        self.scroll_relative(y=max(1, self.size.height // 2), animate=False)

    def action_list_half_up(self) -> None:
        self.scroll_relative(y=-max(1, self.size.height // 2), animate=False)

    def action_list_page_down(self) -> None:
        self.scroll_page_down(animate=False)

    def action_list_page_up(self) -> None:
        self.scroll_page_up(animate=False)


class StreamView(ScrollingText):
    """`append()` may be called for every delta; what came is drawn at most 12 times a second.

    The end stays in sight unless the reader has scrolled up; `G` or `end` follows it again.
    """

    DEFAULT_CSS = """
    StreamView { height: 1fr; background: $background; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._parts: list[str] = []
        self._waiting: list[str] = []
        self._rows: list[str] = []
        self._width = 0
        self._timer: Timer | None = None

    @property
    def text(self) -> str:
        """All that was appended, byte for byte."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def clear(self) -> None:
        self._parts, self._waiting, self._rows = [], [], []
        self.virtual_size = Size(self._width, 0)
        self.scroll_home(animate=False)
        self.refresh()

    def append(self, text: str) -> None:
        self._parts.append(text)
        self._waiting.append(text)
        if self._timer is None:
            self._timer = self.set_timer(1 / FLUSHES_A_SECOND, self.flush)

    def flush(self) -> None:
        """Draw what waits now."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self._waiting:
            return
        added, self._waiting = "".join(self._waiting), []
        if not self._width:
            return  # the first layout lays out everything
        follows = self.is_vertical_scroll_end
        first = max(0, len(self._rows) - 1)
        self._lay_out(added)
        self.virtual_size = Size(self._width, len(self._rows))
        if follows:
            # Forced: the scroll bar that would allow it is there only after the next layout.
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True, force=True)
        top = int(self.scroll_offset.y)
        if len(self._rows) - top <= self.size.height:
            self.refresh_lines(first - top, len(self._rows) - first)
        else:
            self.refresh()

    def _lay_out(self, text: str) -> None:
        """The last row is open: greedy wrapping never changes the rows before it."""
        open_row = self._rows.pop() if self._rows else ""
        for line in (open_row + text).split("\n"):
            self._rows.extend(rows_of(shown(line)[0], self._width))

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002 Textual passes it by name
        width = self.scrollable_content_region.width
        if width == self._width or width <= 0:
            return
        self._width = width
        self._rows, self._waiting = [], []
        if self.text:
            self._lay_out(self.text)
        self.virtual_size = Size(width, len(self._rows))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        index = y + int(self.scroll_offset.y)
        style = self.rich_style
        width = self.size.width
        if not 0 <= index < len(self._rows):
            return Strip.blank(width, style)
        return Strip([Segment(self._rows[index], style)]).adjust_cell_length(width, style)
