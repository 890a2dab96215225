"""Which items of one sequence correspond to which of another: for lines and for words alike.

What is unique on both sides (first as runs of several items) is trusted most, and the longest increasing chain of
such anchors cuts the problem into gaps; what is left in a gap is compared by `difflib`. `difflib` alone is quadratic to
cubic on repeated lines, and with its `autojunk` it drops the very words a prompt is made of. The work is counted, not
timed, so that the same texts always give the same diff.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

Block = tuple[int, int, int]
"""Start on the left, start on the right, length."""

_GAP_LIMIT = 1_500_000
_SMALL = 1024


@dataclass
class Effort:
    """How much work one diff may still do, in comparisons of two items (about 5 million a second)."""

    left: int = 6_000_000
    degraded: bool = False

    def take(self, cost: int) -> bool:
        if cost > min(self.left, _GAP_LIMIT):
            self.degraded = True
            return False
        self.left -= cost
        return True


def matching_blocks(
    left: Sequence[Hashable], right: Sequence[Hashable], effort: Effort, grams: tuple[int, ...] = (1,)
) -> list[Block]:
    """Maximal runs of equal items, in order, never crossing.

    `grams` are the lengths of the runs that are tried as anchors, longest first.
    """
    pairs: list[tuple[int, int]] = []
    stack = [(0, len(left), 0, len(right), 0)]
    while stack:
        a0, a1, b0, b1, level = stack.pop()
        while a0 < a1 and b0 < b1 and left[a0] == right[b0]:
            pairs.append((a0, b0))
            a0 += 1
            b0 += 1
        while a0 < a1 and b0 < b1 and left[a1 - 1] == right[b1 - 1]:
            a1 -= 1
            b1 -= 1
            pairs.append((a1, b1))
        if a0 == a1 or b0 == b1:
            continue
        small = (a1 - a0) * (b1 - b0) <= _SMALL
        anchors: list[tuple[int, int]] = []
        while not small and not anchors and level < len(grams):
            anchors = _anchors(left, right, (a0, a1, b0, b1), grams[level])
            if not anchors:
                level += 1
        if anchors:
            a, b = a0, b0
            for i, j in anchors:
                if i < a or j < b:
                    continue
                stack.append((a, i, b, j, level))
                n = 0
                while i + n < a1 and j + n < b1 and left[i + n] == right[j + n]:
                    pairs.append((i + n, j + n))
                    n += 1
                a, b = i + n, j + n
            stack.append((a, a1, b, b1, level))
        else:
            pairs += _by_difflib(left[a0:a1], right[b0:b1], a0, b0, effort)
    pairs.sort()
    return _runs(pairs)


def _anchors(
    left: Sequence[Hashable], right: Sequence[Hashable], window: tuple[int, int, int, int], gram: int
) -> list[tuple[int, int]]:
    """Runs of `gram` items that occur once on each side, as the longest chain that increases on both."""
    a0, a1, b0, b1 = window
    on_left = _unique(left, a0, a1, gram)
    on_right = _unique(right, b0, b1, gram)
    common = sorted((i, on_right[key]) for key, i in on_left.items() if i >= 0 and on_right.get(key, -1) >= 0)
    return _increasing(common)


def _unique(items: Sequence[Hashable], start: int, end: int, gram: int) -> dict[Hashable, int]:
    """Run → where it starts; -1 where it occurs more than once."""
    found: dict[Hashable, int] = {}
    for i in range(start, end - gram + 1):
        key: Hashable = items[i] if gram == 1 else tuple(items[i : i + gram])
        found[key] = -1 if key in found else i
    return found


def _increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose second parts increase (patience sorting)."""
    tails: list[int] = []
    heads: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        at = bisect_left(tails, j)
        before.append(heads[at - 1] if at else -1)
        if at == len(tails):
            tails.append(j)
            heads.append(index)
        else:
            tails[at] = j
            heads[at] = index
    chain: list[tuple[int, int]] = []
    index = heads[-1] if heads else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _by_difflib(
    left: Sequence[Hashable], right: Sequence[Hashable], a0: int, b0: int, effort: Effort
) -> list[tuple[int, int]]:
    on_right = Counter(right)
    hits = sum(on_right.get(item, 0) for item in left)
    if not hits:
        return []
    # difflib walks over all hits once for every block it finds, in ever smaller ranges.
    rounds = min(len(left), len(right), 24)
    if not effort.take((hits + len(left)) * rounds):
        return []
    found: list[tuple[int, int]] = []
    for i, j, n in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
        found += [(a0 + i + k, b0 + j + k) for k in range(n)]
    return found


def _runs(pairs: list[tuple[int, int]]) -> list[Block]:
    blocks: list[Block] = []
    for i, j in pairs:
        if blocks and blocks[-1][0] + blocks[-1][2] == i and blocks[-1][1] + blocks[-1][2] == j:
            start, other, n = blocks[-1]
            blocks[-1] = (start, other, n + 1)
        else:
            blocks.append((i, j, 1))
    return blocks
