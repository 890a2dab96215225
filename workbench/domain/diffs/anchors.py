"""Places that surely belong together: runs of items that occur once on each side (patience diff, with runs)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import count, repeat
from operator import add, mul

Run = tuple[int, int, int]
"""`n` items from `i` on the left are the `n` items from `j` on the right: (i, j, n)."""
Window = tuple[int, int, int, int]
"""Half-open ranges of both sides: (i0, i1, j0, j1)."""
_SHIFT = 32
_MASK = (1 << _SHIFT) - 1
_DIAGONAL = (1 << _SHIFT) + 1
"""From a pair of places to the next one on both sides."""


def anchors(a: Sequence[int], b: Sequence[int], window: Window, gram: int) -> list[Run]:
    """The heaviest chain of runs whose every `gram` items in a row (a power of two) are unique on both sides, extended
    on both ends as far as the sides are equal. Items are small numbers. O(n log n)."""
    i0, i1, j0, j1 = window
    found = _unique_runs(a, b, window, gram)
    runs: list[Run] = []
    i_done, j_done = i0, j0
    for i, j, n in heaviest_chain(found):
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


def _unique_runs(a: Sequence[int], b: Sequence[int], window: Window, gram: int) -> list[Run]:
    """Runs of grams that occur once on each side, in the order of the left side; their length counts grams.

    Grams and pairs of places are numbers and not tuples: a million tuples keep the garbage collector busy.
    """
    i0, i1, j0, j1 = window
    base = 1 + max(max(a[i0:i1]), max(b[j0:j1]))
    on_left, on_right = _grams(a[i0:i1], gram, base), _grams(b[j0:j1], gram, base)
    places_left, places_right = (
        dict(zip(on_left, count(i0), strict=False)),
        dict(zip(on_right, count(j0), strict=False)),
    )
    common: Iterable[int] = places_left.keys() & places_right.keys()
    for places, grams, start in ((places_left, on_left, i0), (places_right, on_right, j0)):
        if len(places) < len(grams):
            # The places hold where a gram occurs last.
            first = dict(zip(reversed(grams), range(start + len(grams) - 1, start - 1, -1), strict=True))
            common = [key for key in common if first[key] == places[key]]
    found: list[Run] = []
    follows = -1
    for pair in sorted([(places_left[key] << _SHIFT) + places_right[key] for key in common]):
        if pair == follows:
            i, j, n = found[-1]
            found[-1] = (i, j, n + 1)
        else:
            found.append((pair >> _SHIFT, pair & _MASK, 1))
        follows = pair + _DIAGONAL
    return found


def _grams(items: Sequence[int], gram: int, base: int) -> Sequence[int]:
    """Each `gram` items in a row as one number."""
    size = 1
    while size < gram:
        items = list(map(add, map(mul, items, repeat(base**size)), items[size:]))
        size *= 2
    return items


def heaviest_chain(runs: list[Run]) -> list[Run]:
    """Of runs in the order of the left side, those that increase on the right too and hold the most items together.

    For runs that share no place on either side. The front holds, by increasing `j`, the best chain that ends there.
    """
    front: list[int] = []
    weights: list[int] = []
    lasts: list[int] = []
    before: list[int] = []
    for index, (_, j, n) in enumerate(runs):
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
