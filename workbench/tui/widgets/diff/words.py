"""The changed words of a block in the order of reading, to step through them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from workbench.domain.diffs import Row, Seg, Segs
from workbench.tui.widgets.diff.blocks import LEFT, RIGHT, WOVEN
from workbench.tui.widgets.diff.layout import LaidOut


class Place(NamedTuple):
    """A range of the drawn text of a line, and the visual line on which it begins."""

    y: int
    part: int
    side: int
    line: int
    start: int
    end: int


def places_of(laid_out: LaidOut, index: int) -> list[Place]:
    """Of one block: each edit once, where its right side begins, or its left one when nothing took its place. A block
    that is changed as a whole is one place."""
    block = laid_out.blocks[index]
    row = block.row
    if row is None or block.hunk < 0 or block.kind in ("note", "fold"):
        return []
    if any(run[0] == WOVEN for run in block.left):
        segs = [(WOVEN, n, seg) for n, line in enumerate(laid_out.texts.woven(block.part, row)[0]) for seg in line.segs]
        found = list(_apart(segs))
    elif row.lsegs is None and row.rsegs is None:
        side, first, _ = next(iter((*block.left, *(block.right or ()))))
        return [Place(laid_out.tops[index], block.part, side, first, 0, 0)]
    else:
        found = _edits(row)
    return [_placed(laid_out, index, side, line, seg) for side, line, seg in found]


def _apart(segs: list[tuple[int, int, Seg]]) -> Iterator[tuple[int, int, Seg]]:
    """The first change after each stretch of equal text."""
    changed = False
    for side, line, seg in segs:
        now = seg.kind in ("delete", "insert")
        if now and not changed:
            yield side, line, seg
        changed = now


def _edits(row: Row) -> list[tuple[int, int, Seg]]:
    """Edits of both sides belong together when the same equal text is before them."""
    found = _by_text_before(row.lsegs, LEFT, row.l0)
    found.update(_by_text_before(row.rsegs, RIGHT, row.r0))
    return [found[before] for before in sorted(found)]


def _by_text_before(segs: Segs | None, side: int, first: int) -> dict[int, tuple[int, int, Seg]]:
    """Characters of equal text before a change → the change."""
    found: dict[int, tuple[int, int, Seg]] = {}
    before = 0
    for line, of_line in enumerate(segs or (), first):
        for seg in of_line:
            if seg.kind == "equal":
                before += seg.end - seg.start
            elif seg.kind != "ws" or row_is_white(segs):
                found.setdefault(before, (side, line, seg))
    return found


def row_is_white(segs: Segs | None) -> bool:
    """White space is all that differs."""
    return all(seg.kind in ("equal", "ws") for line in segs or () for seg in line)


def _placed(laid_out: LaidOut, index: int, side: int, line: int, seg: Seg) -> Place:
    block = laid_out.blocks[index]
    lines = laid_out.texts.lines(block.part, side, block.row)
    drawn = lines.drawn(line)
    start, end = drawn.moved(seg.start), drawn.moved(seg.end)
    top = laid_out.tops[index]
    for which in (0, 1) if block.right is not None else (0,):
        within = laid_out.column(index, which).top_of(side, line)
        if within is not None:
            top += within + max(0, bisect_right(lines.starts(line, laid_out.widths.text), start) - 1)
            break
    return Place(top, block.part, side, line, start, end)
