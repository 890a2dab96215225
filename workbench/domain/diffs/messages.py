"""Which message of one version is which of the other."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.domain.diffs.model import Diff
from workbench.domain.diffs.ordering import Pairing, paired
from workbench.domain.diffs.tokens import pieces
from workbench.domain.diffs.values import Change, compare_values
from workbench.domain.prompts import Message, canonical_json

Differ = Callable[[str | None, str | None], Diff]
_LOOKED_AT = 4_000
"""Characters of a message by which it is recognised."""
_SAME_ROLE = 0.2
"""What it says that two messages have the same role, beside the share of their words that they have in common."""
_UNLIKE = 0.3
"""The share of their words below which two messages at the same place need not be one."""
_MOVED = 0.6
"""The share of its words by which a message is recognised elsewhere."""


@dataclass(frozen=True)
class MessageDiff:
    """A message of both sides, or of one: then the other is None, and so is its text."""

    role: str
    left: Message | None
    right: Message | None
    diff: Diff
    extra: tuple[Change, ...] = ()
    """Further fields: `name`, `tool_calls`, `tool_call_id`."""
    left_index: int = -1
    """Its place among the messages of its side, from 0; -1 when that side has none."""
    right_index: int = -1
    moved: bool = False
    """It stands elsewhere among the other messages now."""

    @property
    def same(self) -> bool:
        both = self.left is not None and self.right is not None
        return both and self.diff.same and not self.extra and not self.moved


def compare_messages(left: Sequence[Message], right: Sequence[Message], differ: Differ) -> tuple[MessageDiff, ...]:
    """In the order of the right side; removed ones where they stood. A message is paired with one of its role."""
    words: dict[str, frozenset[str]] = {}

    def alike(i: int, j: int) -> float:
        return _SAME_ROLE + _shared(left[i], right[j], words) if left[i].role == right[j].role else 0.0

    pairing = paired([_key(message) for message in left], [_key(message) for message in right], alike)
    pairing = _taken_apart(pairing, left, right, words)
    moved = _moved(pairing, left, right, words)
    origins = {j: i for i, j in moved.items()}
    out: list[MessageDiff] = []
    for i, j in pairing:
        if j < 0 and i in moved:
            continue
        found = _message(left, right, origins.get(j, i), j, differ)
        out.append(replace(found, moved=j in origins))
    return tuple(out)


def _key(message: Message) -> Hashable:
    """The same for messages that say the same; their texts may be a megabyte each."""
    return message.role, message.content, canonical_json(message.extra) if message.extra else ""


def _taken_apart(
    pairing: Pairing, left: Sequence[Message], right: Sequence[Message], words: dict[str, frozenset[str]]
) -> Pairing:
    """Without the pairs that only their place speaks for, where one of the two is found again elsewhere."""

    def apart(i: int, j: int) -> Pairing:
        unlike = i >= 0 and j >= 0 and _shared(left[i], right[j], words) < _UNLIKE
        return [(i, -1), (-1, j)] if unlike else [(i, j)]

    moved = _moved([one for i, j in pairing for one in apart(i, j)], left, right, words)
    found = moved.keys(), set(moved.values())
    return [one for i, j in pairing for one in (apart(i, j) if i in found[0] or j in found[1] else [(i, j)])]


def _moved(
    pairing: Pairing, left: Sequence[Message], right: Sequence[Message], words: dict[str, frozenset[str]]
) -> Mapping[int, int]:
    """Left index → right index of messages that both sides have, but in another order."""
    found: dict[int, int] = {}
    new = [j for i, j in pairing if i < 0]
    for i in [i for i, j in pairing if j < 0]:
        scores = [
            (_shared(left[i], right[j], words), -j)
            for j in new
            if left[i].role == right[j].role and j not in found.values()
        ]
        score, place = max(scores, default=(0.0, 0))
        if score >= _MOVED:
            found[i] = -place
    return found


def _shared(one: Message, other: Message, words: dict[str, frozenset[str]]) -> float:
    """The share of their words that both have (Dice), 0 to 1."""
    if one.content == other.content:
        return 1.0 if one.content else 0.0
    a, b = _words(one.content, words), _words(other.content, words)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _words(text: str, words: dict[str, frozenset[str]]) -> frozenset[str]:
    if text not in words:
        start = text[:_LOOKED_AT]
        words[text] = frozenset(word for word in pieces(start).findall(start) if word[0].isalnum())
    return words[text]


def _message(left: Sequence[Message], right: Sequence[Message], i: int, j: int, differ: Differ) -> MessageDiff:
    before, after = left[i] if i >= 0 else None, right[j] if j >= 0 else None
    one = after or before
    assert one is not None  # noqa: S101 - a pair has at least one side
    return MessageDiff(
        one.role,
        before,
        after,
        differ(before.content if before else None, after.content if after else None),
        compare_values(before.extra if before else {}, after.extra if after else {}),
        i,
        j,
    )
