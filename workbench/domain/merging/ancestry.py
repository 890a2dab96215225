"""Which versions a version was made of, and the nearest that two have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Parents = Mapping[str, Sequence[str]]
"""Number → the numbers of the versions it was made of: one, or two for a merge. Unknown ones count as first."""


def ancestors(parents: Parents, number: str) -> frozenset[str]:
    """The version itself and all that it was made of."""
    found: set[str] = set()
    waiting = [number]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += parents.get(one, ())
    return frozenset(found)


def nearest_ancestors(parents: Parents, a: str, b: str) -> frozenset[str]:
    """The versions that both were made of and from which no other such one was made; more than one only where merges
    crossed each other, none for versions that have nothing in common."""
    common = ancestors(parents, a) & ancestors(parents, b)
    older = {older for one in common for parent in parents.get(one, ()) for older in ancestors(parents, parent)}
    return common - older
