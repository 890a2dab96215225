"""The audit log: appended in the transaction of the act it records, each row chained to the one before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.domain.events import GENESIS, Event, event_hash
from workbench.domain.prompts import canonical_json
from workbench.store.database import Database, Row

_SELECT = "SELECT id, kind, prompt, actor, at, details, undoes, redoes, previous_hash, hash FROM events"
JUDGED = (
    f"{_SELECT} WHERE kind = 'verdict.give' "
    "AND CASE WHEN json_valid(details) THEN json_extract(details, '$.comparison') END = ? "
    "AND json_extract(details, '$.case') = ? LIMIT 1"
)
"""Kind and comparison as in the index `events_of_comparison`, word for word."""


class Events:
    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self,
        kind: str,
        prompt: str,
        *,
        actor: str,
        at: str,
        details: Mapping[str, Any],
        undoes: int | None = None,
        redoes: int | None = None,
    ) -> Event:
        last = self._database.row("SELECT id, hash FROM events ORDER BY id DESC LIMIT 1")
        number, previous = last or (0, GENESIS)
        event = Event(number + 1, kind, prompt, actor, at, dict(details), undoes, redoes, previous)
        event = replace(event, hash=event_hash(previous, event))
        self._database.insert(
            "events",
            id=event.id,
            kind=kind,
            prompt=prompt,
            actor=actor,
            at=at,
            details=canonical_json(dict(details)),
            undoes=undoes,
            redoes=redoes,
            previous_hash=previous,
            hash=event.hash,
        )
        self._database.run(
            "INSERT INTO event_head VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET id = excluded.id, hash = excluded.hash",
            (event.id, event.hash),
        )
        return event

    def head(self) -> tuple[int, str]:
        """Id and hash of the event that was recorded last, kept apart from the events; (0, `GENESIS`) before any."""
        found = self._database.row("SELECT id, hash FROM event_head")
        return (found[0], found[1]) if found else (0, GENESIS)

    def get(self, event_id: int) -> Event | None:
        row = self._database.row(f"{_SELECT} WHERE id = ?", (event_id,))
        return _event(row) if row else None

    def of_ids(self, ids: Sequence[int]) -> list[Event]:
        """In the order of the ids."""
        found: dict[int, Event] = {}
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            rows = self._database.rows(f"{_SELECT} WHERE id IN ({', '.join('?' * len(some))})", some)
            found.update((row[0], _event(row)) for row in rows)
        return [found[each] for each in ids]

    def is_undone(self, event_id: int) -> bool:
        """Some event took it back, and none took that back."""
        return bool(
            self._database.value(
                "SELECT EXISTS (SELECT 1 FROM events u WHERE u.undoes = ? "
                "AND NOT EXISTS (SELECT 1 FROM events r WHERE r.redoes = u.id))",
                (event_id,),
            )
        )

    def was_judged(self, comparison_id: str, case: int) -> bool:
        """A verdict on this input was ever given there, whatever became of it."""
        return self._database.row(JUDGED, (comparison_id, case)) is not None

    def newest(self, prompt: str | None = None, *, limit: int = 200, before: int | None = None) -> list[Event]:
        """Newest first; `before` is the id of the last one already seen."""
        where, parameters = " WHERE 1", []
        if prompt is not None:
            where += " AND prompt = ?"
            parameters.append(prompt)
        if before is not None:
            where += " AND id < ?"
            parameters.append(str(before))
        rows = self._database.rows(f"{_SELECT}{where} ORDER BY id DESC LIMIT ?", (*parameters, limit))
        return [_event(row) for row in rows]

    def page(self, after: int, limit: int) -> list[Event]:
        """Oldest first, for walking the chain."""
        rows = self._database.rows(f"{_SELECT} WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
        return [_event(row) for row in rows]

    def page_as_stored(self, after: int, limit: int) -> list[tuple[Event, str]]:
        """As `page`, each with its details as they are stored; details that are no JSON are left out of the event."""
        rows = self._database.rows(f"{_SELECT} WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
        found = []
        for row in rows:
            try:
                event = _event(row)
            except (ValueError, TypeError):
                event = _event((*row[:5], "{}", *row[6:]))
            found.append((event, str(row[5])))
        return found


def _event(row: Row) -> Event:
    event_id, kind, prompt, actor, at, details, undoes, redoes, previous, own = row
    return Event(event_id, kind, prompt, actor, at, json.loads(details), undoes, redoes, previous, own)
