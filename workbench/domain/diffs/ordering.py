"""Which items of two short lists are the same thing, edited or not: messages of a prompt, parts of a setting."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from workbench.domain.diffs.alignment import LINES, align
from workbench.domain.diffs.deadline import Deadline

Pairing = list[tuple[int, int]]
"""(index on the left, index on the right) in an order that keeps both sides; -1 for an item the other side has not."""
Likeness = Callable[[int, int], float]
"""How much an item of the left and one of the right have in common; 0 when one cannot be an edit of the other."""

_MOST_CELLS = 10_000
"""Pairs of items that are looked at in one gap; in a larger one the place decides."""


def paired(left: Sequence[Hashable], right: Sequence[Hashable], alike: Likeness) -> Pairing:
    """Equal items first, then, between them, those that are most alike."""
    numbers: dict[Hashable, int] = {}
    a = [numbers.setdefault(item, len(numbers)) for item in left]
    b = [numbers.setdefault(item, len(numbers)) for item in right]
    found: Pairing = []
    i = j = 0
    for x, y, n in [*align(a, b, LINES, Deadline()).runs, (len(a), len(b), 0)]:
        found += _gap(range(i, x), range(j, y), alike)
        found += zip(range(x, x + n), range(y, y + n), strict=True)
        i, j = x + n, y + n
    return found


def _gap(lefts: range, rights: range, alike: Likeness) -> Pairing:
    if len(lefts) * len(rights) > _MOST_CELLS:
        chain = [(i, j) for i, j in zip(lefts, rights, strict=False) if alike(i, j)]
    else:
        chain = _best_chain(lefts, rights, alike)
    found: Pairing = []
    i, j = lefts.start, rights.start
    for x, y in [*chain, (lefts.stop, rights.stop)]:
        found += [(n, -1) for n in range(i, x)]
        found += [(-1, n) for n in range(j, y)]
        if x < lefts.stop:
            found.append((x, y))
        i, j = x + 1, y + 1
    return found


def _best_chain(lefts: range, rights: range, alike: Likeness) -> list[tuple[int, int]]:
    """The pairs, increasing on both sides, with the most in common; of several such, the earliest ones."""
    # best[i][j]: the most that the items from i and from j on have in common
    best = [[0.0] * (len(rights) + 1) for _ in range(len(lefts) + 1)]
    shared = [[alike(i, j) for j in rights] for i in lefts]
    for i in range(len(lefts) - 1, -1, -1):
        for j in range(len(rights) - 1, -1, -1):
            together = shared[i][j] + best[i + 1][j + 1] if shared[i][j] else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    chain: list[tuple[int, int]] = []
    i = j = 0
    while i < len(lefts) and j < len(rights):
        if shared[i][j] and best[i][j] == shared[i][j] + best[i + 1][j + 1]:
            chain.append((lefts[i], rights[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return chain
