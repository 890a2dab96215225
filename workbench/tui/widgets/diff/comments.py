"""What people said of a line, shown below it; and which line of a whole text a line of one of its messages is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.domain.diffs import Row
from workbench.domain.prompts import Content

if TYPE_CHECKING:
    from workbench.tui.widgets.diff.blocks import Block

LEFT = 0


@dataclass(frozen=True)
class Comment:
    """`part` -1: of all of it. `side` 0 is the left one; `line` counts from 0 within the part."""

    part: int
    side: int
    line: int
    text: str
    ink: str = "warning"


def with_comments(blocks: Sequence[Block], comments: Sequence[Comment]) -> list[Block]:
    """Each below the block in which its line is shown, or folded away; what is of the whole, below the facts."""
    if not comments:
        return list(blocks)
    waiting = list(comments)
    out: list[Block] = []
    for index, block in enumerate(blocks):
        for piece in _cut(block, [c for c in waiting if c.part == block.part]):
            out.append(piece)
            here = [comment for comment in waiting if _holds(piece, comment)]
            out += [_note(piece, comment) for comment in here]
            waiting = [comment for comment in waiting if comment not in here]
        if block.part < 0 and (index + 1 == len(blocks) or blocks[index + 1].part >= 0):
            out += [_note(block, comment) for comment in waiting if comment.part < 0]
            waiting = [comment for comment in waiting if comment.part >= 0]
    return out


def _note(block: Block, comment: Comment) -> Block:
    return type(block)("note", block.part, hunk=block.hunk, note=(f"  ↳ {comment.text}", comment.ink))


def _holds(block: Block, comment: Comment) -> bool:
    if block.row is None or block.part != comment.part:
        return False
    first, last = (block.row.l0, block.row.l1) if comment.side == LEFT else (block.row.r0, block.row.r1)
    return first <= comment.line < last


def _cut(block: Block, comments: Sequence[Comment]) -> Iterator[Block]:
    """A run of equal lines, cut below each that something is said of."""
    row = block.row
    if row is None or block.kind != "equal":
        yield block
        return
    here = [comment for comment in comments if _holds(block, comment)]
    ends = {comment.line + 1 - (row.l0 if comment.side == LEFT else row.r0) for comment in here}
    at = 0
    for end in sorted(ends | {row.l1 - row.l0}):
        piece = Row("equal", row.l0 + at, row.l0 + end, row.r0 + at, row.r0 + end)
        right = None if block.right is None else tuple((s, a + at, a + end) for s, a, _ in block.right)
        yield block._replace(left=tuple((s, a + at, a + end) for s, a, _ in block.left), right=right, row=piece)
        at = end


def starts_of(content: Content) -> list[int]:
    """Of each message the line of `Content.text`, from 0, at which its own text begins."""
    if content.text == (content.messages[0].content if content.messages else ""):
        return [0]
    starts, at = [], 0
    for message in content.messages:
        starts.append(at + 1)
        at += message.content.count("\n") + 3
    return starts


def message_line(content: Content, line: int) -> tuple[int, int] | None:
    """(message, line within it), both from 0, of a line of `Content.text`; None for what names a role."""
    for index, start in reversed(list(enumerate(starts_of(content)))):
        if line >= start:
            within = line - start
            return (index, within) if within <= content.messages[index].content.count("\n") else None
    return None
