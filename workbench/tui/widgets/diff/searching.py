"""Matches of a text in both sides, folded lines included."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from workbench.tui.widgets.diff.blocks import LEFT, RIGHT
from workbench.tui.widgets.diff.heads import Sheet
from workbench.tui.widgets.diff.layout import Texts

MOST = 10_000
"""Matches that are looked for; a search for `e` in a megabyte has no use for more."""


class Match(NamedTuple):
    """`start` and `end` count in the drawn text of the line."""

    part: int
    side: int
    line: int
    start: int
    end: int


def pattern_of(text: str) -> re.Pattern[str]:
    """The text as it is; upper and lower case count only when it has an upper-case letter."""
    return re.compile(re.escape(text), 0 if text != text.lower() else re.IGNORECASE)


def find_all(sheet: Sheet, texts: Texts, text: str) -> list[Match]:
    """In the order in which they are drawn side by side. What both sides have is found once, on the right."""
    pattern = pattern_of(text)
    found: list[Match] = []
    for index, part in enumerate(sheet.parts):
        for row in part.diff.rows:
            runs = [(RIGHT, row.r0, row.r1)]
            if row.kind != "equal":
                runs.insert(0, (LEFT, row.l0, row.l1))
            for side, start, end in runs:
                lines = texts.sides[index][side]
                for line in range(start, end):
                    for match in pattern.finditer(lines.lines[line]):
                        drawn = lines.drawn(line)
                        found.append(Match(index, side, line, drawn.moved(match.start()), drawn.moved(match.end())))
                        if len(found) == MOST:
                            return found
    return found


def by_line(matches: list[Match]) -> dict[tuple[int, int, int], list[Match]]:
    """(part, side, line) → its matches."""
    found: dict[tuple[int, int, int], list[Match]] = defaultdict(list)
    for match in matches:
        found[match[:3]].append(match)
    return dict(found)
