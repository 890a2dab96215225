"""A text area that shows what a template would replace, and controls as pictures."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from workbench.text import UNSAFE
from workbench.tui.widgets.in_order import InOrder

_VARIABLE = Style(bold=True, color="cyan")


def pictured(text: str) -> str:
    """One picture for each control character, so that every column of the line stays where it is."""
    if UNSAFE.search(text) is None:
        return text
    return UNSAFE.sub(lambda m: m.group() if m.group() == "\t" else _picture(ord(m.group())), text)


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "�"


_TAKEN = ("f6", "f7")
"""Keys of the stock area (select a line, select all) that are acts of the screens."""


class SafeArea(InOrder, TextArea, inherit_bindings=False):
    """A plain text area for any text of a person or a model: controls are seen, never sent to the terminal."""

    BINDINGS = [b for b in TextArea.BINDINGS if not (isinstance(b, Binding) and b.key in _TAKEN)]

    DEFAULT_CSS = """
    SafeArea { border: none; padding: 0 1; background: $surface; }
    SafeArea:focus { border: none; background: $boost; }
    """

    def __init__(self, text: str = "", **options: Any) -> None:
        options.setdefault("tab_behavior", "focus")
        options.setdefault("soft_wrap", True)
        super().__init__(text, **options)
        self.cursor_blink = False
        self._original = text
        self._loaded = self.text

    def update_node_styles(self, animate: bool = True) -> None:
        # Its styles are worked out when it is put up. The stock one does it for every class that it begins with.
        if self.parent is not None:
            super().update_node_styles(animate)

    @property
    def value(self) -> str:
        """The text as it is saved: what was not edited keeps its own mix of line ends, byte for byte."""
        text = self.text
        return self._original if text == self._loaded else text

    def load(self, text: str) -> None:
        """Replace all; the edit history starts anew."""
        self.load_text(text)
        self._original, self._loaded = text, self.text

    def _refresh_size(self) -> None:
        # Undoing a large paste takes lines away before the cursor is put back, and the stock area, whose scroll bar
        # goes with them, ends the app by scrolling to the cursor's old line.
        last = self.document.end
        if max(self.selection) > last:
            self.set_reactive(TextArea.selection, Selection.cursor(last))
        super()._refresh_size()

    def get_line(self, line_index: int) -> Text:
        line = self.document.get_line(line_index)
        return Text(pictured(line), end="", no_wrap=True)


class TemplateArea(SafeArea):
    """Variables and tags are marked; the owner computes the spans (`domain.templates.spans`) and gives them."""

    def __init__(self, text: str = "", **options: Any) -> None:
        self._spans: list[tuple[int, int]] = []
        self._line_starts: list[int] = [0]
        super().__init__(text, **options)

    def show_spans(self, spans: list[tuple[int, int]]) -> None:
        """`spans`: (start, end) in characters of `text`, in order and not overlapping."""
        self._spans = spans
        starts, total = [0], 0
        for index in range(self.document.line_count - 1):
            total += len(self.document.get_line(index)) + len(self.document.newline)
            starts.append(total)
        self._line_starts = starts
        self.notify_style_update()
        self.refresh()

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        if line_index < len(self._line_starts):
            offset = self._line_starts[line_index]
            end = offset + len(line)
            first = max(0, bisect_right(self._spans, (offset, -1)) - 1)
            for start, stop in self._spans[first:]:
                if start >= end:
                    break
                if stop > offset:
                    line.stylize(_VARIABLE, max(0, start - offset), min(end, stop) - offset)
        return line
