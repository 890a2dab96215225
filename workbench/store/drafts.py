"""Drafts that were run: what a run of an unsaved text ran, kept word for word."""

from __future__ import annotations

import json

from workbench.domain.prompts import Content, content_from_dict
from workbench.store.database import Database
from workbench.store.versions import body_of


class Drafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, prompt_id: int, content: Content, *, parent: str | None, actor: str, at: str) -> None:
        """Once for each digest. Inside `write()`."""
        self._database.run(
            "INSERT OR IGNORE INTO drafts (prompt_id, digest, content, parent, actor, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (prompt_id, content.digest, body_of(content), parent, actor, at),
        )

    def id(self, prompt_id: int, digest: str) -> int | None:
        found: int | None = self._database.value(
            "SELECT id FROM drafts WHERE prompt_id = ? AND digest = ?", (prompt_id, digest)
        )
        return found

    def get(self, prompt_id: int, digest: str) -> tuple[Content, str | None, str, str] | None:
        """(content, number it was made from, who, when) of the draft whose digest begins so; None for none."""
        row = self._database.row(
            "SELECT content, parent, actor, created_at FROM drafts "
            "WHERE prompt_id = ? AND digest >= ? AND digest < ? ORDER BY id DESC",
            (prompt_id, digest, digest + "g"),
        )
        return (content_from_dict(json.loads(row[0])), row[1], row[2], row[3]) if row else None
