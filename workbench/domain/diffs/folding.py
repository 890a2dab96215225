"""What of a diff is worth showing: the hunks, and the unchanged lines around them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from workbench.domain.diffs.headings import Headings
from workbench.domain.diffs.model import Diff, Row, RowKind


@dataclass(frozen=True, slots=True)
class Folded:
    """Unchanged lines that are not shown: `l0:l1` on the left are `r0:r1` on the right."""

    l0: int
    l1: int
    r0: int
    r1: int
    heading: str = ""
    """The last markdown heading or XML tag above what follows; "" when there is none."""
    kind: RowKind = "equal"
    """Of the rows that are hidden: `reflow` and `wsdiff` rows can be, too."""

    @property
    def count(self) -> int:
        return self.r1 - self.r0


def hunks(diff: Diff) -> list[tuple[int, int]]:
    """Half-open ranges of indexes into `diff.rows`: the maximal runs of rows that are not equal."""
    found: list[tuple[int, int]] = []
    for index, row in enumerate(diff.rows):
        if row.kind == "equal":
            continue
        if found and found[-1][1] == index:
            found[-1] = (found[-1][0], index + 1)
        else:
            found.append((index, index + 1))
    return found


def fold(diff: Diff, context: int = 3, *, headings: bool = True, hide: Collection[RowKind] = ()) -> list[Row | Folded]:
    """The rows with long unchanged runs cut to `context` lines beside each change. A single line is never folded.

    Texts without a difference are one `Folded`. `headings`: name what is hidden (`Folded.heading`). `hide`: kinds of
    rows that are folded whole, each run of them one `Folded` of its kind: `reflow`, `wsdiff`.
    """
    items: list[Row | Folded] = []
    last = len(diff.rows) - 1
    named = Headings(diff.right_lines) if headings else None
    for index, row in enumerate(diff.rows):
        if row.kind in hide:
            items.append(_hidden(row, items, named))
            continue
        if row.kind != "equal":
            items.append(row)
            continue
        head = 0 if index == 0 else context
        tail = 0 if index == last else context
        n = row.l1 - row.l0
        if n <= head + tail + 1 and not (index == 0 == last):
            items.append(row)
            continue
        l0, l1, r0, r1 = row.l0 + head, row.l1 - tail, row.r0 + head, row.r1 - tail
        if head:
            items.append(Row("equal", row.l0, l0, row.r0, r0))
        items.append(Folded(l0, l1, r0, r1, named.above(r1) if named else ""))
        if tail:
            items.append(Row("equal", l1, row.l1, r1, row.r1))
    return items


def _hidden(row: Row, items: list[Row | Folded], named: Headings | None) -> Folded:
    """One `Folded` with the hidden rows of the same kind right before it, which are taken from `items`."""
    l0, r0 = row.l0, row.r0
    if items and isinstance(items[-1], Folded) and items[-1].kind == row.kind:
        before = items.pop()
        l0, r0 = before.l0, before.r0
    return Folded(l0, row.l1, r0, row.r1, named.above(r0) if named else "", row.kind)
