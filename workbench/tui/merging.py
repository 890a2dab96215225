"""What the merge screen shows: the merged text with its conflicts side by side, row by row. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Literal

from workbench.domain.diffs import Diff, Seg, diff_texts
from workbench.domain.merging import Conflict, Merge, Pick
from workbench.text import one_line
from workbench.tui.widgets.wrap import Span, pieces, shown, wrap

Pieces = list[tuple[str, str]]
"""(text, kind of ink)"""
Kind = Literal["heading", "agreed", "folded", "title", "names", "sides", "base", "taken"]
AROUND = 2
"""Lines of agreed text that are shown beside a conflict."""


@dataclass(frozen=True)
class Row:
    kind: Kind
    left: Pieces
    right: Pieces
    """Of `sides` and `names` only."""
    conflict: int = -1
    """The number of the conflict that the row belongs to."""


def rows_of(merge: Merge, picks: Mapping[int, Pick], names: tuple[str, str], width: int) -> list[Row]:
    """`names` are those of the left and the right version."""
    return list(_Laying(merge, picks, names, max(20, width)).rows())


class _Laying:
    def __init__(self, merge: Merge, picks: Mapping[int, Pick], names: tuple[str, str], width: int) -> None:
        self._merge = merge
        self._picks = picks
        self._names = names
        self._width = width
        self._half = (width - 3) // 2

    def rows(self) -> Iterator[Row]:
        for place, message in enumerate(self._merge.messages, 1):
            if isinstance(message, Conflict):
                yield from self._conflict(message)
                continue
            yield Row("heading", [(f"message {place} · {message.role}", "strong")], [])
            parts = message.parts or ("",)
            for index, part in enumerate(parts):
                if isinstance(part, Conflict):
                    yield from self._conflict(part)
                else:
                    yield from self._agreed(part, first=index == 0, last=index == len(parts) - 1)
        values = [one for one in self._merge.conflicts if one.kind == "value"]
        if values:
            yield Row("heading", [("settings and declarations", "strong")], [])
        for one in values:
            yield from self._conflict(one)

    def _agreed(self, text: str, *, first: bool, last: bool) -> Iterator[Row]:
        lines = text.strip("\n").split("\n") if text.strip("\n") else []
        if self._merge.clean:
            kept = [(0, len(lines))]
        elif (first and last) or len(lines) <= 2 * AROUND + 1:
            kept = [(0, len(lines))] if len(lines) <= 2 * AROUND + 1 else [(0, AROUND)]
        else:
            kept = [(0, 0 if first else AROUND), (len(lines) - (0 if last else AROUND), len(lines))]
        end = 0
        for start, stop in [*kept, (len(lines), len(lines))]:
            if start > end:
                count = start - end
                yield Row("folded", [(f"… {count} line{'s' * (count != 1)} on which both agree", "dim")], [])
            for line in lines[start:stop]:
                for row in _wrapped(line, (), self._width - 2):
                    yield Row("agreed", row, [])
            end = stop

    def _conflict(self, one: Conflict) -> Iterator[Row]:
        pick = self._picks.get(one.number)
        told = "to decide" if pick is None else "written" if pick.text is not None else _TAKEN[pick.take]
        sign = "?" if pick is None else "✓"
        title = f"{sign} conflict {one.number + 1} of {len(self._merge.conflicts)} · {one_line(one.where)} · {told}"
        yield Row("title", [(title, "error" if pick is None else "production")], [], one.number)
        if pick is not None:
            for line in _decided(one, pick).strip("\n").split("\n"):
                for row in _wrapped(line, (), self._width - 2):
                    yield Row("taken", row, [], one.number)
            return
        left, right = self._names
        yield Row("names", [(f"A {left}", "strong")], [(f"B {right}", "strong")], one.number)
        for mine, other in self._sides(diff_texts(one.ours.strip("\n"), one.theirs.strip("\n"))):
            yield Row("sides", mine, other, one.number)
        was = one.base.strip("\n")
        for index, line in enumerate(was.split("\n") if was else ["nothing stood there"]):
            lead = "0 it was: " if index == 0 else ""
            for row in _wrapped(lead + line, (), self._width - 2):
                yield Row("base", row, [], one.number)

    def _sides(self, diff: Diff) -> Iterator[tuple[Pieces, Pieces]]:
        for row in diff.rows:
            same = row.kind in ("equal", "wsdiff", "reflow")
            left = self._side(diff.left_lines[row.l0 : row.l1], row.lsegs, "" if same else "old")
            right = self._side(diff.right_lines[row.r0 : row.r1], row.rsegs, "" if same else "new")
            for one, other in zip_longest(left, right):
                yield one or [], other or []

    def _side(self, lines: Sequence[str], segs: Sequence[Sequence[Seg]] | None, whole: str) -> list[Pieces]:
        rows: list[Pieces] = []
        for index, line in enumerate(lines):
            if segs is None:
                spans: list[Span] = [(0, len(line), whole)] if whole and line else []
            else:
                spans = [
                    (seg.start, seg.end, "old_word" if seg.kind == "delete" else "new_word")
                    for seg in segs[index]
                    if seg.kind in ("delete", "insert")
                ]
            rows += _wrapped(line, spans, self._half - 1)
        return rows


_TAKEN = {"ours": "left taken", "theirs": "right taken", "both": "both taken", "base": "neither taken"}


def _decided(one: Conflict, pick: Pick) -> str:
    if pick.text is not None:
        return pick.text
    both = f"{one.ours}\n{one.theirs}" if one.ours and one.theirs else one.ours + one.theirs
    text = {"ours": one.ours, "theirs": one.theirs, "base": one.base, "both": both}[pick.take]
    return text or "(nothing stands there)"


def _wrapped(line: str, spans: Sequence[Span], width: int) -> list[Pieces]:
    drawn, marks = shown(line, spans)
    starts = (*wrap(drawn, width), len(drawn))
    return [pieces(drawn, start, end, marks) for start, end in pairwise(starts)] or [[]]
