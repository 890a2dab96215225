"""Versions: immutable content, found by number, environment, digest or as the latest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.domain.prompts import Content, Version, VersionRow, content_from_dict
from workbench.domain.versions import precedence
from workbench.store.database import Database, Row
from workbench.store.order import in_order, split

_FACTS = """v.author, v.created_at, v.note, v.parent,
    (SELECT group_concat(tag, char(31)) FROM (SELECT tag FROM version_tags WHERE version_id = v.id ORDER BY tag)),
    (SELECT group_concat(environment, char(31)) FROM live WHERE prompt_id = v.prompt_id AND version_id = v.id),
    EXISTS (SELECT 1 FROM withdrawn w WHERE w.version_id = v.id)"""
_WHOLE = (
    f"SELECT v.id, p.name, v.number, v.content, v.source, {_FACTS} FROM versions v JOIN prompts p ON p.id = v.prompt_id"  # noqa: S608
)


class Versions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def by_number(self, name: str, number: str, environments: Sequence[str] = ()) -> Version | None:
        return self._one("WHERE p.name = ? AND v.number = ?", (name, number), environments)

    def latest(self, name: str, environments: Sequence[str] = ()) -> Version | None:
        return self._one("WHERE p.name = ? AND v.id = p.latest_version_id", (name,), environments)

    def live(self, name: str, environment: str, environments: Sequence[str] = ()) -> Version | None:
        return self._one(
            "WHERE p.name = ? AND v.id = (SELECT version_id FROM live WHERE prompt_id = p.id AND environment = ?)",
            (name, environment),
            environments,
        )

    def by_digest(self, prompt_id: int, prefix: str) -> list[tuple[str, str]]:
        """(number, digest) of the versions whose digest begins with `prefix`, withdrawn ones left out."""
        rows = self._database.rows(
            "SELECT number, digest FROM versions v WHERE prompt_id = ? AND digest >= ? AND digest < ? "
            "AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE w.version_id = v.id)",
            (prompt_id, prefix, prefix + "g"),
        )
        return [(number, digest) for number, digest in rows]

    def rows(self, prompt_id: int, environments: Sequence[str], *, include_withdrawn: bool = False) -> list[VersionRow]:
        """Highest number first."""
        found = self._database.rows(
            f"SELECT v.id, v.number, v.digest, {_FACTS} FROM versions v WHERE v.prompt_id = ?",  # noqa: S608
            (prompt_id,),
        )
        rows = [
            VersionRow(
                version_id,
                number,
                digest,
                author,
                at,
                note,
                parent,
                split(tags),
                in_order(split(live), environments),
                bool(gone),
            )
            for version_id, number, digest, author, at, note, parent, tags, live, gone in found
            if include_withdrawn or not gone
        ]
        rows.sort(key=lambda row: precedence(row.number), reverse=True)
        return rows

    def numbers(self, prompt_id: int) -> list[str]:
        """All that were ever taken, withdrawn ones too."""
        return [row[0] for row in self._database.rows("SELECT number FROM versions WHERE prompt_id = ?", (prompt_id,))]

    def withdrawn_numbers(self, prompt_id: int) -> list[str]:
        rows = self._database.rows(
            "SELECT v.number FROM withdrawn w JOIN versions v ON v.id = w.version_id WHERE v.prompt_id = ?",
            (prompt_id,),
        )
        return [row[0] for row in rows]

    def origins(self, prompt_id: int) -> list[tuple[str, str, str | None, str | None, str | None]]:
        """(number, digest, parent, commit, blob) in the order in which they were saved; the last two where known."""
        return self._database.rows(
            "SELECT number, digest, parent, json_extract(source, '$.commit'), json_extract(source, '$.blob') "
            "FROM versions WHERE prompt_id = ? ORDER BY id",
            (prompt_id,),
        )

    def parents(self, prompt_id: int) -> dict[str, tuple[str, ...]]:
        """Number → the versions of this prompt that it was made of: its parent, and what was merged into it."""
        rows = self._database.rows(
            "SELECT number, parent, json_extract(source, '$.merged') FROM versions WHERE prompt_id = ?", (prompt_id,)
        )
        return {number: tuple(one for one in (parent, merged) if one) for number, parent, merged in rows}

    def digest(self, prompt_id: int, number: str) -> str | None:
        found: str | None = self._database.value(
            "SELECT digest FROM versions WHERE prompt_id = ? AND number = ?", (prompt_id, number)
        )
        return found

    def add(
        self,
        prompt_id: int,
        number: str,
        content: Content,
        *,
        author: str,
        at: str,
        note: str,
        parent: str | None,
        source: Mapping[str, Any],
    ) -> int:
        return self._database.insert(
            "versions",
            prompt_id=prompt_id,
            number=number,
            digest=content.digest,
            content=body_of(content),
            author=author,
            created_at=at,
            note=note,
            parent=parent,
            source=json.dumps(dict(source), ensure_ascii=False),
        )

    def withdraw(self, version_id: int, at: str, actor: str) -> None:
        self._database.run("INSERT OR IGNORE INTO withdrawn VALUES (?, ?, ?)", (version_id, at, actor))

    def reinstate(self, version_id: int) -> None:
        self._database.run("DELETE FROM withdrawn WHERE version_id = ?", (version_id,))

    def tags(self, version_id: int) -> tuple[str, ...]:
        rows = self._database.rows("SELECT tag FROM version_tags WHERE version_id = ? ORDER BY tag", (version_id,))
        return tuple(row[0] for row in rows)

    def change_tags(self, version_id: int, add: Iterable[str], remove: Iterable[str]) -> None:
        for tag in remove:
            self._database.run("DELETE FROM version_tags WHERE version_id = ? AND tag = ?", (version_id, tag))
        for tag in add:
            self._database.run("INSERT OR IGNORE INTO version_tags VALUES (?, ?)", (version_id, tag))

    def count(self) -> int:
        return int(self._database.value("SELECT count(*) FROM versions"))

    def page_of_bodies(self, after: int, limit: int) -> list[tuple[int, str, str, str, str]]:
        """(id, prompt, number, digest, content as stored) in the order of ids, for checking them all."""
        return self._database.rows(
            "SELECT v.id, p.name, v.number, v.digest, v.content FROM versions v JOIN prompts p ON p.id = v.prompt_id "
            "WHERE v.id > ? ORDER BY v.id LIMIT ?",
            (after, limit),
        )

    def _one(self, where: str, parameters: Sequence[Any], environments: Sequence[str]) -> Version | None:
        row = self._database.row(f"{_WHOLE} {where}", parameters)
        return _version(row, environments) if row else None


def body_of(content: Content) -> str:
    """The content as it is stored: like its canonical form, but variables and settings keep their order, because a
    form shows them in it and a response format's fields reach the model in it. Its digest does not depend on it."""
    return json.dumps(
        {
            "format": content.format,
            "messages": [message.as_dict() for message in content.messages],
            "settings": dict(content.settings),
            "variables": {variable.name: variable.as_dict() for variable in content.variables},
        },
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )


def _version(row: Row, environments: Sequence[str]) -> Version:
    version_id, name, number, content, source, author, at, note, parent, tags, live, gone = row
    return Version(
        version_id,
        name,
        number,
        content_from_dict(json.loads(content)),
        author,
        at,
        note,
        parent,
        split(tags),
        in_order(split(live), environments),
        json.loads(source),
        bool(gone),
    )
