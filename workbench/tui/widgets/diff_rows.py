"""A comparison as blocks to draw: pairs of lines opposite each other, folds, headings. No widget and no width here."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from workbench.domain.diffs import Change, ContentDiff, Diff, Folded, MessageDiff, Row, Seg, Segs, fold
from workbench.tui.widgets.wrap import Span, shown

Layout = Literal["split", "unified", "words"]
LAYOUTS: tuple[Layout, ...] = ("split", "unified", "words")
ALL = 10**9
CONTEXTS = (0, 3, 10, ALL)
FoldKey = tuple[int, int]
"""(message, first line on the left)"""
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


@dataclass(frozen=True, slots=True)
class Half:
    """One line of one side. `number` counts from 1; `spans` mark what changed, `kind` (old, new, "") fills the line."""

    number: int
    sign: str
    text: str
    spans: tuple[Span, ...] = ()
    kind: str = ""
    other: int = 0
    """In the one-column layouts the number on the other side; 0 for none."""


@dataclass(frozen=True, slots=True)
class Block:
    """Halves opposite each other, or with `head` one text over the whole width. `hunk` -1 is unchanged."""

    left: Half | None = None
    right: Half | None = None
    hunk: int = -1
    head: str = ""
    kind: str = ""
    fold: FoldKey | None = None


def blocks(
    comparison: ContentDiff, layout: Layout, context: int = 3, expanded: Collection[FoldKey] = ()
) -> list[Block]:
    out = list(_facts(comparison))
    hunk = 0
    for index, message in enumerate(comparison.messages):
        out.append(Block(head=_message_head(message, len(comparison.messages)), kind="accent"))
        out.extend(Block(head=told(change), kind="text") for change in message.extra)
        found = _message_blocks(message.diff, index, layout, context, expanded)
        out.extend(block if block.hunk < 0 else _moved(block, hunk) for block in found)
        hunk = max((block.hunk for block in out), default=-1) + 1
    return out


def _moved(block: Block, first: int) -> Block:
    return Block(block.left, block.right, block.hunk + first, block.head, block.kind, block.fold)


def _message_head(message: MessageDiff, count: int) -> str:
    if message.left is None and count:
        return f"{message.role} · added"
    if message.right is None:
        return f"{message.role} · removed"
    if message.same:
        return f"{message.role} · unchanged"
    coarse = " · ⚠ too big to compare in full" if message.diff.degraded else ""
    return f"{message.role} · -{message.diff.removed} +{message.diff.added}{coarse}"


def _facts(comparison: ContentDiff) -> Iterator[Block]:
    """What is not text: format, settings, variables."""
    lines: list[str] = []
    if comparison.format is not None:
        lines.append(told(comparison.format))
    lines += [told(change, "settings.") for change in comparison.settings]
    lines += [told(change, "variables.") for change in comparison.variables]
    lines += [f"+ now uses {{{name}}}" for name in comparison.variables_used_added]
    lines += [f"- no longer uses {{{name}}}" for name in comparison.variables_used_removed]
    if lines:
        yield Block(head="settings and variables", kind="accent")
        for line in lines:
            yield Block(head=line, kind={"+": "new", "-": "old"}.get(line[0], "strong"))
    elif comparison.same:
        yield Block(head="the two are the same", kind="strong")


def told(change: Change, before: str = "") -> str:
    """A change on one line: `~ settings.temperature: 0.3 → 0.5`."""
    path = before + change.path
    if change.kind == "added":
        return f"+ {path}: {_value(change.after)}"
    if change.kind == "removed":
        return f"- {path}: {_value(change.before)}"
    return f"~ {path}: {_value(change.before)} → {_value(change.after)}"


def _value(value: Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, default=str)
    return shown(text.replace("\n", "⏎"))[0]


def _message_blocks(
    diff: Diff, message: int, layout: Layout, context: int, expanded: Collection[FoldKey]
) -> Iterator[Block]:
    hunk, in_hunk = -1, False
    for item in fold(diff, min(context, len(diff.left_lines) + len(diff.right_lines))):
        if isinstance(item, Folded):
            in_hunk = False
            key = (message, item.l0)
            if key in expanded or context >= ALL:
                yield from _equal(diff, item, layout)
            else:
                where = f" in {shown(item.heading)[0]}" if item.heading else ""
                plural = "s" if item.count != 1 else ""
                yield Block(head=f"⋯ {item.count} unchanged line{plural}{where}", kind="dim", fold=key)
        elif item.kind == "equal":
            in_hunk = False
            yield from _equal(diff, item, layout)
        else:
            if not in_hunk:
                hunk, in_hunk = hunk + 1, True
            yield from _changed(diff, item, layout, hunk)


def _equal(diff: Diff, item: Row | Folded, layout: Layout) -> Iterator[Block]:
    for left, right in zip(range(item.l0, item.l1), range(item.r0, item.r1), strict=True):
        text = shown(diff.right_lines[right])[0]
        if layout == "split":
            yield Block(Half(left + 1, " ", text), Half(right + 1, " ", text))
        else:
            yield Block(Half(left + 1, " ", text, other=right + 1))


def _changed(diff: Diff, row: Row, layout: Layout, hunk: int) -> Iterator[Block]:
    if row.kind == "change" and layout == "words":
        text, spans = _words(diff.left_lines[row.l0], diff.right_lines[row.r0], row)
        yield Block(Half(row.l0 + 1, "~", text, spans, other=row.r0 + 1), hunk=hunk)
        return
    one = row.kind == "change"
    lefts = [
        _half(diff.left_lines[n], n, "~" if one else "-", _segs(row.lsegs, n - row.l0)) for n in range(row.l0, row.l1)
    ]
    rights = [
        _half(diff.right_lines[n], n, "~" if one else "+", _segs(row.rsegs, n - row.r0)) for n in range(row.r0, row.r1)
    ]
    if layout == "split":
        for left, right in zip_longest(lefts, rights):
            yield Block(left, right, hunk)
        return
    for half in lefts:
        yield Block(Half(half.number, "-", half.text, half.spans, half.kind), hunk=hunk)
    for half in rights:
        yield Block(Half(0, "+", half.text, half.spans, half.kind, half.number), hunk=hunk)


def _half(line: str, number: int, sign: str, segs: Sequence[Seg]) -> Half:
    marked = [(s.start, s.end, "old_word" if s.kind == "delete" else "new_word") for s in segs if s.kind != "equal"]
    text, spans = shown(line, marked)
    return Half(number + 1, sign, text, tuple(spans), {"-": "old", "+": "new"}.get(sign, ""))


def _segs(segs: Segs | None, line: int) -> Sequence[Seg]:
    return segs[line] if segs else ()


def _words(left: str, right: str, row: Row) -> tuple[str, tuple[Span, ...]]:
    """Both lines as one: what was deleted, then what was inserted, between what stayed."""
    parts: list[tuple[str, str]] = []
    old, new = list(_segs(row.lsegs, 0)), list(_segs(row.rsegs, 0))
    while old or new:
        while old and old[0].kind != "equal":
            seg = old.pop(0)
            parts.append((left[seg.start : seg.end], "old_word"))
        while new and new[0].kind != "equal":
            seg = new.pop(0)
            parts.append((right[seg.start : seg.end], "new_word"))
        if old:
            old.pop(0)
        if new:
            seg = new.pop(0)
            parts.append((right[seg.start : seg.end], ""))
    text, spans = "", []
    for part, kind in parts:
        drawn = shown(part)[0]
        if kind:
            spans.append((len(text), len(text) + len(drawn), kind))
        text += drawn
    return text, tuple(spans)
