"""The order in which environments are told: as configured, then by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

SEPARATOR = "\x1f"
"""Between names that SQL joins into one text; no name may hold it."""


def in_order(names: Iterable[str], environments: Sequence[str]) -> tuple[str, ...]:
    rank = {name: position for position, name in enumerate(environments)}
    return tuple(sorted(names, key=lambda name: (rank.get(name, len(rank)), name)))


def split(joined: str | None) -> tuple[str, ...]:
    return tuple(joined.split(SEPARATOR)) if joined else ()
