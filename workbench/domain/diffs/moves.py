"""Lines that stand elsewhere now: unchanged ones, found before any words are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from workbench.domain.diffs.lines import Block, Matching, counted, informative
from workbench.domain.diffs.model import Move, WhiteSpace

_LEAST_LETTERS = 20
"""Letters and digits below which a block says too little to be called moved, as in git's `--color-moved=blocks`."""
_SURELY = 40
"""Letters and digits of a single line that need no four words."""
NEARLY = 0.99
"""The similarity of what is the same but for its white space."""
_MOST_CANDIDATES = 16
_LOOKED_AT = 400


@cache
def _no_letters() -> re.Pattern[str]:
    return re.compile(r"[\W_]")


def exact_moves(left: Sequence[str], matching: Matching) -> list[Block]:
    """Blocks of lines that are the same under the mode and unpaired on both sides, in the order of the left side."""
    places: dict[int, list[int]] = {}
    for j, key in enumerate(matching.right):
        if matching.to_left[j] < 0:
            places.setdefault(key, []).append(j)
    found: list[Block] = []
    used: set[int] = set()
    i = 0
    while i < len(matching.left):
        candidates = places.get(matching.left[i]) if matching.to_right[i] < 0 else None
        length, j = 0, -1
        if candidates and informative(left[i]):
            lengths = [(_length(matching, i, c, used), c) for c in candidates[:_MOST_CANDIDATES] if c not in used]
            length, j = max(lengths, key=lambda one: (one[0], -one[1]), default=(0, -1))
            while length > 1 and not left[i + length - 1].strip():
                length -= 1
        if length and _says_enough(left[i : i + length]):
            found.append((i, i + length, j, j + length))
            used.update(range(j, j + length))
            i += length
        else:
            i += 1
    return found


def move_of(left: Sequence[str], right: Sequence[str], block: Block, mode: WhiteSpace) -> Move:
    """Less than exact where white space differs that counts."""
    l0, l1, r0, r1 = block
    pairs = zip(left[l0:l1], right[r0:r1], strict=True)
    same = all(counted(one, mode) == counted(other, mode) for one, other in pairs)
    return Move(l0, l1, r0, r1, 1.0 if same else NEARLY)


def _length(matching: Matching, i: int, j: int, used: set[int]) -> int:
    """Of the block that begins with these two lines, which are the same and unpaired."""
    left, right, to_right, to_left = matching.left, matching.right, matching.to_right, matching.to_left
    most = min(len(left) - i, len(right) - j)
    n = 1
    while n < most and left[i + n] == right[j + n] and to_right[i + n] < 0 and to_left[j + n] < 0 and j + n not in used:
        n += 1
    return n


def _says_enough(lines: Sequence[str]) -> bool:
    letters = 0
    for line in lines:
        letters += min(len(line), _LOOKED_AT) - len(_no_letters().findall(line, 0, _LOOKED_AT))
        if letters >= _SURELY:
            return True
    return letters >= _LEAST_LETTERS and (len(lines) > 1 or len(lines[0].split()) >= 4)
