"""Fuzzy matching: the letters of the query in order; close together and near the end of a path is better."""

from __future__ import annotations

import re
from collections.abc import Sequence


def fuzzy(query: str, names: Sequence[str]) -> list[int]:
    """The indices of the names that match, best first; all in their order for an empty query. Case is ignored.

    Words with spaces between must each match.
    """
    found: list[tuple[int, int]] = []
    words = query.lower().split()
    if not words:
        return list(range(len(names)))
    patterns = [re.compile(".*?".join(map(re.escape, word)), re.IGNORECASE | re.DOTALL) for word in words]
    for index, name in enumerate(names):
        score = 0
        for word, pattern in zip(words, patterns, strict=True):
            match = pattern.search(name)
            if match is None:
                break
            score += _badness(word, name, match)
        else:
            found.append((score, index))
    found.sort()
    return [index for _, index in found]


def _badness(word: str, name: str, match: re.Match[str]) -> int:
    lower = name.lower()
    tail = lower.rfind("/") + 1
    at = lower.find(word, tail)
    if at >= 0:
        return 0 if at == tail else 1
    if word in lower:
        return 2
    return 3 + match.end() - match.start() - len(word)
