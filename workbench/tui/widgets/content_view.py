"""Text to read: wrapped, with a cursor row, drawn line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rich.style import Style
from textual import events

from workbench.tui.themes import Inks
from workbench.tui.widgets.line_list import LineList, Part, inks_of
from workbench.tui.widgets.wrap import Span, pieces, shown, wrap, wrapped


class TextLine(NamedTuple):
    """One source line. `kind` and the kinds of `spans` are names of inks ("" plain); `key` says what it stands for;
    rows after the first are indented by `hang` cells."""

    text: str
    kind: str = ""
    spans: Sequence[Span] = ()
    key: str = ""
    hang: int = 0


class ContentView(LineList):
    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source: list[TextLine] = []
        self._rows: list[tuple[int, int, int]] = []
        self._drawn: list[tuple[str, list[Span]]] = []
        self._wrapped_at = 0
        self.query_text = ""
        """What is searched for, "" for nothing; case does not count."""

    def show(self, lines: Sequence[TextLine], keep: bool = False) -> None:
        """`keep`: the same text as before, so the cursor stays."""
        if keep and lines == self._source:
            return
        self._source = list(lines)
        self._drawn = [shown(line.text, line.spans) for line in lines]
        self._wrap(self.cursor if keep else 0)
        if not keep:
            self.scroll_to(y=0, animate=False, immediate=True, force=True)

    def filter(self, query: str) -> None:
        """A text is searched, not thinned out: the cursor goes to the first match at or below it."""
        self.query_text = query
        self.refresh()
        if query:
            self.go_to_match(1, self.cursor)

    def go_to_match(self, step: int, start: int | None = None) -> bool:
        """The next row with a match, round the end; from row `start`, else from the one beside the cursor."""
        first = self.cursor + step if start is None else start
        for distance in range(self.count):
            index = (first + step * distance) % self.count
            line, begin, end = self._rows[index]
            if any(begin <= at < end for at, _, _ in self._matches(line)):
                self.go(index)
                return True
        return False

    def _matches(self, line: int) -> list[Span]:
        if not self.query_text:
            return []
        found = re.finditer(re.escape(self.query_text), self._drawn[line][0], re.IGNORECASE)
        return [(match.start(), match.end(), "match") for match in found]

    @property
    def source_line(self) -> TextLine | None:
        return self._source[self._rows[self.cursor][0]] if self.cursor < len(self._rows) else None

    @property
    def plain(self) -> str:
        return "\n".join(line.text for line in self._source)

    def _text_width(self) -> int:
        return max(8, (self.scrollable_content_region.width or self.size.width or 80) - 2)

    def _wrap(self, cursor: int) -> None:
        self._wrapped_at = width = self._text_width()
        self._rows = []
        for index, (text, _) in enumerate(self._drawn):
            hang = self._source[index].hang
            starts = wrapped(text, width, hang) if hang else wrap(text, width)
            ends = (*starts[1:], len(text))
            self._rows += [(index, start, end) for start, end in zip(starts, ends, strict=True)]
        self.set_count(len(self._rows), cursor)

    def on_resize(self, event: events.Resize) -> None:
        if self._rows and self._text_width() != self._wrapped_at:
            source = self._rows[min(self.cursor, len(self._rows) - 1)][0]
            self._wrap(0)
            self.cursor = next((i for i, row in enumerate(self._rows) if row[0] == source), 0)
        super().on_resize(event)

    def parts(self, index: int, width: int) -> list[Part]:  # noqa: ARG002 wrapped for it already
        ink = inks_of(self)
        line, start, end = self._rows[index]
        text, spans = self._drawn[line]
        spans = self._matches(line) or spans
        base = ink_named(ink, self._source[line].kind)
        lead = " " * (1 + (min(self._source[line].hang, self._wrapped_at // 2) if start else 0))
        return [(lead, base), *((t, base + ink_named(ink, kind)) for t, kind in pieces(text, start, end, spans))]


def ink_named(ink: Inks, kind: str) -> Style:
    style: Style = getattr(ink, kind or "text")
    return style
