"""What a diff of two texts is: rows of lines, and in edited lines segments of characters.

Every value here is frozen and can be pickled: a diff may be computed in another process and kept in a cache under
`(digest of the left text, digest of the right text, mode, engine, ENGINE_VERSION)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

ENGINE_VERSION = 4
"""Raised whenever the same two texts may give another diff than before."""

RowKind = Literal[
    "equal",
    "wsdiff",
    "change",
    "reflow",
    "reflow_edit",
    "delete",
    "insert",
    "replace",
    "moved_from",
    "moved_to",
]
SegKind = Literal["equal", "delete", "insert", "ws"]
Engine = Literal["words", "difflib"]
Reason = Literal["words pending", "out of time", "too large"]
Lacking = Literal["words", "moves"]


class WhiteSpace(StrEnum):
    """Which differences of white space make two lines different. The others give `wsdiff` rows, which stay visible."""

    EXACT = "exact"
    """All of it counts. (A line that only changed its indentation is still told as that line.)"""
    TRAILING = "trailing"
    """At the end of a line it does not count."""
    AMOUNT = "amount"
    """How much of it there is does not count; at the end of a line none counts."""
    ALL = "all"
    """None of it counts."""


@dataclass(frozen=True, slots=True)
class Seg:
    """A half-open range of characters of one line: the segments of a line tile it, and none is empty.

    equal    the same text on both sides: all equal segments of a row, joined, are the same left and right
    delete   on the left only
    insert   on the right only
    ws       white space only, which differs
    """

    kind: SegKind
    start: int
    end: int


Segs = tuple[tuple[Seg, ...], ...]
"""The segments of each line of one side of a row; an empty line has none."""


@dataclass(frozen=True, slots=True)
class Row:
    """Half-open ranges of line numbers, counted from 0: `l0:l1` of the left text beside `r0:r1` of the right one.

    equal        a run of identical lines
    wsdiff       the same but for white space; as a rule one line on each side
    change       one edited line on each side
    reflow       the same words in the same order; only line breaks and spaces differ
    reflow_edit  lines that were split, merged or re-wrapped, and edited
    delete       lines of the left side only
    insert       lines of the right side only
    replace      lines of both sides that have nothing to do with each other, shown opposite
    moved_from   lines of the left side that stand elsewhere on the right; `move` says where
    moved_to     the same lines, at their new place
    """

    kind: RowKind
    l0: int
    l1: int
    r0: int
    r1: int
    lsegs: Segs | None = None
    """One entry for each line of `l0:l1`. None: every line is as the kind of the row says, as a whole."""
    rsegs: Segs | None = None
    move: int = -1
    """Index into `Diff.moves`; -1 in rows that are not moved."""


@dataclass(frozen=True, slots=True)
class Move:
    """Lines that stand elsewhere now. Each move has one or more `moved_from` and `moved_to` rows, in that order."""

    l0: int
    l1: int
    r0: int
    r1: int
    similarity: float = 1.0
    """1.0: moved as they were, white space aside where the mode has it so. Less: edited too; the share of the
    characters that are the same on both sides."""

    @property
    def exact(self) -> bool:
        return self.similarity == 1.0


@dataclass(frozen=True, slots=True)
class Degraded:
    """A block that was not compared in full; `refine` does. Its rows are coarser than they could be.

    words pending  after the first phase: not yet
    out of time    the budget was used up
    too large      more work than any budget allows
    """

    reason: Reason
    l0: int
    l1: int
    r0: int
    r1: int
    lacks: Lacking = "words"
    """words: what its lines have in common. moves: only whether some of its one-sided lines were moved and edited on
    the way; such a block is the only one of its diff, and its other rows are final."""


@dataclass(frozen=True, slots=True)
class VariableUse:
    """A template variable as it is written, without the white space inside: `{{name}}`. How often each side has it."""

    token: str
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Rename:
    """A variable that was replaced by another one in the same places, `count` times seen."""

    old: str
    new: str
    count: int

    @property
    def names(self) -> tuple[str, str]:
        """Both without their braces."""
        return self.old.strip("{}$"), self.new.strip("{}$")


@dataclass(frozen=True, slots=True)
class Variables:
    added: tuple[VariableUse, ...] = ()
    removed: tuple[VariableUse, ...] = ()
    recounted: tuple[VariableUse, ...] = ()
    """Used on both sides, but not as often."""
    renamed: tuple[Rename, ...] = ()
    """Its old names are in `removed` too, its new ones in `added`."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts over the whole diff. Words are as the eye has them: a variable, a Chinese character, a sign is one."""

    words_added: int = 0
    words_removed: int = 0
    lines_added: int = 0
    """Lines of the right side in `insert` and `replace` rows."""
    lines_removed: int = 0
    lines_changed: int = 0
    """Lines of the right side in `change` and `reflow_edit` rows."""
    lines_white_space: int = 0
    """Lines of the right side where only white space differs."""
    lines_reflowed: int = 0
    """Lines of the right side that were re-wrapped without a changed word."""
    lines_moved: int = 0
    """Lines of the right side in `moved_to` rows."""


@dataclass(frozen=True, slots=True)
class Diff:
    """The rows tile both sides in order. Lines are `text.split("\\n")`, so the last one is empty when the text ends
    with a newline, and joining them gives the text back byte for byte."""

    left_lines: tuple[str, ...]
    right_lines: tuple[str, ...]
    rows: tuple[Row, ...]
    moves: tuple[Move, ...] = ()
    degraded: tuple[Degraded, ...] = ()
    """In order; empty when everything was compared in full."""
    variables: Variables = field(default_factory=Variables)
    stats: Stats = field(default_factory=Stats)
    mode: WhiteSpace = WhiteSpace.EXACT
    engine: Engine = "words"

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
