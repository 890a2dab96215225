"""A list that scrolls by itself: without a scroll bar to lay out, another height costs nothing."""

from __future__ import annotations

from textual import events
from textual.geometry import Region

from workbench.tui.widgets.line_list import LineList


class Scrolling(LineList):
    DEFAULT_CSS = """
    Scrolling { overflow-y: hidden; scrollbar-size-vertical: 0; }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.top = 0
        """The visual line in the first row of the screen."""

    def _bring_into_view(self) -> None:
        top = self.top_in_view(self.top, self.cursor, self.count)
        if top != self.top:
            self.top = top
            self.refresh()

    def top_in_view(self, top: int, cursor: int, count: int) -> int:
        """The nearest `top` with which the cursor is on the screen, and no room is left below the last line."""
        height = self.size.height
        if height <= 0:
            return top
        top = min(top, max(0, count - height))
        if not top <= cursor < top + height:
            top = cursor - height // 2
        return min(max(0, top), max(0, count - height))

    def jump(self, y: int) -> None:
        """Go there, with some of what is before it in sight."""
        height = self.size.height
        if height > 0 and not self.top <= y < self.top + height - min(3, height // 3):
            self.top = min(max(0, y - height // 4), max(0, self.count - height))
            self.refresh()
        self.go(y)

    def refresh_row(self, index: int) -> None:
        y = index - self.top
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _scroll(self, rows: int) -> None:
        height = self.size.height
        self.top = min(max(0, self.top + rows), max(0, self.count - height))
        self.refresh()
        self.go(min(max(self.cursor, self.top), self.top + height - 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(-3)
