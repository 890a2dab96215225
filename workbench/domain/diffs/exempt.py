"""Lines whose breaks mean something, so that they are never taken for re-wrapped text.

Lines of code fences (CommonMark 4.5), tables, the front matter, and lines with a hard break: two spaces or a backslash
at their end (CommonMark 6.7).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

_LONGEST_FRONT_MATTER = 500


@cache
def _fence() -> re.Pattern[str]:
    return re.compile(r"\s{0,12}(`{3,}|~{3,})([^\n]*)")


def kept_breaks(lines: Sequence[str]) -> frozenset[int]:
    """Numbers of the lines of a text that belong alone."""
    found = {number for number, line in enumerate(lines) if _breaks_hard(line) or line.lstrip()[:1] == "|"}
    found.update(_front_matter(lines))
    found.update(_fenced(lines))
    return frozenset(found)


def _breaks_hard(line: str) -> bool:
    return line.endswith(("  ", "\\")) and not line.isspace()


def _front_matter(lines: Sequence[str]) -> range:
    if lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:_LONGEST_FRONT_MATTER], 1):
            if line.rstrip() in ("---", "..."):
                return range(number + 1)
    return range(0)


def _fenced(lines: Sequence[str]) -> set[int]:
    """A fence that is never closed is taken for a mistake and not for code to the end."""
    found: set[int] = set()
    opened, mark = -1, ""
    for number, line in enumerate(lines):
        if "```" not in line and "~~~" not in line:
            continue
        match = _fence().match(line)
        if match is None:
            continue
        if opened < 0:
            opened, mark = number, match.group(1)
        elif match.group(1).startswith(mark) and not match.group(2).strip():
            found.update(range(opened, number + 1))
            opened = -1
    return found
