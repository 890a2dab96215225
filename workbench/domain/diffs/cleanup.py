"""Matches that say too little: a lone `the` kept between two rewritten sentences only makes them harder to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from operator import add

from workbench.domain.diffs.anchors import Run
from workbench.domain.diffs.deadline import A_LOOK, Deadline
from workbench.domain.diffs.tokens import VARIABLE_WEIGHT, Tokens

_PASSES = 6
_LONG = 8
"""Tokens of a run that is always kept."""
_LITTLE = 3.0
_MUCH = 40.0
_MOST_DROPPED = 30.0


@cache
def marker() -> re.Pattern[str]:
    """What opens a list item, a heading or a quotation."""
    return re.compile(r"\s*(?:[-*+>#]+|\d{1,3}[.)]|[A-Za-z][.)])\s")


def sums_of(ids: Sequence[int], weights: Sequence[float]) -> list[float]:
    """`sums[k]` is the weight of the first k tokens."""
    return list(accumulate(map(weights.__getitem__, ids), add, initial=0.0))


def without_confetti(
    runs: list[Run], left: Tokens, right: Tokens, weights: Sequence[float], deadline: Deadline
) -> list[Run]:
    """The runs that are worth showing, by what they weigh beside the edits on both sides of them. Never drops a
    variable, a run of eight tokens, or what opens both lines. Unfinished when the deadline passed."""
    on_left, on_right = sums_of(left.ids, weights), sums_of(right.ids, weights)
    ends = len(left.ids), len(right.ids)
    for _ in range(_PASSES):
        kept: list[Run] = []
        i_done = j_done = 0
        for index, (i, j, n) in enumerate(runs):
            if not index % A_LOOK and deadline.passed():
                return runs
            if n < _LONG:
                i_next, j_next = runs[index + 1][:2] if index + 1 < len(runs) else ends
                before = max(on_left[i] - on_left[i_done], on_right[j] - on_right[j_done])
                after = max(on_left[i_next] - on_left[i + n], on_right[j_next] - on_right[j + n])
                own = [weights[token] for token in left.ids[i : i + n]]
                little = _says_little(own, before, after) or (before and after and _is_tiny(left, (i, j, n), own))
                # At the very start or end of a block there is an edit on one side only.
                lone = (after if i == j == 0 else before if (i + n, j + n) == ends else 0) > _MUCH and sum(
                    own
                ) < _LITTLE
                if (little or lone) and not _is_kept(left, right, (i, j, n), own):
                    continue
            kept.append((i, j, n))
            i_done, j_done = i + n, j + n
        if len(kept) == len(runs):
            break
        runs = kept
    return runs


def _says_little(own: list[float], before: float, after: float) -> bool:
    if not before or not after:
        return False
    weight = sum(own)
    if weight <= _MOST_DROPPED and 2 * weight <= min(before, after):
        return True
    return weight < _LITTLE and before + after > _LONG


def _is_tiny(left: Tokens, run: Run, own: list[float]) -> bool:
    """One or two ideographs, or words of two letters."""
    i, _, n = run
    return n <= 2 and min(own) >= 1 and all(left.ends[k] - left.starts[k] <= 2 for k in range(i, i + n))


def _is_kept(left: Tokens, right: Tokens, run: Run, own: list[float]) -> bool:
    if VARIABLE_WEIGHT in own:
        return True
    i, j, n = run
    return n <= 4 and sum(own) < _LONG and _opens(left, i) and _opens(right, j)


def _opens(side: Tokens, index: int) -> bool:
    if index and side.at[index] == side.at[index - 1]:
        return False
    return marker().match(side.lines[side.at[index]]) is not None
