"""Both sides of a row as one text: what was deleted, then what was inserted, between what stayed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.domain.diffs import Diff, Row, Seg, SegKind, Segs

Piece = tuple[str, SegKind]


@dataclass(frozen=True, slots=True)
class Woven:
    """A line of both sides. The segments cover it, as those of a row cover its lines."""

    text: str
    segs: tuple[Seg, ...]


def can_be_woven(row: Row) -> bool:
    return row.lsegs is not None and row.rsegs is not None


def weave(diff: Diff, row: Row) -> list[Woven]:
    """The lines of the right side with what only the left one has where it stood. Breaks of the left side alone are
    not shown: where they are all that changed, the row is a re-wrapped one and says so."""
    left = _Reader(_tokens(diff.left_lines, row.l0, row.lsegs))
    lines: list[Woven] = []
    for number, segs in zip(range(row.r0, row.r1), row.rsegs or (), strict=True):
        line = diff.right_lines[number]
        pieces: list[Piece] = []
        for seg in segs:
            text = line[seg.start : seg.end]
            if seg.kind == "equal":
                pieces += left.along(text)
            else:
                pieces += [*(left.until_equal() if seg.kind == "insert" else ()), (text, seg.kind)]
        if number == row.r1 - 1:
            pieces += left.until_equal()
        lines.append(_joined(pieces))
    return lines


def _tokens(lines: Sequence[str], first: int, segs: Segs | None) -> Iterator[Piece]:
    for number, of_line in enumerate(segs or (), first):
        for seg in of_line:
            yield lines[number][seg.start : seg.end], seg.kind


class _Reader:
    """The left side, read as far as the right one has come."""

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self._next = next(pieces, None)
        self._used = 0

    def until_equal(self) -> list[Piece]:
        """What was deleted up to the next text that both sides have; other white space of the left goes unsaid."""
        found: list[Piece] = []
        while self._next is not None and self._next[1] != "equal":
            if self._next[1] == "delete":
                found.append(self._next)
            self._next = next(self._pieces, None)
        return found

    def along(self, text: str) -> list[Piece]:
        """Text that both sides have, with what the left one has between its parts."""
        found = self.until_equal()
        at = 0
        while at < len(text):
            if self._next is None:
                return [*found, (text[at:], "equal")]
            if self._next[1] != "equal":
                found += self.until_equal()
                continue
            step = min(len(text) - at, len(self._next[0]) - self._used)
            found.append((text[at : at + step], "equal"))
            at += step
            self._used += step
            if self._used == len(self._next[0]):
                self._next, self._used = next(self._pieces, None), 0
        return found


def _joined(pieces: list[Piece]) -> Woven:
    segs: list[Seg] = []
    at = 0
    for text, kind in pieces:
        if not text:
            continue
        if segs and segs[-1].kind == kind:
            segs[-1] = Seg(kind, segs[-1].start, at + len(text))
        else:
            segs.append(Seg(kind, at, at + len(text)))
        at += len(text)
    return Woven("".join([text for text, _ in pieces]), tuple(segs))
