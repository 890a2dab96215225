"""Which template variables came, went and were renamed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from workbench.domain.diffs.model import Rename, Row, Segs, Variables, VariableUse
from workbench.domain.diffs.tokens import variables as variable_pattern

_NO_VALUES = ("{%", "{{/", "{{!", "{{>", "{{#", "{{^", "{{else")


def variables_of(left: Sequence[str], right: Sequence[str], rows: Sequence[Row]) -> Variables:
    """Counted over both texts as they are written; renamed are those that stand where another one stood."""
    on_left, on_right = _counts(left), _counts(right)
    uses = [VariableUse(token, on_left[token], on_right[token]) for token in sorted(on_left.keys() | on_right.keys())]
    return Variables(
        tuple([use for use in uses if not use.left]),
        tuple([use for use in uses if not use.right]),
        tuple([use for use in uses if use.left and use.right and use.left != use.right]),
        _renames(left, right, rows, on_left, on_right),
    )


@cache
def _braces() -> re.Pattern[str]:
    return re.compile(r"\{+(?![{%])")


def found_in(text: str) -> Iterator[str]:
    """The variables of a text, without the white space inside their braces. Tags that only steer are none."""
    return filter(None, map(_bare, _as_written(text)))


def _as_written(text: str) -> Iterator[str]:
    # No variable starts with more than three braces, so a longer run of them costs no more than that.
    end = 0
    for braces in _braces().finditer(text):
        first, last = braces.span()
        if text[first - 1 : first] == "$":
            first -= 1
        for start in range(max(end, first, last - 4), last):
            match = variable_pattern().match(text, start)
            if match is not None:
                end = match.end()
                yield match.group()
                break


def _bare(variable: str) -> str:
    """Nothing for a tag that only steers."""
    token = "".join(variable.split())
    return "" if token.startswith(_NO_VALUES) else token


def _counts(lines: Sequence[str]) -> Counter[str]:
    written = Counter([token for line in lines if "{" in line for token in _as_written(line)])
    found: Counter[str] = Counter()
    for variable, count in written.items():
        if token := _bare(variable):
            found[token] += count
    return found


def _renames(
    left: Sequence[str], right: Sequence[str], rows: Sequence[Row], on_left: Counter[str], on_right: Counter[str]
) -> tuple[Rename, ...]:
    """Pairs that were replaced at the same place, used about as often before as after."""
    gone, come = on_left.keys() - on_right.keys(), on_right.keys() - on_left.keys()
    votes: Counter[tuple[str, str]] = Counter()
    for row in rows if gone and come else ():
        if row.lsegs is None or row.rsegs is None:
            continue
        old = [token for token in _edited(left[row.l0 : row.l1], row.lsegs) if token in gone]
        new = [token for token in _edited(right[row.r0 : row.r1], row.rsegs) if token in come]
        if len(old) == len(new):
            votes.update(zip(old, new, strict=True))
    found: list[Rename] = []
    taken: set[str] = set()
    for (old_name, new_name), count in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        before, after = on_left[old_name], on_right[new_name]
        about = abs(before - after) <= max(1, max(before, after) // 4)
        if about and old_name not in taken and new_name not in taken:
            found.append(Rename(old_name, new_name, count))
            taken.update((old_name, new_name))
    return tuple(sorted(found, key=lambda rename: (rename.old, rename.new)))


def _edited(lines: Sequence[str], segs: Segs) -> Iterator[str]:
    for line, parts in zip(lines, segs, strict=True):
        if "{" in line:
            for seg in parts:
                if seg.kind in ("delete", "insert"):
                    yield from found_in(line[seg.start : seg.end])
