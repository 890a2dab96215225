"""The lines of one side as they may be drawn, and where each of their rows begins at a width."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.text import UNSAFE, one_line
from workbench.tui.widgets.wrap import TAB, wrapped

DEEPEST_HANG = 8
"""Cells by which rows that continue a list item stand in, at most."""
_MARKER = re.compile(r"[ \t]*(?:[-*+•·>#]{1,6}|\(?\w{1,3}[.)])[ ]+|[ \t]+")
LONG = 400
"""Characters from which a line that is drawn as it is is remembered, too: looking at it again costs its length."""
_WIDTHS = 3
"""Widths whose rows are remembered: of each layout, and the one before a resize."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line in which every control has become a picture and every tab four spaces."""

    text: str
    at: tuple[int, ...] = ()
    """Where in the line something became longer, and …"""
    by: tuple[int, ...] = ()
    """… by how much everything after it has moved then."""
    tabs: tuple[int, ...] = ()
    """Where in `text` a tab begins."""

    def moved(self, offset: int) -> int:
        """From a place in the line to the place in `text`."""
        if not self.at:
            return offset
        index = bisect_right(self.at, offset - 1)
        return offset + (self.by[index - 1] if index else 0)


def drawn(line: str) -> Drawn:
    if (line.isascii() and line.isprintable()) or UNSAFE.search(line) is None:
        return Drawn(line)
    parts: list[str] = []
    at, by, tabs = [], [], []
    done = shift = 0
    for match in UNSAFE.finditer(line):
        picture = TAB if match.group() == "\t" else one_line(match.group())
        if match.group() == "\t":
            tabs.append(match.start() + shift)
        parts += [line[done : match.start()], picture]
        done = match.end()
        if len(picture) > 1:
            shift += len(picture) - 1
            at.append(match.start())
            by.append(shift)
    parts.append(line[done:])
    return Drawn("".join(parts), tuple(at), tuple(by), tuple(tabs))


def hang_of(text: str) -> int:
    """How far rows that continue this line stand in: under the text of a list item, or under its indentation."""
    match = _MARKER.match(text[:40])
    return min(match.end(), DEEPEST_HANG) if match else 0


class Lines:
    """One side. Only what is asked for is ever drawn and wrapped."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._drawn: dict[int, Drawn] = {}
        self._starts: OrderedDict[int, dict[int, tuple[int, ...]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self.lines)

    def drawn(self, line: int) -> Drawn:
        found = self._drawn.get(line)
        if found is None:
            found = drawn(self.lines[line])
            if found.at or len(found.text) > LONG:
                self._drawn[line] = found
        return found

    def starts(self, line: int, width: int) -> tuple[int, ...]:
        """Where in the drawn text each row of this line begins."""
        at_width = self._at(width)
        found = at_width.get(line)
        if found is None:
            text = self.drawn(line).text
            found = wrapped(text, width, hang_of(text))
            if len(found) > 1:
                at_width[line] = found
        return found

    def heights(self, start: int, end: int, width: int) -> list[int]:
        """Rows of each of these lines."""
        lines, starts = self.lines, self.starts
        return [
            1 if len(line := lines[n]) <= width and line.isascii() and line.isprintable() else len(starts(n, width))
            for n in range(start, end)
        ]

    def guess(self, start: int, end: int, width: int) -> int:
        """About how many rows these lines take, together."""
        return sum([1 + len(line) // width for line in self.lines[start:end]])

    def _at(self, width: int) -> dict[int, tuple[int, ...]]:
        found = self._starts.get(width)
        if found is None:
            found = self._starts[width] = {}
            while len(self._starts) > _WIDTHS:
                self._starts.popitem(last=False)
        return found
