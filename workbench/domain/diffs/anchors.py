"""Places that surely belong together: runs of items that occur once on each side (patience diff, with runs)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Sequence
from itertools import count, repeat
from operator import add, mul

from workbench.domain.diffs.deadline import A_LOOK, Deadline

Run = tuple[int, int, int]
"""`n` items from `i` on the left are the `n` items from `j` on the right: (i, j, n)."""
Window = tuple[int, int, int, int]
"""Half-open ranges of both sides: (i0, i1, j0, j1)."""


def anchors(a: Sequence[int], b: Sequence[int], window: Window, gram: int, deadline: Deadline) -> list[Run]:
    """The heaviest chain of runs whose every `gram` items in a row (a power of two) are unique on both sides, extended
    on both ends as far as the sides are equal. Items are small numbers. O(n log n). Empty when the
    deadline passed."""
    i0, i1, j0, j1 = window
    found = _unique_runs(a, b, window, gram, deadline)
    runs: list[Run] = []
    i_done, j_done = i0, j0
    for i, j, n in heaviest_chain(found, deadline):
        n += gram - 1
        if i < i_done or j < j_done:
            over = max(i_done - i, j_done - j)
            if over >= n:
                continue
            i, j, n = i + over, j + over, n - over
        while i > i_done and j > j_done and a[i - 1] == b[j - 1]:
            i, j, n = i - 1, j - 1, n + 1
        while i + n < i1 and j + n < j1 and a[i + n] == b[j + n]:
            n += 1
        runs.append((i, j, n))
        i_done, j_done = i + n, j + n
    return runs


def _unique_runs(a: Sequence[int], b: Sequence[int], window: Window, gram: int, deadline: Deadline) -> list[Run]:
    """Runs of grams that occur once on each side, in the order of the left side; their length counts grams.

    Grams are numbers and not tuples: a million tuples keep the garbage collector busy.
    """
    i0, i1, j0, j1 = window
    base = 1 + max(max(a[i0:i1]), max(b[j0:j1]))
    on_left, on_right = _grams(a[i0:i1], gram, base), _grams(b[j0:j1], gram, base)
    if deadline.passed():
        return []
    # Where each gram occurs last; asked for in the order of the text, which memory likes much better than any other.
    place_left = dict(zip(on_left, count(i0), strict=False))
    place_right = dict(zip(on_right, count(j0), strict=False))
    if deadline.passed():
        return []
    lasts = list(map(place_left.__getitem__, on_left))
    again_left = _repeated(lasts, i0) if len(place_left) < len(on_left) else ()
    again_right: Container[int] = ()
    if len(place_right) < len(on_right):
        again_right = _repeated(list(map(place_right.__getitem__, on_right)), j0)
    if deadline.passed():
        return []
    found: list[Run] = []
    i_next = j_next = -1
    for i, last, j in zip(count(i0), lasts, map(place_right.get, on_left), strict=False):
        if j is None or last != i or i in again_left or j in again_right:
            continue
        if i == i_next and j == j_next:
            found[-1] = (found[-1][0], found[-1][1], found[-1][2] + 1)
        else:
            found.append((i, j, 1))
        i_next, j_next = i + 1, j + 1
    return found


def _repeated(lasts: list[int], start: int) -> set[int]:
    """The last places of what occurs before, too."""
    return {last for place, last in enumerate(lasts, start) if place != last}


def _grams(items: Sequence[int], gram: int, base: int) -> Sequence[int]:
    """Each `gram` items in a row as one number."""
    size = 1
    while size < gram:
        items = list(map(add, map(mul, items, repeat(base**size)), items[size:]))
        size *= 2
    return items


def heaviest_chain(runs: list[Run], deadline: Deadline) -> list[Run]:
    """Of runs in the order of the left side, those that increase on the right too and hold the most items together.

    For runs that share no place on either side. The front holds, by increasing `j`, the best chain that ends there.
    Empty when the deadline passed.
    """
    front: list[int] = []
    weights: list[int] = []
    lasts: list[int] = []
    before: list[int] = []
    for index, (_, j, n) in enumerate(runs):
        if not index % A_LOOK and deadline.passed():
            return []
        at = bisect_left(front, j)
        before.append(lasts[at - 1] if at else -1)
        weight = n + (weights[at - 1] if at else 0)
        end = at
        while end < len(front) and weights[end] <= weight:
            end += 1
        front[at:end] = [j]
        weights[at:end] = [weight]
        lasts[at:end] = [index]
    chain: list[Run] = []
    index = lasts[-1] if lasts else -1
    while index >= 0:
        chain.append(runs[index])
        index = before[index]
    return chain[::-1]
