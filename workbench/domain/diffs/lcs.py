"""The longest common subsequence of two lists of numbers, bit-parallel on Python's big integers.

After H. Hyyrö, Bit-Parallel LCS-length Computation Revisited (2004): bit `i` of the vector after row `j` is 0 where the
longest common subsequence of `a[:i + 1]` and `b[:j]` is longer than that of `a[:i]` and `b[:j]`. One row is five
operations on numbers of `len(a)` bits, so 40 million cells take about 20 ms.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.domain.diffs.deadline import Deadline
from workbench.domain.diffs.model import Reason

_KEPT_CELLS = 64_000_000
"""Of bigger problems only some rows are kept, the others computed again on the way back: 8 MB of memory at most."""
_BLOCK = 256
"""Rows between two looks at the clock."""

Pair = tuple[int, int]


def longest_common(
    a: Sequence[int], b: Sequence[int], deadline: Deadline, most_cells: int = 3_000_000_000
) -> list[Pair] | Reason:
    """Index pairs, increasing on both sides; or why there are none. `most_cells` (items of the one side × items of the
    other, without what only one side has and what both start and end with): more is not worth its seconds."""
    in_both = set(a).intersection(b)
    left = [i for i, item in enumerate(a) if item in in_both]
    right = [j for j, item in enumerate(b) if item in in_both]
    pairs, left, right, tail = _ends([a[i] for i in left], [b[j] for j in right], left, right)
    if len(left) * len(right) > most_cells:
        return "too large"
    if left and right:
        turned = len(right) > len(left)
        columns, rows = (right, left) if turned else (left, right)
        one, other = (b, a) if turned else (a, b)
        found = _traced([one[i] for i in columns], [other[j] for j in rows], deadline)
        if found is None:
            return "out of time"
        matched = [(columns[c], rows[r]) for c, r in found]
        pairs += [(j, i) for i, j in matched] if turned else matched
    return pairs + tail


def _ends(
    a: list[int], b: list[int], left: list[int], right: list[int]
) -> tuple[list[Pair], list[int], list[int], list[Pair]]:
    """What both start and end with is common in any case."""
    most = min(len(a), len(b))
    head = 0
    while head < most and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < most - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    n, m = len(a) - tail, len(b) - tail
    first = list(zip(left[:head], right[:head], strict=True))
    return first, left[head:n], right[head:m], list(zip(left[n:], right[m:], strict=True))


def _traced(a: list[int], b: list[int], deadline: Deadline) -> list[Pair] | None:
    """None when the deadline passed."""
    masks = _masks(a)
    steps = [masks.get(item, 0) for item in b]
    full = (1 << len(a)) - 1
    all_kept = len(a) * len(b) <= _KEPT_CELLS
    kept = [full]
    for start in range(0, len(b), _BLOCK):
        rows = _rows(kept[-1], steps[start : start + _BLOCK], full)
        kept += rows if all_kept else rows[-1:]
        if deadline.passed():
            return None
    pairs: list[Pair] = []
    column = len(a)
    for start in range((len(b) - 1) // _BLOCK * _BLOCK, -1, -_BLOCK):
        if all_kept:
            rows = kept[start : start + _BLOCK + 1]
        else:
            above = kept[start // _BLOCK]
            rows = [above, *_rows(above, steps[start : start + _BLOCK], full)]
        column = _way_back(rows, start, column, len(a), pairs)
        if deadline.passed():
            return None
    return pairs[::-1]


def _masks(a: list[int]) -> dict[int, int]:
    """Item → the bits of the places where it stands."""
    places: dict[int, list[int]] = {}
    for i, item in enumerate(a):
        places.setdefault(item, []).append(i)
    masks: dict[int, int] = {}
    for item, found in places.items():
        if len(found) < 8:
            masks[item] = sum([1 << i for i in found])
            continue
        bits = bytearray((len(a) + 7) >> 3)
        for i in found:
            bits[i >> 3] |= 1 << (i & 7)
        masks[item] = int.from_bytes(bits, "little")
    return masks


def _rows(vector: int, steps: list[int], full: int) -> list[int]:
    """The vectors after each of these rows."""
    out: list[int] = []
    for mask in steps:
        hit = vector & mask
        vector = ((vector + hit) | (vector - hit)) & full
        out.append(vector)
    return out


def _way_back(vectors: list[int], first: int, column: int, columns: int, pairs: list[Pair]) -> int:
    """Adds the pairs of the rows after the first of these vectors, last one first; the column where it leaves them."""
    size = (columns + 7) >> 3
    rows = [vector.to_bytes(size, "little") for vector in vectors]
    row = len(rows) - 1
    while row and column:
        at, bit = (column - 1) >> 3, 1 << ((column - 1) & 7)
        if rows[row][at] & bit:
            column -= 1
        elif rows[row - 1][at] & bit:
            row, column = row - 1, column - 1
            pairs.append((column, first + row))
        else:
            row -= 1
    return column
