"""The layouts of a diff on standard output: `split`, `unified`, `words`, `patch` and `stat`.

Each kind of change has a sign of its own; colours (orange and blue, which colour-blind people tell apart) and reverse
video only add to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from workbench.cli import output
from workbench.domain.diffs import SIGNS, Diff, Folded, Row, RowKind, Seg, SegKind, Segs, fold, sums, unified_patch
from workbench.domain.weaving import weave
from workbench.text import one_line, unbroken

Layout = Callable[[Diff, str, str, int], None]
_OLD, _NEW, _MOVED, _BOLD, _DIM, _REVERSE, _UNDERLINE = 33, 94, 35, 1, 2, 7, 4
_LEAST = 24
"""Columns of a half; a terminal without room for two has the texts one below the other."""
_PLAIN = str.maketrans({"│": "|", "↪": ">", "⋯": "...", "¶": "=", "·": ".", "→": ">", "⍽": "_", "⏎": "\\n"})
"""For terminals without other signs; only for what is drawn around the texts, and white space made visible."""
_NEWLINE = "⏎"
_LAST_NEWLINE = "⏎ newline at the end"
_plain_signs: ContextVar[bool] = ContextVar("plain_signs", default=False)
Piece = tuple[str, tuple[int, ...]]
"""(safe text, SGR codes)"""


def patch(diff: Diff, left: str, right: str, _context: int) -> None:
    output.content(unified_patch(diff, left, right))


def stat(diff: Diff, left: str, right: str, _context: int) -> None:
    """One line: what changed, in words and in lines."""
    output.line(f"{left} {own('→')} {right}: {sums(diff)}")


def unified(diff: Diff, left: str, right: str, context: int) -> None:
    _title(left, right)
    for item in fold(diff, context):
        if isinstance(item, Folded):
            _folded(item)
        elif item.kind == "equal":
            for line in diff.right_lines[item.r0 : item.r1]:
                output.styled("  " + one_line(line))
        elif item.kind == "reflow":
            _reflowed(item)
            for line in diff.right_lines[item.r0 : item.r1]:
                output.styled(_sign("reflow") + " " + one_line(line))
        else:
            _moved(diff, item)
            for old, numbers in ((True, range(item.l0, item.l1)), (False, range(item.r0, item.r1))):
                sign = _sign(item.kind) if item.kind not in ("change", "replace", "reflow_edit") else "-+"[not old]
                for number in numbers:
                    pieces = _pieces(diff, number, item, old)
                    output.styled(output.style(sign + " ", _ink(item, old)) + _drawn(pieces))


def words(diff: Diff, left: str, right: str, context: int) -> None:
    """One text. What moved stands where it is now, with what was edited on the way marked in it."""
    _title(left, right)
    sources = {row.move: row for row in diff.rows if row.kind == "moved_from"}
    for item in fold(diff, context):
        if isinstance(item, Folded):
            _folded(item)
            continue
        if item.kind == "reflow":
            _reflowed(item)
        _moved(diff, item)
        one = _as_one(item, sources)
        if item.kind == "moved_from":
            continue
        if one is not None:
            for woven in weave(diff, one):
                output.styled("".join(_woven(woven.text[seg.start : seg.end], seg) for seg in woven.segs))
        elif item.kind in ("equal", "reflow", "moved_to"):
            for line in diff.right_lines[item.r0 : item.r1]:
                output.styled(one_line(line))
        else:
            for line in diff.left_lines[item.l0 : item.l1]:
                output.styled(_removed(line or own(_NEWLINE)))
            for line in diff.right_lines[item.r0 : item.r1]:
                output.styled(_added(line or own(_NEWLINE)))


def _as_one(row: Row, sources: Mapping[int, Row]) -> Row | None:
    """The row as one whose two sides can be woven into one text; None for one whose sides have nothing in common, or
    all."""
    source = sources[row.move] if row.kind == "moved_to" else row
    if source.lsegs is None or row.rsegs is None or row.kind == "reflow":
        return None
    lsegs, rsegs = source.lsegs, row.rsegs
    if row.kind == "wsdiff":
        lsegs, rsegs = _as_words(lsegs, "delete"), _as_words(rsegs, "insert")
    return Row("change", source.l0, source.l1, row.r0, row.r1, lsegs, rsegs)


def _as_words(segs: Segs, kind: SegKind) -> Segs:
    """White space that differs, as a change like any other."""
    return tuple([tuple([replace(seg, kind=kind) if seg.kind == "ws" else seg for seg in line]) for line in segs])


def split(diff: Diff, left: str, right: str, context: int) -> None:
    """Two halves with line numbers and signs; long lines wrap inside their half, and stay beside each other."""
    half = (output.width() - 3) // 2
    if half < _LEAST:
        unified(diff, left, right, context)
        return
    gutter = max(3, len(str(max(len(diff.left_lines), len(diff.right_lines)))))
    room = half - gutter - 3
    output.styled(output.style(output.fit(one_line(left), half) + own(" │ ") + one_line(right), _BOLD))
    for item in fold(diff, context):
        if isinstance(item, Folded):
            _folded(item)
            continue
        lefts = [_rows(diff, item, n, True, room, gutter) for n in range(item.l0, item.l1)]
        rights = [_rows(diff, item, n, False, room, gutter) for n in range(item.r0, item.r1)]
        if item.kind != "equal":
            lefts, rights = [_joined(lefts)], [_joined(rights)]
            if item.move >= 0:
                noted = lefts if item.kind == "moved_to" else rights
                noted[0] += _wrapped([(_where(diff, item), (_MOVED,))], half)
        for one, other in zip(lefts, rights, strict=True):
            for row in range(max(len(one), len(other))):
                right_half = _drawn(other[row] if row < len(other) else []).rstrip()
                output.styled(_padded(one[row] if row < len(one) else [], half) + own(" │ ") + right_half)


# -- lines


def _rows(diff: Diff, row: Row, number: int, old: bool, room: int, gutter: int) -> list[list[Piece]]:
    """One line of one side as the rows it takes."""
    pieces = _pieces(diff, number, row, old)
    sign = output.style(_sign(row.kind), *(() if row.kind == "equal" else (_ink(row, old), _BOLD)))
    out: list[list[Piece]] = []
    for index, wrapped in enumerate(_wrapped(pieces, room)):
        label = f"{number + 1 if not index else own('↪'):>{gutter}} "
        out.append([(label, (_DIM,)), (sign, ()), (" ", ()), *wrapped])
    return out


def _joined(lines: Sequence[list[list[Piece]]]) -> list[list[Piece]]:
    return [row for rows in lines for row in rows]


def _pieces(diff: Diff, number: int, row: Row, old: bool) -> list[Piece]:
    """The line in pieces that may be drawn; white space that is the change, as signs."""
    lines, first, of_lines = (diff.left_lines, row.l0, row.lsegs) if old else (diff.right_lines, row.r0, row.rsegs)
    line, segs = lines[number], of_lines[number - first] if of_lines is not None else None
    if not line and 0 < number == len(lines) - 1 and row.kind in ("delete", "insert", "replace"):
        return [(own(_LAST_NEWLINE), (_DIM,))]
    if segs is None:
        return [(one_line(line), () if row.kind in ("equal", "reflow") else (_ink(row, old),))]
    out: list[Piece] = []
    for seg in segs:
        text = line[seg.start : seg.end]
        if seg.kind == "equal" or (seg.kind == "ws" and row.kind not in ("wsdiff", "change")):
            out.append((one_line(text), (_MOVED,) if row.move >= 0 else ()))
        else:
            shown = _visible_space(text) if text.isspace() else text
            emphasis = (_REVERSE,) if old else (_BOLD, _UNDERLINE, _REVERSE)
            out.append((one_line(shown), (_DIM, _REVERSE) if seg.kind == "ws" else (_ink(row, old), *emphasis)))
    return out


def _visible_space(text: str) -> str:
    return own(text.replace(" ", "·").replace("\t", "→").replace("\u00a0", "⍽"))


def _wrapped(pieces: Sequence[Piece], room: int) -> Iterator[list[Piece]]:
    """Rows of at most `room` columns, broken after spaces where there are some."""
    text = unbroken("".join(piece for piece, _ in pieces), room)
    starts, start, used, space = [0], 0, 0, -1
    for index, char in enumerate(text):
        cells = output.cell_width(char)
        if used + cells > room and cells and index > start:
            if char == " ":
                space = index
                continue
            start = space + 1 if start < space + 1 <= index else index
            starts.append(start)
            used, space = output.cell_width(text[start:index]), -1
        if char == " ":
            space = index
        used += cells
    for begin, end in zip(starts, [*starts[1:], len(text)], strict=True):
        row: list[Piece] = []
        at = 0
        for piece, codes in pieces:
            cut = piece[max(0, begin - at) : max(0, end - at)]
            if cut:
                row.append((cut, codes))
            at += len(piece)
        yield row


def _padded(row: Sequence[Piece], columns: int) -> str:
    used = sum(output.cell_width(text) if "\x1b" not in text else 1 for text, _ in row)
    last = row[-1][0] if row else ""
    if used > columns and last.endswith(" "):
        # A space that hangs over the edge.
        row = [*row[:-1], (last[: len(last) - (used - columns)], row[-1][1])]
        used = columns
    return _drawn(row) + " " * max(0, columns - used)


def _drawn(pieces: Sequence[Piece]) -> str:
    return "".join(output.style(text, *codes) for text, codes in pieces)


def _ink(row: Row, old: bool) -> int:
    return _MOVED if row.move >= 0 else _OLD if old else _NEW


def _woven(text: str, seg: Seg) -> str:
    if seg.kind in ("delete", "insert") and text.isspace():
        text = _visible_space(text)
    return _removed(text) if seg.kind == "delete" else _added(text) if seg.kind == "insert" else one_line(text)


def _removed(text: str) -> str:
    return output.style(f"[-{one_line(text)}-]", _OLD)


def _added(text: str) -> str:
    return output.style("{+" + one_line(text) + "+}", _NEW)


def _title(left: str, right: str) -> None:
    output.styled(output.style(f"--- {one_line(left)}", _BOLD))
    output.styled(output.style(f"+++ {one_line(right)}", _BOLD))


def _folded(item: Folded) -> None:
    heading = f"  {one_line(item.heading)}" if item.heading else ""
    output.styled(output.style(own(f"⋯ {item.count} unchanged line{'s' * (item.count != 1)}") + heading, _DIM))


def _reflowed(row: Row) -> None:
    count = row.r1 - row.r0
    output.styled(output.style(own("¶") + f" {count} line{'s' if count > 1 else ''} re-wrapped, no word changed", _DIM))


def _sign(kind: RowKind) -> str:
    return own(SIGNS[kind])


@contextmanager
def signs(plain: bool) -> Iterator[None]:
    """Inside, what is drawn has plain signs only, if that is asked for."""
    before = _plain_signs.set(plain)
    try:
        yield
    finally:
        _plain_signs.reset(before)


def own(text: str) -> str:
    """What is ours and no data, in the signs that the terminal has: WORKBENCH_ASCII asks for plain ones, too."""
    plain = _plain_signs.get() or os.environ.get("WORKBENCH_ASCII", "0") not in ("", "0")
    return text.translate(_PLAIN) if plain else text


def _moved(diff: Diff, row: Row) -> None:
    if row.move >= 0:
        output.styled(output.style(_where(diff, row), _MOVED))


def _where(diff: Diff, row: Row) -> str:
    move = diff.moves[row.move]
    edited = "" if move.exact else f", edited ({move.similarity:.0%} the same)"
    if row.kind == "moved_from":
        return f"> moved to line {move.r0 + 1}{edited}"
    return f"< moved from line {move.l0 + 1}{edited}"
