"""The second engine: the standard library's `SequenceMatcher` in place of anchors and bit-parallel subsequences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workbench.domain.diffs.alignment import Alignment, Grams, joined
from workbench.domain.diffs.deadline import Deadline

_MOST_STEPS = 30_000_000
"""About three seconds: it walks over every pair of equal items once for each block it finds, and cannot be stopped."""


def align(a: Sequence[int], b: Sequence[int], grams: Grams, deadline: Deadline) -> Alignment:  # noqa: ARG001
    """As difflib aligns without being told anything: `autojunk` ignores what is frequent in more than 200 items."""
    from difflib import SequenceMatcher

    if deadline.passed():
        return Alignment([], "out of time")
    on_right = Counter(b)
    if len(b) >= 200:
        on_right = Counter({item: count for item, count in on_right.items() if count <= len(b) // 100 + 1})
    hits = sum([on_right[item] for item in a])
    if (hits + len(a)) * min(len(a), len(b), 24) > _MOST_STEPS:
        return Alignment([], "too large")
    blocks = SequenceMatcher(None, a, b).get_matching_blocks()
    return Alignment(joined([(i, j, n) for i, j, n in blocks if n]))
