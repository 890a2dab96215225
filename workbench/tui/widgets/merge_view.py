"""The merged text, its conflicts side by side; the conflict that the cursor is in is the one that keys decide."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.message import Message

from workbench.tui.merging import Pieces, Row
from workbench.tui.widgets.line_list import LineList, Part, inks_of


class MergeView(LineList):
    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self.empty_text = "merging …"

    def show(self, rows: Sequence[Row], conflict: int = -1) -> None:
        """With the cursor at this conflict, or where it was."""
        self._rows = rows
        at = self.row_of(conflict) if conflict >= 0 else self.cursor
        self.set_count(len(rows), at)
        if conflict >= 0:
            # As much of it as there is room for, with what stands before it.
            self.scroll_to(y=max(0, at - 2), animate=False, immediate=True, force=True)

    @property
    def conflict(self) -> int:
        """The number of the one that the cursor is in, else of the next one below, else of the last; -1 for none."""
        below = [row.conflict for row in self._rows[self.cursor :] if row.conflict >= 0]
        return below[0] if below else max((row.conflict for row in self._rows), default=-1)

    def row_of(self, conflict: int) -> int:
        """Where a conflict begins."""
        return next((index for index, row in enumerate(self._rows) if row.conflict == conflict), 0)

    def parts(self, index: int, width: int) -> list[Part]:
        row = self._rows[index]
        ink = inks_of(self)
        if row.kind in ("sides", "names"):
            half = (width - 3) // 2
            return [
                *_fitted(self._inked(row.left), half),
                (" │ ", ink.dim),
                *_fitted(self._inked(row.right), half),
            ]
        lead = {"agreed": "  ", "taken": "▏ ", "base": "  ", "folded": "  "}.get(row.kind, "")
        dim = row.kind in ("agreed", "base", "folded")
        return [(lead, ink.production), *((text, ink.dim if dim else style) for text, style in self._inked(row.left))]

    def _inked(self, pieces: Pieces) -> list[Part]:
        ink = inks_of(self)
        return [(text, getattr(ink, kind) if kind else ink.text) for text, kind in pieces]

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.post_message(self.Resized())

    class Resized(Message):
        """The rows are to be laid out anew."""


def _fitted(parts: list[Part], width: int) -> list[Part]:
    used = sum(cell_len(text) for text, _ in parts)
    return [*parts, (" " * max(0, width - used), Style.null())]
