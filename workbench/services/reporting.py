"""Gathering all that is known of a prompt, for a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from workbench.domain.prompts import Version
from workbench.domain.stories import Chapter, Story
from workbench.domain.versions import parse_number
from workbench.services.comparisons.results import results_of
from workbench.services.library import Library
from workbench.store import Store
from workbench.store.run_sums import run_sums

_MOST_MOVES = 100_000


class Reporting:
    def __init__(self, store: Store, library: Library) -> None:
        self._store = store
        self._library = library

    def story(
        self, prompt: str, last: int | None = None, *, progress: Callable[[int, int], None] | None = None
    ) -> Story:
        """`last`: of so many versions, the highest ones; None: of all. Changes nothing. Raises `NotFound`."""
        with self._store.snapshot():
            row = self._library.prompt(prompt)
            rows = sorted(self._library.versions(prompt), key=lambda one: parse_number(one.number), reverse=True)
            told = rows[:last]
            parents = [_before(one.number, one.parent, [other.number for other in rows]) for one in told]
            known: dict[str, Version] = {}
            sums = run_sums(self._store.database, row.id)
            chapters = []
            for place, (one, parent) in enumerate(zip(told, parents, strict=True)):
                if progress is not None:
                    progress(place, len(told))
                chapters.append(
                    Chapter(
                        self._version(known, prompt, one.number),
                        self._version(known, prompt, parent) if parent else None,
                        sums.get(one.number),
                        tuple(results_of(self._store, prompt, one.number)),
                    )
                )
            return Story(
                row,
                tuple(chapters),
                tuple(self._store.deployments.newest(row.id, None, _MOST_MOVES)),
                tuple(one for one in reversed(self._store.reviews.of_prompt(row.id)) if not one.withdrawn),
                sums.get(""),
                left_out=len(rows) - len(told),
                made_at=self._store.clock(),
                sets={one.name: len(one.values) for one in self._store.sets.rows(prompt)},
            )

    def _version(self, known: dict[str, Version], prompt: str, number: str) -> Version:
        if number not in known:
            known[number] = self._library.version(f"{prompt}@{number}")
        return known[number]


def _before(number: str, parent: str | None, numbers: Sequence[str]) -> str | None:
    """The parent where it is there, else the next lower number; None for a first version."""
    if parent in numbers:
        return parent
    lower: Iterable[str] = (one for one in numbers if parse_number(one) < parse_number(number))
    return next(iter(lower), None)
