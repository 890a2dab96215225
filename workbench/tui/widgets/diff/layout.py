"""Heights at a width: from a visual line to the block it belongs to, and from a line of a side to where it is drawn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain

from workbench.domain.diffs import Headings, Row
from workbench.domain.weaving import Woven, weave
from workbench.tui.widgets.diff.blocks import LEFT, RIGHT, WOVEN, Block, FoldKey, Run
from workbench.tui.widgets.diff.heads import Sheet
from workbench.tui.widgets.diff.lines import Lines
from workbench.tui.widgets.wrap import wrap

_COLUMNS_KEPT = 512
_LONG = 3_000_000
"""Characters of all sides together whose heights take much longer to find than a page to draw: ten milliseconds."""
LEAST = 8
"""Cells of text that are left beside the numbers, however narrow it is."""


@dataclass(frozen=True, slots=True)
class Widths:
    """Cells. `text` is the room for the text of one column, which never touches the bar or the ruler behind it, for
    their signs would be read as its own; `gutter` is the room of one line number."""

    whole: int
    gutter: int
    split: bool

    @property
    def half(self) -> int:
        return (self.whole - 1) // 2

    @property
    def text(self) -> int:
        if self.split:
            return max(LEAST, self.half - self.gutter - 4)
        return max(LEAST, self.whole - 2 * self.gutter - 5)

    @property
    def note(self) -> int:
        return max(LEAST, self.whole - 1)


class Column:
    """The lines of one column of a block. `tops[i]` is the visual line of the block at which line i of it begins,
    `tops[-1]` its height."""

    def __init__(self, runs: Sequence[Run], heights: Sequence[int]) -> None:
        self._runs = runs
        self._ends = list(accumulate(end - start for _, start, end in runs))
        self.tops = [0, *accumulate(heights)]

    def entry(self, index: int) -> tuple[int, int]:
        """(side, line) of line `index` of the column."""
        which = bisect_right(self._ends, index)
        side, start, _ = self._runs[which]
        return side, start + index - (self._ends[which - 1] if which else 0)

    def top_of(self, side: int, line: int) -> int | None:
        """The visual line at which a line of this side begins; None when it is not in this column."""
        before = 0
        for of_side, start, end in self._runs:
            if of_side == side and start <= line < end:
                return self.tops[before + line - start]
            before += end - start
        return None


class Texts:
    """The two sides of every part, and what was woven of them."""

    def __init__(self, sheet: Sheet) -> None:
        self.sides = [(Lines(part.diff.left_lines), Lines(part.diff.right_lines)) for part in sheet.parts]
        self.headings = [Headings(part.diff.right_lines) for part in sheet.parts]
        self._diffs = [part.diff for part in sheet.parts]
        self._woven: dict[int, tuple[Row, list[Woven], Lines]] = {}
        self.are_long = sum(map(len, chain.from_iterable(side.lines for pair in self.sides for side in pair))) > _LONG

    def replace(self, sheet: Sheet) -> None:
        """The same texts, compared better: what is wrapped stays."""
        self._diffs = [part.diff for part in sheet.parts]
        self._woven.clear()

    def woven(self, part: int, row: Row) -> tuple[list[Woven], Lines]:
        found = self._woven.get(id(row))
        if found is None:
            lines = weave(self._diffs[part], row)
            found = self._woven[id(row)] = (row, lines, Lines([line.text for line in lines]))
        return found[1], found[2]

    def lines(self, part: int, side: int, row: Row | None) -> Lines:
        if side == WOVEN and row is not None:
            return self.woven(part, row)[1]
        return self.sides[part][side]

    @property
    def longest(self) -> int:
        """The highest line number of any side."""
        return max((len(lines) for pair in self.sides for lines in pair), default=1)


class LaidOut:
    """The blocks at one width. `tops[i]` is the visual line at which block i begins, `tops[-1]` how many there are.

    `rough`: heights are guessed until somebody has a look (`look_at`, `finish`), which moves what is below.
    """

    def __init__(self, blocks: Sequence[Block], texts: Texts, widths: Widths, rough: bool = False) -> None:
        self.blocks, self.texts, self.widths = blocks, texts, widths
        self._guessed: set[int] = set()
        self._heights: list[int] = (
            [self._guess(i, b) for i, b in enumerate(blocks)] if rough else [*map(self._height, blocks)]
        )
        self.tops = [0, *accumulate(self._heights)]
        self._columns: dict[tuple[int, int], Column] = {}

    @property
    def height(self) -> int:
        return self.tops[-1]

    @property
    def is_whole(self) -> bool:
        """No height is a guess."""
        return not self._guessed

    def look_at(self, index: int, rows: int) -> None:
        """Find the true heights of block `index`, and of as many before and after it as make so many rows."""
        for order in (range(index, len(self.blocks)), range(index - 1, -1, -1)):
            seen = 0
            for near in order:
                if seen > rows:
                    break
                seen += self._true(near)
        self.tops = [0, *accumulate(self._heights)]

    def finish(self) -> None:
        """Find all of them."""
        for index in sorted(self._guessed):
            self._true(index)
        self.tops = [0, *accumulate(self._heights)]

    def _true(self, index: int) -> int:
        if index in self._guessed:
            self._guessed.discard(index)
            self._heights[index] = self._height(self.blocks[index])
        return self._heights[index]

    def _guess(self, index: int, block: Block) -> int:
        if not block.left and not block.right:
            return self._height(block)
        self._guessed.add(index)
        columns = (block.left,) if block.kind == "equal" or not block.right else (block.left, block.right)
        return max(sum([self._guess_run(block, run) for run in runs]) for runs in columns)

    def _guess_run(self, block: Block, run: Run) -> int:
        side, start, end = run
        if side == WOVEN and block.row is not None:
            # To weave it would be as long as to look.
            side, start, end = RIGHT, block.row.r0, block.row.r1
        return self.texts.sides[block.part][side].guess(start, end, self.widths.text)

    def at(self, y: int) -> tuple[int, int]:
        """(index of the block, visual line within it)"""
        index = bisect_right(self.tops, y) - 1
        return index, y - self.tops[index]

    def column(self, index: int, which: int) -> Column:
        """`which`: 0 the left or only one, 1 the right one."""
        found = self._columns.get((index, which))
        if found is None:
            if len(self._columns) > _COLUMNS_KEPT:
                self._columns.clear()
            block = self.blocks[index]
            runs = (block.right or ()) if which else block.left
            heights = [height for run in runs for height in self._heights_of(block, run)]
            found = self._columns[index, which] = Column(runs, heights)
        return found

    def _heights_of(self, block: Block, run: Run) -> list[int]:
        side, start, end = run
        return self.texts.lines(block.part, side, block.row).heights(start, end, self.widths.text)

    def _height(self, block: Block) -> int:
        if not block.left and not block.right:
            return len(wrap(block.note[0], self.widths.note)) if block.kind in ("note", "fold") else 1
        left = sum([sum(self._heights_of(block, run)) for run in block.left])
        if not block.right:
            return left or 1
        if block.kind == "equal":
            # The same lines twice.
            return left
        return max(left, sum([sum(self._heights_of(block, run)) for run in block.right]))

    # -- from a line to where it is drawn

    def row_of(self, part: int, side: int, line: int, offset: int = 0) -> int | None:
        """The visual line that shows this place of a line; None when it is folded away. `offset` is one of the drawn
        text, and counts only where the line is drawn as it is."""
        index = self.block_of(part, side, line)
        if index is None:
            return None
        block = self.blocks[index]
        row = block.row
        for which in (0, 1) if block.right is not None else (0,):
            column = self.column(index, which)
            top = column.top_of(side, line)
            if top is not None:
                starts = self.texts.sides[part][side].starts(line, self.widths.text)
                return self.tops[index] + top + max(0, bisect_right(starts, offset) - 1)
            if row is not None and block.right is None:
                # Shown as the other side, or woven into it.
                first, other = (row.l0, row.r0) if side == LEFT else (row.r0, row.l0)
                there = line - first + (0 if block.left and block.left[0][0] == WOVEN else other)
                if block.left and (top := column.top_of(block.left[0][0], there)) is not None:
                    return self.tops[index] + top
        return self.tops[index]

    def block_of(self, part: int, side: int, line: int) -> int | None:
        """The block that shows this line; None when it is folded away."""
        start, end = self._ranges.get(part, (0, 0))
        firsts = self._firsts[side]
        for index in range(bisect_right(firsts, line, start, end) - 1, start - 1, -1):
            row = self.blocks[index].row
            if row is None:
                continue
            first, last = (row.l0, row.l1) if side == LEFT else (row.r0, row.r1)
            if first <= line < last:
                return None if self.blocks[index].fold is not None else index
            if last <= line and first < last:
                return None
        return None

    def nearest(self, part: int, side: int, line: int) -> int:
        """The block that hides this line, or that stands where it would."""
        start, end = self._ranges.get(part, (0, 0))
        index = bisect_right(self._firsts[side], line, start, end) - 1
        return max(start, min(index, end - 1)) if end else 0

    def fold_of(self, part: int, side: int, line: int) -> FoldKey | None:
        """The fold in which this line is hidden."""
        start, end = self._ranges.get(part, (0, 0))
        for index in range(start, end):
            row, key = self.blocks[index].row, self.blocks[index].fold
            if key is not None and row is not None:
                first, last = (row.l0, row.l1) if side == LEFT else (row.r0, row.r1)
                if first <= line < last:
                    return key
        return None

    @cached_property
    def _ranges(self) -> dict[int, tuple[int, int]]:
        """part → the half-open range of its blocks."""
        found: dict[int, tuple[int, int]] = {}
        for index, block in enumerate(self.blocks):
            start, _ = found.get(block.part, (index, index))
            found[block.part] = (start, index + 1)
        return found

    @cached_property
    def _firsts(self) -> tuple[list[int], list[int]]:
        """For either side, the first line of each block; a block without lines has that of the one before."""
        lefts: list[int] = []
        rights: list[int] = []
        part = l_at = r_at = -1
        for block in self.blocks:
            if block.part != part:
                part, l_at, r_at = block.part, 0, 0
            if block.row is not None:
                l_at, r_at = block.row.l0, block.row.r0
            lefts.append(l_at)
            rights.append(r_at)
        return lefts, rights
