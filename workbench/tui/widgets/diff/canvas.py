"""The scrolling surface of a diff: laid out, drawn line by line, with its cursor, folds and hunks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from workbench.domain.diffs import RowKind, hunks
from workbench.tui.widgets.diff.anchors import Anchor, anchor_at, row_of_anchor
from workbench.tui.widgets.diff.blocks import (
    CONTEXTS,
    EXPANDS,
    Block,
    FoldKey,
    Layout,
    View,
    blocks_of,
)
from workbench.tui.widgets.diff.drawing import Mark, Pen
from workbench.tui.widgets.diff.heads import Sheet
from workbench.tui.widgets.diff.layout import LaidOut, Texts, Widths
from workbench.tui.widgets.diff.palette import ASCII, UNICODE, Inks, ascii_only, colours_of, inks
from workbench.tui.widgets.diff.ruler import Ruled, ruler_of
from workbench.tui.widgets.diff.scrolling import Scrolling

RULER = 1
"""Cells of the ruler at the right edge."""


class DiffCanvas(Scrolling):
    class Rebuilt(Message):
        """The same is shown otherwise, or something else is; the person did not move."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, DiffCanvas.Rebuilt)

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sheet: Sheet | None = None
        self.look = View()
        self.signs = ASCII if ascii_only() else UNICODE
        self.texts = Texts(Sheet())
        self.laid_out = LaidOut([], self.texts, Widths(80, 1, False))
        self._hunk_tops: list[int] = []
        self._hunks: list[int] = []
        self._pen: Pen | None = None
        self._based = inks("none", True)
        self._has_thumb = False
        self._ruler: list[Ruled] = []

    # -- what is shown

    def show(self, sheet: Sheet, keep: int | None = None) -> None:
        """Other texts. `keep`: the side (LEFT or RIGHT) that is still the same, whose lines stay where they are."""
        anchor = None if keep is None else anchor_at(self.laid_out, self.cursor, keep)
        self.sheet, self.texts = sheet, Texts(sheet)
        self.look = replace(self.look, expanded={}, left_out=None if self.look.left_out is None else frozenset())
        self.step_lost()
        self._build(anchor)
        if anchor is None:
            self.top = self.cursor = 0
            if self._hunk_tops:
                self.jump(self._hunk_tops[0])

    def update(self, sheet: Sheet) -> None:
        """The same texts, compared better."""
        if self.sheet is None:
            self.show(sheet)
            return
        untouched = not self.cursor or (self._hunk_tops and self.cursor == self._hunk_tops[0])
        anchor = anchor_at(self.laid_out, self.cursor)
        self.sheet = sheet
        self.texts.replace(sheet)
        self.step_lost()
        self._build(anchor)
        if untouched and self._hunk_tops and not self.top:
            self.jump(self._hunk_tops[0])

    def set_look(
        self,
        *,
        layout: Layout | None = None,
        context: int | None = None,
        hidden: frozenset[RowKind] | None = None,
        left_out: Collection[int] | None = None,
    ) -> None:
        """Show the same otherwise; what is not given stays as it is."""
        look = self.look
        self.look = replace(
            look,
            layout=layout or look.layout,
            context=look.context if context is None else context,
            hidden=look.hidden if hidden is None else hidden,
            left_out=look.left_out if left_out is None else left_out,
        )
        self.step_lost()
        self._build(anchor_at(self.laid_out, self.cursor))

    def change_context(self, step: int) -> bool:
        """False when there is no less, or no more."""
        index = CONTEXTS.index(self.look.context) + step
        if not 0 <= index < len(CONTEXTS):
            return False
        self.set_look(context=CONTEXTS[index])
        return True

    # -- laying out

    def _build(self, anchor: Anchor | None) -> None:
        blocks = blocks_of(self.sheet, self.look, self.signs, self.texts.headings) if self.sheet is not None else []
        self._lay_out(blocks, anchor)

    def _lay_out(self, blocks: Sequence[Block], anchor: Anchor | None) -> None:
        on_screen = self.cursor - self.top
        widths = Widths(self._width - RULER, len(str(self.texts.longest)), self.look.layout == "split")
        self.laid_out = laid_out = LaidOut(blocks, self.texts, widths)
        self._hunks, self._hunk_tops = [], []
        for index, block in enumerate(blocks):
            if block.hunk >= 0 and block.fold is None and (not self._hunks or block.hunk != self._hunks[-1]):
                self._hunks.append(block.hunk)
                self._hunk_tops.append(laid_out.tops[index])
        self._ruler = ruler_of(laid_out, max(1, self.size.height), self.signs)
        self._pen = None
        cursor = row_of_anchor(laid_out, anchor) if anchor is not None else 0
        self.count = laid_out.height
        self.cursor = min(max(0, cursor), max(0, self.count - 1))
        self.top = self.cursor - on_screen
        self._bring_into_view()
        self.refresh()
        self.post_message(self.Rebuilt())

    @property
    def _width(self) -> int:
        return self.size.width or 80

    @property
    def widths(self) -> Widths:
        return self.laid_out.widths

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002 Textual passes it by name
        if self.sheet is None:
            return
        if self._width - RULER != self.widths.whole:
            self._lay_out(self.laid_out.blocks, anchor_at(self.laid_out, self.cursor))
        else:
            self._ruler = ruler_of(self.laid_out, max(1, self.size.height), self.signs)
            self._bring_into_view()
            self.refresh()

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
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        index, width = self.top + y, self.size.width
        pen = self._pen or self._new_pen()
        inks = self._based
        if pen is None or index >= self.count:
            text = " " + self.empty_text if self.sheet is None and not y else ""
            return Strip([Segment(text, inks.dim)]).adjust_cell_length(width, inks.text)
        segments = [Segment(text, style) for text, style in pen.line(index, index == self.cursor) if text]
        sign, ink = self._ruler[y] if y < len(self._ruler) else (" ", "dim")
        style: Style = getattr(inks, ink)
        if self._on_thumb(y):
            if self._has_thumb:
                style += inks.thumb
            elif sign == " ":
                sign, style = self.signs.thumb, inks.thumb
        segments.append(Segment(sign, style))
        return Strip(segments, width)

    def _new_pen(self) -> Pen | None:
        """For the colours as they are now."""
        self._based = self.inks.on(self.rich_style)
        self._has_thumb = self.inks.thumb.bgcolor is not None
        if self.sheet is not None:
            self._pen = Pen(self.sheet, self.laid_out, self._based, self.signs, self.marks)
        return self._pen

    def _on_thumb(self, y: int) -> bool:
        height = self.size.height
        if self.count <= height:
            return False
        first = self.top * height // self.count
        return first <= y <= max(first, ((self.top + height) * height - 1) // self.count)

    def marks(self, part: int, side: int, line: int) -> list[Mark]:  # noqa: ARG002
        """What is marked over the text of a line."""
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
        return bisect_right(self._hunk_tops, self.cursor) - 1

    @property
    def hunk_number(self) -> int | None:
        """The same among all hunks, to take or leave it; None when the cursor is in none."""
        block = self.block
        return block.hunk if block is not None and block.hunk >= 0 else None

    @property
    def all_hunks(self) -> int:
        """How many there are, those that are folded away too."""
        return sum(len(hunks(part.diff)) for part in self.sheet.parts) if self.sheet is not None else 0

    def coarse_on_screen(self) -> tuple[int, list[int]] | None:
        """(part, indexes of its blocks that are not compared yet) of what is in sight; None when there is nothing."""
        if self.sheet is None or not self.count:
            return None
        first, last = (self.laid_out.at(min(y, self.count - 1))[0] for y in (self.top, self.top + self.size.height))
        rows = [block for block in self.laid_out.blocks[first : last + 1] if block.coarse and block.row is not None]
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

    def go_hunk(self, step: int) -> bool:
        """False when there is no further one."""
        tops = self._hunk_tops
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
        self._build(anchor_at(self.laid_out, self.cursor))
