"""What a diff of two texts is: rows of lines, and in edited lines segments of characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RowKind = Literal["equal", "change", "insert", "delete", "replace"]
SegKind = Literal["equal", "delete", "insert"]


@dataclass(frozen=True, slots=True)
class Seg:
    """A half-open range of characters of one line. The left side has `delete`, the right side `insert`."""

    kind: SegKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """Half-open ranges of line numbers, counted from 0: `l0:l1` of the left text beside `r0:r1` of the right one.

    equal    a run of identical lines
    change   one edited line on each side, with the words marked: the segments tile their line
    delete   lines of the left side only
    insert   lines of the right side only
    replace  lines of both sides that have nothing to do with each other, shown opposite
    """

    kind: RowKind
    l0: int
    l1: int
    r0: int
    r1: int
    lsegs: tuple[Seg, ...] = ()
    """Of a `change` row; empty otherwise, and for an empty line."""
    rsegs: tuple[Seg, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """The rows tile both sides in order. Lines are `text.split("\\n")`, so the last one is empty when the text ends
    with a newline, and joining them gives the text back byte for byte."""

    left_lines: tuple[str, ...]
    right_lines: tuple[str, ...]
    rows: tuple[Row, ...]
    degraded: bool = False
    """Some block was too big to be compared in full and is coarser than it could be."""

    @property
    def left(self) -> str:
        return "\n".join(self.left_lines)

    @property
    def right(self) -> str:
        return "\n".join(self.right_lines)

    @property
    def same(self) -> bool:
        return all(row.kind == "equal" for row in self.rows)

    @property
    def added(self) -> int:
        """Lines of the right side that are not on the left as they are."""
        return sum(row.r1 - row.r0 for row in self.rows if row.kind != "equal")

    @property
    def removed(self) -> int:
        return sum(row.l1 - row.l0 for row in self.rows if row.kind != "equal")
