"""How much changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from workbench.domain.diffs.model import Row, Segs, Stats
from workbench.domain.diffs.tokens import ideographs
from workbench.text import without_gaps


@cache
def _ideographs() -> re.Pattern[str]:
    return re.compile(f"[{ideographs()}]+")


_LONG = 1000
"""Characters from which words are counted without making each of them."""
_SPACE, _WORD = b" ", b"x"
_OUTLINE = b"".join(_SPACE if chr(code).isspace() else _WORD for code in range(128)).ljust(256, _WORD)


def count_words(text: str) -> int:
    """What white space separates, a template variable being one; and each Chinese or Japanese character."""
    if "{" in text:
        text = without_gaps(text)
    if text.isascii():
        return len(text.split()) if len(text) < _LONG else _count_in_outline(text.encode().translate(_OUTLINE))
    alone = sum(map(len, _ideographs().findall(text)))
    return alone + len(_ideographs().sub(" ", text).split() if alone else text.split())


def _count_in_outline(outline: bytes) -> int:
    """Of a text in which all is a space or an x."""
    return outline.count(_SPACE + _WORD) + outline.startswith(_WORD)


def stats_of(left: Sequence[str], right: Sequence[str], rows: Iterable[Row]) -> Stats:
    lines: Counter[str] = Counter()
    removed = added = lines_removed = 0
    for row in rows:
        if row.kind == "equal":
            continue
        lines[row.kind] += row.r1 - row.r0
        if row.kind in ("delete", "replace"):
            lines_removed += row.l1 - row.l0
            removed += sum(map(count_words, left[row.l0 : row.l1]))
        elif row.lsegs is not None:
            removed += _edited_words(left[row.l0 : row.l1], row.lsegs)
        if row.kind in ("insert", "replace"):
            added += sum(map(count_words, right[row.r0 : row.r1]))
        elif row.rsegs is not None:
            added += _edited_words(right[row.r0 : row.r1], row.rsegs)
    return Stats(
        added,
        removed,
        lines["insert"] + lines["replace"],
        lines_removed,
        lines["change"] + lines["reflow_edit"],
        lines["wsdiff"],
        lines["reflow"],
        lines["moved_to"],
    )


def _edited_words(lines: Sequence[str], segs: Segs) -> int:
    return sum(
        [
            count_words(line[seg.start : seg.end])
            for line, parts in zip(lines, segs, strict=True)
            for seg in parts
            if seg.kind in ("delete", "insert")
        ]
    )
