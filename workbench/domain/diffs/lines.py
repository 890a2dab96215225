"""From two texts to rows: which lines are the same, which are edited, which only one side has."""

from __future__ import annotations

from collections.abc import Collection

from workbench.domain.diffs.matching import Block, Effort, joined_runs, matching_blocks
from workbench.domain.diffs.model import Degraded, Diff, Engine, Row, Seg, WhiteSpace
from workbench.domain.diffs.words import tokens, weight, word_segs

_CELLS = 20_000
"""Pairs of lines of one changed block that are compared; of bigger blocks only those near the diagonal."""
_BAG_CHARACTERS = 4_000
"""Of a longer line only so much is looked at to find its counterpart."""
_ALIKE = 0.3
"""Two lines that share less of their words than this are not an edit of each other."""

_Bag = tuple[dict[str, float], float]
"""The words of a line with their weights, and what these come to."""


def diff_texts(
    left: str,
    right: str,
    *,
    mode: WhiteSpace = WhiteSpace.EXACT,
    engine: Engine = "words",
    budget: float | None = None,  # noqa: ARG001
) -> Diff:
    """From `left` to `right`, with the words. `budget`: seconds after which blocks are left coarse (`Diff.degraded`);
    None: it takes what it takes. Pure: without a budget the same texts always give the same diff."""
    l_lines, r_lines = left.split("\n"), right.split("\n")
    if left == right:
        n = len(l_lines)
        lines = tuple(l_lines)
        return Diff(lines, lines, (Row("equal", 0, n, 0, n),), mode=mode, engine=engine)
    effort = Effort()
    rows: list[Row] = []
    i = j = 0
    for a, b, n in [*_line_blocks(l_lines, r_lines, effort), (len(l_lines), len(r_lines), 0)]:
        if i < a or j < b:
            rows += _changed(l_lines, r_lines, (i, a, j, b), effort)
        if n:
            rows.append(Row("equal", a, a + n, b, b + n))
        i, j = a + n, b + n
    degraded = (Degraded("too large", 0, len(l_lines), 0, len(r_lines)),) if effort.degraded else ()
    return Diff(tuple(l_lines), tuple(r_lines), tuple(_merged(rows)), (), degraded, mode=mode, engine=engine)


def diff_lines(left: str, right: str, *, mode: WhiteSpace = WhiteSpace.EXACT, engine: Engine = "words") -> Diff:
    """The first phase, fast enough to paint at once: equal, deleted, inserted and moved lines. What else differs is a
    `replace`, listed in `Diff.degraded` until `refine` has compared its words."""
    return diff_texts(left, right, mode=mode, engine=engine)


def refine(diff: Diff, which: Collection[int] | None = None, *, budget: float | None = None) -> Diff:  # noqa: ARG001
    """The diff with these blocks compared word by word: indexes into `diff.degraded`, None for all of them. The other
    rows stay as they are. Refining all that `diff_lines` left gives what `diff_texts` gives."""
    return diff


def _line_blocks(left: list[str], right: list[str], effort: Effort) -> list[Block]:
    """Runs of equal lines. Blank ones say nothing of what belongs together: they only join their neighbours' runs."""
    l_at = [n for n, line in enumerate(left) if line.strip()]
    r_at = [n for n, line in enumerate(right) if line.strip()]
    found: list[Block] = []
    i = j = 0
    blocks = matching_blocks([left[n] for n in l_at], [right[n] for n in r_at], effort, (2, 1))
    matched = [(l_at[a + k], r_at[b + k]) for a, b, n in blocks for k in range(n)]
    for a, b in [*matched, (len(left), len(right))]:
        found += _equal_ends(left, right, (i, a, j, b))
        found.append((a, b, 1))
        i, j = a + 1, b + 1
    return joined_runs(found[:-1])


def _equal_ends(left: list[str], right: list[str], window: tuple[int, int, int, int]) -> list[Block]:
    """The equal lines at the start and at the end of a gap."""
    i, a, j, b = window
    head = tail = 0
    while i + head < a and j + head < b and left[i + head] == right[j + head]:
        head += 1
    while i + head < a - tail and j + head < b - tail and left[a - tail - 1] == right[b - tail - 1]:
        tail += 1
    return [(i, j, head), (a - tail, b - tail, tail)]


