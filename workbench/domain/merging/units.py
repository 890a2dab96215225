"""What a text is merged by: sentences, and lines that are no sentences, such as headings, items and code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from workbench.domain.diffs.tokens import pieces, variables

_WRAPPED = 50
"""Characters from which a line that goes on in the next one is taken for wrapped text, not for an item of a list."""
_ENDS = re.compile(r"[.!?…:;。！？][\"'”’»)\]*_`]*$")
_FULL_STOP = re.compile(r"[.!?…][\"'”’»)\]*_`]*$")
_MARK = re.compile(r"(?:\d{1,3}|[A-Za-z])[.)]$")
"""A number or letter of a list, which ends no sentence."""
_LOOKED_BACK = 12


@dataclass(frozen=True)
class Unit:
    """`before` is the white space in front of it. The last unit of a text has no body: only the white space there."""

    before: str
    body: str

    @property
    def text(self) -> str:
        return self.before + self.body

    @cached_property
    def key(self) -> str:
        """What it says, however it is wrapped."""
        return " ".join(self.body.split())

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word for word in pieces(self.body).findall(self.body) if word[0].isalnum() or len(word) > 2)


def units_of(text: str) -> list[Unit]:
    """Joined, their texts are the text; the last one has no body."""
    found: list[Unit] = []
    start = body = 0
    for before, after in _borders(text):
        if before > body:
            found.append(Unit(text[start:body], text[body:before]))
            start = before
        body = after
    found.append(Unit(text[start:body], text[body:]))
    if found[-1].body:
        found.append(Unit("", ""))
    return found


@cache
def _gaps() -> re.Pattern[str]:
    return re.compile(r"\s+|(?<=[。！？])(?=[^\s。！？」』”’)])")


def _borders(text: str) -> Iterator[tuple[int, int]]:
    """Where a unit ends and where the next one begins; white space at both ends of the text among them."""
    taken = [match.span() for match in variables().finditer(text)]
    next_taken = last = line = 0
    for gap in _gaps().finditer(text):
        start, end = gap.span()
        while next_taken < len(taken) and taken[next_taken][1] <= start:
            next_taken += 1
        inside = next_taken < len(taken) and taken[next_taken][0] < start
        breaks = text.count("\n", start, end)
        if end == len(text) or start == 0 or breaks > 1:
            is_border = True
        elif inside:
            is_border = False
        elif breaks:
            is_border = not (
                start - line >= _WRAPPED and text[end].islower() and not _ENDS.search(text, max(line, start - 4), start)
            )
        elif start == end:
            is_border = True
        else:
            is_border = (
                not text[end].islower()
                and _FULL_STOP.search(text, max(last, start - _LOOKED_BACK), start) is not None
                and not (start - last <= _LOOKED_BACK and _MARK.match(text, last, start))
            )
        if breaks:
            line = text.rfind("\n", start, end) + 1
        if is_border:
            yield start, end
            last = end
