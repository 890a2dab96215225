"""The headings of a text, found once, to say where what is folded stands."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

_HEADING = re.compile(r"[ ]{0,3}(#{1,6}[ \t]+\S.*)|\s*(<[A-Za-z][\w.-]*(?:\s[^<>]*)?>)\s*")
_LONGEST = 200
"""Characters of a line that may be a heading."""


class Headings:
    """Markdown headings, and lines that are one XML tag."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._texts: list[str] = []
        self._at: list[int] = []
        for number, line in enumerate(lines):
            if len(line) > _LONGEST or ("#" not in line and "<" not in line):
                continue
            match = _HEADING.fullmatch(line)
            if match:
                self._at.append(number)
                self._texts.append((match.group(1) or match.group(2)).strip())

    def above(self, line: int) -> str:
        """The last one before this line; "" when there is none."""
        index = bisect_left(self._at, line) - 1
        return self._texts[index] if index >= 0 else ""
