"""The versions of one prompt, the highest first, with where they are live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from workbench.text import name_of, one_line
from workbench.tui.ages import age
from workbench.tui.fuzzy import fuzzy
from workbench.tui.widgets.line_list import LineList, Part, inks_of

if TYPE_CHECKING:
    from workbench.domain.environments import Environment
    from workbench.domain.prompts import VersionRow


class VersionList(LineList):
    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.all_rows: Sequence[VersionRow] = ()
        self.rows: Sequence[VersionRow] = ()
        self.protected: frozenset[str] = frozenset()
        self.query_text = ""
        self.now = ""
        self.marks: frozenset[str] = frozenset()
        self.base = ""

    def show(
        self,
        rows: Sequence[VersionRow],
        environments: Sequence[Environment],
        now: str,
        keep: bool,
        marks: frozenset[str] = frozenset(),
        base: str = "",
    ) -> None:
        """`keep`: the same prompt as before, so the cursor stays on its number. `marks`, `base`: marked numbers."""
        number = self.version.number if keep and self.version else ""
        self.all_rows, self.now, self.marks, self.base = rows, now, marks, base
        self.protected = frozenset(e.name for e in environments if e.protected)
        if not keep:
            self.query_text = ""
        self._lay_out(number)

    def show_marks(self, marks: frozenset[str], base: str) -> None:
        self.marks, self.base = marks, base
        self.refresh()

    def filter(self, query: str) -> None:
        self.query_text = query
        self._lay_out("")

    def _lay_out(self, number: str) -> None:
        self.show_title("Versions 2", self.query_text)
        rows = self.all_rows
        if self.query_text.strip():
            texts = [" ".join((r.number, *r.tags, *r.environments, r.author, r.note)) for r in rows]
            rows = [rows[i] for i in fuzzy(self.query_text, texts)]
        self.rows = rows
        self.set_count(len(rows), next((i for i, row in enumerate(rows) if row.number == number), 0))

    @property
    def version(self) -> VersionRow | None:
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def parts(self, index: int, width: int) -> list[Part]:
        row, ink = self.rows[index], inks_of(self)
        sign = "◆" if row.number == self.base else "✓" if row.number in self.marks else " "
        out: list[Part] = [
            (sign, ink.accent),
            (self._cell(row.number, self._number_width), ink.strong),
            (" ", ink.text),
        ]
        used = 2 + self._number_width
        for name in row.environments:
            label = f"● {name.upper()}" if name in self.protected else f"○ {name}"
            out.append((one_line(label) + " ", ink.production if name in self.protected else ink.accent))
            used += cell_len(label) + 1
        tail = [(f"{age(row.created_at, self.now):>4} ", ink.dim)]
        if width >= 34:
            tail.append((self._cell(name_of(row.author), 8) + " ", ink.dim))
        tail.extend((f"#{one_line(tag)} ", ink.accent) for tag in row.tags)
        if row.withdrawn:
            tail.append(("withdrawn ", ink.error))
        pad = min(14, max(0, width - 34))
        if used < 2 + self._number_width + pad:
            out.append((" " * (2 + self._number_width + pad - used), ink.text))
        return [*out, *tail, (one_line(row.note), ink.text)]

    @property
    def _number_width(self) -> int:
        return min(14, max((len(row.number) for row in self.rows[:200]), default=5))

    @staticmethod
    def _cell(text: str, width: int) -> str:
        text = one_line(text)
        if cell_len(text) > width:
            return set_cell_size(text, width - 1) + "…"
        return set_cell_size(text, width)
