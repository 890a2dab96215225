"""What stays where it is when everything around it is drawn otherwise: a place in a line of a side."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from workbench.domain.diffs import Row
from workbench.tui.widgets.diff.blocks import LEFT, RIGHT, WOVEN, Block
from workbench.tui.widgets.diff.layout import LaidOut


@dataclass(frozen=True, slots=True)
class Anchor:
    part: int
    side: int
    line: int
    offset: int = 0
    """Characters of the drawn text before the row."""
    row: Row | None = None
    above: int = 0
    """Visual lines from here to the line itself: headings have no line of their own."""

    def line_on(self, side: int) -> int:
        """The line opposite, as good as it can be told."""
        if side == self.side or self.row is None:
            return self.line
        return self.row.l0 if side == LEFT else self.row.r0


def anchor_at(laid_out: LaidOut, y: int, side: int | None = None) -> Anchor | None:
    """What visual line `y` shows; of `side`, where that is wanted. None above the first text."""
    if not 0 <= y < laid_out.height:
        return None
    index, within = laid_out.at(y)
    block = laid_out.blocks[index]
    row = block.row
    if row is None:
        return _below(laid_out, index, y, side)
    if block.fold is not None:
        wanted = RIGHT if side is None else side
        return Anchor(block.part, wanted, row.l0 if wanted == LEFT else row.r0, 0, row)
    for which in _columns(block, side):
        column = laid_out.column(index, which)
        if within >= column.tops[-1]:
            continue
        entry = bisect_right(column.tops, within) - 1
        found, line = column.entry(entry)
        again = within - column.tops[entry]
        if found == WOVEN:
            return Anchor(block.part, RIGHT, row.r0 + line, 0, row)
        if side is not None and found != side:
            # Shown as the other side is.
            (first, last), other = ((row.l0, row.l1), row.r0) if side == LEFT else ((row.r0, row.r1), row.l0)
            if first < last:
                return Anchor(block.part, side, min(first + line - other, last - 1), 0, row)
            continue
        starts = laid_out.texts.sides[block.part][found].starts(line, laid_out.widths.text)
        return Anchor(block.part, found, line, starts[min(again, len(starts) - 1)], row)
    wanted = side if side is not None else (RIGHT if row.r0 < row.r1 else LEFT)
    return Anchor(block.part, wanted, row.l0 if wanted == LEFT else row.r0, 0, row)


def _columns(block: Block, side: int | None) -> tuple[int, ...]:
    if block.right is None:
        return (0,)
    return (1, 0) if side is None else (side,)


def _below(laid_out: LaidOut, index: int, y: int, side: int | None) -> Anchor | None:
    """A heading goes with what stands under it."""
    for later in range(index + 1, len(laid_out.blocks)):
        row = laid_out.blocks[later].row
        if row is not None:
            wanted = side if side is not None else (RIGHT if row.r0 < row.r1 else LEFT)
            line = row.l0 if wanted == LEFT else row.r0
            return Anchor(laid_out.blocks[later].part, wanted, line, 0, row, laid_out.tops[later] - y)
    return None


def block_of_anchor(laid_out: LaidOut, anchor: Anchor) -> int:
    """The block that shows it now, or the nearest one."""
    index = laid_out.block_of(anchor.part, anchor.side, anchor.line)
    return laid_out.nearest(anchor.part, anchor.side, anchor.line) if index is None else index


def row_of_anchor(laid_out: LaidOut, anchor: Anchor) -> int:
    """The visual line that shows it now, or the nearest one."""
    y = laid_out.row_of(anchor.part, anchor.side, anchor.line, anchor.offset)
    if y is None:
        y = laid_out.tops[laid_out.nearest(anchor.part, anchor.side, anchor.line)]
    return max(0, y - anchor.above)
