"""Which version brought each line of a text, followed back through moves, re-wrapping and small edits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Literal

from workbench.domain.diffs import Diff, Move, Row, Seg, diff_texts

TouchKind = Literal["brought", "edited", "moved", "rewrapped", "spaced"]
_KEPT = 0.5
"""A line goes on from an earlier one when at least this share of its characters was there; else it is new."""


@dataclass(frozen=True)
class Step:
    """One version on the way back, without its text."""

    number: str
    author: str
    at: str
    note: str


@dataclass(frozen=True)
class Touch:
    """What one version did to a line.

    brought    it was not there before
    edited     some of its words changed
    moved      it stood elsewhere (and may have been edited on the way: then `before` differs)
    rewrapped  the same words with other line breaks
    spaced     only white space changed
    """

    step: int
    """Index into `Blame.steps`."""
    kind: TouchKind
    line: int
    """Where it stood in that version, counted from 1."""
    text: str
    before: str
    """What it was in the version before; "" for a line that was brought."""


@dataclass(frozen=True)
class BlamedLine:
    line: int
    """Counted from 1."""
    text: str
    touches: tuple[Touch, ...]
    """Newest first, never empty; the last one brought the line, or is as far back as was looked."""

    @property
    def brought(self) -> Touch:
        return self.touches[-1]

    @property
    def changed(self) -> Touch:
        """The newest that changed its words: an edit, else what brought it."""
        return next(touch for touch in self.touches if touch.kind in ("brought", "edited") or touch is self.brought)


@dataclass(frozen=True)
class Traced:
    lines: tuple[BlamedLine, ...]
    steps: tuple[Step, ...]
    """The versions that were looked at, newest first; the first is the one whose lines these are."""
    complete: bool
    """False when `most` versions were not enough: some lines may be older than the last of them."""


@dataclass(frozen=True)
class _Came:
    """Where a line of the newer text stood in the older one."""

    line: int
    kind: TouchKind | Literal["same"]


def trace(history: Iterable[tuple[Step, str]], *, most: int = 1000) -> Traced:
    """`history`: a version with its text, then the one it was made from, and so on back; read only as far as needed.

    Raises `ValueError` for an empty history.
    """
    way = iter(history)
    first = next(way, None)
    if first is None:
        raise ValueError("there is nothing to trace")
    step, text = first
    steps = [step]
    lines = newest = text.split("\n")
    touches: list[list[Touch]] = [[] for _ in newest]
    # Where each line that is still followed stands in the version that was reached.
    at = dict(enumerate(range(len(newest))))
    complete = True
    for step, older_text in way:
        if len(steps) >= most:
            complete = False
            break
        older = older_text.split("\n")
        came = _origins(older, lines, set(at.values()))
        now = len(steps) - 1
        for index, place in list(at.items()):
            found = came.get(place)
            if found is None:
                touches[index].append(Touch(now, "brought", place + 1, lines[place], ""))
                del at[index]
                continue
            if found.kind != "same":
                touches[index].append(Touch(now, found.kind, place + 1, lines[place], older[found.line]))
            at[index] = found.line
        if not at:
            break
        steps.append(step)
        lines = older
    for index, place in at.items():
        touches[index].append(Touch(len(steps) - 1, "brought", place + 1, lines[place], ""))
    traced = (BlamedLine(n + 1, line, tuple(touches[n])) for n, line in enumerate(newest))
    return Traced(tuple(traced), tuple(steps), complete)


def _origins(older: Sequence[str], newer: Sequence[str], wanted: set[int]) -> dict[int, _Came]:
    """For the wanted lines of the newer text where they stood in the older one; those that are new are left out."""
    start = _shared(older, newer)
    end = _shared(older[start:][::-1], newer[start:][::-1])
    shift = len(older) - len(newer)
    middle = range(start, len(newer) - end)
    came = {place: _Came(place if place < start else place + shift, "same") for place in wanted if place not in middle}
    if not any(place in wanted for place in middle):
        return came
    # Only what differs is compared with care: most of a text stays as it is, and a diff costs what it is given.
    left: list[int] = []
    right: list[int] = []
    matcher = SequenceMatcher(None, older[start : len(older) - end], newer[start : len(newer) - end])
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        alone = tag == "replace" and i_end - i == j_end - j == 1
        goes_on = _alike(older[start + i], newer[start + j]) if alone else None
        if tag == "equal":
            pairs = zip(range(start + i, start + i_end), range(start + j, start + j_end), strict=True)
            came.update((n, _Came(m, "same")) for m, n in pairs if n in wanted)
        elif goes_on is not None:
            came[start + j] = _Came(start + i, goes_on)
        else:
            left += range(start + i, start + i_end)
            right += range(start + j, start + j_end)
    if left and any(place in wanted for place in right):
        diff = diff_texts("\n".join(older[n] for n in left), "\n".join(newer[n] for n in right))
        for row in diff.rows:
            for n, one in _of_row(diff, row):
                # What is the same and was still left over stands elsewhere; of empty lines nobody can tell.
                kind = "moved" if one.kind == "same" and newer[right[n]].strip() else one.kind
                came[right[n]] = _Came(left[one.line], kind)
    return came


def _alike(older: str, newer: str) -> TouchKind | None:
    """For one line in the place of one other: whether it goes on, told by its words alone; None where that is not so
    plain, and a diff has to tell."""
    words, others = older.split(), newer.split()
    if words == others:
        return "spaced"
    kept = sum(len(word) * count for word, count in (Counter(words) & Counter(others)).items())
    return "edited" if kept and kept >= _KEPT * sum(map(len, others)) else None


def _shared(older: Sequence[str], newer: Sequence[str]) -> int:
    """How many lines both begin with."""
    count = 0
    for left, right in zip(older, newer, strict=False):
        if left != right:
            break
        count += 1
    return count


def _of_row(diff: Diff, row: Row) -> Iterator[tuple[int, _Came]]:
    if row.kind == "equal":
        yield from _in_step(row, row, "same")
    elif row.kind == "wsdiff" and _as_many(row, row):
        yield from _in_step(row, row, "spaced")
    elif row.kind == "change":
        yield from _by_words(diff, row, row, "edited")
    elif row.kind in ("wsdiff", "reflow", "reflow_edit"):
        yield from _by_words(diff, row, row, "rewrapped")
    elif row.kind == "moved_to":
        move = diff.moves[row.move]
        if move.exact and _as_many(move, move):
            yield from _in_step(move, row, "moved")
            return
        for other in diff.rows:
            if other.kind == "moved_from" and other.move == row.move:
                yield from _by_words(diff, other, row, "moved")


def _as_many(left: Row | Move, right: Row | Move) -> bool:
    return left.l1 - left.l0 == right.r1 - right.r0


def _in_step(whole: Row | Move, row: Row, kind: TouchKind | Literal["same"]) -> Iterator[tuple[int, _Came]]:
    """Each line of the right row with the one that stands as far down on the left of the whole."""
    for n in range(row.r0, row.r1):
        yield n, _Came(whole.l0 + n - whole.r0, kind)


def _by_words(diff: Diff, left: Row, right: Row, kind: TouchKind) -> Iterator[tuple[int, _Came]]:
    """Each line of the right row with the line of the left one that it has most characters of, where that is enough.

    The equal segments of both sides, joined, are the same text, and so say which line holds which part of it.
    """
    if left.lsegs is None or right.rsegs is None:
        if _as_many(left, right):
            yield from ((n, _Came(left.l0 + n - right.r0, kind)) for n in range(right.r0, right.r1))
        return
    ends = list(accumulate(map(_kept, left.lsegs)))
    begin = 0
    for n, segs in enumerate(right.rsegs):
        line = diff.right_lines[right.r0 + n]
        kept = _kept(segs)
        spans = [
            (min(end, begin + kept) - max(start, begin), m)
            for m, (start, end) in enumerate(zip([0, *ends], ends, strict=False))
        ]
        begin += kept
        if not spans:
            continue
        most, m = max(spans, key=lambda span: (span[0], -abs(span[1] - n)))
        signs = sum(not character.isspace() for character in line)
        whole = sum(not line[i].isspace() for seg in segs if seg.kind == "equal" for i in range(seg.start, seg.end))
        if signs == 0 and most == 0:
            if n < left.l1 - left.l0 and not diff.left_lines[left.l0 + n].strip():
                yield right.r0 + n, _Came(left.l0 + n, kind)
        elif most > 0 and whole >= _KEPT * signs:
            changed = whole < signs or any(seg.kind == "delete" for seg in left.lsegs[m])
            yield right.r0 + n, _Came(left.l0 + m, "edited" if changed and kind == "rewrapped" else kind)


def _kept(segs: Sequence[Seg]) -> int:
    return sum(seg.end - seg.start for seg in segs if seg.kind == "equal")
