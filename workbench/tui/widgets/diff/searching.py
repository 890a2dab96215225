"""Matches of a text in both sides, folded lines included."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
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


def finder(text: str) -> Callable[[str], Iterator[re.Match[str]]]:
    """From a line to where the text is in it; upper and lower case count only when it has an upper-case letter."""
    exact = re.compile(re.escape(text)).finditer
    if text != text.lower():
        return exact
    any_case = re.compile(re.escape(text), re.IGNORECASE).finditer
    if not text.isascii():
        return any_case
    # A search that minds no case takes many times as long; in ASCII the lower-case letters stand where theirs were.
    return lambda line: exact(line.lower()) if line.isascii() else any_case(line)


def find_all(sheet: Sheet, texts: Texts, text: str) -> list[Match]:
    """In the order in which they are drawn side by side. What both sides have is found once, on the right."""
    matches_in = finder(text)
    found: list[Match] = []
    for index, part in enumerate(sheet.parts):
        for row in part.diff.rows:
            runs = [(RIGHT, row.r0, row.r1)]
            if row.kind != "equal":
                runs.insert(0, (LEFT, row.l0, row.l1))
            for side, start, end in runs:
                lines = texts.sides[index][side]
                for line in range(start, end):
                    matches = list(islice(matches_in(lines.lines[line]), MOST - len(found)))
                    if matches:
                        moved = lines.drawn(line).moved
                        found += [Match(index, side, line, moved(m.start()), moved(m.end())) for m in matches]
                        if len(found) == MOST:
                            return found
    return found


def by_line(matches: list[Match]) -> dict[tuple[int, int, int], list[Match]]:
    """(part, side, line) → its matches."""
    found: dict[tuple[int, int, int], list[Match]] = defaultdict(list)
    for match in matches:
        found[match[:3]].append(match)
    return dict(found)


def near(matches: Sequence[Match], start: int, end: int) -> Sequence[Match]:
    """Those of a line that reach into this part of it."""
    first = bisect_right(matches, start, key=lambda match: match.end)
    return matches[first : bisect_left(matches, end, first, key=lambda match: match.start)]
