"""Lines and which of them are the same on both sides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from workbench.domain.diffs.alignment import LINES, Aligner
from workbench.domain.diffs.deadline import Deadline
from workbench.domain.diffs.model import Reason, WhiteSpace

Block = tuple[int, int, int, int]
"""Half-open ranges of lines, left and right: (l0, l1, r0, r1)."""
_LOOKED_AT = 64


def counted(line: str, mode: WhiteSpace) -> str:
    """The line without the white space that does not count under the mode."""
    if mode is WhiteSpace.EXACT:
        return line
    if mode is WhiteSpace.TRAILING:
        return line.rstrip()
    words = line.split()
    if mode is WhiteSpace.ALL:
        return "".join(words)
    # An indentation may change, but not come or go.
    return " " + " ".join(words) if words and line[0].isspace() else " ".join(words)


@cache
def _three_letters() -> re.Pattern[str]:
    return re.compile(r"[^\W_][\W_]*[^\W_][\W_]*[^\W_]")


def informative(line: str) -> bool:
    """Does it say anything of where it belongs? A blank line, a bullet or a fence does not: three letters or digits."""
    return _three_letters().search(line, 0, _LOOKED_AT) is not None


def keys_of(left: Sequence[str], right: Sequence[str], mode: WhiteSpace) -> tuple[list[int], list[int]]:
    """Small numbers, equal where two lines are one. White space at the ends of a line never keeps them apart: a block
    that was indented is the same block, and would else be torn at every line that happens to fit as it is."""
    numbers: dict[str, int] = {}
    if mode in (WhiteSpace.AMOUNT, WhiteSpace.ALL):
        glue = "" if mode is WhiteSpace.ALL else " "
        on_left = [numbers.setdefault(glue.join(line.split()), len(numbers)) for line in left]
        return on_left, [numbers.setdefault(glue.join(line.split()), len(numbers)) for line in right]
    on_left = [numbers.setdefault(line.strip(), len(numbers)) for line in left]
    return on_left, [numbers.setdefault(line.strip(), len(numbers)) for line in right]


class Matching:
    """Which line of the right side each line of the left one is; -1 for none. Increasing where it is not -1."""

    def __init__(self, left: list[int], right: list[int]) -> None:
        self.left, self.right = left, right
        self.to_right = [-1] * len(left)
        self.to_left = [-1] * len(right)
        self.lacks: Reason | None = None

    def pair(self, i: int, j: int, count: int = 1) -> None:
        self.to_right[i : i + count] = range(j, j + count)
        self.to_left[j : j + count] = range(i, i + count)

    def extend(self) -> None:
        """Pairs the equal unpaired lines next to pairs: blanks and bullets go with their neighbours."""
        for step in (1, -1):
            order = range(len(self.left)) if step == 1 else range(len(self.left) - 1, -1, -1)
            for i in order:
                j = self.to_right[i]
                if j < 0:
                    continue
                x, y = i + step, j + step
                if (
                    0 <= x < len(self.left)
                    and 0 <= y < len(self.right)
                    and self.to_right[x] < 0
                    and self.to_left[y] < 0
                    and self.left[x] == self.right[y]
                ):
                    self.pair(x, y)


def match_lines(
    left: Sequence[str], right: Sequence[str], keys: tuple[list[int], list[int]], align: Aligner, deadline: Deadline
) -> Matching:
    """What both start and end with, then anchors and subsequence among the informative lines, then their neighbours."""
    a, b = keys
    matching = Matching(a, b)
    head, tail = shared_ends(a, b)
    matching.pair(0, 0, head)
    matching.pair(len(a) - tail, len(b) - tail, tail)
    says: dict[int, bool] = {}
    on_left = _informative(left, a, range(head, len(a) - tail), says)
    on_right = _informative(right, b, range(head, len(b) - tail), says)
    found = align([a[i] for i in on_left], [b[j] for j in on_right], LINES, deadline)
    for i, j, n in found.runs:
        for k in range(n):
            matching.pair(on_left[i + k], on_right[j + k])
    matching.extend()
    matching.lacks = found.lacks
    return matching


def shared_ends(a: Sequence[object], b: Sequence[object]) -> tuple[int, int]:
    """How many items both start with; and of the rest, how many both end with."""
    most = min(len(a), len(b))
    head = 0
    while head < most and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < most - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    return head, tail


def _informative(lines: Sequence[str], keys: list[int], window: range, says: dict[int, bool]) -> list[int]:
    found: list[int] = []
    for number in window:
        key = keys[number]
        if key not in says:
            says[key] = informative(lines[number])
        if says[key]:
            found.append(number)
    return found


def gaps(matching: Matching) -> Iterator[tuple[bool, Block]]:
    """The whole of both sides in order: (True, a run of pairs) and (False, a maximal block without any)."""
    to_right, to_left = matching.to_right, matching.to_left
    n, m = len(to_right), len(to_left)
    i = j = 0
    while i < n or j < m:
        x, y = i, j
        if i < n and to_right[i] == j:
            while x < n and to_right[x] == y:
                x, y = x + 1, y + 1
            yield True, (i, x, j, y)
        else:
            while x < n and to_right[x] < 0:
                x += 1
            while y < m and to_left[y] < 0:
                y += 1
            yield False, (i, x, j, y)
        i, j = x, y
