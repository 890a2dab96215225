"""Which cells of a comparison are asked next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from workbench.domain.comparisons import CellKey


@dataclass(frozen=True)
class Limits:
    """Calls at once."""

    overall: int = 8
    by_endpoint: Mapping[str, int] = field(default_factory=dict, hash=False)
    """An endpoint that is not named has no limit of its own."""

    def room(self, endpoint: str, active: Mapping[str, int]) -> int:
        free = self.overall - sum(active.values())
        own = self.by_endpoint.get(endpoint)
        return max(0, free if own is None else min(free, own - active.get(endpoint, 0)))


def in_order(cells: Iterable[CellKey], focus: int = 0) -> list[CellKey]:
    """The input that is looked at first, then those behind it, then those before it; in each the first repeats first,
    so that every column shows something soon."""
    return sorted(cells, key=lambda cell: (cell.case < focus, cell.case, cell.repeat, cell.column))


def in_window(case: int, focus: int, ahead: int | None) -> bool:
    """Whether an input is fetched by now: the one looked at and `ahead` behind it; None: all of them."""
    return ahead is None or focus <= case <= focus + ahead


def startable(
    waiting: Mapping[str, Collection[CellKey]], active: Mapping[str, int], limits: Limits
) -> list[tuple[str, CellKey]]:
    """(endpoint, cell) of those that may start now: the earliest of all first, none beyond a limit.

    `waiting` holds the cells of each endpoint in their order, so that an endpoint that is full holds up no other.
    """
    counts = dict(active)
    queues = {endpoint: iter(cells) for endpoint, cells in waiting.items()}
    places = {endpoint: next(queue, None) for endpoint, queue in queues.items()}
    chosen: list[tuple[str, CellKey]] = []
    taken = dict.fromkeys(waiting, 0)
    while True:
        # The endpoint of which least was taken goes first, so that all columns start together.
        ready = [
            (taken[endpoint], cell.case, cell.repeat, cell.column, endpoint, cell)
            for endpoint, cell in places.items()
            if cell is not None and limits.room(endpoint, counts) > 0
        ]
        if not ready:
            return chosen
        *_, endpoint, cell = min(ready)
        chosen.append((endpoint, cell))
        counts[endpoint] = counts.get(endpoint, 0) + 1
        taken[endpoint] += 1
        places[endpoint] = next(queues[endpoint], None)
