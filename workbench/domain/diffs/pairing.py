"""Which lines of a block belong together: those that share enough of their words.

The words of the whole block were aligned without a thought of lines. Each pair of lines that matched words lie in is an
edge with their weight; the edges worth keeping, joined where they share a line, are the rows. An edited, split, merged
or re-wrapped paragraph is only another shape of the same thing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbench.domain.diffs.anchors import Run
from workbench.domain.diffs.cleanup import sums_of
from workbench.domain.diffs.deadline import A_LOOK, Deadline
from workbench.domain.diffs.lines import Block
from workbench.domain.diffs.tokens import VARIABLE_WEIGHT, Tokens

_OF_SHORTER = 0.4
"""The part of the lighter line's weight that an edge must have …"""
_OF_LONGER = 0.25
"""… and of the heavier line's, unless it has"""
_ENOUGH = 24.0
_WHOLE = 0.95
"""The part of the lighter line's weight that stands in the heavier one in one piece: words were only added to it …"""
_LEAST_WHOLE = 10.0
"""… unless it says less than two or three words do."""
_VARIABLE_IN_LINE = 6.0
"""What a variable weighs in the weight of its line."""
_RE_WRAPPED = 4
"""Words in a row, across a line break that the other side has not, that show that the break was moved …"""
_OF_RE_WRAPPED = 0.05
"""… if they are such a part of the lighter line: in long paragraphs four words can be a chance."""

Edge = tuple[int, int]


@dataclass(slots=True)
class Alone:
    """Lines that no row may reach over (moved ones), and lines that make no row but with one other line."""

    moved_left: Container[int]
    moved_right: Container[int]
    kept_left: Container[int]
    kept_right: Container[int]


@dataclass(slots=True)
class Component:
    """Lines that belong together, and the matched words in them."""

    block: Block
    runs: list[Run]


def components(
    runs: list[Run], left: Tokens, right: Tokens, weights: Sequence[float], alone: Alone, deadline: Deadline
) -> list[Component]:
    """In order; no two share a line. Their runs never cross a line on either side. Unfinished when the deadline
    passed."""
    parts = list(cut_at_lines(runs, left, right))
    if deadline.passed():
        return []
    edges = _edges(parts, left, right, weights, alone, deadline)
    found: list[Component] = []
    for count, (i, j) in enumerate(sorted(edges)):
        if not count % A_LOOK and deadline.passed():
            return []
        l0, l1, r0, r1 = found[-1].block if found else (0, 0, 0, 0)
        if not found or (i >= l1 and j >= r1):
            found.append(Component((i, i + 1, j, j + 1), []))
        elif _barred(alone, range(l1, i), range(r1, j)):
            edges.discard((i, j))
        else:
            found[-1].block = (l0, max(l1, i + 1), r0, max(r1, j + 1))
    lasts = [component.block[1] for component in found]
    for part in parts:
        line = left.at[part[0]]
        if (line, right.at[part[1]]) in edges:
            found[bisect_left(lasts, line + 1)].runs.append(part)
    return found


def cut_at_lines(runs: list[Run], left: Tokens, right: Tokens) -> Iterator[Run]:
    """The same runs in pieces of one line on each side."""
    for i, j, n in runs:
        while n:
            i_end = i + n if left.at[i + n - 1] == left.at[i] else bisect_left(left.at, left.at[i] + 1, i, i + n)
            j_end = j + n if right.at[j + n - 1] == right.at[j] else bisect_left(right.at, right.at[j] + 1, j, j + n)
            step = min(i_end - i, j_end - j)
            yield i, j, step
            i, j, n = i + step, j + step, n - step


def _edges(
    parts: list[Run], left: Tokens, right: Tokens, weights: Sequence[float], alone: Alone, deadline: Deadline
) -> set[Edge]:
    sums = sums_of(left.ids, weights)
    shared: dict[Edge, float] = {}
    longest: dict[Edge, float] = {}
    for i, j, n in parts:
        edge, weight = (left.at[i], right.at[j]), sums[i + n] - sums[i]
        shared[edge] = shared.get(edge, 0.0) + weight
        longest[edge] = max(longest.get(edge, 0.0), weight)
    # A variable that changed must not outweigh the words around it that did not.
    capped = [_VARIABLE_IN_LINE if weight == VARIABLE_WEIGHT else weight for weight in weights]
    if deadline.passed():
        return set()
    on_left, on_right = (_line_weights(side, sums_of(side.ids, capped)) for side in (left, right))
    if deadline.passed():
        return set()
    good: set[Edge] = set()
    for (i, j), weight in shared.items():
        lighter, heavier = sorted((on_left[i], on_right[j]))
        much = weight >= _OF_SHORTER * lighter and (weight >= _OF_LONGER * heavier or weight >= _ENOUGH)
        if much or longest[i, j] >= max(_WHOLE * lighter, _LEAST_WHOLE):
            good.add((i, j))
    if deadline.passed():
        return set()
    for (i, j), weight in _re_wrapped(parts, left, right, sums):
        if weight >= _OF_RE_WRAPPED * min(on_left[i], on_right[j]):
            good.add((i, j))
    if deadline.passed():
        return set()
    return _singled(good, shared, alone)


def _line_weights(side: Tokens, sums: list[float]) -> dict[int, float]:
    found: dict[int, float] = {}
    start = 0
    while start < len(side.at):
        line = side.at[start]
        end = bisect_left(side.at, line + 1, start)
        found[line] = sums[end] - sums[start]
        start = end
    return found


def _re_wrapped(parts: list[Run], left: Tokens, right: Tokens, sums: Sequence[float]) -> Iterator[tuple[Edge, float]]:
    """The edges on both sides of a line break that only one text has, amid enough equal words, and what these weigh."""
    chain: list[Run] = []
    for part in [*parts, (-1, -1, 0)]:
        if chain and (chain[-1][0] + chain[-1][2], chain[-1][1] + chain[-1][2]) != part[:2]:
            if sum([n for _, _, n in chain]) >= _RE_WRAPPED:
                weight = sum([sums[i + n] - sums[i] for i, _, n in chain])
                for (i, j, _), (x, y, _) in pairwise(chain):
                    if (left.at[i] == left.at[x]) != (right.at[j] == right.at[y]):
                        yield (left.at[i], right.at[j]), weight
                        yield (left.at[x], right.at[y]), weight
            chain = []
        chain.append(part)


def _singled(edges: set[Edge], shared: dict[Edge, float], alone: Alone) -> set[Edge]:
    """Without the lighter edges of lines whose breaks are kept: each of these has one partner, which has no other."""
    if not any(i in alone.kept_left or j in alone.kept_right for i, j in edges):
        return edges
    kept: set[Edge] = set()
    # Line → does its edge stand alone?
    taken_left: dict[int, bool] = {}
    taken_right: dict[int, bool] = {}
    for i, j in sorted(edges, key=lambda edge: (-shared[edge], edge)):
        single = i in alone.kept_left or j in alone.kept_right
        taken = i in taken_left or j in taken_right
        if (single and taken) or taken_left.get(i) or taken_right.get(j):
            continue
        kept.add((i, j))
        taken_left[i] = taken_right[j] = single
    return kept


def _barred(alone: Alone, lefts: range, rights: range) -> bool:
    return any(i in alone.moved_left or i in alone.kept_left for i in lefts) or any(
        j in alone.moved_right or j in alone.kept_right for j in rights
    )
