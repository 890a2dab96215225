"""Pure insertions and deletions moved to where a reader would see them.

In `a b` → `a b a b` any of three pairs of words may be called new. The same text is inserted whichever it is; it reads
best when it begins and ends where a line, a sentence or a clause does.
"""

from __future__ import annotations

from workbench.domain.diffs.anchors import Run
from workbench.domain.diffs.deadline import A_LOOK, Deadline
from workbench.domain.diffs.tokens import Tokens

_FARTHEST = 400
"""Tokens that an edit is moved at most."""
_JOINED = 3
"""What it is worth that the edit then touches the next one, so that both are one."""
_SENTENCE_ENDS = frozenset(".!?。！？…")
_CLAUSE_ENDS = frozenset(",;:，、；：")


def shifted(runs: list[Run], left: Tokens, right: Tokens, deadline: Deadline) -> list[Run]:
    """Runs with the same tokens in all, whose gaps on one side only stand at the best border. A gap that can be moved
    onto its neighbour joins it. The same runs when the deadline passed."""
    if not runs:
        return runs
    out: list[Run] = [runs[0]]
    for index, (i, j, n) in enumerate(runs[1:]):
        if not index % A_LOOK and deadline.passed():
            return runs
        pi, pj, pn = out[-1]
        if (pi + pn == i) == (pj + pn == j):
            out.append((i, j, n))
            continue
        edit = _Edit(right, pj + pn, j) if pi + pn == i else _Edit(left, pi + pn, i)
        step = edit.best_step(pn, n, first=not (pi or pj), last=i + n == len(left.ids) and j + n == len(right.ids))
        if pn + step:
            out[-1] = (pi, pj, pn + step)
        else:
            out.pop()
        if n - step:
            out.append((i + step, j + step, n - step))
    return out


class _Edit:
    """Tokens `start:end` that only this side has."""

    def __init__(self, side: Tokens, start: int, end: int) -> None:
        self._side, self._start, self._end = side, start, end

    def best_step(self, before: int, after: int, *, first: bool, last: bool) -> int:
        """By how many tokens to move it, negative towards the start, between runs of so many tokens."""
        ids, start, end = self._side.ids, self._start, self._end
        back = 0
        while back < min(before, _FARTHEST) and ids[start - 1 - back] == ids[end - 1 - back]:
            back += 1
        ahead = 0
        while ahead < min(after, _FARTHEST) and ids[start + ahead] == ids[end + ahead]:
            ahead += 1
        if not back and not ahead:
            return 0
        best, most = 0, -1
        for step in sorted(range(-back, ahead + 1), key=abs):
            joins = (step == -before and not first) or (step == after and not last)
            score = self._border(start + step) + self._border(end + step) + _JOINED * joins
            if score > most:
                best, most = step, score
        return best

    def _border(self, index: int) -> int:
        """How well an edit begins or ends before this token."""
        side = self._side
        if index == 0 or index == len(side.ids) or side.at[index] != side.at[index - 1]:
            return 8
        if side.starts[index] == side.ends[index - 1]:
            return 0
        last = side.lines[side.at[index - 1]][side.ends[index - 1] - 1]
        return 4 if last in _SENTENCE_ENDS else 2 if last in _CLAUSE_ENDS else 1
