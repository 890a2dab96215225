"""Which items of one sequence correspond to which of another: for lines and for words alike.

What is unique on both sides (first as runs of several items) is trusted most, and the longest increasing chain of
such anchors cuts the problem into gaps; what is left in a gap is compared by `difflib`. `difflib` alone is quadratic to
cubic on repeated lines, and with its `autojunk` it drops the very words a prompt is made of. The work is counted, not
timed, so that the same texts always give the same diff.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
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
    edited_lines: int = 20_000
    """How many more lines may be compared word by word."""
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
    found: list[Block] = []
    stack = [(0, len(left), 0, len(right), 0)]
    while stack:
        a0, a1, b0, b1, level = stack.pop()
        head = _same_run(left, right, a0, a1, b0, b1)
        found.append((a0, b0, head))
        a0, b0 = a0 + head, b0 + head
        tail = 0
        while a1 - tail > a0 and b1 - tail > b0 and left[a1 - tail - 1] == right[b1 - tail - 1]:
            tail += 1
        a1, b1 = a1 - tail, b1 - tail
        found.append((a1, b1, tail))
        if a0 == a1 or b0 == b1:
            continue
        anchors: list[tuple[int, int]] = []
        if (a1 - a0) * (b1 - b0) > _SMALL:
            while level < len(grams) and not (anchors := _anchors(left, right, (a0, a1, b0, b1), grams[level])):
                level += 1
        if not anchors:
            found += _by_difflib(left, right, (a0, a1, b0, b1), effort)
            continue
        for i, j in anchors:
            if i < a0 or j < b0:
                continue
            stack.append((a0, i, b0, j, level))
            n = _same_run(left, right, i, a1, j, b1)
            found.append((i, j, n))
            a0, b0 = i + n, j + n
        stack.append((a0, a1, b0, b1, level))
    return joined_runs(found)


def _same_run(left: Sequence[Hashable], right: Sequence[Hashable], a: int, a_end: int, b: int, b_end: int) -> int:
    n = 0
    longest = min(a_end - a, b_end - b)
    while n < longest and left[a + n] == right[b + n]:
        n += 1
    return n


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
    shifted = [items[start + k : end] for k in range(gram)]
    keys: Iterable[Hashable] = shifted[0] if gram == 1 else zip(*shifted, strict=False)
    for i, key in enumerate(keys, start):
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
    left: Sequence[Hashable], right: Sequence[Hashable], window: tuple[int, int, int, int], effort: Effort
) -> list[Block]:
    a0, a1, b0, b1 = window
    left, right = left[a0:a1], right[b0:b1]
    on_right = Counter(right)
    hits = sum(on_right.get(item, 0) for item in left)
    if not hits:
        return []
    # difflib walks over all hits once for every block it finds, in ever smaller ranges.
    rounds = min(len(left), len(right), 24)
    if not effort.take((hits + len(left)) * rounds):
        return []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [(a0 + i, b0 + j, n) for i, j, n in matcher.get_matching_blocks()]


def joined_runs(found: list[Block]) -> list[Block]:
    """In order, neighbours joined, without the empty ones."""
    blocks: list[Block] = []
    for i, j, n in sorted(found):
        if not n:
            continue
        if blocks and blocks[-1][0] + blocks[-1][2] == i and blocks[-1][1] + blocks[-1][2] == j:
            blocks[-1] = (blocks[-1][0], blocks[-1][1], blocks[-1][2] + n)
        else:
            blocks.append((i, j, n))
    return blocks
