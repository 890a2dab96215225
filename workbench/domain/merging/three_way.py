"""Three sequences of the same kind, put together: the common part of merging sentences and merging messages.

After diff3 (S. Khanna, K. Kunal, B. Pierce, A Formal Investigation of Diff3, 2007), with two differences: an item that
was edited is told from one that was taken out and another put in, and changes that only touch each other are no
conflict, unless something was put in beside what the other side took out or rewrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from workbench.domain.diffs.ordering import paired

T = TypeVar("T")


@dataclass(frozen=True)
class Side(Generic[T]):
    """How a side came from the base."""

    kept: tuple[T | None, ...]
    """What each item of the base became; None for one that was taken out."""
    added: tuple[tuple[T, ...], ...]
    """What was put in before each item of the base, and at last behind all of them."""
    edited: frozenset[int]
    """Items of the base that say something else now."""

    def changed(self, atom: int) -> bool:
        index, is_item = divmod(atom, 2)
        if not is_item:
            return bool(self.added[index])
        return self.kept[index] is None or index in self.edited

    def items(self, first: int, last: int) -> list[T]:
        """Of these atoms."""
        found: list[T] = []
        for atom in range(first, last + 1):
            index, is_item = divmod(atom, 2)
            item = self.kept[index] if is_item else None
            found += self.added[index] if not is_item else [item] if item is not None else []
        return found


def side_of(base: Sequence[T], side: Sequence[T], key: Callable[[T], str], alike: Callable[[T, T], float]) -> Side[T]:
    """`alike`: how much two items have in common; 0 when one cannot be an edit of the other."""
    pairing = paired([key(item) for item in base], [key(item) for item in side], lambda i, j: alike(base[i], side[j]))
    kept: list[T | None] = [None] * len(base)
    added: list[list[T]] = [[] for _ in range(len(base) + 1)]
    edited: set[int] = set()
    place = 0
    for i, j in pairing:
        if i < 0:
            added[place].append(side[j])
            continue
        place = i + 1
        if j >= 0:
            kept[i] = side[j]
            if key(base[i]) != key(side[j]):
                edited.add(i)
    return Side(tuple(kept), tuple(map(tuple, added)), frozenset(edited))


def exchanged(side: Side[T]) -> Side[T]:
    """With an item that was taken out where exactly one was put in, as an edit of it, however little they share."""
    kept, added, edited = list(side.kept), list(side.added), set(side.edited)
    for i, now in enumerate(side.kept):
        alone = now is None and all(j < 0 or j >= len(kept) or side.kept[j] is not None for j in (i - 1, i + 1))
        gaps = [gap for gap in (i, i + 1) if added[gap]]
        if alone and len(gaps) == 1 and len(added[gaps[0]]) == 1:
            kept[i], added[gaps[0]] = added[gaps[0]][0], ()
            edited.add(i)
    return Side(tuple(kept), tuple(added), frozenset(edited))


@dataclass(frozen=True)
class Item(Generic[T]):
    """One item of the base, and what it became on each side."""

    base: T
    ours: T | None
    theirs: T | None
    ours_edited: bool
    theirs_edited: bool


@dataclass(frozen=True)
class Stretch(Generic[T]):
    """Changes that belong together. `index` is that of the first item of the base in it."""

    base: list[T]
    ours: list[T]
    theirs: list[T]
    ours_changed: bool
    theirs_changed: bool
    pairs: tuple[tuple[T, T | None, T | None], ...]
    """The items of the base in it, with what they became."""


def three_way(
    base: Sequence[T], ours: Side[T], theirs: Side[T], near: Callable[[T], bool]
) -> Iterator[Item[T] | Stretch[T]]:
    """In order. Of a base of n items, atom 2i is the gap before item i and atom 2i + 1 the item itself.

    `near`: does this item go on with what the one before it says? Then one that was put in beside it and an edit of it
    are one change, as where a sentence was cut in two.
    """
    joined = _joined(len(base), ours, theirs, near)
    first = 0
    for atom in range(2 * len(base) + 1):
        if joined[atom]:
            continue
        if first == atom and atom % 2:
            i = atom // 2
            yield Item(base[i], ours.kept[i], theirs.kept[i], i in ours.edited, i in theirs.edited)
        elif first < atom or ours.added[atom // 2] or theirs.added[atom // 2]:
            inside = range(first // 2, (atom + 1) // 2)
            yield Stretch(
                [base[i] for i in inside],
                ours.items(first, atom),
                theirs.items(first, atom),
                any(ours.changed(each) for each in range(first, atom + 1)),
                any(theirs.changed(each) for each in range(first, atom + 1)),
                tuple((base[i], ours.kept[i], theirs.kept[i]) for i in inside),
            )
        first = atom + 1


def _joined(count: int, ours: Side[T], theirs: Side[T], near: Callable[[T], bool]) -> list[bool]:
    """For each atom, whether it and the next one belong together."""
    joined = [False] * (2 * count + 1)
    for side, other in ((ours, theirs), (theirs, ours)):
        for gap in (gap for gap in range(count + 1) if side.added[gap]):
            for item, border in ((gap - 1, 2 * gap - 1), (gap, 2 * gap)):
                if not 0 <= item < count:
                    continue
                now = side.kept[item]
                behind = side.added[gap][0] if item < gap else now
                goes_on = item in side.edited and behind is not None and near(behind)
                if now is None or other.kept[item] is None or goes_on:
                    joined[border] = True
        _join_rewritten(count, side, joined)
    return joined


def _join_rewritten(count: int, side: Side[T], joined: list[bool]) -> None:
    """Items that were taken out while others came into their place."""
    start = 0
    while start < count:
        end = start
        while end < count and side.kept[end] is None:
            end += 1
        if end > start and any(side.added[gap] for gap in range(start, end + 1)):
            for border in range(2 * start + 1, 2 * end - 1):
                joined[border] = True
        start = max(end, start + 1)
