"""Whether the rows that never change are what was written: each has its hash in an event, or in a seal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from workbench.domain.events import row_hash
from workbench.store.database import Database, Row

Table = Literal["versions", "deployments", "reviews", "signatures", "command_results"]

_COLUMNS: Mapping[Table, str] = {
    "versions": "id, prompt_id, number, digest, content, author, created_at, note, parent, source",
    "deployments": "id, prompt_id, environment, kind, before_id, after_id, actor, at, reason, forced",
    "reviews": "id, prompt_id, version_id, digest, environment, kind, comment, line_version_id, line, about, actor, at",
    "signatures": "id, of, row_id, payload, signature, signer, at",
    "command_results": "id, prompt_id, version_id, digest, environment, command, exit_code, ended, output, seconds, "
    "actor, at",
}
"""A column that comes later is not among them: its rows are hashed as they were when they were sealed."""
_PAGE = 500
_NAMED = 100
_OWNERS = {"version": "versions", "deployment": "deployments"}


class Seals:
    def __init__(self, database: Database) -> None:
        self._database = database

    def hash_of(self, table: Table, row_id: int) -> str:
        """For the event that records the row. `rows` of an event's details are such pairs: [table, id, hash]."""
        return row_hash(self._database.row(f"SELECT {_COLUMNS[table]} FROM {table} WHERE id = ?", (row_id,)) or ())  # noqa: S608

    def count(self) -> int:
        """Of all rows that are sealed; signatures twice, for each is checked by itself too."""
        tables = (*_COLUMNS, "signatures")
        return sum(int(self._database.value(f"SELECT count(*) FROM {table}")) for table in tables)  # noqa: S608

    def faults(self, more: Callable[[int], None] = lambda _: None) -> tuple[int, list[str]]:
        """How many rows there are, and what is wrong with which of them; `more` hears of each row."""
        known, faults = self._known()
        names: dict[object, str] = dict(self._database.rows("SELECT id, name FROM prompts"))
        count = 0
        for table, columns in _COLUMNS.items():
            recorded = known.get(table, {})
            seen = set()
            for row in self._pages(columns, table):
                seen.add(row[0])
                more(1)
                if row[0] not in recorded:
                    wrong = "was never recorded by an event"
                elif _hash(row) != recorded[row[0]][0]:
                    wrong = "was changed"
                elif table != "signatures" and recorded[row[0]][1] not in ("", names.get(row[1])):
                    wrong = f"belonged to {recorded[row[0]][1]}"
                else:
                    continue
                # Of hundreds of thousands only the first are read by anybody.
                name = self._named(table, row[0]) if len(faults) < _NAMED else f"{table} {row[0]}"
                faults.append(f"{name} {wrong}")
            count += len(seen)
            faults += [f"{table[:-1].replace('_', ' ')} {row_id} was removed" for row_id in recorded.keys() - seen]
        return count, faults

    def _known(self) -> tuple[dict[str, dict[int, tuple[str, str]]], list[str]]:
        """table → id → (hash, prompt; "" where it is not known), and what is wrong with that itself."""
        known: dict[str, dict[int, tuple[str, str]]] = {}
        faults: list[str] = []
        sealed: list[tuple[int, str]] = []
        for event_id, kind, prompt, details in self._pages(
            "id, kind, prompt, details", "events", "kind = 'store.seal' OR details LIKE '%\"rows\":[[%'"
        ):
            try:
                found = json.loads(details)
                if kind == "store.seal":
                    sealed.append((found["rows"], found["hash"]))
                    continue
                for table, row_id, hashed in found["rows"]:
                    known.setdefault(table, {})[row_id] = (hashed, prompt)
            except (ValueError, KeyError, TypeError):
                faults.append(f"event {event_id} does not say which rows it recorded")
        whole, count = hashlib.sha256(), 0
        # As they were sealed: versions before deployments.
        for of, row_id, hashed in self._database.rows(
            "SELECT of, row_id, hash FROM seals ORDER BY of = 'deployment', row_id"
        ):
            known.setdefault(_OWNERS[of], {})[row_id] = (hashed, "")
            whole.update(hashed.encode())
            count += 1
        if (count, whole.hexdigest()) not in sealed and (count or sealed):
            faults.append("the seals of the older rows were changed")
        return known, faults

    def _named(self, table: Table, row_id: int) -> str:
        if table == "versions":
            row = self._database.row(
                "SELECT p.name || '@' || v.number FROM versions v "
                "LEFT JOIN prompts p ON p.id = v.prompt_id WHERE v.id = ?",
                (row_id,),
            )
        elif table == "signatures":
            row = self._database.row("SELECT 'of ' || of || ' ' || row_id FROM signatures WHERE id = ?", (row_id,))
        else:
            row = self._database.row(
                f"SELECT 'of ' || p.name || ' in ' || t.environment FROM {table} t "  # noqa: S608 — names in this file
                "LEFT JOIN prompts p ON p.id = t.prompt_id WHERE t.id = ?",
                (row_id,),
            )
        what = f"{table[:-1].replace('_', ' ')} {row_id}"
        return f"{what} ({row[0]})" if row and row[0] else what

    def _pages(self, columns: str, table: str, where: str = "1") -> Iterator[Row]:
        """All rows in the order of their ids, the first of the columns, a page at a time."""
        last = -1
        sql = f"SELECT {columns} FROM {table} WHERE id > ? AND ({where}) ORDER BY id LIMIT {_PAGE}"  # noqa: S608 — ours
        while page := self._database.rows(sql, (last,)):
            yield from page
            last = page[-1][0]


def _hash(row: Row) -> str:
    try:
        return row_hash(row)
    except TypeError:
        return ""  # a BLOB, which nobody but a stranger writes
