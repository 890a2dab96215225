"""How well a diff can be read, in figures.

fragments   changed runs with visible text, both sides together
confetti    equal runs of at most three letters or digits between two changes
cuts        changes that begin or end inside a word
aligned     edited lines with an obvious counterpart (by their words) that were matched to it
coarse      pairs where more than twice the best method's share of the text, and 5 %, is marked
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tests.bench.diff_methods import Match

_LETTER = re.compile(r"[^\W_]")


@dataclass
class Figures:
    seconds: float = 0.0
    fragments: int = 0
    confetti: int = 0
    cuts: int = 0
    aligned: int = 0
    edited: int = 0
    marked: int = 0
    coarse: bool = False


def read(left: str, right: str, matches: list[Match], seconds: float) -> Figures:
    figures = Figures(seconds)
    for text, spans in ((left, [(i, i + n) for i, _, n in matches]), (right, [(j, j + n) for _, j, n in matches])):
        changes = list(_changes(text, sorted(spans)))
        figures.fragments += len(changes)
        figures.marked += sum(end - start for start, end in (_whole_words(text, *change) for change in changes))
        figures.cuts += sum(_inside_word(text, at) for change in changes for at in change)
        figures.confetti += sum(
            0 < len(_LETTER.findall(text[end:start])) <= 3 and "\n" not in text[end:start]
            for (_, end), (start, _) in pairwise(changes)
        )
    figures.edited, figures.aligned = _aligned(left, right, matches)
    return figures


def _changes(text: str, equal: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What the equal spans leave, without white space around it; one change where only white space is between."""
    start = -1
    end = done = 0
    for first, last in [*equal, (len(text), len(text))]:
        gap = text[done:first]
        if gap.strip():
            begin = done + len(gap) - len(gap.lstrip())
            if start >= 0 and text[end:begin].strip():
                yield start, end
                start = -1
            start = begin if start < 0 else start
            end = done + len(gap.rstrip())
        done = max(done, last)
    if start >= 0:
        yield start, end


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Nobody reads half a word, so that a cut inside one saves nothing."""
    while _inside_word(text, start):
        start -= 1
    while _inside_word(text, end):
        end += 1
    return start, end


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and all(
        (char.isalnum() and char < "\u2e80") or char == "_" for char in text[at - 1 : at + 1]
    )


def _aligned(left: str, right: str, matches: list[Match]) -> tuple[int, int]:
    """(edited lines with an obvious counterpart, those of them that most of their equal text matches to it)."""
    a, b = left.split("\n"), right.split("\n")
    same = set(a) & set(b)
    bags = [
        {n: Counter(line.split()) for n, line in enumerate(lines) if line not in same and len(line.split()) > 3}
        for lines in (a, b)
    ]
    if not bags[0] or len(bags[0]) * len(bags[1]) > 40_000:
        return 0, 0
    wanted: dict[int, int] = {}
    for n, bag in bags[0].items():
        alike = {m: 2 * (bag & other).total() / (bag.total() + other.total()) for m, other in bags[1].items()}
        best = max(alike, key=lambda m: alike[m], default=-1)
        if best >= 0 and alike[best] >= 0.6:
            wanted[n] = best
    lines_of = [[n for n, line in enumerate(lines) for _ in range(len(line) + 1)] for lines in (a, b)]
    votes: Counter[tuple[int, int]] = Counter()
    for i, j, size in matches:
        for k in range(min(size, len(lines_of[0]) - i, len(lines_of[1]) - j)):
            votes[lines_of[0][i + k], lines_of[1][j + k]] += 1
    best_match: dict[int, tuple[int, int]] = {}
    for (n, m), count in votes.items():
        best_match[n] = max(best_match.get(n, (0, -1)), (count, m))
    return len(wanted), sum(best_match.get(n, (0, -1))[1] == m for n, m in wanted.items())
