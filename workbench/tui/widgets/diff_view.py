"""Two versions beside each other, wrapped so that both halves stay aligned; only what is on the screen is built."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from rich.cells import cell_len
from rich.style import Style
from textual import events

from workbench.domain.diffs import ContentDiff
from workbench.tui.themes import Inks
from workbench.tui.widgets.content_view import ink_named
from workbench.tui.widgets.diff_rows import CONTEXTS, Block, FoldKey, Half, Layout, blocks
from workbench.tui.widgets.line_list import LineList, Part, inks_of
from workbench.tui.widgets.wrap import pieces, wrap


class DiffView(LineList):
    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.comparison: ContentDiff | None = None
        self.layout_now: Layout = "split"
        self.context = CONTEXTS[1]
        self.blocks: list[Block] = []
        self._expanded: set[FoldKey] = set()
        self._tops: list[int] = [0]
        self._gutter = 2
        self._laid_out_at = 0

    # -- what is shown

    def show(self, comparison: ContentDiff, layout: Layout) -> None:
        self.comparison, self.layout_now = comparison, layout
        self._expanded.clear()
        self._build()
        self.cursor = 0
        self.scroll_to(y=0, animate=False, immediate=True, force=True)
        if (first := self._row_of_hunk(0)) is not None:
            self.go(first)

    def set_layout(self, layout: Layout) -> None:
        self.layout_now = layout
        self._build()

    def change_context(self, step: int) -> bool:
        """False when there is no less, or no more."""
        index = CONTEXTS.index(self.context) + step
        if not 0 <= index < len(CONTEXTS):
            return False
        self.context = CONTEXTS[index]
        self._build()
        return True

    def _build(self) -> None:
        if self.comparison is None:
            return
        here = self._anchor()
        self.blocks = blocks(self.comparison, self.layout_now, self.context, self._expanded)
        last = max((max(len(m.diff.left_lines), len(m.diff.right_lines)) for m in self.comparison.messages), default=1)
        self._gutter = len(str(last))
        self._lay_out(here)

    def _anchor(self) -> tuple[int, int]:
        """(hunk, line number) of the cursor, to stay there when the rows are others."""
        block = self.block
        half = (block.right or block.left) if block else None
        return (block.hunk if block else -1, half.number if half else 0)

    def _lay_out(self, here: tuple[int, int]) -> None:
        self._laid_out_at = self._width
        self._tops = list(accumulate((self._height(block) for block in self.blocks), initial=0))
        cursor = 0
        for index, block in enumerate(self.blocks):
            half = block.right or block.left
            if half is not None and (block.hunk, half.number) == here:
                cursor = self._tops[index]
                break
        self.set_count(self._tops[-1], cursor)

    @property
    def block(self) -> Block | None:
        return self.blocks[bisect_right(self._tops, self.cursor) - 1] if self.cursor < self._tops[-1] else None

    # -- hunks

    @property
    def hunk_count(self) -> int:
        return 1 + max((block.hunk for block in self.blocks), default=-1)

    @property
    def hunk(self) -> int:
        """The hunk of the cursor or the last one above it, from 0; -1 above the first."""
        at = bisect_right(self._tops, self.cursor) - 1
        return max((block.hunk for block in self.blocks[: at + 1]), default=-1)

    def go_hunk(self, step: int) -> bool:
        """False when there is no further one."""
        block = self.block
        target = self.hunk + step
        if step < 0 and block is not None and block.hunk < 0:
            target = self.hunk
        row = self._row_of_hunk(target)
        if row is None:
            return False
        self.go(row)
        return True

    def _row_of_hunk(self, hunk: int) -> int | None:
        if hunk < 0:
            return None
        return next((self._tops[i] for i, block in enumerate(self.blocks) if block.hunk == hunk), None)

    def action_list_open(self) -> None:
        block = self.block
        if block is not None and block.fold is not None:
            row = self.cursor
            self._expanded.add(block.fold)
            self._build()
            self.go(row)

    # -- layout

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width or self.size.width or 80

    @property
    def _text_width(self) -> int:
        if self.layout_now == "split":
            return max(4, (self._width - 1) // 2 - self._gutter - 3)
        return max(4, self._width - 2 * self._gutter - 4)

    def _height(self, block: Block) -> int:
        if block.head:
            return len(wrap(block.head, max(4, self._width - 1)))
        width = self._text_width
        return max(len(wrap(half.text, width)) for half in (block.left, block.right) if half is not None)

    def on_resize(self, event: events.Resize) -> None:
        if self._width != self._laid_out_at and self.comparison is not None:
            self._lay_out(self._anchor())
        super().on_resize(event)

    # -- drawing

    def under(self, index: int) -> Style:  # noqa: ARG002 the cursor shows in the gutter, so the colours stay readable
        return Style.null()

    def parts(self, index: int, width: int) -> list[Part]:
        ink = inks_of(self)
        at = bisect_right(self._tops, index) - 1
        block, row = self.blocks[at], index - self._tops[at]
        here = index == self.cursor
        if block.head:
            return self._head(block, row, here, ink)
        if self.layout_now == "split":
            half = (width - 1) // 2
            left = self._half(block.left, row, half, here, ink)
            return [*left, ("│", ink.dim), *self._half(block.right, row, width - half - 1, here, ink)]
        return self._half(block.left, row, width, here, ink)

    def _head(self, block: Block, row: int, here: bool, ink: Inks) -> list[Part]:
        starts = (*wrap(block.head, max(4, self._width - 1)), len(block.head))
        style = ink_named(ink, block.kind) + (ink.cursor if here else Style.null())
        return [(("▌" if here else " ") + block.head[starts[row] : starts[row + 1]], style)]

    def _half(self, half: Half | None, row: int, width: int, here: bool, ink: Inks) -> list[Part]:
        gutter = ink.dim + (ink.cursor if here else Style.null())
        if half is None:
            return [(" " * width, gutter if here and self.layout_now == "split" else ink.text)]
        starts = (*wrap(half.text, self._text_width), len(half.text))
        numbers, sign = self._numbers(half, row)
        fill = ink_named(ink, half.kind) if half.kind else Style.null()
        out: list[Part] = [(numbers, gutter), (sign + " ", gutter + Style(bold=sign.strip() != ""))]
        used = len(numbers) + 2
        if row < len(starts) - 1:
            for text, kind in pieces(half.text, starts[row], starts[row + 1], half.spans):
                out.append((text, fill + (ink_named(ink, kind) if kind else ink.text)))
                used += cell_len(text)
        if used < width:
            out.append((" " * (width - used), fill))
        elif used > width:
            # A space that hangs over the edge.
            out[-1] = (out[-1][0][: len(out[-1][0]) - (used - width)], out[-1][1])
        return out

    def _numbers(self, half: Half, row: int) -> tuple[str, str]:
        """The gutter and the sign of one drawn row; rows that continue a line have no number."""
        columns = [half.number] if self.layout_now == "split" else [half.number, half.other]
        heights = len(wrap(half.text, self._text_width))
        if row >= heights:
            return " " * ((self._gutter + 1) * len(columns)), " "
        if row:
            return " " * ((self._gutter + 1) * len(columns) - 2) + "↪ ", half.sign
        return "".join(f"{number or '':>{self._gutter}} " for number in columns), half.sign
