"""Wrapping and showing one line of data: only offsets are computed, so that a line of a megabyte stays one string."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rich.cells import cached_cell_len, cell_len

from workbench.text import visible

Span = tuple[int, int, str]
"""(start, end, kind) in characters."""

TAB = "    "


def shown(line: str, spans: Sequence[Span] = ()) -> tuple[str, list[Span]]:
    """One line without its newline as it may be drawn, with the spans moved to where their text went."""
    if line.isascii() and line.isprintable():
        return line, list(spans)
    if not spans:
        return visible(line).replace("\t", TAB), []
    text, moved, at, done = [], [], 0, 0
    for start, end, kind in spans:
        before, inside = _drawn(line[at:start]), _drawn(line[start:end])
        text += [before, inside]
        moved.append((done + len(before), done + len(before) + len(inside), kind))
        done += len(before) + len(inside)
        at = end
    text.append(_drawn(line[at:]))
    return "".join(text), moved


def _drawn(text: str) -> str:
    return visible(text).replace("\t", TAB)


@lru_cache(maxsize=4096)
def wrap(text: str, width: int) -> tuple[int, ...]:
    """Where each drawn row of the line starts; always begins with 0. Breaks after spaces, else inside a long word."""
    width = max(1, width)
    if len(text) <= width and (text.isascii() or cell_len(text) <= width):
        return (0,)
    return _wrap_ascii(text, width) if text.isascii() else _wrap_wide(text, width)


def _wrap_ascii(text: str, width: int) -> tuple[int, ...]:
    starts, start, length = [0], 0, len(text)
    while length - start > width:
        space = text.rfind(" ", start, start + width + 1)
        start = space + 1 if space > start else start + width
        if start >= length:
            break
        starts.append(start)
    return tuple(starts)


def _wrap_wide(text: str, width: int) -> tuple[int, ...]:
    starts, start, used, space = [0], 0, 0, -1
    for index, char in enumerate(text):
        cells = 1 if char.isascii() else cached_cell_len(char)
        if used + cells > width and index > start:
            if char == " ":
                # A space at the edge hangs over; the row after begins behind it.
                space = index
                used += cells
                continue
            start = space + 1 if space > start else index
            starts.append(start)
            used = cell_len(text[start:index])
            space = -1
        if char == " ":
            space = index
        used += cells
    return tuple(starts)


def pieces(text: str, start: int, end: int, spans: Sequence[Span]) -> list[tuple[str, str]]:
    """The row `text[start:end]` cut at the spans: (text, kind), kind "" outside of them. Spans are in order."""
    out, at = [], start
    for left, right, kind in spans:
        if right <= at or left >= end:
            continue
        left, right = max(left, at), min(right, end)
        if left > at:
            out.append((text[at:left], ""))
        out.append((text[left:right], kind))
        at = right
    if at < end:
        out.append((text[at:end], ""))
    return out
