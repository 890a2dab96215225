"""Pages of the log and of the ledger, newest first, by what is asked for."""

from __future__ import annotations

import json
import re
from typing import Literal

from workbench.domain.deployments import Deployment
from workbench.domain.events import Event
from workbench.domain.history import HistoryFilter, Page
from workbench.store.database import Database
from workbench.store.deployments import Deployments
from workbench.store.events import Events

LOOKED_AT = 30_000
"""Rows that one page looks at: where few of many match, the next page goes on from there."""


class Paging:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._events = Events(database)
        self._deployments = Deployments(database)

    def events(self, asked: HistoryFilter, *, before: int | None, limit: int) -> Page[Event]:
        where, parameters = list[str](), list[object]()
        if asked.prompt is not None:
            where.append("prompt = ?")
            parameters.append(asked.prompt)
        if asked.environment is not None:
            where.append("json_extract(details, '$.environment') = ?")
            parameters.append(asked.environment)
        if asked.kinds:
            where.append("(" + " OR ".join(["kind = ? OR kind LIKE ? ESCAPE '\\'"] * len(asked.kinds)) + ")")
            parameters += [part for kind in asked.kinds for part in (kind, _escaped(kind) + ".%")]
        if asked.actor:
            where.append("actor LIKE ? ESCAPE '\\'")
            parameters.append(_part(asked.actor))
        if asked.text:
            where.append("(prompt LIKE ? ESCAPE '\\' OR kind LIKE ? ESCAPE '\\' OR details LIKE ? ESCAPE '\\')")
            stored = json.dumps(asked.text, ensure_ascii=False)[1:-1]
            parameters += [_part(asked.text), _part(asked.text), _part(stored)]
        ids, following = self._look("events", asked, where, parameters, before, limit)
        return Page(self._events.of_ids(ids), following)

    def deployments(self, asked: HistoryFilter, *, before: int | None, limit: int) -> Page[Deployment]:
        where, parameters = list[str](), list[object]()
        if asked.prompt is not None:
            where.append("prompt_id = (SELECT id FROM prompts WHERE name = ?)")
            parameters.append(asked.prompt)
        if asked.environment is not None:
            where.append("environment = ?")
            parameters.append(asked.environment)
        if asked.kinds:
            where.append(f"kind IN ({', '.join('?' * len(asked.kinds))})")
            parameters += asked.kinds
        if asked.actor:
            where.append("actor LIKE ? ESCAPE '\\'")
            parameters.append(_part(asked.actor))
        if asked.text:
            where.append(
                "(reason LIKE ? ESCAPE '\\' OR prompt_id IN (SELECT id FROM prompts WHERE name LIKE ? ESCAPE '\\'))"
            )
            parameters += [_part(asked.text)] * 2
        ids, following = self._look("deployments", asked, where, parameters, before, limit)
        return Page(self._deployments.of_ids(ids), following)

    def _look(
        self,
        table: Literal["events", "deployments"],
        asked: HistoryFilter,
        where: list[str],
        parameters: list[object],
        before: int | None,
        limit: int,
    ) -> tuple[list[int], int | None]:
        """The ids that match, newest first, and where the next page begins."""
        newest = int(self._database.value(f"SELECT coalesce(max(id), 0) FROM {table}"))  # noqa: S608 — of two names
        high = newest if before is None else min(newest, before - 1)
        low = 1
        if asked.until is not None:
            high = min(high, self._edge(table, "max", "<=", asked.until, high))
            where, parameters = [*where, "+at <= ?"], [*parameters, asked.until]
        if asked.since is not None:
            low = max(low, self._edge(table, "min", ">=", asked.since, high))
            where, parameters = [*where, "+at >= ?"], [*parameters, asked.since]
        # What one index leads to is looked at in full; everything else row by row, and so in parts.
        indexed = not (asked.actor or asked.text) and (
            asked.prompt is not None if table == "events" else asked.prompt is not None or asked.environment is not None
        )
        bottom = low if indexed and not (table == "events" and asked.environment) else max(low, high - LOOKED_AT + 1)
        rows = self._database.rows(
            f"SELECT id FROM {table} WHERE {' AND '.join([*where, 'id BETWEEN ? AND ?'])} "  # noqa: S608
            "ORDER BY id DESC LIMIT ?",
            (*parameters, bottom, high, limit),
        )
        ids = [row[0] for row in rows]
        if len(ids) == limit:
            return ids, ids[-1] if ids[-1] > low else None
        return ids, bottom if bottom > low else None

    def _edge(self, table: str, which: Literal["min", "max"], sign: str, time: str, newest: int) -> int:
        """The lowest id from a time on, or the highest up to it: from the end that is nearer, for clocks go back and
        the order of times is not quite that of ids."""
        middle = self._database.value(f"SELECT at FROM {table} WHERE id <= ? ORDER BY id DESC LIMIT 1", (newest // 2,))  # noqa: S608
        late = middle is not None and time > middle
        if late == (which == "max"):
            order = "DESC" if which == "max" else "ASC"
            sql = f"SELECT id FROM {table} WHERE +at {sign} ? ORDER BY id {order} LIMIT 1"  # noqa: S608
        else:
            sql = f"SELECT {which}(+id) FROM {table} INDEXED BY {table}_at WHERE at {sign} ?"  # noqa: S608
        found = self._database.value(sql, (time,))
        # Nothing in that direction: an edge beyond all rows.
        return int(found) if found is not None else 0 if which == "max" else newest + 1


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _part(text: str) -> str:
    return f"%{_escaped(text)}%"
