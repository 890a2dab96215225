"""What hooks are still to be told, written in the transaction of the act itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.domain.events import Event
from workbench.domain.hooks import Delivery, Hook
from workbench.store.database import Database
from workbench.store.events import Events

_WORKER = "hooks-worker"


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, event: Event, hooks: Sequence[Hook], written: Callable[[], None]) -> None:
        """For each of the hooks that wants the event, inside its `write()`; `written` is called after the commit."""
        wanted = [hook.name for hook in hooks if hook.wants(event)]
        for name in wanted:
            self._database.insert("outbox", event_id=event.id, hook=name, state="pending", next_at=event.at)
        if wanted:
            self._database.after_commit(written)

    def claim(
        self, hooks: Sequence[str], now: str, until: str, *, after: int, limit: int, due_only: bool
    ) -> list[Delivery]:
        """Takes the next ones behind the id `after` for this process until then, and counts an attempt; oldest first.
        Inside `write()`."""
        marks = ", ".join("?" * len(hooks))
        due = "AND next_at <= ? " if due_only else ""
        rows = self._database.rows(
            f"SELECT id FROM outbox WHERE state = 'pending' AND hook IN ({marks}) AND id > ? "  # noqa: S608
            f"AND claimed_until <= ? {due}ORDER BY id LIMIT ?",
            (*hooks, after, now, *([now] if due_only else []), limit),
        )
        ids = [row[0] for row in rows]
        for each in ids:
            self._database.run(
                "UPDATE outbox SET attempts = attempts + 1, claimed_until = ? WHERE id = ?", (until, each)
            )
        return self._read(f"WHERE id IN ({', '.join('?' * len(ids))}) ORDER BY id", ids) if ids else []

    def delivered(self, delivery_id: int, at: str) -> None:
        self._database.run(
            "UPDATE outbox SET state = 'delivered', done_at = ?, claimed_until = '', error = '' WHERE id = ?",
            (at, delivery_id),
        )

    def failed(self, delivery_id: int, error: str, at: str, next_at: str | None) -> None:
        """`next_at` None: it is given up."""
        self._database.run(
            "UPDATE outbox SET state = ?, done_at = ?, next_at = ?, claimed_until = '', error = ? WHERE id = ?",
            (
                "pending" if next_at else "given up",
                None if next_at else at,
                next_at or at,
                error,
                delivery_id,
            ),
        )

    def again(self, at: str) -> int:
        """Makes what was given up pending once more; how many."""
        count = int(self._database.value("SELECT count(*) FROM outbox WHERE state = 'given up'"))
        self._database.run(
            "UPDATE outbox SET state = 'pending', attempts = 0, next_at = ?, done_at = NULL WHERE state = 'given up'",
            (at,),
        )
        return count

    def get(self, ids: Sequence[int]) -> list[Delivery]:
        return self._read(f"WHERE id IN ({', '.join('?' * len(ids))}) ORDER BY id", ids) if ids else []

    def newest(self, limit: int) -> list[Delivery]:
        """Newest first, and all that is still open before what is done."""
        return self._read("ORDER BY state = 'delivered', id DESC LIMIT ?", (limit,))

    def counts(self) -> dict[str, int]:
        """By state."""
        return dict(self._database.rows("SELECT state, count(*) FROM outbox GROUP BY state"))

    def next_due(self, hooks: Sequence[str]) -> str | None:
        """When the next pending one of these hooks is to be tried; None: there is none."""
        marks = ", ".join("?" * len(hooks))
        found: str | None = self._database.value(
            f"SELECT min(max(next_at, claimed_until)) FROM outbox WHERE state = 'pending' AND hook IN ({marks})",  # noqa: S608
            tuple(hooks),
        )
        return found

    # One process at a time waits for what is to be tried later; it holds this, and renews it.

    def worker_until(self) -> str:
        """Until when a process says that it is there; "" for none."""
        return str(self._database.value("SELECT updated_at FROM kept WHERE key = ?", (_WORKER,)) or "")

    def hold(self, until: str) -> None:
        self._database.run(
            "INSERT INTO kept VALUES (?, 'true', ?) ON CONFLICT DO UPDATE SET updated_at = excluded.updated_at",
            (_WORKER, until),
        )

    def let_go(self) -> None:
        self._database.run("DELETE FROM kept WHERE key = ?", (_WORKER,))

    def _read(self, where: str, parameters: Sequence[object]) -> list[Delivery]:
        rows = self._database.rows(
            f"SELECT id, hook, event_id, state, attempts, next_at, done_at, error FROM outbox {where}",  # noqa: S608
            parameters,
        )
        events = {event.id: event for event in Events(self._database).of_ids(sorted({row[2] for row in rows}))}
        return [Delivery(row[0], row[1], events[row[2]], *row[3:]) for row in rows]
