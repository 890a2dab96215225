"""The audit log and the ledger in pages, and taking acts back: by whomever and from wherever they were done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.domain.deployments import Deployment
from workbench.domain.environments import Environment
from workbench.domain.events import UNDOABLE, Event
from workbench.domain.history import HistoryFilter, Page
from workbench.domain.taking_back import LASTING, acts_to_take_back, is_one_act
from workbench.errors import MovedMeanwhile, NotFound, Refused
from workbench.services.library import Library
from workbench.services.past.telling import told
from workbench.services.past.undoing import Taking, take
from workbench.store import Store

WINDOW = 500
"""How many of the newest events undo looks at, so that it costs the same in a store of any age."""
EVERYTHING = HistoryFilter()


@dataclass(frozen=True)
class Undone:
    event: Event
    """The last event that was recorded for this undo or redo."""
    message: str
    undo_hint: str
    """How to take it back again."""
    events: tuple[Event, ...] = ()
    """All that were recorded: several where the act was of several prompts."""


class History:
    """`actor` is who acts, recorded with every undo and redo."""

    def __init__(self, store: Store, environments: Sequence[Environment], actor: str) -> None:
        self._store = store
        self._actor = actor
        self._library = Library(store, environments, actor)

    # Reading

    def events(self, name: str | None = None, *, limit: int = 200, before: int | None = None) -> list[Event]:
        """Newest first; `before` is the id of the last event already seen. Raises `NotFound` for an unknown prompt."""
        if name is not None:
            self._library.prompt(name)
        return self._store.events.newest(name, limit=limit, before=before)

    def event_page(
        self, asked: HistoryFilter = EVERYTHING, *, before: int | None = None, limit: int = 200
    ) -> Page[Event]:
        """`before` is the `next` of the page before. Raises `NotFound` for an unknown prompt."""
        with self._store.snapshot():
            if asked.prompt is not None:
                self._library.prompt(asked.prompt)
            return self._store.paging.events(asked, before=before, limit=limit)

    def deployment_page(
        self, asked: HistoryFilter = EVERYTHING, *, before: int | None = None, limit: int = 200
    ) -> Page[Deployment]:
        """As `event_page`, of the ledger."""
        with self._store.snapshot():
            if asked.prompt is not None:
                self._library.prompt(asked.prompt)
            return self._store.paging.deployments(asked, before=before, limit=limit)

    # Taking back

    def next_acts(self, comparison: str = "") -> tuple[Event | None, Event | None]:
        """What undo would take back, and the undo that redo would: show them, and give their ids as `expected`.

        `comparison` as `undo`."""
        acts, undos = self._candidates(comparison)
        return (acts[-1] if acts else None, undos[-1] if undos else None)

    def next_undo(self, comparison: str = "") -> str:
        """What undo would take back, in one line; "" for nothing."""
        acts, _ = self._candidates(comparison)
        return self._told(acts) if acts else ""

    def next_redo(self, comparison: str = "") -> str:
        """What redo would do again, in one line; "" for nothing."""
        _, undos = self._candidates(comparison)
        return self._told(self._originals(undos)) if undos else ""

    def undo(self, event: int | None = None, *, expected: int | None = None, comparison: str = "") -> Undone:
        """Takes the last act back in one transaction, or the one of this `event`, whoever did it.

        `expected` is the id of the event that was shown as the last. `comparison`, an id: only its verdicts and what
        its runs were marked with are looked at. Raises `MovedMeanwhile` when it is not any more, or when what the act
        did was changed since; `Refused` when there is nothing, or it is not possible.
        """
        with self._store.write():
            acts = self._candidates(comparison)[0] if event is None else self._act_of(event)
            if not acts:
                raise Refused("nothing to undo" + (" in this comparison" if comparison else ""))
            self._check_expected(acts[-1], expected)
            shared = self._shared(acts)
            recorded = [self._take(act, True, shared, undoes=act.id) for act in reversed(acts)]
            message = self._told(acts)
        return Undone(recorded[-1], f"took back: {message}", "redo does it again", tuple(recorded))

    def redo(self, *, expected: int | None = None, comparison: str = "") -> Undone:
        """Does again what the last undo took back. `comparison` and errors as `undo`."""
        with self._store.write():
            undos = self._candidates(comparison)[1]
            originals = self._originals(undos)
            if not undos or len(originals) != len(undos):
                raise Refused("nothing to redo" + (" in this comparison" if comparison else ""))
            self._check_expected(undos[-1], expected)
            shared = self._shared(undos)
            pairs = zip(reversed(undos), originals, strict=True)
            recorded = [self._take(act, False, shared, redoes=undo.id) for undo, act in pairs]
            message = self._told(originals)
        return Undone(recorded[-1], f"did again: {message}", "undo takes it back", tuple(recorded))

    # Inside

    def _candidates(self, comparison: str = "") -> tuple[tuple[Event, ...], tuple[Event, ...]]:
        events = self._store.events.newest(limit=WINDOW)[::-1]
        if comparison:
            runs = {run for _, run in self._store.comparisons.runs(comparison, all_of_them=True)}
            return acts_to_take_back(
                [one for one in events if one.details.get("comparison") == comparison or one.details.get("run") in runs]
            )
        acts, undos = acts_to_take_back(events)
        # An act of many can begin before the window does.
        while events and events[0].id > 1 and any(group and is_one_act(group[0], events[0]) for group in (acts, undos)):
            events = self._store.events.newest(limit=WINDOW, before=events[0].id)[::-1] + events
            acts, undos = acts_to_take_back(events)
        return acts, undos

    def _act_of(self, event_id: int) -> tuple[Event, ...]:
        """The events of the act that this one belongs to, oldest first."""
        found = self._store.events.get(event_id)
        if found is None:
            raise NotFound(f"there is no event {event_id}", hint="workbench history lists them")
        if found.undoes is not None or found.kind not in UNDOABLE:
            why = LASTING.get(found.kind, "it took another act back; redo does that again")
            raise Refused(f"event {event_id} ({told(found)}) is not taken back: {why}")
        acts = [found]
        for step in (-1, 1):
            other = self._store.events.get(found.id + step)
            while other is not None and is_one_act(found, other):
                acts.append(other)
                other = self._store.events.get(other.id + step)
        for act in acts:
            if self._store.events.is_undone(act.id):
                raise Refused(f"event {act.id} ({told(act)}) was taken back already", "redo does it again")
        return tuple(sorted(acts, key=lambda act: act.id))

    def _originals(self, undos: Sequence[Event]) -> tuple[Event, ...]:
        """What these took back, in the order in which it was done."""
        found = (self._store.events.get(undo.undoes) for undo in reversed(undos) if undo.undoes is not None)
        return tuple(act for act in found if act is not None)

    def _check_expected(self, last: Event, expected: int | None) -> None:
        if expected is not None and last.id != expected:
            raise MovedMeanwhile(
                f"{last.actor} has moved on since: {told(last)}", "nothing was taken back; look at workbench history"
            )

    def _shared(self, acts: Sequence[Event]) -> int | None:
        """The number that the events of one act share: that of its first."""
        return self._store.events.newest(limit=1)[0].id + 1 if len(acts) > 1 else None

    def _take(
        self, act: Event, backwards: bool, shared: int | None, *, undoes: int | None = None, redoes: int | None = None
    ) -> Event:
        prompt = self._library.prompt(act.prompt)
        return take(Taking(self._store, self._library, self._actor, act, prompt, backwards, undoes, redoes, shared))

    def _told(self, acts: Sequence[Event]) -> str:
        first = acts[-1] if len(acts) == 1 else acts[0]
        more = f" and {len(acts) - 1} more" if len(acts) > 1 else ""
        by = f" (by {first.actor})" if first.actor != self._actor else ""
        return told(first) + more + by
