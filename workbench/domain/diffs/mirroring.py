"""The same difference seen from the other side, and the one order of rows that both views share."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.domain.diffs.model import (
    Degraded,
    Diff,
    Move,
    Rename,
    Row,
    RowKind,
    Seg,
    SegKind,
    Segs,
    Stats,
    Variables,
    VariableUse,
)

_ROW_KINDS: dict[RowKind, RowKind] = {
    "delete": "insert",
    "insert": "delete",
    "moved_from": "moved_to",
    "moved_to": "moved_from",
}
_SEG_KINDS: dict[SegKind, SegKind] = {"delete": "insert", "insert": "delete"}
_ONE_SIDED = frozenset(_ROW_KINDS)


def mirror(diff: Diff) -> Diff:
    """The diff from the right text to the left one. `mirror(mirror(diff)) == diff`, and
    `diff_texts(b, a) == mirror(diff_texts(a, b))`."""
    v = diff.variables
    return Diff(
        diff.right_lines,
        diff.left_lines,
        in_order([_row(row) for row in diff.rows]),
        tuple([Move(m.r0, m.r1, m.l0, m.l1, m.similarity) for m in diff.moves]),
        tuple([Degraded(d.reason, d.r0, d.r1, d.l0, d.l1, d.lacks) for d in diff.degraded]),
        Variables(
            _uses(v.removed),
            _uses(v.added),
            _uses(v.recounted),
            tuple(sorted((Rename(r.new, r.old, r.count) for r in v.renamed), key=lambda r: (r.old, r.new))),
        ),
        _stats(diff.stats, diff.rows),
        diff.mode,
        diff.engine,
    )


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """What only one side has, in one run, can be told in any order: here the left side comes first."""
    out: list[Row] = []
    lefts: list[Row] = []
    rights: list[Row] = []

    def flush() -> None:
        if lefts and rights:
            r0, l1 = rights[0].r0, lefts[-1].l1
            out.extend([Row(row.kind, row.l0, row.l1, r0, r0, row.lsegs, row.rsegs, row.move) for row in lefts])
            out.extend([Row(row.kind, l1, l1, row.r0, row.r1, row.lsegs, row.rsegs, row.move) for row in rights])
        else:
            out.extend(lefts)
            out.extend(rights)
        lefts.clear()
        rights.clear()

    for row in rows:
        if row.kind not in _ONE_SIDED:
            flush()
            out.append(row)
        elif row.l1 > row.l0:
            lefts.append(row)
        else:
            rights.append(row)
    flush()
    return tuple(out)


def _row(row: Row) -> Row:
    kind = _ROW_KINDS.get(row.kind, row.kind)
    return Row(kind, row.r0, row.r1, row.l0, row.l1, _segs(row.rsegs), _segs(row.lsegs), row.move)


def _segs(lines: Segs | None) -> Segs | None:
    if lines is None:
        return None
    return tuple([tuple([Seg(_SEG_KINDS.get(s.kind, s.kind), s.start, s.end) for s in line]) for line in lines])


def _uses(uses: tuple[VariableUse, ...]) -> tuple[VariableUse, ...]:
    return tuple([VariableUse(use.token, use.right, use.left) for use in uses])


def _stats(stats: Stats, rows: Iterable[Row]) -> Stats:
    """Most counts are of the right side: here they are taken anew from what was the left one."""
    lines: dict[str, int] = {}
    for row in rows:
        lines[row.kind] = lines.get(row.kind, 0) + row.l1 - row.l0
    return Stats(
        stats.words_removed,
        stats.words_added,
        stats.lines_removed,
        stats.lines_added,
        lines.get("change", 0) + lines.get("reflow_edit", 0),
        lines.get("wsdiff", 0),
        lines.get("reflow", 0),
        lines.get("moved_from", 0),
    )
