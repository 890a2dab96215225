"""Which items of two lists belong together: anchors first, then the longest common subsequence between them.

A longest common subsequence alone is confetti on prose: it pairs every stray comma. What is unique on both sides holds
the texts together first, so that only small gaps are left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from workbench.domain.diffs.anchors import Run, Window, anchors
from workbench.domain.diffs.deadline import Deadline
from workbench.domain.diffs.lcs import longest_common
from workbench.domain.diffs.model import Reason

_SMALL = 4096
"""Cells up to which a gap of words needs no anchors: there the subsequence is clear, and found sooner."""


class Alignment(NamedTuple):
    runs: list[Run]
    """Maximal, in order, increasing on both sides."""
    lacks: Reason | None = None
    """Why some gap was left without a look into it."""


class Grams(NamedTuple):
    """How a kind of item is aligned."""

    sizes: tuple[int, ...]
    """How many items in a row make an anchor, tried in turn."""
    least_cells: int = 0
    """From which anchors are looked for."""
    most_cells: int = 3_000_000_000
    """Up to which the longest common subsequence is."""


LINES = Grams((1, 2), most_cells=100_000_000)
"""The first phase never takes long: what is left of it is compared by its words later."""
WORDS = Grams((4, 2), least_cells=_SMALL)

Aligner = Callable[[Sequence[int], Sequence[int], Grams, Deadline], Alignment]


def align(a: Sequence[int], b: Sequence[int], grams: Grams, deadline: Deadline) -> Alignment:
    found: list[Run] = []
    lacks: Reason | None = None
    # Each window with the index of the size of anchors to try in it.
    stack = [((0, len(a), 0, len(b)), 0)]
    while stack:
        window, size = stack.pop()
        i0, i1, j0, j1 = window = _inside(a, b, window, found)
        if i0 == i1 or j0 == j1:
            continue
        if deadline.passed():
            return Alignment(joined(found), "out of time")
        cells = (i1 - i0) * (j1 - j0)
        runs: list[Run] = []
        while not runs and size < len(grams.sizes) and cells > grams.least_cells:
            runs = anchors(a, b, window, grams.sizes[size], deadline)
            size += not runs
            if deadline.passed():
                return Alignment(joined(found), "out of time")
        if runs:
            found += runs
            for gap in _between(runs, window):
                half = 2 * (gap[1] - gap[0]) * (gap[3] - gap[2]) > cells
                stack.append((gap, size + 1 if half else size))
        else:
            pairs = longest_common(a[i0:i1], b[j0:j1], deadline, grams.most_cells)
            if isinstance(pairs, str):
                lacks = pairs
            else:
                found += [(i0 + i, j0 + j, 1) for i, j in pairs]
    return Alignment(joined(found), lacks)


def _inside(a: Sequence[int], b: Sequence[int], window: Window, found: list[Run]) -> Window:
    """The window without what both sides start and end with, which is added to what was found."""
    i0, i1, j0, j1 = window
    most = min(i1 - i0, j1 - j0)
    head = shared_start(a, b, i0, j0, most)
    if head:
        found.append((i0, j0, head))
    tail = 0
    while tail < most - head and a[i1 - 1 - tail] == b[j1 - 1 - tail]:
        tail += 1
    if tail:
        found.append((i1 - tail, j1 - tail, tail))
    return i0 + head, i1 - tail, j0 + head, j1 - tail


def shared_start(a: Sequence[int], b: Sequence[int], i: int, j: int, most: int) -> int:
    n = 0
    while n < most and a[i + n] == b[j + n]:
        n += 1
    return n


def _between(runs: list[Run], window: Window) -> list[Window]:
    """The gaps with something on both sides."""
    i, i1, j, j1 = window
    gaps: list[Window] = []
    for a, b, n in [*runs, (i1, j1, 0)]:
        if a > i and b > j:
            gaps.append((i, a, j, b))
        i, j = a + n, b + n
    return gaps


def joined(found: list[Run]) -> list[Run]:
    """In order, neighbours joined."""
    runs: list[Run] = []
    i_end = j_end = -1
    for i, j, n in sorted(found):
        if i == i_end and j == j_end:
            runs[-1] = (runs[-1][0], runs[-1][1], runs[-1][2] + n)
        else:
            runs.append((i, j, n))
        i_end, j_end = i + n, j + n
    return runs
