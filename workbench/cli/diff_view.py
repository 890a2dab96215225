"""The layouts of a diff on standard output: `split`, `unified`, `words` and `patch`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from workbench.cli import output
from workbench.domain.diffs import Diff, Folded, Row, Seg, Segs, fold, unified_patch
from workbench.text import one_line

Layout = Callable[[Diff, str, str, int], None]
_RED, _GREEN, _BOLD, _DIM, _REVERSE = 31, 32, 1, 2, 7
_GUTTER = 6
_MIN_HALF = 24


def patch(diff: Diff, left: str, right: str, _context: int) -> None:
    output.content(unified_patch(diff, left, right))


def unified(diff: Diff, left: str, right: str, context: int) -> None:
    _title(left, right)
    for item in fold(diff, context):
        if isinstance(item, Folded):
            _folded(item)
        elif item.kind == "equal":
            for line in diff.right_lines[item.r0 : item.r1]:
                output.styled("  " + one_line(line))
        else:
            for line in _marked(diff.left_lines[item.l0 : item.l1], item.lsegs, _RED):
                output.styled(output.style("- ", _RED) + line)
            for line in _marked(diff.right_lines[item.r0 : item.r1], item.rsegs, _GREEN):
                output.styled(output.style("+ ", _GREEN) + line)


def words(diff: Diff, left: str, right: str, context: int) -> None:
    _title(left, right)
    for item in fold(diff, context):
        if isinstance(item, Folded):
            _folded(item)
        elif item.kind == "equal":
            for line in diff.right_lines[item.r0 : item.r1]:
                output.styled(one_line(line))
        elif item.kind == "change":
            output.styled(_woven(diff.left_lines[item.l0], diff.right_lines[item.r0], item))
        else:
            for line in diff.left_lines[item.l0 : item.l1]:
                output.styled(_removed(line))
            for line in diff.right_lines[item.r0 : item.r1]:
                output.styled(_added(line))


def split(diff: Diff, left: str, right: str, context: int) -> None:
    """Two halves with line numbers; long lines wrap inside their half."""
    half = max(_MIN_HALF, (output.width() - 3) // 2)
    room = half - _GUTTER
    output.styled(output.style(output.fit(one_line(left), half) + " │ " + one_line(right), _BOLD))
    for item in fold(diff, context):
        if isinstance(item, Folded):
            _folded(item)
            continue
        lefts = _cells(diff.left_lines, item.l0, item.l1, room, _mark(item, left=True))
        rights = _cells(diff.right_lines, item.r0, item.r1, room, _mark(item, left=False))
        if item.kind == "equal":
            pairs = [_level(a, b) for a, b in zip(lefts, rights, strict=True)]
        else:
            pairs = [_level([row for cell in lefts for row in cell], [row for cell in rights for row in cell])]
        for rows in pairs:
            for (shown, code), (beside, other) in rows:
                output.styled(
                    output.style(output.fit(shown, half), *code) + " │ " + output.style(beside.rstrip(), *other)
                )


_Cell = list[tuple[str, tuple[int, ...]]]
_BLANK: tuple[str, tuple[int, ...]] = ("", ())


def _mark(row: Row, *, left: bool) -> tuple[str, tuple[int, ...]]:
    if row.kind == "equal":
        return " ", ()
    return ("-", (_RED,)) if left else ("+", (_GREEN,))


def _cells(lines: tuple[str, ...], start: int, end: int, room: int, mark: tuple[str, tuple[int, ...]]) -> list[_Cell]:
    return [
        [
            ((f"{number:>4}{mark[0]} " if first else " " * _GUTTER) + piece, mark[1])
            for first, piece in _wrapped(one_line(lines[number - 1]), room)
        ]
        for number in range(start + 1, end + 1)
    ]


def _wrapped(text: str, room: int) -> Iterator[tuple[bool, str]]:
    piece, used, first = "", 0, True
    for char in text:
        width = output.cell_width(char)
        if used + width > room:
            yield first, piece
            piece, used, first = "", 0, False
        piece += char
        used += width
    if piece or first:
        yield first, piece


def _level(left: _Cell, right: _Cell) -> list[tuple[tuple[str, tuple[int, ...]], tuple[str, tuple[int, ...]]]]:
    height = max(len(left), len(right))
    return list(zip(left + [_BLANK] * (height - len(left)), right + [_BLANK] * (height - len(right)), strict=True))


def _marked(lines: tuple[str, ...], segments: Segs | None, colour: int) -> Iterator[str]:
    for number, line in enumerate(lines):
        if segments is None:
            yield output.style(one_line(line), colour)
            continue
        yield "".join(
            output.style(one_line(line[seg.start : seg.end]), colour, *((_REVERSE,) if seg.kind != "equal" else ()))
            for seg in segments[number]
        )


def _woven(left: str, right: str, row: Row) -> str:
    """Both sides as one line: equal pieces once, removed ones before added ones."""
    out, added, removed = [], _only(row.rsegs), _only(row.lsegs)
    while removed or added:
        if removed and removed[0].kind != "equal":
            seg = removed.pop(0)
            out.append(_removed(left[seg.start : seg.end]))
        elif added and added[0].kind != "equal":
            seg = added.pop(0)
            out.append(_added(right[seg.start : seg.end]))
        elif removed and added:
            removed.pop(0)
            seg = added.pop(0)
            out.append(one_line(right[seg.start : seg.end]))
        else:
            side, rest = (right, added) if added else (left, removed)
            seg = rest.pop(0)
            out.append(one_line(side[seg.start : seg.end]))
    return "".join(out)


def _only(segs: Segs | None) -> list[Seg]:
    return list(segs[0]) if segs else []


def _removed(text: str) -> str:
    return output.style(f"[-{one_line(text)}-]", _RED)


def _added(text: str) -> str:
    return output.style("{+" + one_line(text) + "+}", _GREEN)


def _title(left: str, right: str) -> None:
    output.styled(output.style(f"--- {one_line(left)}", _BOLD))
    output.styled(output.style(f"+++ {one_line(right)}", _BOLD))


def _folded(item: Folded) -> None:
    heading = f"  {one_line(item.heading)}" if item.heading else ""
    output.styled(output.style(f"⋯ {item.count} unchanged lines{heading}", _DIM))
