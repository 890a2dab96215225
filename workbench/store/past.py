"""What was there at a time. Times are as they are stored; what is asked costs what changed since, not what there is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.store.database import Database

_THEN = (
    "(SELECT x.{what} FROM deployments x WHERE x.prompt_id = {prompt} AND x.environment = {environment} "
    "AND x.at <= :time ORDER BY x.id DESC LIMIT 1)"
)
_ENVIRONMENTS = (
    "WITH RECURSIVE e (name) AS (SELECT min(environment) FROM deployments UNION ALL "
    "SELECT (SELECT min(environment) FROM deployments WHERE environment > e.name) FROM e WHERE e.name IS NOT NULL)"
)
"""All that were ever deployed to, one step of an index for each."""

LOOKS = (
    "kind IN ('tag.change', 'prompt.describe', 'prompt.archive', 'prompt.unarchive', 'version.withdraw', "
    "'version.reinstate') OR instr(details, '\"archived\":') > 0 OR instr(details, '\"description\":{') > 0"
)
"""As in the index `events_looks`, word for word."""
_MANY = 20_000
"""Deployments from which one sweep over all of them is quicker than a look for each place that was moved; versions from
which those of a few prompts are found quicker by these than by the time."""
_MANY_LOOKS = 2_000
_PART = 40
"""Versions that are read at once on the way back."""


class Past:
    def __init__(self, database: Database) -> None:
        self._database = database

    def live(
        self,
        time: str,
        *,
        prompt_id: int | None = None,
        environment: str | None = None,
        after: tuple[str, str] | None = None,
        limit: int = -1,
    ) -> list[tuple[int, str | None]]:
        """(deployment that made it live, number that is live there now), by prompt and environment; `after` is the
        prompt and environment of the last one already seen, -1 no limit."""
        where, parameters = "e.name IS NOT NULL", dict[str, object](time=time, limit=limit)
        if prompt_id is not None:
            where += " AND p.id = :prompt"
            parameters["prompt"] = prompt_id
        if environment is not None:
            where += " AND e.name = :environment"
            parameters["environment"] = environment
        if after is not None:
            # The first half lets the index be entered at the right place.
            where += " AND p.name >= :after_name AND (p.name > :after_name OR e.name > :after_environment)"
            parameters["after_name"], parameters["after_environment"] = after
        deployment = _THEN.format(what="id", prompt="p.id", environment="e.name")
        return self._database.rows(
            f"{_ENVIRONMENTS} SELECT d.id, l.number FROM prompts p CROSS JOIN e "  # noqa: S608 — written above
            f"JOIN deployments d ON d.id = {deployment} "
            "LEFT JOIN live l ON l.prompt_id = p.id AND l.environment = e.name "
            f"WHERE {where} AND d.after_id IS NOT NULL ORDER BY p.name, e.name LIMIT :limit",
            parameters,
        )

    def environments(self) -> list[str]:
        """All that were ever deployed to, by name."""
        rows = self._database.rows(_ENVIRONMENTS + " SELECT name FROM e WHERE name IS NOT NULL")  # noqa: S608 — no data
        return [row[0] for row in rows]

    def moved_since(self, time: str, prompt_ids: Sequence[int] | None = None) -> list[tuple[int, str, str | None]]:
        """(prompt, environment, number that was live there then) wherever something was moved after that time; None:
        of all prompts."""
        if prompt_ids is None:
            moved = self._database.value(
                "SELECT count(*) FROM deployments INDEXED BY deployments_at WHERE at > ?", (time,)
            )
            if moved <= _MANY:
                after = _THEN.format(what="after_id", prompt="c.prompt_id", environment="c.environment")
                return self._database.rows(
                    "WITH c AS (SELECT DISTINCT prompt_id, environment FROM deployments "  # noqa: S608 — written above
                    "INDEXED BY deployments_at WHERE at > :time) "
                    f"SELECT c.prompt_id, c.environment, (SELECT number FROM versions WHERE id = {after}) FROM c",
                    {"time": time},
                )
        some = f"WHERE {_among('prompt_id', prompt_ids)} " if prompt_ids is not None else ""
        return self._database.rows(
            "SELECT c.prompt_id, c.environment, v.number FROM (SELECT prompt_id, environment, max(at) AS last, "  # noqa: S608
            f"max(CASE WHEN at <= ? THEN id END) AS id FROM deployments INDEXED BY deployments_of {some}"
            "GROUP BY prompt_id, environment HAVING last > ?) c "
            # By indexes that hold all that is asked for and lie together for each prompt: the rows do not.
            "LEFT JOIN deployments d INDEXED BY deployments_after ON d.prompt_id = c.prompt_id "
            "AND d.environment = c.environment AND +d.id = c.id "
            "LEFT JOIN versions v ON v.prompt_id = c.prompt_id AND +v.id = d.after_id",
            (time, *(prompt_ids or ()), time),
        )

    def saved_since(self, time: str, prompt_ids: Sequence[int] | None = None) -> list[int]:
        """Those of these prompts, None for all, that got a version after that time."""
        index, some = "versions_at", ""
        if prompt_ids is not None:
            some = f" AND {_among('prompt_id', prompt_ids)}"
            index = index if self._few_saved(time) else "versions_digest"
        rows = self._database.rows(
            f"SELECT DISTINCT prompt_id FROM versions INDEXED BY {index} WHERE created_at > ?{some}",  # noqa: S608 — marks only
            (time, *(prompt_ids or ())),
        )
        return [row[0] for row in rows]

    def numbers(self, time: str, prompt_ids: Sequence[int] | None) -> list[tuple[int, str]]:
        """(prompt, number) of the versions that were saved until then, withdrawn ones too; None: of all prompts."""
        if prompt_ids is None:
            return self._database.rows(
                "SELECT prompt_id, number FROM versions INDEXED BY versions_at WHERE created_at <= ?", (time,)
            )
        if len(prompt_ids) > 1 and self._few_saved(time):
            # Both by indexes that hold all that is asked for.
            some = _among("prompt_id", prompt_ids)
            return self._database.rows(
                f"SELECT prompt_id, number FROM versions WHERE {some} EXCEPT "  # noqa: S608 — marks only
                f"SELECT prompt_id, number FROM versions INDEXED BY versions_at WHERE created_at > ? AND {some}",
                (*prompt_ids, time, *prompt_ids),
            )
        return [
            row
            for each in prompt_ids
            for row in self._database.rows(
                "SELECT prompt_id, number FROM versions WHERE prompt_id = ? AND created_at <= ?", (each, time)
            )
        ]

    def _few_saved(self, time: str) -> bool:
        """So few versions since then that all of them are looked through quicker than the rows of some prompts."""
        saved = self._database.value(
            "SELECT count(*) FROM versions INDEXED BY versions_at WHERE created_at > ?", (time,)
        )
        return bool(saved <= _MANY)

    def withdrawn(self) -> list[tuple[int, str]]:
        """(prompt, number) of the versions that are withdrawn now: few, ever."""
        return self._database.rows(
            "SELECT v.prompt_id, v.number FROM withdrawn w JOIN versions v ON v.id = w.version_id"
        )

    def ancestors(self, prompt_id: int, number: str) -> Iterator[tuple[str, str, str, str, str]]:
        """(number, author, time, note, content as stored) of the version, of the one it was made from, and so on back;
        read in small parts, as far as somebody asks. A version without a parent is the end."""
        # A parent is older than its child, so that the way back has an end.
        ids = [
            row[0]
            for row in self._database.rows(
                "WITH RECURSIVE way (id, parent) AS (SELECT id, parent FROM versions WHERE prompt_id = :prompt "
                "AND number = :number UNION ALL SELECT v.id, v.parent FROM way JOIN versions v "
                "ON v.prompt_id = :prompt AND v.number = way.parent AND v.id < way.id) SELECT id FROM way",
                {"prompt": prompt_id, "number": number},
            )
        ]
        for start in range(0, len(ids), _PART):
            some = ids[start : start + _PART]
            yield from self._database.rows(
                "SELECT number, author, created_at, note, content FROM versions "  # noqa: S608 — marks only
                f"WHERE id IN ({', '.join('?' * len(some))}) ORDER BY id DESC",
                some,
            )

    def looks_since(self, time: str, prompts: Sequence[str] | None = None) -> list[tuple[str, str, Mapping[str, Any]]]:
        """(kind, prompt, details), newest first, of what changed since then how these prompts, None for all, look in
        the library, besides their versions and what is live: what must be thought away to see the past."""
        some, index = "", "events_looks"
        if prompts is not None:
            some = f"AND {_among('prompt', prompts)} "
            index = "events_of" if len(prompts) == 1 or self._many_looks(time) else index
        rows = self._database.rows(
            f"SELECT kind, prompt, details FROM events INDEXED BY {index} WHERE at > ? {some}AND ({LOOKS}) "  # noqa: S608
            "ORDER BY id DESC",
            (time, *(prompts or ())),
        )
        return [(kind, name, json.loads(details)) for kind, name, details in rows]

    def _many_looks(self, time: str) -> bool:
        """So many that those of a few prompts are found quicker among all that these prompts did."""
        found = self._database.value(
            f"SELECT count(*) FROM (SELECT 1 FROM events INDEXED BY events_looks WHERE at > ? AND ({LOOKS}) LIMIT ?)",  # noqa: S608
            (time, _MANY_LOOKS),
        )
        return bool(found == _MANY_LOOKS)


def _among(column: str, values: Sequence[object]) -> str:
    return f"{column} IN ({', '.join('?' * len(values))})"
