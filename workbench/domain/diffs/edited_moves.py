"""Paragraphs that moved and were edited on the way, and moves that are one with their neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from workbench.domain.diffs.blocks import Work, aligned, unpaired
from workbench.domain.diffs.lines import Block
from workbench.domain.diffs.mirroring import in_order
from workbench.domain.diffs.model import Move, Row, RowKind, Seg, Segs
from workbench.domain.diffs.moves import NEARLY
from workbench.domain.diffs.segments import row_of
from workbench.domain.diffs.tokens import pieces, tokens_of
from workbench.domain.diffs.whitespace import white_space_row

_LEAST_WORDS = 8
_ALIKE = 0.6
_MOST_CANDIDATES = 3
_FREQUENT = 8
"""Lines that share a run of three words, above which it says nothing."""
_BLANKS_BETWEEN = 2
_LOOKED_AT = 400
"""Tokens of a line that are read to see whether it has words enough."""
_GONE: frozenset[RowKind] = frozenset({"delete", "replace"})
_COME: frozenset[RowKind] = frozenset({"insert", "replace"})
_ONE_SIDED: frozenset[RowKind] = frozenset({"delete", "insert", "moved_from", "moved_to"})


@dataclass(slots=True)
class Piece:
    """A part of a move: one edited line, or a block of unchanged ones (then without segments)."""

    l0: int
    l1: int
    r0: int
    r1: int
    similarity: float = 1.0
    lsegs: Segs | None = None
    rsegs: Segs | None = None


def with_edited_moves(
    work: Work, rows: Sequence[Row], moves: Sequence[Move]
) -> tuple[Sequence[Row], Sequence[Move], Block | None]:
    """The rows with edited moves found among their one-sided lines, and moves joined that belong together. When the
    deadline passed before all were looked for: the rows and moves as they were, and those among which there may be
    some."""
    edited = None if work.deadline.passed() else _edited(work, rows)
    if edited is None or work.deadline.passed():
        unsought = _unsought(work, rows)
        if unsought is not None:
            return rows, moves, unsought
        edited = []
    found = [piece for move in moves for piece in _lines_of(work, move)] + edited
    if not found:
        return rows, (), None
    free_left, free_right = _one_sided(rows)
    joined = _joined(sorted(found, key=lambda piece: piece.l0), work, free_left, free_right)
    for parts in joined:
        free_left.difference_update(range(parts[0].l0, parts[-1].l1))
        free_right.difference_update(range(parts[0].r0, parts[-1].r1))
    for parts in joined:
        _take_neighbours(work, parts, free_left, free_right)
    # Two moves may have come together by what they took.
    joined = _joined([piece for parts in joined for piece in parts], work, free_left, free_right)
    return _told(work, rows, joined), [_move(work, pieces_) for pieces_ in joined], None


def _lines_of(work: Work, move: Move) -> list[Piece]:
    """A move found before; in pieces of one line where white space differs that does not count."""
    l0, l1, r0, r1 = move.l0, move.l1, move.r0, move.r1
    if work.left[l0:l1] == work.right[r0:r1]:
        return [Piece(l0, l1, r0, r1)]
    return [_same_words(work, i, j, move.similarity) for i, j in zip(range(l0, l1), range(r0, r1), strict=True)]


def _same_words(work: Work, i: int, j: int, similarity: float = 1.0) -> Piece:
    row = white_space_row(work.left[i], work.right[j], i, j)
    return Piece(i, i + 1, j, j + 1, similarity, row.lsegs, row.rsegs)


def _unsought(work: Work, rows: Sequence[Row]) -> Block | None:
    """The runs of one-sided rows from the first to the last one with lines that could be an edited move; None where a
    side has no such line."""
    gone = [row.kind in _GONE and _could_be_moved(work, work.left[row.l0 : row.l1]) for row in rows]
    if True not in gone:
        return None
    come = [row.kind in _COME and _could_be_moved(work, work.right[row.r0 : row.r1]) for row in rows]
    if True not in come:
        return None
    first, last = min(gone.index(True), come.index(True)), len(rows) - 1
    while not gone[last] and not come[last]:
        last -= 1
    # The order of rows inside such a run is another one when seen from the other side.
    while first and rows[first - 1].kind in _ONE_SIDED:
        first -= 1
    while last + 1 < len(rows) and rows[last + 1].kind in _ONE_SIDED:
        last += 1
    return rows[first].l0, rows[last].l1, rows[first].r0, rows[last].r1


def _could_be_moved(work: Work, lines: Sequence[str]) -> bool:
    """Has one of the lines words enough? Also true of a line that must be read further than is worth the time."""
    for line in lines:
        if len(line) < 2 * _LEAST_WORDS:
            continue
        found = [match.group() for match in islice(pieces(line).finditer(line), _LOOKED_AT)]
        weights = [work.vocabulary.weights[token] for token in work.vocabulary.numbers(found)]
        if len(found) == _LOOKED_AT or sum([weight >= 1 for weight in weights]) >= _LEAST_WORDS:
            return True
    return False


def _edited(work: Work, rows: Sequence[Row]) -> list[Piece] | None:
    """Deleted lines that share most of their three-word runs with an inserted one. None when the deadline passed."""
    gone = [(n, g) for row in rows if row.kind in _GONE for n, g in _grams(work, work.left, row.l0, row.l1)]
    if not gone:
        return []
    come = [(n, g) for row in rows if row.kind in _COME for n, g in _grams(work, work.right, row.r0, row.r1)]
    index: dict[int, list[int]] = {}
    for place, (_, grams) in enumerate(come):
        if work.deadline.passed():
            return None
        for gram in grams:
            index.setdefault(gram, []).append(place)
    used: set[int] = set()
    found: list[Piece] = []
    for number, grams in gone:
        if work.deadline.passed():
            return None
        known = grams & index.keys()
        # What is alike shares at least this much of either side.
        if 2 * len(known) < _ALIKE * len(grams):
            continue
        shared: dict[int, int] = {}
        for gram in known:
            if len(index[gram]) <= _FREQUENT:
                for place in index[gram]:
                    shared[place] = shared.get(place, 0) + 1
        for place, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:_MOST_CANDIDATES]:
            other, others = come[place]
            alike = 2 * len(grams & others) / (len(grams) + len(others))
            if place not in used and alike >= _ALIKE:
                used.add(place)
                piece = _piece(work, number, other)
                found += [piece] if piece is not None else []
                break
    return found


def _grams(work: Work, lines: Sequence[str], start: int, end: int) -> Iterable[tuple[int, frozenset[int]]]:
    for number in range(start, end):
        if work.deadline.passed():
            return
        line = lines[number]
        if len(line) < 2 * _LEAST_WORDS:
            continue
        ids = work.vocabulary.numbers(pieces(line).findall(line))
        words = [word for word in ids if work.vocabulary.weights[word] >= 1]
        if len(words) >= _LEAST_WORDS:
            yield number, frozenset(map(_gram, words, words[1:], words[2:]))


def _gram(first: int, second: int, third: int) -> int:
    return (first << 48) + (second << 24) + third


def _piece(work: Work, i: int, j: int) -> Piece | None:
    left = tokens_of(work.left, (i,), work.vocabulary, work.deadline)
    right = tokens_of(work.right, (j,), work.vocabulary, work.deadline)
    row = row_of(left, right, (i, i + 1, j, j + 1), aligned(left, right, work), work.deadline)
    if row is None:
        return None
    if row.kind == "equal":
        return Piece(i, i + 1, j, j + 1)
    return Piece(i, i + 1, j, j + 1, _likeness(row), row.lsegs, row.rsegs)


def _likeness(row: Row) -> float:
    """The share of the characters of both sides that are the same on both (Dice)."""
    sizes = {"equal": 0, "other": 0}
    for segs in (row.lsegs or ()) + (row.rsegs or ()):
        for seg in segs:
            sizes["equal" if seg.kind == "equal" else "other"] += seg.end - seg.start
    return min(round(sizes["equal"] / sum(sizes.values()), 2), NEARLY)


def _one_sided(rows: Sequence[Row]) -> tuple[set[int], set[int]]:
    """Lines that are in no pair."""
    lefts: set[int] = set()
    rights: set[int] = set()
    for row in rows:
        if row.kind in ("delete", "insert", "replace"):
            lefts.update(range(row.l0, row.l1))
            rights.update(range(row.r0, row.r1))
    return lefts, rights


def _joined(found: list[Piece], work: Work, free_left: set[int], free_right: set[int]) -> list[list[Piece]]:
    """Pieces that follow each other on both sides, with the same few blank lines between, are one move."""
    joined: list[list[Piece]] = []
    for piece in found:
        last = joined[-1][-1] if joined else None
        if last is not None and 0 <= piece.r0 - last.r1 == piece.l0 - last.l1 <= _BLANKS_BETWEEN:
            lefts, rights = range(last.l1, piece.l0), range(last.r1, piece.r0)
            if all(n in free_left and not work.left[n].strip() for n in lefts) and all(
                n in free_right and not work.right[n].strip() for n in rights
            ):
                joined[-1] += [_same_words(work, i, j) for i, j in zip(lefts, rights, strict=True)]
                joined[-1].append(piece)
                continue
        joined.append([piece])
    return joined


def _take_neighbours(work: Work, parts: list[Piece], free_left: set[int], free_right: set[int]) -> None:
    """The same lines next to both ends of a move go with it, as the heading of a paragraph does that moved with it."""
    for step in (-1, 1):
        end = parts[0] if step < 0 else parts[-1]
        i, j = (end.l0 - 1, end.r0 - 1) if step < 0 else (end.l1, end.r1)
        waiting: list[Piece] = []
        while i in free_left and j in free_right and work.left[i].strip() == work.right[j].strip():
            similarity = 1.0 if work.left[i] == work.right[j] else NEARLY
            waiting.append(_same_words(work, i, j, similarity))
            if work.left[i].strip():
                for piece in waiting:
                    free_left.discard(piece.l0)
                    free_right.discard(piece.r0)
                    parts.insert(0 if step < 0 else len(parts), piece)
                waiting = []
            elif len(waiting) > _BLANKS_BETWEEN:
                break
            i, j = i + step, j + step


def _move(work: Work, parts: list[Piece]) -> Move:
    """How alike the parts are, by their lengths."""
    l0, l1, r0, r1 = parts[0].l0, parts[-1].l1, parts[0].r0, parts[-1].r1
    if all(part.similarity == 1.0 for part in parts):
        return Move(l0, l1, r0, r1)
    sizes = [sum([len(line) for line in work.right[part.r0 : part.r1]]) for part in parts]
    alike = sum([part.similarity * size for part, size in zip(parts, sizes, strict=True)]) / sum(sizes)
    return Move(l0, l1, r0, r1, min(round(alike, 2), NEARLY))


def _told(work: Work, rows: Sequence[Row], joined: list[list[Piece]]) -> tuple[Row, ...]:
    moved_left = {n: k for k, parts in enumerate(joined) for n in range(parts[0].l0, parts[-1].l1)}
    moved_right = {n: k for k, parts in enumerate(joined) for n in range(parts[0].r0, parts[-1].r1)}
    apart: list[Row] = []
    for row in rows:
        if row.kind in ("delete", "insert", "replace", "moved_from", "moved_to"):
            apart += unpaired((row.l0, row.l1, row.r0, row.r1), moved_left, moved_right)
        else:
            apart.append(row)
    told: list[Row] = []
    for row in in_order(apart):
        if told and row.move >= 0 and (row.move, row.kind) == (told[-1].move, told[-1].kind):
            told[-1] = replace(told[-1], l1=row.l1, r1=row.r1)
        else:
            told.append(row)
    return tuple([_with_segs(row, joined[row.move], work) if row.move >= 0 else row for row in told])


def _with_segs(row: Row, parts: list[Piece], work: Work) -> Row:
    if all(part.lsegs is None for part in parts):
        return row
    if row.kind == "moved_from":
        lines = [line for part in parts for line in part.lsegs or _equal(work.left[part.l0 : part.l1])]
        return replace(row, lsegs=tuple(lines))
    return replace(
        row, rsegs=tuple([line for part in parts for line in part.rsegs or _equal(work.right[part.r0 : part.r1])])
    )


def _equal(lines: Sequence[str]) -> Segs:
    return tuple([(Seg("equal", 0, len(line)),) if line else () for line in lines])
