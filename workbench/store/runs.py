"""Runs: narrow rows for lists and counts, bodies apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from workbench.domain.runs import Price, Request, Run, RunRow, Usage
from workbench.errors import NotFound
from workbench.store.database import Database

_ERROR_IN_LIST = 300
_LIST = (
    "SELECT r.id, p.name, v.number, r.model, r.status, r.finish_reason, r.input_tokens, r.output_tokens, r.cost, "
    "r.first_token, r.duration, r.started_at, r.actor, r.origin, r.error FROM runs r "
    "JOIN prompts p ON p.id = r.prompt_id JOIN versions v ON v.id = r.version_id"
)


class Runs:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, run: Run) -> None:
        """A run that is recorded again under its id changes nothing. Inside `write()`."""
        version = self._database.row(
            "SELECT v.prompt_id, v.id FROM versions v JOIN prompts p ON p.id = v.prompt_id "
            "WHERE p.name = ? AND v.number = ?",
            (run.prompt, run.number),
        )
        if version is None:
            raise NotFound(f"there is no version {run.prompt}@{run.number} to record a run of")
        if self._database.row("SELECT 1 FROM runs WHERE id = ?", (run.id,)):
            return
        prompt_id, version_id = version
        seq = self._database.insert(
            "runs",
            id=run.id,
            prompt_id=prompt_id,
            version_id=version_id,
            endpoint=run.request.endpoint,
            model=_text(run.request.model),
            status=run.status,
            finish_reason=_text(run.finish_reason),
            input_tokens=run.usage.input_tokens,
            output_tokens=run.usage.output_tokens,
            tokens_estimated=int(run.usage.estimated),
            cost=run.cost,
            first_token=run.first_token,
            duration=run.duration,
            started_at=run.started_at,
            actor=run.actor,
            origin=run.origin,
            error=_text(run.error[:_ERROR_IN_LIST]),
        )
        price = run.price
        self._database.insert(
            "run_bodies",
            seq=seq,
            variables=_json(dict(run.variables)),
            request=_json(dict(run.request.body)),
            response=_json(dict(run.response)),
            output=_text(run.output),
            error=_text(run.error),
            price=_json([price.input_per_million, price.output_per_million, price.source] if price else None),
            seed=run.seed,
        )

    def rows(
        self,
        prompt: str | None = None,
        *,
        number: str | None = None,
        status: str | None = None,
        limit: int = 100,
        before: str | None = None,
    ) -> list[RunRow]:
        """Newest first; `before` is the id of the last run already seen."""
        where, parameters = " WHERE 1", list[Any]()
        if prompt is not None:
            where += " AND r.prompt_id = (SELECT id FROM prompts WHERE name = ?)"
            parameters.append(prompt)
        if number is not None:
            where += " AND v.number = ?"
            parameters.append(number)
        if status is not None:
            where += " AND r.status = ?"
            parameters.append(status)
        if before is not None:
            where += " AND r.seq < (SELECT seq FROM runs WHERE id = ?)"
            parameters.append(before)
        rows = self._database.rows(f"{_LIST}{where} ORDER BY r.seq DESC LIMIT ?", (*parameters, limit))
        return [RunRow(*row) for row in rows]

    def ids_beginning(self, prefix: str, limit: int = 10) -> list[str]:
        """Ids of the runs whose id begins with `prefix`."""
        rows = self._database.rows(
            "SELECT id FROM runs WHERE id >= ? AND id < ? ORDER BY id LIMIT ?", (prefix, prefix + "\U0010ffff", limit)
        )
        return [row[0] for row in rows]

    def get(self, run_id: str) -> Run | None:
        row = self._database.row(
            "SELECT p.name, v.number, v.digest, b.variables, r.endpoint, r.model, b.request, r.status, b.output, "
            "b.error, b.response, r.finish_reason, r.input_tokens, r.output_tokens, r.tokens_estimated, b.price, "
            "r.cost, r.first_token, r.duration, r.started_at, r.actor, r.origin, b.seed FROM runs r "
            "JOIN run_bodies b ON b.seq = r.seq "
            "JOIN prompts p ON p.id = r.prompt_id JOIN versions v ON v.id = r.version_id WHERE r.id = ?",
            (run_id,),
        )
        if row is None:
            return None
        (
            prompt,
            number,
            digest,
            variables,
            endpoint,
            model,
            body,
            status,
            output,
            error,
            response,
            finish,
            tokens_in,
        ) = row[:13]
        tokens_out, estimated, price, cost, first_token, duration, started_at, actor, origin, seed = row[13:]
        priced: Sequence[Any] | None = json.loads(price)
        return Run(
            run_id,
            prompt,
            number,
            digest,
            json.loads(variables),
            Request(endpoint, model, json.loads(body)),
            status,
            output,
            error,
            json.loads(response),
            finish,
            Usage(tokens_in, tokens_out, bool(estimated)),
            Price(*priced) if priced else None,
            cost,
            first_token,
            duration,
            started_at,
            actor,
            origin,
            seed,
        )

    def count(self) -> int:
        return int(self._database.value("SELECT count(*) FROM runs"))


def _json(value: Any) -> str:
    # Escaped, so that whatever an endpoint sent, lone surrogates included, comes back as it was.
    return json.dumps(value)


def _text(text: str) -> str:
    """Lone surrogates are no text and would lose the whole run; they become U+FFFD."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
