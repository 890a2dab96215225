"""What a person says of a run: a star, a rating, a note. Each is an event that undo takes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workbench.domain.events import Event
from workbench.domain.runs import Run
from workbench.errors import BadInput, MovedMeanwhile, NotFound, Unchanged
from workbench.store import Store

MAX_NOTE = 2000


class Rating:
    """All methods belong to the store's thread; `run` is the id. Each gives the run as it is then.

    Raises `NotFound` for no such run, `Unchanged` when it is marked so already.
    """

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._actor = actor

    def star(self, run: str, on: bool = True) -> Run:
        return self._mark(run, {"starred": on})

    def rate(self, run: str, rating: int | None) -> Run:
        """1 to 5; None clears it. `BadInput` for anything else."""
        if rating is not None and (isinstance(rating, bool) or not 1 <= rating <= 5):
            raise BadInput(f"a rating is 1 to 5, not {rating}", "none clears it")
        return self._mark(run, {"rating": rating})

    def note(self, run: str, note: str) -> Run:
        """An empty one clears it."""
        if len(note) > MAX_NOTE:
            raise BadInput(f"the note has {len(note)} characters; at most {MAX_NOTE} are possible")
        return self._mark(run, {"note": note})

    def _mark(self, run_id: str, change: Mapping[str, Any]) -> Run:
        with self._store.write():
            run = _found(self._store, run_id)
            before = {name: getattr(run, name) for name in change}
            if before == change:
                raise Unchanged("nothing changed: the run is marked so already")
            self._store.events.append(
                "run.mark",
                run.prompt,
                actor=self._actor,
                at=self._store.clock(),
                details={"run": run_id, "before": before, "after": dict(change)},
            )
            return _put(self._store, run, change)


def mark_again(store: Store, act: Event, *, backwards: bool) -> Mapping[str, Any]:
    """Does the marking again, or its opposite: the details of the event to record. Inside `write()`."""
    run = _found(store, act.details["run"])
    before, after = act.details["before"], act.details["after"]
    if backwards:
        before, after = after, before
    if any(getattr(run, name) != value for name, value in before.items()):
        raise MovedMeanwhile(f"the run {run.id[:8]} was marked otherwise since", "look at it before you change it")
    _put(store, run, after)
    return {"run": run.id, "before": before, "after": after}


def _put(store: Store, run: Run, change: Mapping[str, Any]) -> Run:
    marked = replace(run, **change)
    store.runs.mark(run.id, rating=marked.rating, starred=marked.starred, note=marked.note)
    return marked


def _found(store: Store, run_id: str) -> Run:
    run = store.runs.get(run_id)
    if run is None:
        raise NotFound(f"there is no run {run_id!r}", hint="`workbench runs` lists them")
    return run
