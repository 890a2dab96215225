"""From two texts to a diff, in two phases: lines first, then the words of each changed block."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from workbench.domain.diffs import alignment, by_difflib
from workbench.domain.diffs.alignment import Aligner
from workbench.domain.diffs.blocks import Work, refined, unpaired
from workbench.domain.diffs.deadline import Deadline
from workbench.domain.diffs.edited_moves import with_edited_moves
from workbench.domain.diffs.exempt import kept_breaks
from workbench.domain.diffs.lines import Block, gaps, keys_of, match_lines, shared_ends
from workbench.domain.diffs.mirroring import in_order, mirror
from workbench.domain.diffs.model import Degraded, Diff, Engine, Move, Reason, Row, WhiteSpace
from workbench.domain.diffs.moves import exact_moves, move_of
from workbench.domain.diffs.statistics import stats_of
from workbench.domain.diffs.tokens import Vocabulary, common_words
from workbench.domain.diffs.variables import variables_of
from workbench.domain.diffs.whitespace import white_space_row

_LARGEST = 8_000_000
"""Characters of a side above which words are compared only where somebody asks for it."""
_ALIGNERS: dict[Engine, Aligner] = {"words": alignment.align, "difflib": by_difflib.align}


def diff_texts(
    left: str | None,
    right: str | None,
    *,
    mode: WhiteSpace = WhiteSpace.EXACT,
    engine: Engine = "words",
    budget: float | None = None,
) -> Diff:
    """From `left` to `right`, with the words. A side that is None has no text, which is less than an empty one.

    `budget`: seconds after which blocks are left coarse and listed in `Diff.degraded`; None: it takes what it takes.
    Lines are always compared, so that budget 0 is the first phase.

    Pure: without a budget the same texts always give the same diff, and `diff_texts(right, left)` its mirror image.
    """
    deadline = Deadline(budget)
    if left is None or right is None:
        return _of_one_side(left, right, mode, engine)
    if _is_turned(left, right):
        return mirror(_refined(_by_lines(right, left, mode, engine), None, deadline))
    return _refined(_by_lines(left, right, mode, engine), None, deadline)


def diff_lines(
    left: str | None, right: str | None, *, mode: WhiteSpace = WhiteSpace.EXACT, engine: Engine = "words"
) -> Diff:
    """The first phase, fast enough to paint at once: equal, deleted, inserted and moved lines. What else differs is
    whole lines opposite each other, listed in `Diff.degraded` until `refine` has compared its words, as are one-sided
    lines that may be an edited move. Without such blocks it is what `diff_texts` gives."""
    if left is None or right is None:
        return _of_one_side(left, right, mode, engine)
    turned = _is_turned(left, right)
    diff = _by_lines(*((right, left) if turned else (left, right)), mode, engine)
    diff = _counted(diff) if diff.degraded else _refined(diff, None, Deadline(0), "words pending")
    return mirror(diff) if turned else diff


def refine(diff: Diff, which: Collection[int] | None = None, *, budget: float | None = None) -> Diff:
    """The diff with these blocks compared word by word: indexes into `diff.degraded`, None for all of them. The other
    rows stay as they are; once no block is left, moves with edits inside them are found too. Without the time for it
    the rows that may have some are a block again. Refining all that `diff_lines` left gives what `diff_texts` gives.
    """
    deadline = Deadline(budget)
    chosen = range(len(diff.degraded)) if which is None else which
    if not chosen:
        return diff
    if _is_turned(diff.left, diff.right):
        return mirror(_refined(mirror(diff), chosen, deadline))
    return _refined(diff, chosen, deadline)


def _is_turned(left: str, right: str) -> bool:
    """Both directions are computed in the same one, so that one is the exact mirror of the other."""
    return (len(left), left) > (len(right), right)


def _of_one_side(left: str | None, right: str | None, mode: WhiteSpace, engine: Engine) -> Diff:
    """All of it came or went. The end of its last line is shared with nothing, as it is with a file that is empty."""
    text = left if right is None else right
    if text is not None and text.endswith("\n"):
        return diff_texts(left or "", right or "", mode=mode, engine=engine)
    lefts, rights = (() if side is None else tuple(side.split("\n")) for side in (left, right))
    row = Row("delete" if lefts else "insert", 0, len(lefts), 0, len(rights))
    return _counted(Diff(lefts, rights, (row,) if lefts or rights else (), mode=mode, engine=engine))


def _by_lines(left: str, right: str, mode: WhiteSpace, engine: Engine) -> Diff:
    """Bounded in itself, and so without a deadline: lines are always compared."""
    lines = tuple(left.split("\n"))
    if left == right:
        n = len(lines)
        return Diff(lines, lines, (Row("equal", 0, n, 0, n),), mode=mode, engine=engine)
    others = tuple(right.split("\n"))
    matching = match_lines(lines, others, keys_of(lines, others, mode), _ALIGNERS[engine], Deadline())
    moves = [move_of(lines, others, block, mode) for block in exact_moves(lines, matching)]
    moved_left, moved_right = _moved(moves)
    reason: Reason = "too large" if max(len(left), len(right)) > _LARGEST else "words pending"
    rows: list[Row] = []
    degraded: list[Degraded] = []
    for paired, block in gaps(matching):
        if paired:
            rows += _paired(lines, others, block)
            continue
        rows += in_order(unpaired(block, moved_left, moved_right))
        l0, l1, r0, r1 = block
        if any(n not in moved_left for n in range(l0, l1)) and any(n not in moved_right for n in range(r0, r1)):
            degraded.append(Degraded(reason, *block))
    return Diff(
        lines,
        others,
        tuple(rows),
        tuple(moves),
        tuple(degraded),
        mode=mode,
        engine=engine,
    )


def _paired(left: Sequence[str], right: Sequence[str], block: Block) -> list[Row]:
    l0, l1, r0, r1 = block
    if left[l0:l1] == right[r0:r1]:
        return [Row("equal", *block)]
    return _merged(
        [white_space_row(left[i], right[j], i, j) for i, j in zip(range(l0, l1), range(r0, r1), strict=True)]
    )


def _merged(rows: Sequence[Row]) -> list[Row]:
    """Neighbouring rows of equal lines as one."""
    merged: list[Row] = []
    for row in rows:
        if merged and row.kind == merged[-1].kind == "equal":
            merged[-1] = replace(merged[-1], l1=row.l1, r1=row.r1)
        else:
            merged.append(row)
    return merged


def _moved(moves: Sequence[Move]) -> tuple[dict[int, int], dict[int, int]]:
    return (
        {n: k for k, move in enumerate(moves) for n in range(move.l0, move.l1)},
        {n: k for k, move in enumerate(moves) for n in range(move.r0, move.r1)},
    )


def _refined(diff: Diff, which: Collection[int] | None, deadline: Deadline, late: Reason = "out of time") -> Diff:
    """`which`: None for all but those that are too large. `late`: why moves were not looked for, if they were not."""
    if which is None:
        which = [k for k, block in enumerate(diff.degraded) if block.reason != "too large"]
    if diff.same:
        return diff
    work = _work(diff, deadline)
    found: dict[int, tuple[list[Row], list[Degraded]]] = {}
    # The smallest first, so that a budget buys as many blocks as it can.
    for index in sorted(set(which), key=lambda k: (_size(diff, diff.degraded[k]), k)):
        block = diff.degraded[index]
        if block.lacks == "words":
            found[index] = refined(work, (block.l0, block.l1, block.r0, block.r1))
    degraded = [
        d
        for k, block in enumerate(diff.degraded)
        if block.lacks == "words"
        for d in (found[k][1] if k in found else (block,))
    ]
    rows: Sequence[Row] = _merged(_replaced(diff, found))
    moves: Sequence[Move] = diff.moves
    if not degraded:
        rows, moves, unsought = with_edited_moves(work, rows, moves)
        if unsought is not None:
            degraded = [Degraded(late, *unsought, lacks="moves")]
    return _counted(replace(diff, rows=tuple(rows), moves=tuple(moves), degraded=tuple(degraded)))


def _counted(diff: Diff) -> Diff:
    left, right, rows = diff.left_lines, diff.right_lines, diff.rows
    if diff.same:
        return diff
    return replace(diff, variables=variables_of(left, right, rows), stats=stats_of(left, right, rows))


def _size(diff: Diff, block: Degraded) -> int:
    return sum(map(len, diff.left_lines[block.l0 : block.l1])) + sum(map(len, diff.right_lines[block.r0 : block.r1]))


def _replaced(diff: Diff, found: dict[int, tuple[list[Row], list[Degraded]]]) -> list[Row]:
    """The rows with those of these blocks put in. A block covers whole rows."""
    out: list[Row] = []
    at = 0
    for index in sorted(found):
        block = diff.degraded[index]
        while at < len(diff.rows) and (diff.rows[at].l1 <= block.l0 and diff.rows[at].r1 <= block.r0):
            out.append(diff.rows[at])
            at += 1
        out += in_order(found[index][0])
        while at < len(diff.rows) and (diff.rows[at].l1 <= block.l1 and diff.rows[at].r1 <= block.r1):
            at += 1
    return out + list(diff.rows[at:])


def _work(diff: Diff, deadline: Deadline) -> Work:
    left, right = diff.left_lines, diff.right_lines
    head, tail = shared_ends(left, right)
    moved_left, moved_right = _moved(diff.moves)
    return Work(
        left,
        right,
        moved_left,
        moved_right,
        kept_breaks(left),
        kept_breaks(right),
        _ALIGNERS[diff.engine],
        Vocabulary(common_words(["\n".join(side[head : len(side) - tail]) for side in (left, right)])),
        deadline,
    )
