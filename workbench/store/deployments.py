"""The ledger of deployments and what is live because of it, kept in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.domain.deployments import Deployment, Kind
from workbench.store.database import Database

_SELECT = (
    "SELECT d.id, p.name, d.environment, d.kind, b.number, a.number, d.actor, d.at, d.reason, d.forced "
    "FROM deployments d JOIN prompts p ON p.id = d.prompt_id "
    "LEFT JOIN versions b ON b.id = d.before_id LEFT JOIN versions a ON a.id = d.after_id"
)


class Deployments:
    def __init__(self, database: Database) -> None:
        self._database = database

    def move(
        self,
        prompt_id: int,
        environment: str,
        kind: Kind,
        after_id: int | None,
        *,
        actor: str,
        at: str,
        reason: str,
        forced: str = "",
    ) -> int:
        """Appends to the ledger and moves what is live; `after_id` None: nothing is live there any more. Its id."""
        before_id = self._database.value(
            "SELECT version_id FROM live WHERE prompt_id = ? AND environment = ?", (prompt_id, environment)
        )
        row = self._database.insert(
            "deployments",
            prompt_id=prompt_id,
            environment=environment,
            kind=kind,
            before_id=before_id,
            after_id=after_id,
            actor=actor,
            at=at,
            reason=reason,
            forced=forced,
        )
        if after_id is None:
            self._database.run("DELETE FROM live WHERE prompt_id = ? AND environment = ?", (prompt_id, environment))
        else:
            self._database.run(
                "INSERT INTO live SELECT ?, ?, id, number FROM versions WHERE id = ? "
                "ON CONFLICT DO UPDATE SET version_id = excluded.version_id, number = excluded.number",
                (prompt_id, environment, after_id),
            )
        return row

    def get(self, deployment_id: int) -> Deployment:
        return self._read(" WHERE d.id = ?", (deployment_id,))[0]

    def find(self, deployment_id: int) -> Deployment | None:
        found = self._read(" WHERE d.id = ?", (deployment_id,))
        return found[0] if found else None

    def of_ids(self, ids: Sequence[int]) -> list[Deployment]:
        """In the order of the ids."""
        found: dict[int, Deployment] = {}
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            marks = ", ".join("?" * len(some))
            found.update((row.id, row) for row in self._read(f" WHERE d.id IN ({marks})", some))
        return [found[each] for each in ids]

    def last(self, prompt_id: int, environment: str) -> Deployment | None:
        """The one that made live what is live there now."""
        found = self._read(
            " WHERE d.prompt_id = ? AND d.environment = ? ORDER BY d.id DESC LIMIT 1", (prompt_id, environment)
        )
        return found[0] if found else None

    def of_environment(self, prompt_id: int, environment: str) -> tuple[Deployment, ...]:
        """All of one prompt in one environment, oldest first."""
        where = " WHERE d.prompt_id = ? AND d.environment = ? ORDER BY d.id"
        return tuple(self._read(where, (prompt_id, environment)))

    def newest(self, prompt_id: int | None, environment: str | None, limit: int) -> list[Deployment]:
        """Newest first, ordered by id and not by time: clocks go back."""
        where, parameters = " WHERE 1", list[object]()
        if prompt_id is not None:
            where += " AND d.prompt_id = ?"
            parameters.append(prompt_id)
        if environment is not None:
            where += " AND d.environment = ?"
            parameters.append(environment)
        return self._read(f"{where} ORDER BY d.id DESC LIMIT ?", (*parameters, limit))

    def was_live(self, prompt_id: int, environment: str, version_id: int) -> bool:
        return bool(
            self._database.value(
                "SELECT EXISTS (SELECT 1 FROM deployments WHERE prompt_id = ? AND environment = ? AND after_id = ?)",
                (prompt_id, environment, version_id),
            )
        )

    def stays(self, prompt_id: int, environment: str, digest: str) -> list[tuple[str, str | None]]:
        """(since, until) of the times in which a version with this digest was live there, oldest first."""
        return self._database.rows(
            "SELECT d.at, (SELECT n.at FROM deployments n WHERE n.prompt_id = d.prompt_id "
            "AND n.environment = d.environment AND n.id > d.id ORDER BY n.id LIMIT 1) FROM deployments d "
            "WHERE d.prompt_id = ? AND d.environment = ? "
            "AND d.after_id IN (SELECT id FROM versions WHERE prompt_id = ? AND digest = ?) ORDER BY d.id",
            (prompt_id, environment, prompt_id, digest),
        )

    def live_at(self, time: str, prompt_id: int | None) -> list[tuple[str, str, str]]:
        """(prompt, environment, number) of what was live at that time (ISO, UTC)."""
        one = "AND prompt_id = :prompt " if prompt_id is not None else ""
        rows = self._database.rows(
            "SELECT p.name, d.environment, v.number FROM deployments d JOIN prompts p ON p.id = d.prompt_id "  # noqa: S608 — `one` is written above
            "JOIN versions v ON v.id = d.after_id WHERE d.id IN "
            f"(SELECT max(id) FROM deployments WHERE at <= :time {one}GROUP BY prompt_id, environment) "
            "ORDER BY p.name, d.environment",
            {"time": time, "prompt": prompt_id},
        )
        return [(name, environment, number) for name, environment, number in rows]

    def _read(self, where: str, parameters: Sequence[object]) -> list[Deployment]:
        return [Deployment(*row) for row in self._database.rows(_SELECT + where, parameters)]
