"""Rows and folds of a comparison as blocks of one or two columns. No width and no colour here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from workbench.domain.diffs import Diff, Folded, Headings, Row, RowKind, fold, hunks
from workbench.domain.picking import Setting
from workbench.domain.weaving import can_be_woven
from workbench.text import one_line
from workbench.tui.widgets.diff.comments import Comment, with_comments
from workbench.tui.widgets.diff.heads import Note, Part, Sheet, variables_told
from workbench.tui.widgets.diff.palette import Signs, said

Layout = Literal["split", "unified", "words"]
LAYOUTS: tuple[Layout, ...] = ("split", "unified", "words")
ALL = 10**9
CONTEXTS = (0, 3, 10, ALL)
EXPANDS = 20
"""Lines that one press on a fold brings back."""

LEFT, RIGHT, WOVEN = 0, 1, 2
Run = tuple[int, int, int]
"""(LEFT, RIGHT or WOVEN, first line, line after the last one). WOVEN lines count within their row."""
FoldKey = tuple[int, str, int]
"""(part, kind of what is folded, its first line on the left)"""


class Block(NamedTuple):
    """What is drawn as one: lines of a row, a fold, a heading."""

    kind: str
    """Of the row; else `note` or `fold`."""
    part: int = -1
    left: tuple[Run, ...] = ()
    right: tuple[Run, ...] | None = None
    """None: there is one column only, over the whole width."""
    row: Row | None = None
    hunk: int = -1
    """Of all hunks of all parts, from 0; -1 in what is unchanged."""
    note: Note = ("", "")
    fold: FoldKey | None = None
    coarse: bool = False
    """Its words were not compared."""
    setting: Setting | None = None
    """What it says the change of, where that is no text."""


@dataclass(frozen=True)
class View:
    """How a sheet is looked at."""

    layout: Layout = "split"
    context: int = 3
    expanded: Mapping[FoldKey, int] = field(default_factory=dict)
    """Lines that were brought back out of a fold."""
    hidden: frozenset[RowKind] = frozenset()
    """Kinds of rows that are folded: re-wrapped ones, white space."""
    left_out: Collection[int] | None = None
    """Hunks that are not taken over; None where nothing is chosen from."""
    settings_left_out: Collection[Setting] = frozenset()
    """Changes of settings that are not."""
    comments: tuple[Comment, ...] = ()
    """What people said of lines, and of the whole."""


def blocks_of(sheet: Sheet, view: View, signs: Signs, headings: Sequence[Headings] = ()) -> list[Block]:
    """`headings`: those of the right side of each part, where they are known already."""
    out = [_fact(text, ink, sheet.settings.get(text), view, signs) for text, ink in sheet.facts]
    first_hunk = 0
    alone = len(sheet.parts) == 1 and not sheet.facts
    for index, part in enumerate(sheet.parts):
        if part.head and not (alone and part.head == "system"):
            out.append(Block("note", index, note=(said(_head(part, signs), signs), "head")))
        elif part.diff.degraded:
            out.append(Block("note", index, note=(said(_coarse(part.diff, signs), signs), "warning")))
        out += [Block("note", index, note=(said(one_line(text), signs), ink)) for text, ink in part.notes]
        if recounted := variables_told(part.diff.variables):
            out.append(Block("note", index, note=(said(f"~ {one_line(recounted)}", signs), "strong")))
        out += _Part(index, part, view, signs, first_hunk, headings[index] if headings else None).blocks()
        first_hunk += len(hunks(part.diff))
    return with_comments(out, view.comments)


def _fact(text: str, ink: str, setting: Setting | None, view: View, signs: Signs) -> Block:
    shown = said(one_line(text), signs)
    if setting is not None and view.left_out is not None:
        taken = setting not in view.settings_left_out
        shown, ink = f"{signs.taken if taken else signs.left} {shown}", "new_sign" if taken else "old_sign"
    return Block("note", note=(shown, ink), setting=setting)


def _head(part: Part, signs: Signs) -> str:
    diff = part.diff
    told = [one_line(part.head)]
    if diff.same:
        told += ["unchanged"] if "·" not in part.head else []
    else:
        stats = diff.stats
        told.append(f"+{stats.words_added} -{stats.words_removed} words")
        for count, what in (
            (stats.lines_moved, "moved"),
            (stats.lines_reflowed, "re-wrapped"),
            (stats.lines_white_space, "white space"),
        ):
            if count:
                told.append(f"{count} line{'s' if count > 1 else ''} {what}")
    if diff.degraded:
        told.append(_coarse(diff, signs))
    return " · ".join(told)


def _coarse(diff: Diff, signs: Signs) -> str:
    if all(block.reason == "words pending" for block in diff.degraded):
        return "comparing the words …"
    if diff.degraded[0].lacks == "moves":
        return f"{signs.degraded} edited moves not looked for"
    count = sum(1 for block in diff.degraded if block.reason != "words pending")
    return f"{signs.degraded} {count} block{'s' if count > 1 else ''} not refined"


class _Part:
    """The blocks of one part."""

    def __init__(
        self, index: int, part: Part, view: View, signs: Signs, first_hunk: int, headings: Headings | None
    ) -> None:
        self._index, self._diff, self._view, self._signs = index, part.diff, view, signs
        self._hunk_of = {
            id(row): first_hunk + number
            for number, (start, end) in enumerate(hunks(part.diff))
            for row in part.diff.rows[start:end]
        }
        self._coarse = coarse_rows(part.diff)
        self._headings = Headings(part.diff.right_lines) if headings is None else headings

    def blocks(self) -> Iterator[Block]:
        diff, view = self._diff, self._view
        context = min(view.context, len(diff.left_lines) + len(diff.right_lines))
        last_hunk = -1
        first = True
        for item in fold(diff, context, headings=False, hide=view.hidden):
            if isinstance(item, Folded):
                yield from self._folded(item, first)
            elif item.kind == "equal":
                yield self._equal(item)
            else:
                hunk = self._hunk_of[id(item)]
                if view.left_out is not None and hunk != last_hunk:
                    yield self._choice(hunk, view.left_out)
                last_hunk = hunk
                yield from self._changed(item, hunk)
            first = False

    def _choice(self, hunk: int, left_out: Collection[int]) -> Block:
        taken = hunk not in left_out
        sign, word = (self._signs.taken, "taken") if taken else (self._signs.left, "left out")
        return Block(
            "note",
            self._index,
            hunk=hunk,
            note=(f"{sign} change {hunk + 1} {word}", "new_sign" if taken else "old_sign"),
        )

    def _equal(self, row: Row) -> Block:
        if self._view.layout == "split":
            return Block("equal", self._index, ((LEFT, row.l0, row.l1),), ((RIGHT, row.r0, row.r1),), row)
        return Block("equal", self._index, ((RIGHT, row.r0, row.r1),), None, row)

    def _folded(self, item: Folded, first: bool) -> Iterator[Block]:
        key = (self._index, item.kind, item.l0)
        shown = min(ALL if self._view.context >= ALL else self._view.expanded.get(key, 0), item.count)
        if item.kind != "equal":
            if self._view.expanded.get(key):
                yield from self._of_hidden(item)
            else:
                gone = Row(item.kind, item.l0, item.l1, item.r0, item.r1)
                yield Block("fold", self._index, row=gone, note=(self._hidden(item), "dim"), fold=key)
            return
        # The lines nearest to what is shown already: those above the first change, else those below the last one.
        head, tail = (0, shown) if first else (shown, 0)
        if head:
            yield self._equal(Row("equal", item.l0, item.l0 + head, item.r0, item.r0 + head))
        left = item.count - shown
        if left:
            plural = "s" if left > 1 else ""
            heading = self._headings.above(item.r1) if not tail else ""
            where = f" in {one_line(heading)}" if heading else ""
            text = f"{self._signs.fold} {left} unchanged line{plural}{where}"
            gone = Row("equal", item.l0 + head, item.l1 - tail, item.r0 + head, item.r1 - tail)
            yield Block("fold", self._index, row=gone, note=(text, "dim"), fold=key)
        if tail:
            yield self._equal(Row("equal", item.l1 - tail, item.l1, item.r1 - tail, item.r1))

    def _hidden(self, item: Folded) -> str:
        count = item.r1 - item.r0
        lines = f"{count} line{'s' if count > 1 else ''}"
        if item.kind == "reflow":
            return f"{self._signs.reflow} {lines} re-wrapped, no word changed"
        return f"{self._signs.white} {lines} with other white space, no word changed"

    def _of_hidden(self, item: Folded) -> Iterator[Block]:
        for row in self._diff.rows:
            if row.kind == item.kind and item.l0 <= row.l0 and row.l1 <= item.l1 and item.r0 <= row.r0 <= item.r1:
                yield from self._changed(row, self._hunk_of[id(row)])

    def _changed(self, row: Row, hunk: int) -> Iterator[Block]:
        coarse = id(row) in self._coarse
        left, right = (LEFT, row.l0, row.l1), (RIGHT, row.r0, row.r1)
        if self._view.layout == "split":
            if row.kind == "wsdiff":
                for i, j in zip(range(row.l0, row.l1), range(row.r0, row.r1), strict=True):
                    yield Block("wsdiff", self._index, ((LEFT, i, i + 1),), ((RIGHT, j, j + 1),), row, hunk)
                return
            lefts, rights = ((run,) if run[1] < run[2] else () for run in (left, right))
            yield Block(row.kind, self._index, lefts, rights, row, hunk, coarse=coarse)
            return
        if row.kind in ("moved_from", "moved_to"):
            yield Block("note", self._index, hunk=hunk, note=(moved_told(self._diff, row), "moved_sign"))
        runs: tuple[Run, ...] = (left, right)
        if row.kind == "reflow":
            runs = (right,)
        elif self._view.layout == "words" and row.kind in ("change", "reflow_edit") and can_be_woven(row):
            runs = ((WOVEN, 0, row.r1 - row.r0),)
        shown = tuple(run for run in runs if run[1] < run[2])
        yield Block(row.kind, self._index, shown, None, row, hunk, coarse=coarse)


def moved_told(diff: Diff, row: Row) -> str:
    """Where the lines of this row went, or where they came from."""
    move = diff.moves[row.move]
    edited = "" if move.exact else f", edited ({move.similarity:.0%} the same)"
    if row.kind == "moved_from":
        return f"> moved to line {move.r0 + 1}{edited}"
    return f"< moved from line {move.l0 + 1}{edited}"


def coarse_rows(diff: Diff) -> frozenset[int]:
    """Identities of the rows whose words were not compared."""
    found: set[int] = set()
    rows: Sequence[Row] = diff.rows
    at = 0
    for block in diff.degraded if diff.degraded and diff.degraded[0].lacks == "words" else ():
        while at < len(rows) and (rows[at].l1 <= block.l0 and rows[at].r1 <= block.r0):
            at += 1
        while at < len(rows) and rows[at].l1 <= block.l1 and rows[at].r1 <= block.r1:
            if rows[at].kind != "equal":
                found.add(id(rows[at]))
            at += 1
    return frozenset(found)
