"""Named variable sets of prompts. What a set ever said stays, so that every change of it can be taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workbench.domain.inputs import VariableSet
from workbench.store.database import Database


class VariableSets:
    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, prompt: str | None = None) -> list[VariableSet]:
        """By name; of one prompt or of all."""
        where, parameters = ("WHERE p.name = ? ", (prompt,)) if prompt is not None else ("", ())
        rows = self._database.rows(
            "SELECT p.name, s.name, v.body, s.actor, s.updated_at FROM variable_sets s "  # noqa: S608 — `where` is ours
            "JOIN prompts p ON p.id = s.prompt_id JOIN set_values v ON v.id = s.values_id "
            f"{where}ORDER BY p.name, s.name",
            parameters,
        )
        return [VariableSet(prompt, name, json.loads(body), actor, at) for prompt, name, body, actor, at in rows]

    def values_id(self, prompt_id: int, name: str) -> int | None:
        """Of what the set says now; None when there is no such set."""
        found: int | None = self._database.value(
            "SELECT values_id FROM variable_sets WHERE prompt_id = ? AND name = ?", (prompt_id, name)
        )
        return found

    def values(self, values_id: int) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            self._database.value("SELECT body FROM set_values WHERE id = ?", (values_id,))
        )
        return found

    def add_values(self, values: Mapping[str, Any]) -> int:
        body = json.dumps(dict(values), ensure_ascii=False, allow_nan=False)
        return self._database.insert("set_values", body=body)

    def point(self, prompt_id: int, name: str, values_id: int | None, *, actor: str, at: str) -> None:
        """The set says what `values_id` says; None: there is no such set any more. Inside `write()`."""
        if values_id is None:
            self._database.run("DELETE FROM variable_sets WHERE prompt_id = ? AND name = ?", (prompt_id, name))
        else:
            self._database.run(
                "INSERT INTO variable_sets VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
                "SET values_id = excluded.values_id, actor = excluded.actor, updated_at = excluded.updated_at",
                (prompt_id, name, values_id, actor, at),
            )
