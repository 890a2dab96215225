"""Lines that differ in white space only: where it differs."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from workbench.domain.diffs.lines import counted
from workbench.domain.diffs.model import Diff, Row, Seg, SegKind, Segs, WhiteSpace
from workbench.domain.diffs.tokens import mark_class, variables

Gap = tuple[int, int, int]
"""(how much text that is not white space stands before it, start, end)"""


@cache
def _gaps() -> re.Pattern[str]:
    return re.compile(r"\s+")


@cache
def _marked_gap() -> re.Pattern[str]:
    """A space with a combining mark on it is one character to the eye, and must not be cut."""
    return re.compile(rf"\s(?!\w)[{mark_class()}]")


def is_ignored(diff: Diff, row: Row) -> bool:
    """Does the row differ only in white space that does not count under the mode of the diff?"""
    if row.kind != "wsdiff" or row.l1 - row.l0 != row.r1 - row.r0:
        return False
    pairs = zip(diff.left_lines[row.l0 : row.l1], diff.right_lines[row.r0 : row.r1], strict=True)
    return all(counted(one, diff.mode) == counted(other, diff.mode) for one, other in pairs)


def without_ignored(diff: Diff) -> Diff:
    """For those who show it: rows that differ in nothing that counts under the mode are told as equal ones, though
    their lines are not. The statistics still count them."""
    if diff.mode is WhiteSpace.EXACT:
        return diff
    rows: list[Row] = []
    for row in diff.rows:
        if is_ignored(diff, row):
            row = Row("equal", row.l0, row.l1, row.r0, row.r1)
        if rows and row.kind == rows[-1].kind == "equal":
            rows[-1] = Row("equal", rows[-1].l0, row.l1, rows[-1].r0, row.r1)
        else:
            rows.append(row)
    return replace(diff, rows=tuple(rows))


def white_space_row(left: str, right: str, i: int, j: int) -> Row:
    """The row of two lines that are the same but for white space; `equal` if they are the same."""
    if left == right:
        return Row("equal", i, i + 1, j, j + 1)
    segs = _segs(left, right)
    return Row("wsdiff", i, i + 1, j, j + 1, *(segs or (None, None)))


def _segs(left: str, right: str) -> tuple[Segs, Segs] | None:
    """None where a border would cut a variable or a character."""
    if any(not line.isascii() and _marked_gap().search(line) for line in (left, right)):
        return None
    on_left, on_right = _gaps_of(left), _gaps_of(right)
    lsegs, rsegs = _Line(left), _Line(right)
    for before in sorted(on_left.keys() | on_right.keys()):
        (l0, l1), (r0, r1) = on_left.get(before, (0, 0)), on_right.get(before, (0, 0))
        head = shared_start(left[l0:l1], right[r0:r1])
        tail = shared_start(left[l0 + head : l1][::-1], right[r0 + head : r1][::-1])
        lsegs.gap(l0 + head, l1 - tail)
        rsegs.gap(r0 + head, r1 - tail)
    if lsegs.cuts_variable() or rsegs.cuts_variable():
        return None
    return (lsegs.done(),), (rsegs.done(),)


def shared_start(one: str, other: str) -> int:
    """How many characters both start with."""
    n = 0
    while n < len(one) and n < len(other) and one[n] == other[n]:
        n += 1
    return n


def _gaps_of(line: str) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    blank = 0
    for match in _gaps().finditer(line):
        start, end = match.span()
        found[start - blank] = (start, end)
        blank += end - start
    return found


class _Line:
    def __init__(self, text: str) -> None:
        self._text = text
        self._segs: list[Seg] = []
        self._end = 0

    def gap(self, start: int, end: int) -> None:
        if end <= start:
            return
        self._push("equal", start)
        self._push("ws", end)

    def done(self) -> tuple[Seg, ...]:
        self._push("equal", len(self._text))
        return tuple(self._segs)

    def cuts_variable(self) -> bool:
        if "{" not in self._text:
            return False
        borders = [border for seg in self._segs for border in (seg.start, seg.end)]
        return any(
            start < border < end
            for start, end in (match.span() for match in variables().finditer(self._text))
            for border in borders
        )

    def _push(self, kind: SegKind, end: int) -> None:
        if end > self._end:
            self._segs.append(Seg(kind, self._end, end))
            self._end = end