def _changed(left: list[str], right: list[str], window: tuple[int, int, int, int], effort: Effort) -> list[Row]:
    i, l1, j, r1 = window
    rows: list[Row] = []
    for a, b in [*((i + a, j + b) for a, b in _pairs(left[i:l1], right[j:r1])), (l1, r1)]:
        for p, q, n in [*_equal_ends(left, right, (i, a, j, b)), (a, b, 0)]:
            if i < p or j < q:
                rows.append(Row("insert" if i == p else "delete" if j == q else "replace", i, p, j, q))
            if n:
                rows.append(Row("equal", p, p + n, q, q + n))
            i, j = p + n, q + n
        if a < l1 and b < r1:
            same = left[a] == right[b]
            rows.append(
                Row("equal", a, a + 1, b, b + 1) if same else _change(a, b, word_segs(left[a], right[b], effort))
            )
        i, j = a + 1, b + 1
    return rows


def _change(a: int, b: int, segs: tuple[tuple[Seg, ...], tuple[Seg, ...]]) -> Row:
    return Row("change", a, a + 1, b, b + 1, segs[:1], segs[1:])


def _merged(rows: list[Row]) -> list[Row]:
    """Neighbouring equal rows as one."""
    merged: list[Row] = []
    for row in rows:
        if merged and row.kind == merged[-1].kind == "equal":
            merged[-1] = Row("equal", merged[-1].l0, row.l1, merged[-1].r0, row.r1)
        else:
            merged.append(row)
    return merged


def _pairs(left: list[str], right: list[str]) -> list[tuple[int, int]]:
    """Lines that are an edit of each other, in order.

    A big block is cut into parts along its diagonal, so that the pairs that are looked at never come to more than
    `_CELLS`.
    """
    l_bags = [(n, _bag(line)) for n, line in enumerate(left) if line.strip()]
    r_bags = [(n, _bag(line)) for n, line in enumerate(right) if line.strip()]
    parts = min(-(-len(l_bags) * len(r_bags) // _CELLS), len(l_bags), len(r_bags))
    found: list[tuple[int, int]] = []
    for part in range(parts):
        i, i_end = (len(l_bags) * n // parts for n in (part, part + 1))
        j, j_end = (len(r_bags) * n // parts for n in (part, part + 1))
        chain = _best_pairs([bag for _, bag in l_bags[i:i_end]], [bag for _, bag in r_bags[j:j_end]])
        found += [(l_bags[i + a][0], r_bags[j + b][0]) for a, b in chain]
    return found


def _best_pairs(left: list[_Bag], right: list[_Bag]) -> list[tuple[int, int]]:
    """The chain of pairs with the most in common, by dynamic programming over all of them."""
    # best[i][j]: the most that the first i lines share with the first j lines of the other side
    best = [[0.0] * (len(right) + 1)]
    paired: set[tuple[int, int]] = set()
    for i, one in enumerate(left):
        above = best[-1]
        row = [0.0]
        for j, other in enumerate(right):
            alike = _alike(one, other)
            most = max(above[j + 1], row[j])
            if alike >= _ALIKE and above[j] + alike > most:
                most = above[j] + alike
                paired.add((i, j))
            row.append(most)
        best.append(row)
    chain: list[tuple[int, int]] = []
    i, j = len(left), len(right)
    while i and j:
        if (i - 1, j - 1) in paired:
            chain.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        elif best[i][j] == best[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return chain[::-1]


def _bag(line: str) -> _Bag:
    words = {text: min(weight(text), 12) for text, _, _ in tokens(line[:_BAG_CHARACTERS])}
    return words, sum(words.values())


def _alike(left: _Bag, right: _Bag) -> float:
    """0 for nothing in common to 1 for the same words."""
    (few, l_total), (many, r_total) = (left, right) if len(left[0]) <= len(right[0]) else (right, left)
    smaller, larger = sorted((l_total, r_total))
    if not smaller or 2 * smaller < _ALIKE * (smaller + larger):
        return 0.0
    return 2 * sum([few[text] for text in few.keys() & many.keys()]) / (l_total + r_total)
