"""A diff cut into what is drawn: blocks of lines on both sides, in spans, with what there is to say of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.domain.diffs import SIGNS, Change, Diff, Folded, MessageDiff, Row, RowKind, Seg, SegKind, fold
from workbench.domain.weaving import can_be_woven, weave
from workbench.text import one_line

_WHITE = str.maketrans({" ": "·", "\t": "→", "\u00a0": "⍽"})


@dataclass(frozen=True, slots=True)
class Span:
    """Safe text of one line; `ws` is white space that differs, already written in signs."""

    text: str
    kind: SegKind


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    """In its side, from 1; 0 where the line is of both sides."""
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand opposite. `kind` is that of the row, or "folded": no lines, `told` says what is left out."""

    kind: RowKind | Literal["folded"]
    left: tuple[Line, ...] = ()
    right: tuple[Line, ...] = ()
    told: str = ""
    woven: tuple[Line, ...] | None = None
    """Both sides as one text, where that can be read."""

    @property
    def sign(self) -> str:
        return " " if self.kind == "folded" else SIGNS[self.kind]


def blocks(diff: Diff, context: int = 3) -> Iterator[Block]:
    """In order, with `context` unchanged lines beside each change."""
    for item in fold(diff, context):
        if isinstance(item, Folded):
            heading = f" · {one_line(item.heading)}" if item.heading else ""
            yield Block("folded", told=f"{_lines(item.count)} unchanged{heading}")
        else:
            woven = item.kind in ("change", "reflow_edit") and can_be_woven(item)
            yield Block(
                item.kind,
                _side(diff.left_lines, item.l0, item.l1, item.lsegs, item, "delete"),
                _side(diff.right_lines, item.r0, item.r1, item.rsegs, item, "insert"),
                _told(diff, item),
                tuple(Line(0, _spans(one.text, one.segs, item)) for one in weave(diff, item)) if woven else None,
            )


def _side(
    lines: Sequence[str], first: int, last: int, segs: Sequence[Sequence[Seg]] | None, row: Row, own: SegKind
) -> tuple[Line, ...]:
    whole: SegKind = own if row.kind in ("delete", "insert", "replace") else "equal"
    found = []
    for number in range(first, last):
        if segs is None:
            text = one_line(lines[number])
            spans: tuple[Span, ...] = (Span(text, whole),) if text else ()
        else:
            spans = _spans(lines[number], segs[number - first], row)
        found.append(Line(number + 1, spans))
    return tuple(found)


def _spans(line: str, segs: Sequence[Seg], row: Row) -> tuple[Span, ...]:
    found: list[Span] = []
    for seg in segs:
        text, kind = line[seg.start : seg.end], seg.kind
        if kind == "ws" and row.kind not in ("wsdiff", "change"):
            kind = "equal"
        if kind != "equal" and text.isspace():
            text = text.translate(_WHITE)
        found.append(Span(one_line(text), kind))
    return tuple(found)


def _told(diff: Diff, row: Row) -> str:
    if row.kind == "reflow":
        return f"{_lines(row.r1 - row.r0)} re-wrapped, no word changed"
    if row.move < 0:
        return ""
    move = diff.moves[row.move]
    edited = "" if move.exact else f", edited ({move.similarity:.0%} the same)"
    if row.kind == "moved_from":
        return f"moved to line {move.r0 + 1}{edited}"
    return f"moved here from line {move.l0 + 1}{edited}"


def _lines(count: int) -> str:
    return f"{count} line{'s' * (count != 1)}"


def message_title(message: MessageDiff, many: bool) -> str:
    """ "" for the one message of a plain prompt."""
    told = []
    if message.left is None:
        told.append("added")
    elif message.right is None:
        told.append("removed")
    if message.moved:
        told.append(f"moved from place {message.left_index + 1} to {message.right_index + 1}")
    if not many and not told:
        return ""
    place = (message.right_index if message.right is not None else message.left_index) + 1
    return f"Message {place}, {one_line(message.role)}" + (f" ({', '.join(told)})" if told else "")


def short(value: object) -> str:
    """A setting's value on one line."""
    return one_line(value) if isinstance(value, str) else one_line(json.dumps(value, ensure_ascii=False))


def change_sign(change: Change) -> str:
    return {"added": "+", "removed": "-", "changed": "~", "reordered": ">"}[change.kind]
