"""A plan, row by row: what would happen to which prompt, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from workbench.text import one_line, shorten
from workbench.tui.widgets.line_list import LineList, Part, inks_of

Mark = Literal["+", "~", "=", "✗", "↑", " "]


class PlanRow(NamedTuple):
    mark: Mark
    what: str
    """One word: new, changed, same, refused, …"""
    name: str
    why: str


class PlanList(LineList):
    DEFAULT_CSS = """
    PlanList { height: 1fr; min-height: 3; background: $background; }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.plan: Sequence[PlanRow] = ()

    def show(self, plan: Sequence[PlanRow], empty: str) -> None:
        self.plan, self.empty_text = plan, empty
        self.set_count(len(plan), 0)

    def parts(self, index: int, width: int) -> list[Part]:
        row = self.plan[index]
        ink = inks_of(self)
        style = {"✗": ink.error, "=": ink.dim, " ": ink.dim}.get(row.mark, ink.text)
        word = max(len(each.what) for each in self.plan[:200])
        longest = max(len(one_line(each.name)) for each in self.plan[:200])
        column = min(longest, max(12, width // 2 - word))
        return [
            (f"{row.mark} {row.what:<{word}}  ", style),
            (f"{shorten(one_line(row.name), column):<{column}}  ", ink.strong if row.mark not in "= " else ink.dim),
            (one_line(row.why), ink.error if row.mark == "✗" else ink.dim),
        ]
