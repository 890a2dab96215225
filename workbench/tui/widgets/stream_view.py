"""An answer as it is streamed: rows are only ever added, and only the tail is drawn again."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from rich.segment import Segment
from rich.style import Style
from textual.events import Blur, DescendantBlur, DescendantFocus, Focus, Resize
from textual.geometry import Size
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from workbench.tui.widgets.line_list import inks_of
from workbench.tui.widgets.scrolling_text import ScrollingText
from workbench.tui.widgets.wrap import Span, pieces, shown, wrapped

FLUSHES_A_SECOND = 12
JUMP = 4
"""The end is followed by a quarter of the view at once."""


def rows_of(line: str, width: int) -> list[str]:
    """The rows of one line that may be drawn; joined they are the line."""
    return [line[start:end] for start, end in pairwise((*wrapped(line, width, growing=True), len(line)))]


class StreamView(ScrollingText):
    """`append()` may be called for every delta; what came is drawn at most 12 times a second.

    The end stays in sight unless the reader has scrolled up; `G` or `end` follows it again. It is followed some rows at
    a time, with room below it: text that stands still can be read, and only new rows are drawn. Pieces have a kind,
    which is the name of an ink; a piece of another kind begins on a new row.
    """

    DEFAULT_CSS = """
    StreamView { height: 1fr; background: $background; }
    """

    def __init__(self, *, id: str | None = None, paced: bool = True) -> None:
        """`paced=False`: the owner of several calls `flush` for all of them at once."""
        super().__init__(id=id)
        self._paced = paced
        self._pieces: list[tuple[str, list[str]]] = []
        self._waiting: list[tuple[str, str]] = []
        self._rows: list[str] = []
        self._kinds: list[str] = []
        self._lines: list[int] = []
        """The row that each line begins in."""
        self._open = ""
        self._width = 0
        self._timer: Timer | None = None
        self._needle = ""
        self._matches: list[tuple[int, int]] = []
        """(line, place in it) of each match, in order."""
        self._at = -1
        self._base: Style | None = None

    def on_focus(self, event: Focus) -> None:
        """Nothing looks different with the focus, so nothing is drawn again, as the stock handler would."""
        event.prevent_default()
        self.has_focus = True
        if self.parent is not None:
            self.parent.post_message(DescendantFocus(self))

    def on_blur(self, event: Blur) -> None:
        event.prevent_default()
        self.has_focus = False
        if self.parent is not None:
            self.parent.post_message(DescendantBlur(self))

    @property
    def text(self) -> str:
        """All plain text that was appended, byte for byte."""
        return "".join("".join(parts) for kind, parts in self._pieces if not kind)

    def clear(self) -> None:
        rows, top = len(self._rows), self.scroll_offset.y
        self._pieces, self._waiting = [], []
        self._forget_rows()
        self._set_height(0)
        self.scroll_home(animate=False)
        if top:
            self.refresh()
        elif rows:
            # The rows below were empty, and stay so.
            self.refresh_lines(0, rows)

    def _forget_rows(self) -> None:
        self._rows, self._kinds, self._lines, self._open = [], [], [], ""
        self._matches, self._at = [], -1

    def append(self, text: str, kind: str = "") -> None:
        if not self._pieces or self._pieces[-1][0] != kind:
            self._pieces.append((kind, []))
        parts = self._pieces[-1][1]
        parts.append(text)
        self._waiting.append((kind, text))
        if self._timer is None and self._paced:
            self._timer = self.set_timer(1 / FLUSHES_A_SECOND, self.flush)

    def flush(self) -> None:
        """Draw what waits now."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self._waiting:
            return
        added, self._waiting = self._waiting, []
        if not self._width:
            return  # the first layout lays out everything
        follows = self.is_vertical_scroll_end
        first = max(0, len(self._rows) - 1)
        self._lay_out_all(added)
        if len(self._rows) > self.virtual_size.height:
            height = self.size.height
            self._set_height(len(self._rows) + (height // JUMP if follows and len(self._rows) > height else 0))
        if follows:
            # Forced: the scroll bar that would allow it is there only after the next layout.
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True, force=True)
        if self._needle:
            self._find()
        self.refresh_lines(first, len(self._rows) - first)

    def settle(self) -> None:
        """No more comes: the last row is the last that can be scrolled to."""
        self._set_height(len(self._rows))

    def _set_height(self, rows: int) -> None:
        """How many rows can be scrolled to. Setting the size the plain way has Textual lay out the whole screen."""
        size = Size(self._width, rows)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)

    def _lay_out_all(self, added: Sequence[tuple[str, str]]) -> None:
        waiting: list[str] = []
        for kind, text in added:
            if kind != self._open or not self._rows:
                self._lay_out("".join(waiting))
                waiting = []
                self._begin(kind)
            waiting.append(text)
        self._lay_out("".join(waiting))

    def _begin(self, kind: str) -> None:
        self._open = kind
        self._lines.append(len(self._rows))
        self._rows.append("")
        self._kinds.append(kind)

    def _lay_out(self, text: str) -> None:
        """The last row is open: greedy wrapping never changes the rows before it."""
        if not text:
            return
        rows, lines = self._rows, self._lines
        open_row = rows.pop()
        for number, line in enumerate((open_row + text).split("\n")):
            if number:
                lines.append(len(rows))
            rows.extend(rows_of(shown(line)[0], self._width))
        self._kinds.extend([self._open] * (len(rows) - len(self._kinds)))

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002 Textual passes it by name
        width = self.scrollable_content_region.width
        if width == self._width or width <= 0:
            return
        self._width = width
        self.lay_out_again()

    def lay_out_again(self) -> None:
        """All rows anew from what was appended."""
        self._waiting = []
        if not self._width:
            return  # the first layout does it
        at = self._at
        self._forget_rows()
        self._lay_out_all([(kind, "".join(parts)) for kind, parts in self._pieces])
        self.rows_changed()
        self._at = min(at, len(self._matches) - 1)

    def rows_changed(self) -> None:
        self._set_height(len(self._rows))
        if self._needle:
            self._find()
        self.refresh()

    # -- finding

    @property
    def match(self) -> tuple[int, int]:
        """(which, of how many); which is 0 while none was gone to."""
        return self._at + 1, len(self._matches)

    def search(self, needle: str) -> int:
        """How many places say so, upper and lower case alike; "" ends the search."""
        self._needle, self._at = needle, -1
        self._find()
        self.refresh()
        return len(self._matches)

    def go_match(self, step: int) -> bool:
        """To the next match, round the end; at first to the one at or below the top row. False without any."""
        if not self._matches:
            return False
        if self._at < 0:
            line = bisect_right(self._lines, int(self.scroll_offset.y)) - 1
            self._at = bisect_left(self._matches, (line, 0)) - (step > 0)
        self._at = (self._at + step) % len(self._matches)
        line, place = self._matches[self._at]
        row = self._row_of(line, place)
        if not 0 <= row - int(self.scroll_offset.y) < self.size.height:
            self.scroll_to(y=max(0, row - self.size.height // 2), animate=False, immediate=True, force=True)
        self.refresh()
        return True

    def _find(self) -> None:
        """Matches may go on over the end of a row, but not of a line."""
        self._matches = []
        if not self._needle:
            return
        wanted = re.compile(re.escape(shown(self._needle)[0]), re.IGNORECASE)
        for line in range(len(self._lines)):
            whole = "".join(self._rows[slice(*self._rows_of_line(line))])
            self._matches += [(line, found.start()) for found in wanted.finditer(whole)]

    def _rows_of_line(self, line: int) -> tuple[int, int]:
        first = self._lines[line]
        return first, self._lines[line + 1] if line + 1 < len(self._lines) else len(self._rows)

    def _row_of(self, line: int, place: int) -> int:
        first, end = self._rows_of_line(line)
        for row in range(first, end):
            if place < len(self._rows[row]):
                return row
            place -= len(self._rows[row])
        return max(first, end - 1)

    def _found_in(self, row: int) -> list[Span]:
        """What is found in one row, in characters of it."""
        line = bisect_right(self._lines, row) - 1
        before = sum(len(self._rows[i]) for i in range(self._lines[line], row))
        length, end = len(shown(self._needle)[0]), before + len(self._rows[row])
        spans = []
        for index in range(bisect_left(self._matches, (line, 0)), bisect_left(self._matches, (line + 1, 0))):
            start = self._matches[index][1]
            if start < end and start + length > before:
                kind = "here" if index == self._at else "match"
                spans.append((max(0, start - before), min(end, start + length) - before, kind))
        return spans

    # -- drawing

    def notify_style_update(self) -> None:
        self._base = None
        super().notify_style_update()

    def ink(self, kind: str) -> Style:
        style: Style = getattr(inks_of(self), kind or "text") if kind else Style.null()
        return style

    def styled(self, row: int) -> list[Segment]:
        """The row's pieces without the view's own style."""
        found = self._found_in(row) if self._matches else []
        style = self.ink(self._kinds[row])
        if not found:
            return [Segment(self._rows[row], style)]
        text = self._rows[row]
        marked = {"": Style.null(), "match": Style(underline=True), "here": Style(reverse=True)}
        return [Segment(piece, style + marked[kind]) for piece, kind in pieces(text, 0, len(text), found)]

    def render_line(self, y: int) -> Strip:
        index = y + int(self.scroll_offset.y)
        if self._base is None:
            self._base = self.rich_style
        style = self._base
        width = self.size.width
        if not 0 <= index < len(self._rows):
            return Strip.blank(width, style)
        drawn = Segment.apply_style(self.styled(index), style)
        return Strip(drawn).adjust_cell_length(width, style)
