"""Prompts: their rows, tags and what the library lists."""

from __future__ import annotations

import gc
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from workbench.domain.prompts import PromptRow
from workbench.domain.versions import highest
from workbench.store.database import Database, Row
from workbench.store.order import in_order

_COLUMNS = "p.id, p.name, p.description, p.archived_at, p.latest_number, p.version_count, p.updated_at"


class Prompts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, name: str, environments: Sequence[str] = ()) -> PromptRow | None:
        found = self._rows(" WHERE p.name = ?", (name,), environments)
        return found[0] if found else None

    def spelled_otherwise(self, name: str) -> str | None:
        """A prompt whose name differs only in upper and lower case."""
        found: str | None = self._database.value("SELECT name FROM prompts WHERE name = ? COLLATE NOCASE", (name,))
        return found

    def all(
        self,
        environments: Sequence[str],
        *,
        tag: str | None = None,
        environment: str | None = None,
        archived: bool = False,
    ) -> list[PromptRow]:
        """Sorted by name; `archived` adds the archived ones; `environment` keeps those with something live there."""
        where, parameters = self._archived(archived), []
        if tag is not None:
            where += " AND p.id IN (SELECT prompt_id FROM prompt_tags WHERE tag = ?)"
            parameters.append(tag)
        if environment is not None:
            where += " AND p.id IN (SELECT prompt_id FROM live WHERE environment = ?)"
            parameters.append(environment)
        # A hundred thousand rows are read faster as they lie, sorted here, and not looked through for cycles meanwhile.
        with _no_garbage_collection():
            rows = self._rows(f" WHERE {where}", parameters, environments, whole=True)
            rows.sort(key=attrgetter("name"))
        return rows

    def page(self, environments: Sequence[str], *, after: str, limit: int, archived: bool = False) -> list[PromptRow]:
        """The next `limit` prompts whose names come after `after`."""
        where = f" WHERE {self._archived(archived)} AND p.name > ? ORDER BY p.name LIMIT ?"
        return self._rows(where, (after, limit), environments)

    def names_like(self, name: str, limit: int = 200) -> list[str]:
        """Candidates for "did you mean": neighbours in the alphabet and names with the same last segment."""
        tail = name.rsplit("/", 1)[-1].replace("\\", "").replace("%", "").replace("_", "\\_")
        rows = self._database.rows(
            "SELECT name FROM (SELECT name FROM prompts WHERE name >= :name ORDER BY name LIMIT :limit) UNION "
            "SELECT name FROM (SELECT name FROM prompts WHERE name < :name ORDER BY name DESC LIMIT :limit) UNION "
            "SELECT name FROM (SELECT name FROM prompts WHERE name LIKE :tail ESCAPE '\\' LIMIT :limit)",
            {"name": name, "limit": limit, "tail": f"%{tail}%"},
        )
        return [row[0] for row in rows]

    def add(self, name: str, description: str, at: str) -> int:
        return self._database.insert("prompts", name=name, description=description, created_at=at, updated_at=at)

    def describe(self, prompt_id: int, description: str, at: str) -> None:
        self._database.run(
            "UPDATE prompts SET description = ?, updated_at = ? WHERE id = ?", (description, at, prompt_id)
        )

    def archive(self, prompt_id: int, at: str) -> None:
        self._database.run("UPDATE prompts SET archived_at = ?, updated_at = ? WHERE id = ?", (at, at, prompt_id))

    def unarchive(self, prompt_id: int, at: str) -> None:
        self._database.run("UPDATE prompts SET archived_at = NULL, updated_at = ? WHERE id = ?", (at, prompt_id))

    def touch(self, prompt_id: int, at: str) -> None:
        self._database.run("UPDATE prompts SET updated_at = ? WHERE id = ?", (at, prompt_id))

    def refresh_latest(self, prompt_id: int, at: str) -> None:
        """Works out again which version is the latest, by precedence and without the withdrawn ones."""
        ids: dict[str, int] = dict(
            self._database.rows(
                "SELECT number, id FROM versions v WHERE prompt_id = ? "
                "AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE w.version_id = v.id)",
                (prompt_id,),
            )
        )
        number = highest(ids)
        self._database.run(
            "UPDATE prompts SET latest_version_id = ?, latest_number = ?, version_count = ?, updated_at = ? "
            "WHERE id = ?",
            (ids[number] if number else None, number or "", len(ids), at, prompt_id),
        )

    def tags(self, prompt_id: int) -> tuple[str, ...]:
        rows = self._database.rows("SELECT tag FROM prompt_tags WHERE prompt_id = ? ORDER BY tag", (prompt_id,))
        return tuple(row[0] for row in rows)

    def change_tags(self, prompt_id: int, add: Iterable[str], remove: Iterable[str]) -> None:
        for tag in remove:
            self._database.run("DELETE FROM prompt_tags WHERE prompt_id = ? AND tag = ?", (prompt_id, tag))
        for tag in add:
            self._database.run("INSERT OR IGNORE INTO prompt_tags VALUES (?, ?)", (prompt_id, tag))

    def count(self) -> int:
        return int(self._database.value("SELECT count(*) FROM prompts"))

    @staticmethod
    def _archived(archived: bool) -> str:
        return "1" if archived else "p.archived_at IS NULL"

    def _rows(
        self, where: str, parameters: Sequence[Any], environments: Sequence[str], *, whole: bool = False
    ) -> list[PromptRow]:
        """`whole`: most prompts are wanted, so tags and what is live are read in one sweep each."""
        sql = f"SELECT {_COLUMNS} FROM prompts p{where}"  # noqa: S608
        rows = self._database.rows(sql, parameters)
        if not rows:
            return []
        limits, ids = "", ()
        if not whole or len(rows) < 500:
            ids = tuple(row[0] for row in rows)
            limits = f" WHERE prompt_id IN ({', '.join('?' * len(ids))})"
        tags: dict[int, list[str]] = defaultdict(list)
        for prompt_id, tag in self._database.each(f"SELECT prompt_id, tag FROM prompt_tags{limits}", ids):  # noqa: S608
            tags[prompt_id].append(tag)
        live: dict[int, dict[str, str]] = {}
        # The same few numbers are live all over a large store.
        same: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
        moves = self._database.each(
            f"SELECT prompt_id, environment, number FROM live{limits} ORDER BY prompt_id",  # noqa: S608
            ids,
        )
        for prompt_id, group in groupby(moves, itemgetter(0)):
            there = tuple([(environment, number) for _, environment, number in group])
            if there not in same:
                numbers = dict(there)
                same[there] = {environment: numbers[environment] for environment in in_order(numbers, environments)}
            live[prompt_id] = same[there]
        return [_prompt_row(row, tags.get(row[0]), live.get(row[0])) for row in rows]


_NOTHING_LIVE: dict[str, str] = {}


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _prompt_row(row: Row, tags: list[str] | None, live: dict[str, str] | None) -> PromptRow:
    prompt_id, name, description, archived_at, latest, count, updated_at = row
    return PromptRow(
        prompt_id,
        name,
        description,
        tuple(tags) if tags else (),
        archived_at is not None,
        sys.intern(latest),  # the same few numbers are the latest all over a large store
        count,
        updated_at,
        live or _NOTHING_LIVE,
    )
