"""The row of lines that belong together: which of their characters are the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from workbench.domain.diffs.anchors import Run
from workbench.domain.diffs.cleanup import marker
from workbench.domain.diffs.deadline import A_LOOK, Deadline
from workbench.domain.diffs.lines import Block
from workbench.domain.diffs.model import Row, RowKind, Seg, SegKind, Segs
from workbench.domain.diffs.tokens import Tokens, is_mark
from workbench.domain.diffs.whitespace import shared_start

Span = tuple[SegKind, int, int]


class _Side:
    """The lines of one side of a row as one text, with what was found in it."""

    def __init__(self, tokens: Tokens, first: int, last: int) -> None:
        self.tokens = tokens
        self.lines = tokens.lines[first:last]
        self.text = self.lines[0] if len(self.lines) == 1 else "\n".join(self.lines)
        tops = list(accumulate([len(line) + 1 for line in self.lines], initial=0))
        self._tops = {first + index: top for index, top in enumerate(tops)}
        self.spans: list[Span] = []
        self.end = 0
        """How far the text is told, and which token comes next."""
        self.token = 0

    def start_of(self, token: int) -> int:
        return self._tops[self.tokens.at[token]] + self.tokens.starts[token]

    def end_of(self, token: int) -> int:
        return self._tops[self.tokens.at[token]] + self.tokens.ends[token]

    def tell(self, kind: SegKind, end: int) -> None:
        if end == self.end:
            return
        if self.spans and self.spans[-1][0] == kind:
            self.spans[-1] = (kind, self.spans[-1][1], end)
        else:
            self.spans.append((kind, self.end, end))
        self.end = end

    def at_line_start(self) -> bool:
        return self.end == 0 or self.text[self.end - 1] == "\n"

    def segs(self) -> Segs:
        """The spans cut at the line breaks, which are in none."""
        if len(self.lines) == 1:
            return (tuple([Seg(*span) for span in self.spans]),)
        found: list[tuple[Seg, ...]] = []
        at = top = 0
        for line in self.lines:
            end = top + len(line)
            here: list[Seg] = []
            while at < len(self.spans) and self.spans[at][1] < end:
                kind, first, last = self.spans[at]
                if min(last, end) > max(first, top):
                    here.append(Seg(kind, max(first, top) - top, min(last, end) - top))
                if last > end:
                    break
                at += 1
            found.append(tuple(here))
            top = end + 1
        return tuple(found)


@dataclass(slots=True)
class _Told:
    """What differs."""

    words: bool = False
    space: bool = False
    breaks: bool = False


def row_of(left: Tokens, right: Tokens, block: Block, runs: list[Run], deadline: Deadline) -> Row | None:
    """`left` and `right` hold the tokens of just these lines; the runs never cross a line. None when the deadline
    passed."""
    l0, l1, r0, r1 = block
    one, other = _Side(left, l0, l1), _Side(right, r0, r1)
    if one.text == other.text:
        # The words of the whole block may have been matched elsewhere.
        return Row("equal", l0, l1, r0, r1)
    told = _Told()
    for count, (i, j, n) in enumerate(runs):
        if not count % A_LOOK and deadline.passed():
            return None
        _edit(one, other, i, j, told)
        i_end, j_end = one.end_of(i + n - 1), other.end_of(j + n - 1)
        if n == 1 or one.text[one.end : i_end] == other.text[other.end : j_end]:
            one.tell("equal", i_end)
            other.tell("equal", j_end)
        else:
            # The same words with other spaces between them.
            for k in range(n):
                _edit(one, other, i + k, j + k, told)
                one.tell("equal", one.end_of(i + k))
                other.tell("equal", other.end_of(j + k))
                one.token, other.token = i + k + 1, j + k + 1
        one.token, other.token = i + n, j + n
    _edit(one, other, len(left.ids), len(right.ids), told)
    kind = _kind(one, other, told)
    if kind == "equal":
        return Row("equal", l0, l1, r0, r1)
    return Row(kind, l0, l1, r0, r1, one.segs(), other.segs())


def _edit(one: _Side, other: _Side, i: int, j: int, told: _Told) -> None:
    """Tells what stands before the next matched tokens, `i` and `j`, or before the end."""
    l_end = one.start_of(i) if i < len(one.tokens.ids) else len(one.text)
    r_end = other.start_of(j) if j < len(other.tokens.ids) else len(other.text)
    before, after = one.text[one.end : l_end], other.text[other.end : r_end]
    if before == after:
        one.tell("equal", l_end)
        other.tell("equal", r_end)
        return
    # White space ends where the first unmatched token starts, and starts where the last one ends.
    l_first = one.start_of(one.token) if one.token < i else l_end
    r_first = other.start_of(other.token) if other.token < j else r_end
    l_last = one.end_of(i - 1) if one.token < i else one.end
    r_last = other.end_of(j - 1) if other.token < j else other.end
    head = shared_start(before[: l_first - one.end], after[: r_first - other.end])
    if one.token < i and other.token < j and one.at_line_start() and other.at_line_start():
        head = max(head, _shared_marker(before, after))
    l_last, r_last = max(l_last, one.end + head), max(r_last, other.end + head)
    tail = shared_start(one.text[l_last:l_end][::-1], other.text[r_last:r_end][::-1])
    for side in (one, other):
        side.tell("equal", side.end + head)
    l_rest, r_rest = one.text[one.end : l_end - tail], other.text[other.end : r_end - tail]
    if one.token == i and other.token == j:
        told.space = told.space or bool(l_rest or r_rest)
        told.breaks = told.breaks or l_rest.count("\n") != r_rest.count("\n")
        one.tell("ws", l_end - tail)
        other.tell("ws", r_end - tail)
    else:
        told.words = True
        one.tell("delete" if one.token < i else "ws", l_end - tail)
        other.tell("insert" if other.token < j else "ws", r_end - tail)
    one.tell("equal", l_end)
    other.tell("equal", r_end)


def _shared_marker(before: str, after: str) -> int:
    """A list marker or heading sign that both start with is none of the edit."""
    match = marker().match(before)
    if match is None or not after.startswith(match.group()):
        return 0
    end = match.end()
    # A mark on the space belongs to it.
    return 0 if is_mark(before[end : end + 1]) or is_mark(after[end : end + 1]) else end


def _kind(one: _Side, other: _Side, told: _Told) -> RowKind:
    single = len(one.lines) == len(other.lines) == 1
    if told.words:
        return "change" if single else "reflow_edit"
    if not told.space:
        return "equal"
    return "reflow" if told.breaks and one.text.split() == other.text.split() else "wsdiff"
