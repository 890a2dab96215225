"""Runs below each other, the newest first; further pages are asked for as the cursor comes near the end."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from textual.message import Message

from workbench.domain.runs import RunRow
from workbench.text import one_line
from workbench.tui.ages import age
from workbench.tui.widgets.line_list import LineList, Part, inks_of
from workbench.tui.widgets.run_facts import money, seconds

NEAR_THE_END = 50
SIGNS = {"finished": "✓", "failed": "✗", "cancelled": "◌"}


class RunList(LineList):
    class Wanted(Message):
        """The cursor is near the end of what was read."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: list[RunRow] = []
        self.now = ""
        self.mark = ""
        """Id of the run that others are diffed against."""
        self.with_prompt = False
        self._asked_at = -1

    def show(self, rows: Sequence[RunRow], now: str, keep: str = "") -> None:
        """`keep`: id of the run that the cursor goes to where it is among them."""
        self.rows, self.now, self._asked_at = list(rows), now, -1
        self.set_count(len(rows), next((i for i, row in enumerate(rows) if row.id == keep), 0))

    def add(self, rows: Sequence[RunRow]) -> None:
        self.rows += rows
        self.set_count(len(self.rows), self.cursor)

    def replace_row(self, row: RunRow) -> None:
        for index, known in enumerate(self.rows):
            if known.id == row.id:
                self.rows[index] = row
                self.refresh_row(index)

    @property
    def run(self) -> RunRow | None:
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def go(self, index: int) -> None:
        super().go(index)
        if self.cursor >= self.count - NEAR_THE_END and self._asked_at != self.count:
            self._asked_at = self.count
            self.post_message(self.Wanted())

    def parts(self, index: int, width: int) -> list[Part]:
        row, ink = self.rows[index], inks_of(self)
        mark = "◆" if row.id == self.mark else " "
        star = ("★" if row.starred else " ") + (str(row.rating) if row.rating else " ")
        model = f"{row.endpoint}/{row.model}" if width >= 90 else row.model
        sign = SIGNS.get(row.status, "?")
        out: list[Part] = [
            (mark, ink.accent),
            (star + " ", ink.accent),
            (f"{age(row.started_at, self.now):>4} ", ink.dim),
            (_cell(("⤷" if row.follows else "") + (row.number or f"#{row.digest[:7]}"), 10) + " ", ink.strong),
            (f"{sign} {row.status:<9} ", ink.error if row.status == "failed" else ink.text),
            (_cell(model, 26 if width >= 90 else 16) + " ", ink.text),
            (f"{_count(row.input_tokens)}→{_count(row.output_tokens)}".rjust(11) + " ", ink.dim),
            (seconds(row.duration).rjust(7) + " ", ink.dim),
        ]
        if width >= 90:
            out.append((money(row.cost).rjust(12) + " ", ink.dim))
        if self.with_prompt:
            out.append((one_line(row.prompt) + " ", ink.strong))
        told = row.note or (row.error.splitlines()[0] if row.error else "")
        out.append((one_line(told), ink.text if row.note else ink.dim))
        return out


def _count(tokens: int | None) -> str:
    return "?" if tokens is None else str(tokens)


def _cell(text: str, width: int) -> str:
    text = one_line(text)
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, width)
