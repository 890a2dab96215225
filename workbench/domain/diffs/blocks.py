"""One changed block: from its words to its rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.domain.diffs.alignment import WORDS, Aligner
from workbench.domain.diffs.anchors import Run
from workbench.domain.diffs.cleanup import without_confetti
from workbench.domain.diffs.deadline import Deadline
from workbench.domain.diffs.lines import Block
from workbench.domain.diffs.model import Degraded, Reason, Row, RowKind
from workbench.domain.diffs.pairing import Alone, Component, components, cut_at_lines
from workbench.domain.diffs.segments import row_of
from workbench.domain.diffs.shifting import shifted
from workbench.domain.diffs.tokens import Tokens, Vocabulary, tokens_of
from workbench.domain.diffs.whitespace import white_space_row


@dataclass(slots=True)
class Work:
    """What the blocks of one diff share."""

    left: Sequence[str]
    right: Sequence[str]
    moved_left: Mapping[int, int]
    """Line → index of the move it belongs to. Moved lines are paired with nothing else."""
    moved_right: Mapping[int, int]
    kept_left: frozenset[int]
    """Lines that are never taken for re-wrapped text."""
    kept_right: frozenset[int]
    align: Aligner
    vocabulary: Vocabulary
    deadline: Deadline

    @property
    def alone(self) -> Alone:
        return Alone(self.moved_left, self.moved_right, self.kept_left, self.kept_right)


def refined(work: Work, block: Block) -> tuple[list[Row], list[Degraded]]:
    """The rows of a block in which no line is paired yet, and what of it could not be compared."""
    l0, l1, r0, r1 = block
    if work.deadline.passed():
        return _given_up(work, block, "out of time")
    left = tokens_of(work.left, _free(l0, l1, work.moved_left), work.vocabulary, work.deadline)
    if work.deadline.passed():
        return _given_up(work, block, "out of time")
    right = tokens_of(work.right, _free(r0, r1, work.moved_right), work.vocabulary, work.deadline)
    found = work.align(left.ids, right.ids, WORDS, work.deadline)
    if work.deadline.passed():
        return _given_up(work, block, "out of time")
    degraded = [Degraded(found.lacks, *block)] if found.lacks else []
    runs = _tidied(found.runs, left, right, work)
    if work.deadline.passed():
        return _given_up(work, block, "out of time")
    together = components(runs, left, right, work.vocabulary.weights, work.alone, work.deadline)
    if work.deadline.passed():
        return _given_up(work, block, "out of time")
    rows: list[Row] = []
    for component in together:
        first_l, last_l, first_r, last_r = component.block
        row = _row(work, component, left, right, alone=len(together) == 1)
        if row is None:
            rest, late = _given_up(work, (l0, l1, r0, r1), "out of time")
            return rows + rest, degraded or late
        rows += [*leftovers(work, (l0, first_l, r0, first_r)), row]
        l0, r0 = last_l, last_r
    return rows + leftovers(work, (l0, l1, r0, r1)), degraded


def _row(work: Work, component: Component, left: Tokens, right: Tokens, *, alone: bool) -> Row | None:
    l0, l1, r0, r1 = component.block
    i, j = bisect_left(left.at, l0), bisect_left(right.at, r0)
    one, other = left.part(i, bisect_left(left.at, l1)), right.part(j, bisect_left(right.at, r1))
    runs = [] if alone else aligned(one, other, work)
    return row_of(one, other, component.block, runs or [(a - i, b - j, n) for a, b, n in component.runs], work.deadline)


def aligned(left: Tokens, right: Tokens, work: Work) -> list[Run]:
    """The matched words of these lines alone, cut at line breaks: the alignment of the whole block may have spent
    them elsewhere. Empty when there was no time."""
    found = work.align(left.ids, right.ids, WORDS, work.deadline)
    if found.lacks:
        return []
    return list(cut_at_lines(_tidied(found.runs, left, right, work), left, right))


def _tidied(runs: list[Run], left: Tokens, right: Tokens, work: Work) -> list[Run]:
    kept = without_confetti(runs, left, right, work.vocabulary.weights, work.deadline)
    return shifted(kept, left, right, work.deadline)


def _free(start: int, end: int, moved: Mapping[int, int]) -> Sequence[int]:
    return [number for number in range(start, end) if number not in moved] if moved else range(start, end)


def _given_up(work: Work, block: Block, reason: Reason) -> tuple[list[Row], list[Degraded]]:
    return unpaired(block, work.moved_left, work.moved_right), [Degraded(reason, *block)]


def leftovers(work: Work, block: Block) -> list[Row]:
    """Rows of lines whose words matched nothing: those that are the same but for white space are paired from both
    ends, as blank lines and bullets are."""
    l0, l1, r0, r1 = block
    left, right = work.left, work.right

    def same(i: int, j: int) -> bool:
        return i not in work.moved_left and j not in work.moved_right and left[i].split() == right[j].split()

    head: list[Row] = []
    while l0 < l1 and r0 < r1 and same(l0, r0):
        head.append(white_space_row(left[l0], right[r0], l0, r0))
        l0, r0 = l0 + 1, r0 + 1
    tail: list[Row] = []
    while l0 < l1 and r0 < r1 and same(l1 - 1, r1 - 1):
        l1, r1 = l1 - 1, r1 - 1
        tail.append(white_space_row(left[l1], right[r1], l1, r1))
    return [*head, *unpaired((l0, l1, r0, r1), work.moved_left, work.moved_right), *reversed(tail)]


def unpaired(block: Block, moved_left: Mapping[int, int], moved_right: Mapping[int, int]) -> list[Row]:
    """Lines without a counterpart: opposite each other, unless some of them moved."""
    l0, l1, r0, r1 = block
    if l0 == l1 and r0 == r1:
        return []
    lefts = _groups(l0, l1, moved_left)
    rights = _groups(r0, r1, moved_right)
    if all(move < 0 for _, _, move in lefts + rights):
        kind: RowKind = "insert" if l0 == l1 else "delete" if r0 == r1 else "replace"
        return [Row(kind, *block)]
    rows = [Row("delete" if m < 0 else "moved_from", i, k, r0, r0, move=m) for i, k, m in lefts]
    return rows + [Row("insert" if m < 0 else "moved_to", l1, l1, j, k, move=m) for j, k, m in rights]


def _groups(start: int, end: int, moved: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """(start, end, move) of runs of lines of the same move; -1 for those that did not move."""
    if not moved:
        return [(start, end, -1)] if start < end else []
    found: list[tuple[int, int, int]] = []
    for number in range(start, end):
        move = moved.get(number, -1)
        if found and found[-1][2] == move:
            found[-1] = (found[-1][0], number + 1, move)
        else:
            found.append((number, number + 1, move))
    return found
