"""Wrapping and showing one line of data: only offsets are computed, so that a line of a megabyte stays one string."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from rich.cells import cell_len, get_character_cell_size

from workbench.text import unbroken, visible

Span = tuple[int, int, str]
"""(start, end, kind) in characters."""

TAB = "    "
_WIDE = "\u3041-\u3096\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60"
"""Characters of two cells each, between any two of which a row may end."""
_NO_MARK = "(?![\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef])"
_ONE_CELL = re.compile("[ -~\u00a0-\u00ac\u00ae-\u02af\u2010-\u2027\u2030-\u205e\u2190-\u2199\u2400-\u2426]*")
"""Texts as wide as they have characters, which is most of the prose of the world's Latin scripts."""
_FLAGS = ("\U0001f1e6", "\U0001f1ff")
_JOINER = "\u200d"


# Compiled when the first such text is drawn: these sets cost the start of the app ten milliseconds.


@cache
def _wide_run() -> re.Pattern[str]:
    return re.compile(f"[{_WIDE}]+{_NO_MARK}")


@cache
def _pieces() -> re.Pattern[str]:
    return re.compile(rf"\s+|[{_WIDE}]+{_NO_MARK}|[^\s{_WIDE}]+|[{_WIDE}]")


@cache
def _row(width: int) -> re.Pattern[str]:
    """As much as fits, up to a space that may hang over the edge; of a long word, what fits of it."""
    return re.compile(f".{{1,{width}}} |.{{{width}}}", re.DOTALL)


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


def is_narrow(text: str) -> bool:
    """True: surely as many cells as characters."""
    return text.isascii() or _ONE_CELL.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def wrap(text: str, width: int) -> tuple[int, ...]:
    """Where each drawn row of the line starts; always begins with 0. Breaks after spaces and between Chinese or
    Japanese characters, else inside a long word, but never inside what a reader takes for one character, nor inside
    a template variable that fits a row."""
    return wrapped(text, width)


def wrapped(text: str, width: int, hang: int = 0, *, growing: bool = False) -> tuple[int, ...]:
    """As `wrap`, with rows after the first one `hang` cells narrower; nothing is remembered. `growing`: more of the
    text may come, so variables are broken like all else, for whether one ends is not known."""
    width = max(1, width)
    if len(text) <= width and (is_narrow(text) or cell_len(text) <= width):
        return (0,)
    hang = min(hang, width // 2)
    if not growing:
        text = unbroken(text, width - hang)
    return _wrap_narrow(text, width, hang) if is_narrow(text) else _Wrapping(text, width, hang).starts()


def _wrap_narrow(text: str, width: int, hang: int) -> tuple[int, ...]:
    """For text that is longer than `width`."""
    length = len(text)
    first = _row(width).match(text)
    if first is None or first.end() >= length:
        return (0,)
    width -= hang
    starts = [0, first.end()]
    if length - starts[1] > width:
        starts += [row.end() for row in _row(width).finditer(text, starts[1])]
        # What fits into one row is not cut at its spaces, and behind the last character no row begins.
        while starts[-1] >= length or length - starts[-2] <= width:
            starts.pop()
    return tuple(starts)


class _Wrapping:
    """Piece by piece, each measured; only words that are longer than a row are looked at character by character."""

    def __init__(self, text: str, width: int, hang: int) -> None:
        self._text, self._room, self._next_room = text, width, width - hang
        self._starts = [0]
        self._used = 0

    def starts(self) -> tuple[int, ...]:
        for match in _pieces().finditer(self._text):
            piece = match.group()
            if piece.isspace():
                # Spaces at the edge hang over, unless there are rows of them.
                self._used += len(piece)
                if self._used > self._room + 1 and len(piece) > self._room:
                    self._characters(match.start(), match.end())
            elif _wide_run().fullmatch(piece):
                self._wide(match.start(), len(piece))
            else:
                self._word(piece, match.start())
        return tuple(self._starts)

    def _break(self, at: int) -> None:
        if at > self._starts[-1]:
            self._starts.append(at)
            self._room = self._next_room
        self._used = 0

    def _wide(self, start: int, count: int) -> None:
        while count:
            fits = min(count, (self._room - self._used) // 2)
            if fits <= 0:
                if not self._used:
                    fits = 1
                else:
                    self._break(start)
                    continue
            self._used += 2 * fits
            start += fits
            count -= fits

    def _word(self, word: str, start: int) -> None:
        cells = len(word) if word.isascii() else cell_len(word)
        if self._used + cells <= self._room:
            self._used += cells
            return
        if self._used:
            self._break(start)
        if cells <= self._room:
            self._used = cells
        else:
            self._characters(start, start + len(word))

    def _characters(self, start: int, end: int) -> None:
        """Cut at the edge of every row, between what a reader takes for two characters."""
        text, self._used = self._text, 0 if start == self._starts[-1] else min(self._used, self._room)
        while start < end:
            after = start + 1
            if _FLAGS[0] <= text[start] <= _FLAGS[1] and text[after : after + 1] >= _FLAGS[0] and after < end:
                after += text[after] <= _FLAGS[1]
            while after < end and (not get_character_cell_size(text[after]) or text[after - 1] == _JOINER):
                after += 1
            cells = get_character_cell_size(text[start]) if after == start + 1 else cell_len(text[start:after])
            if self._used + cells > self._room:
                self._break(start)
            self._used += cells
            start = after


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
