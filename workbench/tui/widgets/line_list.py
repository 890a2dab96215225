"""A list drawn line by line: its cost is that of what is on the screen, whatever its length."""

from __future__ import annotations

import os

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from workbench.text import one_line
from workbench.tui.bindings import bindings_for
from workbench.tui.lean_scrollbar import LeanScrollView
from workbench.tui.themes import Inks, inks

Part = tuple[str, Style]


def inks_of(widget: Widget) -> Inks:
    return inks(widget.app.current_theme.dark, colour=not os.environ.get("NO_COLOR"))


class LineList(LeanScrollView, can_focus=True, inherit_bindings=False):
    """Subclasses say what a row looks like (`parts`) and call `set_count`."""

    BINDINGS = bindings_for("list")
    DEFAULT_CSS = """
    LineList { scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; overflow-x: hidden; background: $background; }
    """

    _titled = ""

    class Moved(Message):
        """The cursor is on another row, or the row under it is another one; only the last of several counts."""

        def __init__(self, sender: LineList) -> None:
            super().__init__()
            self.list = sender

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LineList.Moved) and message.list is self.list

    class Opened(Message):
        def __init__(self, sender: LineList) -> None:
            super().__init__()
            self.list = sender

    class Sideways(Message):
        """Left (-1) or right (+1) where the list itself has no use for it."""

        def __init__(self, sender: LineList, step: int) -> None:
            super().__init__()
            self.list = sender
            self.step = step

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.count = 0
        self.cursor = 0
        self.empty_text = ""
        self._base: Style | None = None

    # -- what subclasses give

    def parts(self, index: int, width: int) -> list[Part]:
        """Row `index` as styled pieces, safe to draw; what is wider than `width` is cut."""
        raise NotImplementedError

    def under(self, index: int) -> Style:
        """What lies under the whole row: the mark of the cursor."""
        if index != self.cursor:
            return Style.null()
        ink = inks_of(self)
        return ink.cursor if self.has_focus else ink.cursor_idle

    # -- contents

    def show_title(self, title: str, query: str) -> None:
        """With what the list is filtered by: rows that are not shown are not taken for rows that are not there."""
        told = f"{title} /{one_line(query.strip())}" if query.strip() else title
        if told != self._titled:
            self._titled = told
            self.border_title = Content(told)

    def set_count(self, count: int, cursor: int = 0) -> None:
        filled = max(self.count, count)
        # Below both the old and the new rows nothing is drawn, unless it is said that there are none.
        full = not self.count or not count
        self.count = count
        self.cursor = min(max(0, cursor), max(0, count - 1))
        size = Size(0, count)
        if size != self.virtual_size:
            # Setting it the plain way lays out the whole screen again, although only the scroll bar can change.
            self.set_reactive(ScrollView.virtual_size, size)
            self._scroll_update(size)
        self._bring_into_view()
        if full:
            self.refresh()
        else:
            # Each of its lines is noted one by one, so no more are named than there are to see.
            height = min(self.size.height, filled - self.scroll_offset.y)
            self.refresh(Region(0, 0, self.size.width, max(1, height)))
        self.post_message(self.Moved(self))

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width or self.size.width
        if self._base is None:
            self._base = self.rich_style
        base = self._base
        if index >= self.count:
            lines = self.empty_text.split("\n") if self.empty_text and not self.count else []
            text = lines[y] if y < len(lines) else ""
            return Strip([Segment(" " + text, base + inks_of(self).dim)]).adjust_cell_length(width, base)
        under = self.under(index)
        row = base + under
        segments = [Segment(text, base + style + under) for text, style in self.parts(index, width) if text]
        return Strip(segments).adjust_cell_length(width, row)

    def refresh_row(self, index: int) -> None:
        y = index - self.scroll_offset.y
        if 0 <= y < self.size.height:
            # Without the scroll bar beside it, which would be drawn with it.
            self.refresh(Region(0, y, self.scrollable_content_region.width, 1))

    def notify_style_update(self) -> None:
        self._base = None
        super().notify_style_update()

    def on_focus(self) -> None:
        self._base = None
        self.refresh_row(self.cursor)

    def on_blur(self) -> None:
        self._base = None
        self.refresh_row(self.cursor)

    # -- moving

    def go(self, index: int) -> None:
        index = min(max(0, index), max(0, self.count - 1))
        if index == self.cursor:
            return
        old, self.cursor = self.cursor, index
        self.refresh_row(old)
        self._bring_into_view()
        self.refresh_row(index)
        # Straight to the screen: each step of the way up comes before the paint.
        self.screen.post_message(self.Moved(self))

    def _bring_into_view(self) -> None:
        height, top = self.scrollable_content_region.height, self.scroll_offset.y
        if height <= 0:
            return
        if self.cursor < top or self.cursor >= top + height:
            # Half a page at once: every line that scrolls repaints the whole viewport anyway.
            target = self.cursor - height // 2
            self.scroll_to(y=max(0, target), animate=False, immediate=True, force=True)

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002 Textual passes it by name
        self._bring_into_view()

    def on_click(self, event: events.Click) -> None:
        self.go(event.y + self.scroll_offset.y)

    @property
    def page(self) -> int:
        return max(1, self.scrollable_content_region.height - 1)

    def action_list_down(self) -> None:
        self.go(self.cursor + 1)

    def action_list_up(self) -> None:
        self.go(self.cursor - 1)

    def action_list_left(self) -> None:
        self.post_message(self.Sideways(self, -1))

    def action_list_right(self) -> None:
        self.post_message(self.Sideways(self, 1))

    def action_list_open(self) -> None:
        self.post_message(self.Opened(self))

    def action_list_top(self) -> None:
        self.go(0)

    def action_list_bottom(self) -> None:
        self.go(self.count - 1)

    def action_list_half_down(self) -> None:
        self.go(self.cursor + max(1, self.page // 2))

    def action_list_half_up(self) -> None:
        self.go(self.cursor - max(1, self.page // 2))

    def action_list_page_down(self) -> None:
        self.go(self.cursor + self.page)

    def action_list_page_up(self) -> None:
        self.go(self.cursor - self.page)
