"""The scrolling surface of a diff: laid out, drawn line by line, with its cursor, folds and hunks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import replace

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip

from workbench.domain.diffs import RowKind, hunks
from workbench.domain.picking import Setting
from workbench.tui import lean_frames
from workbench.tui.widgets.diff.anchors import anchor_at
from workbench.tui.widgets.diff.blocks import CONTEXTS, EXPANDS, Block, FoldKey, Layout
from workbench.tui.widgets.diff.drawing import Mark, Pen
from workbench.tui.widgets.diff.fitting import Fitting
from workbench.tui.widgets.diff.heads import Sheet
from workbench.tui.widgets.diff.layout import Texts
from workbench.tui.widgets.diff.palette import Inks, colours_of, inks


class DiffCanvas(Fitting):
    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._based = inks("none", True)
        self._is_based = False
        self._has_thumb = False

    # -- what is shown

    def show(self, sheet: Sheet, keep: int | None = None) -> None:
        """Other texts. `keep`: the side (LEFT or RIGHT) that is still the same, whose lines stay where they are."""
        anchor = None if keep is None else anchor_at(self._laid_out, self._cursor, keep)
        self.sheet, self.texts = sheet, Texts(sheet)
        left_out = None if self.look.left_out is None else frozenset[int]()
        self.look = replace(self.look, expanded={}, left_out=left_out, settings_left_out=frozenset())
        self.step_lost()
        self.build(anchor)

    def update(self, sheet: Sheet) -> None:
        """The same texts, compared better."""
        if self.sheet is None:
            self.show(sheet)
            return
        untouched = not self._top and self._cursor in (0, *self._hunk_tops[:1])
        anchor = None if untouched else self.here
        self.sheet = sheet
        self.texts.replace(sheet)
        self.step_lost()
        self.build(anchor)

    def set_look(
        self,
        *,
        layout: Layout | None = None,
        context: int | None = None,
        hidden: frozenset[RowKind] | None = None,
        left_out: Collection[int] | None = None,
        settings_left_out: Collection[Setting] | None = None,
    ) -> None:
        """Show the same otherwise; what is not given stays as it is."""
        look = self.look
        self.look = replace(
            look,
            layout=layout or look.layout,
            context=look.context if context is None else context,
            hidden=look.hidden if hidden is None else hidden,
            left_out=look.left_out if left_out is None else left_out,
            settings_left_out=look.settings_left_out if settings_left_out is None else settings_left_out,
        )
        self.step_lost()
        self.build(self.here)

    def change_context(self, step: int) -> bool:
        """False when there is no less, or no more."""
        index = CONTEXTS.index(self.look.context) + step
        if not 0 <= index < len(CONTEXTS):
            return False
        self.set_look(context=CONTEXTS[index])
        return True

    def on_click(self, event: events.Click) -> None:
        if event.x >= self.widths.whole and self.count:
            self.jump(event.y * max(self.count, self.size.height) // max(1, self.size.height))
        else:
            self.go(event.y + self.top)

    # -- drawing

    @property
    def inks(self) -> Inks:
        return inks(colours_of(self.app), self.app.current_theme.dark)

    def notify_style_update(self) -> None:
        self._pen = None
        self._is_based = False
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Straight from what is drawn to strips: what the stock one looks up for every line, this view has not."""
        whole, gutter = self.region.size.region, self.gutter
        if not lean_frames.enabled() or self.opacity != 1 or gutter.width or crop.column_span != whole.column_span:
            return super().render_lines(crop)
        self.fit()
        rows = range(gutter.top, whole.height - gutter.bottom)
        filters, background = self.get_line_filters(), self.background_colors[1]
        strips = []
        for y in crop.line_range:
            if y not in rows:
                strips += super().render_lines(Region(0, y, crop.width, 1))
                continue
            segments = self._segments(y - rows.start)
            for line_filter in filters:
                segments = line_filter.apply(segments, background)
            strips.append(Strip(segments, crop.width))
        return strips

    def render_line(self, y: int) -> Strip:
        self.fit()
        return Strip(self._segments(y), self.size.width)

    def _segments(self, y: int) -> list[Segment]:
        """Of row `y` of the screen, as wide as that; for the size that was fitted."""
        index = self._top + y
        pen = self._pen or self._new_pen()
        inks = self._based
        if pen is None or index >= self._count:
            text = " " + self.empty_text if self.sheet is None and not y else ""
            width = self.size.width
            return [Segment(text[:width], inks.dim), Segment(" " * (width - len(text)), inks.text)]
        segments = [Segment(text, style) for text, style in pen.line(index, index == self._cursor) if text]
        sign, ink = self._ruler[y] if y < len(self._ruler) else (" ", "dim")
        style: Style = getattr(inks, ink)
        if self._on_thumb(y):
            if self._has_thumb:
                style += inks.thumb
            elif sign == " ":
                sign, style = self.signs.thumb, inks.thumb
        segments.append(Segment(sign, style))
        self.painted()
        return segments

    def _new_pen(self) -> Pen | None:
        """For the colours as they are now."""
        if not self._is_based:
            self._is_based = True
            self._based = self.inks.on(self.rich_style)
            self._has_thumb = self.inks.thumb.bgcolor is not None
        if self.sheet is not None:
            self._pen = Pen(self.sheet, self._laid_out, self._based, self.signs, self.marks)
        return self._pen

    def _on_thumb(self, y: int) -> bool:
        height = self._fitted.height
        if self._count <= height:
            return False
        first = self._top * height // self._count
        return first <= y <= max(first, ((self._top + height) * height - 1) // self._count)

    def marks(self, part: int, side: int, line: int, start: int, end: int) -> list[Mark]:  # noqa: ARG002
        """What is marked over this part of the text of a line."""
        return []

    def step_lost(self) -> None:
        """What was stepped to may be drawn elsewhere now."""

    # -- hunks

    @property
    def hunk_count(self) -> int:
        return len(self._hunks)

    @property
    def hunk(self) -> int:
        """Which of the hunks that are shown the cursor is in or below, from 0; -1 above the first."""
        return bisect_right(self.hunk_tops, self.cursor) - 1

    @property
    def hunk_number(self) -> int | None:
        """The same among all hunks, to take or leave it; None when the cursor is in none."""
        block = self.block
        return block.hunk if block is not None and block.hunk >= 0 else None

    @property
    def all_hunks(self) -> int:
        """How many there are in messages, those that are folded away too."""
        parts = self.sheet.parts if self.sheet is not None else ()
        return sum(len(hunks(part.diff)) for part in parts if part.message >= 0)

    def coarse_on_screen(self) -> tuple[int, list[int]] | None:
        """(part, indexes of its blocks that are not compared yet) of what is in sight; None when there is nothing."""
        if self.sheet is None or not self._count:
            return None
        ys = (self._top, self._top + self.size.height)
        first, last = (self._laid_out.at(min(y, self._count - 1))[0] for y in ys)
        rows = [block for block in self._laid_out.blocks[first : last + 1] if block.coarse and block.row is not None]
        if not rows:
            return None
        part = rows[0].part
        lines = {(block.row.l0, block.row.r0) for block in rows if block.part == part and block.row is not None}
        degraded = self.sheet.parts[part].diff.degraded
        return part, [
            index
            for index, block in enumerate(degraded)
            if any(block.l0 <= l0 <= block.l1 and block.r0 <= r0 <= block.r1 for l0, r0 in lines)
        ]

    def coarse_here(self) -> tuple[int, int] | None:
        """(part, index of its block that was not compared in full) under the cursor; None for none."""
        block = self.block
        if block is None or block.row is None or self.sheet is None:
            return None
        row = block.row
        for index, coarse in enumerate(self.sheet.parts[block.part].diff.degraded):
            in_words = coarse.l0 <= row.l0 and row.l1 <= coarse.l1 and coarse.r0 <= row.r0 and row.r1 <= coarse.r1
            if in_words or coarse.lacks == "moves":
                return block.part, index
        return None

    def go_hunk(self, step: int) -> bool:
        """False when there is no further one."""
        tops = self.hunk_tops
        target = bisect_right(tops, self.cursor) if step > 0 else bisect_left(tops, self.cursor) - 1
        if not 0 <= target < len(tops):
            return False
        self.jump(tops[target])
        return True

    @property
    def block(self) -> Block | None:
        if not self.count:
            return None
        return self.laid_out.blocks[self.laid_out.at(self.cursor)[0]]

    # -- folds

    def action_list_open(self) -> None:
        block = self.block
        if block is not None and block.fold is not None:
            self.unfold(block.fold, EXPANDS)

    def unfold(self, key: FoldKey, lines: int) -> None:
        before = self.look.expanded.get(key, 0)
        self.look = replace(self.look, expanded={**self.look.expanded, key: before + lines})
        self.step_lost()
        self.build(self.here)
