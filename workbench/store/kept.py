"""What a person filled in and expects to find again: small values by key."""

from __future__ import annotations

import json
from typing import Any

from workbench.store.database import Database


class Kept:
    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, key: str, value: Any, at: str) -> None:
        self._database.run(
            "INSERT INTO kept VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            (key, json.dumps(value), at),
        )

    def get(self, key: str) -> Any | None:
        found = self._database.value("SELECT value FROM kept WHERE key = ?", (key,))
        return None if found is None else json.loads(found)

    def forget(self, key: str) -> None:
        self._database.run("DELETE FROM kept WHERE key = ?", (key,))

    def keys(self, prefix: str) -> list[str]:
        rows = self._database.rows(
            "SELECT key FROM kept WHERE substr(key, 1, ?) = ? ORDER BY key", (len(prefix), prefix)
        )
        return [row[0] for row in rows]
