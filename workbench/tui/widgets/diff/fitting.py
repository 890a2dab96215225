"""The surface of a diff as it is laid out: what is seen at once, the rest as soon as that is painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from textual import events
from textual.geometry import Region, Size
from textual.message import Message

from workbench.tui.only_ascii import ascii_only
from workbench.tui.widgets.diff.anchors import Anchor, anchor_at, block_of_anchor, row_of_anchor
from workbench.tui.widgets.diff.blocks import Block, Layout, View, blocks_of
from workbench.tui.widgets.diff.drawing import Pen
from workbench.tui.widgets.diff.heads import Sheet
from workbench.tui.widgets.diff.layout import LaidOut, Texts, Widths
from workbench.tui.widgets.diff.palette import ASCII, UNICODE
from workbench.tui.widgets.diff.ruler import Ruled, ruler_of
from workbench.tui.widgets.diff.scrolling import Scrolling

RULER = 1
"""Cells of the ruler at the right edge."""


class Fitting(Scrolling):
    """Where only a screenful of a long text is laid out, the numbers of all other lines are guesses. So whoever asks
    for one (`laid_out`, `cursor`, `top`, `count`) gets it after everything was laid out; what paints does not ask."""

    class Rebuilt(Message):
        """The same is shown otherwise, or something else is; the person did not move."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Fitting.Rebuilt)

    def __init__(self, id: str | None = None) -> None:
        self._count = self._cursor = self._top = 0
        self.texts = Texts(Sheet())
        self._laid_out = LaidOut([], self.texts, Widths(80, 1, False))
        super().__init__(id=id)
        self.sheet: Sheet | None = None
        self.look = View()
        self.layout_at: Callable[[int], Layout] | None = None
        """The layout that is wanted at a width; None for that of `look` at each."""
        self.signs = ASCII if ascii_only() else UNICODE
        self._hunk_tops: list[int] = []
        self._hunks: list[int] = []
        self._pen: Pen | None = None
        self._ruler: list[Ruled] = []
        self._fitted = Size(0, 0)
        self._to_finish = False

    # -- numbers that are no guesses

    @property
    def laid_out(self) -> LaidOut:
        self._finish()
        return self._laid_out

    @property
    def cursor(self) -> int:
        self._finish()
        return self._cursor

    @cursor.setter
    def cursor(self, value: int) -> None:
        self._cursor = value

    @property
    def top(self) -> int:
        self._finish()
        return self._top

    @top.setter
    def top(self, value: int) -> None:
        self._top = value

    @property
    def count(self) -> int:
        self._finish()
        return self._count

    @count.setter
    def count(self, value: int) -> None:
        self._count = value

    @property
    def hunk_tops(self) -> list[int]:
        """The visual lines at which the hunks begin that are shown."""
        self._finish()
        return self._hunk_tops

    @property
    def widths(self) -> Widths:
        return self._laid_out.widths

    @property
    def here(self) -> Anchor | None:
        """What the cursor is on."""
        return anchor_at(self._laid_out, self._cursor)

    # -- laying out

    def build(self, anchor: Anchor | None) -> None:
        """Lay out what is shown now, with the anchor on the row of the screen where the cursor was. Without one: from
        the first change on."""
        blocks = blocks_of(self.sheet, self.look, self.signs, self.texts.headings) if self.sheet is not None else []
        self._lay_out(blocks, anchor)
        self.refresh()

    def _lay_out(self, blocks: Sequence[Block], anchor: Anchor | None) -> None:
        on_screen = self._cursor - self._top
        widths = Widths(self._width - RULER, len(str(self.texts.longest)), self.look.layout == "split")
        self._laid_out = laid_out = LaidOut(blocks, self.texts, widths, rough=self.texts.are_long)
        self._pen = None
        if not laid_out.is_whole:
            first = next((index for index, block in enumerate(blocks) if _begins_hunk(block)), 0)
            near = first if anchor is None else block_of_anchor(laid_out, anchor)
            laid_out.look_at(near, 2 * max(1, self.size.height))
        self._number()
        if anchor is None:
            self._cursor = self._hunk_tops[0] if self._hunk_tops else 0
            height = self.size.height
            self._top = self._cursor - height // 4 if height and self._cursor >= height - min(3, height // 3) else 0
        else:
            self._cursor = min(max(0, row_of_anchor(laid_out, anchor)), max(0, self._count - 1))
            self._top = self._cursor - on_screen
        self._top = self.top_in_view(self._top, self._cursor, self._count)
        self._fitted = self.size
        if laid_out.is_whole:
            self.post_message(self.Rebuilt())
        self._to_finish = not laid_out.is_whole

    def painted(self) -> None:
        """What is in sight is drawn: there is time for the rest."""
        if self._to_finish:
            self._to_finish = False
            self.call_later(self._finish)

    def _number(self) -> None:
        laid_out = self._laid_out
        self._count = laid_out.height
        self._hunks, self._hunk_tops = [], []
        for index, block in enumerate(laid_out.blocks):
            if _begins_hunk(block) and (not self._hunks or block.hunk != self._hunks[-1]):
                self._hunks.append(block.hunk)
                self._hunk_tops.append(laid_out.tops[index])
        self._rule()

    def _rule(self) -> None:
        self._ruler = ruler_of(self._laid_out, max(1, self.size.height), self.signs)

    def _finish(self) -> None:
        """Lay out what is not in sight. What is stays where it is."""
        laid_out = self._laid_out
        if laid_out.is_whole:
            return
        index, _ = laid_out.at(self._cursor)
        before = laid_out.tops[index]
        laid_out.finish()
        moved = laid_out.tops[index] - before
        self._cursor += moved
        self._top += moved
        self._number()
        self.refresh(Region(self.size.width - RULER, 0, RULER, self.size.height))
        self.post_message(self.Rebuilt())

    # -- the size

    @property
    def _width(self) -> int:
        return self.size.width or 80

    def fit(self) -> bool:
        """Lay out for the size that it has now. False when it is for that already."""
        if self.sheet is None or self.size == self._fitted:
            return False
        if self._width - RULER == self.widths.whole:
            self._fitted = self.size
            self._top = self.top_in_view(self._top, self._cursor, self._count)
            self._rule()
            return True
        layout = self.look.layout if self.layout_at is None else self.layout_at(self._width)
        anchor = self.here
        if layout != self.look.layout:
            self.look = replace(self.look, layout=layout)
            blocks: Sequence[Block] = blocks_of(self.sheet, self.look, self.signs, self.texts.headings)
        else:
            blocks = self._laid_out.blocks
        self._lay_out(blocks, anchor)
        return True

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002 Textual passes it by name
        if self.fit():
            self.refresh()


def _begins_hunk(block: Block) -> bool:
    return block.hunk >= 0 and block.fold is None
