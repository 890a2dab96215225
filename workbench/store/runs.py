"""Runs: narrow rows for lists and counts, bodies apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from workbench.domain.runs import Price, Request, Run, RunFilter, RunRow, Usage
from workbench.errors import NotFound
from workbench.store.database import Database, Row
from workbench.store.run_search import RunSearch, Way, containing

_ERROR_IN_LIST = 300
_STARRED = 18
"""Its place in a row of `_LIST`."""
_LIST = (
    "SELECT r.id, p.name, coalesce(v.number, ''), r.model, r.status, r.finish_reason, r.input_tokens, "
    "r.output_tokens, r.cost, r.first_token, r.duration, r.started_at, r.actor, r.origin, r.error, r.endpoint, "
    "coalesce(v.digest, d.digest), r.rating, r.starred, r.note, coalesce(f.id, '') FROM {}runs r "
    "JOIN prompts p ON p.id = r.prompt_id LEFT JOIN versions v ON v.id = r.version_id "
    "LEFT JOIN drafts d ON d.id = r.draft_id LEFT JOIN runs f ON f.seq = r.follows"
)
_WHOLE = (
    "SELECT p.name, coalesce(v.number, ''), coalesce(v.digest, d.digest), b.variables, r.endpoint, r.model, "
    "b.request, r.status, b.output, b.error, b.response, r.finish_reason, r.input_tokens, r.output_tokens, "
    "r.tokens_estimated, b.price, r.cost, r.first_token, r.duration, r.started_at, r.actor, r.origin, b.seed, "
    "b.turns, coalesce(f.id, ''), r.rating, r.starred, r.note FROM runs r JOIN run_bodies b ON b.seq = r.seq "
    "JOIN prompts p ON p.id = r.prompt_id LEFT JOIN versions v ON v.id = r.version_id "
    "LEFT JOIN drafts d ON d.id = r.draft_id LEFT JOIN runs f ON f.seq = r.follows"
)
_SAME_INPUT = (
    " AND (r.prompt_id, (SELECT variables FROM run_bodies b WHERE b.seq = r.seq)) = "
    "(SELECT o.prompt_id, b.variables FROM runs o JOIN run_bodies b ON b.seq = o.seq WHERE o.id >= ? AND o.id < ?)"
)


class Runs:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._search = RunSearch(database)

    def add(self, run: Run) -> int:
        """Its row. A run that is recorded again under its id changes nothing. Inside `write()`.

        `NotFound` when there is neither the version nor, for a run without a number, the draft of its digest.
        """
        known = self._database.value("SELECT seq FROM runs WHERE id = ?", (run.id,))
        if known is not None:
            return int(known)
        prompt_id, version_id, draft_id = self._owner(run)
        seq = self._database.insert(
            "runs",
            id=run.id,
            prompt_id=prompt_id,
            version_id=version_id,
            draft_id=draft_id,
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
            follows=self.seq(run.follows) if run.follows else None,
            rating=run.rating,
            starred=int(run.starred),
            note=_text(run.note),
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
            turns=_json([dict(turn) for turn in run.turns]),
        )
        self._search.index(seq)
        return seq

    def _owner(self, run: Run) -> tuple[int, int | None, int | None]:
        """(prompt, version, draft) ids."""
        if run.number:
            found = self._database.row(
                "SELECT v.prompt_id, v.id, NULL FROM versions v JOIN prompts p ON p.id = v.prompt_id "
                "WHERE p.name = ? AND v.number = ?",
                (run.prompt, run.number),
            )
        else:
            # The draft may have been saved as a version while it ran.
            found = self._database.row(
                "SELECT d.prompt_id, (SELECT min(id) FROM versions WHERE prompt_id = d.prompt_id AND digest = d.digest)"
                ", d.id FROM drafts d JOIN prompts p ON p.id = d.prompt_id WHERE p.name = ? AND d.digest = ?",
                (run.prompt, run.digest),
            )
        if found is None:
            what = "version" if run.number else "draft"
            raise NotFound(f"there is no {what} {run.reference} to record a run of")
        prompt_id, version_id, draft_id = found
        return prompt_id, version_id, draft_id

    def rows(
        self,
        prompt: str | None = None,
        *,
        number: str | None = None,
        status: Any = None,
        limit: int = 100,
        before: str | None = None,
        wanted: RunFilter | None = None,
    ) -> list[RunRow]:
        """Newest first; `before` is the id of the last run already seen. `wanted` is in place of the first ones."""
        wanted = wanted or RunFilter(prompt, number, status=status)
        where, parameters = _where(wanted)
        older = self.seq(before) if before is not None else None
        ways = [Way("", "1", [])] if wanted.text is None else self._search.ways(wanted.text, older)
        found: list[RunRow] = []
        for way in ways:
            bound = f"{where} AND {way.condition}" + (f" AND {way.order} < ?" if before is not None else "")
            given = (*parameters, *way.parameters, *((older,) if before is not None else ()), limit)
            found = self._rows(f"{bound} ORDER BY {way.order} DESC LIMIT ?", given, way.source)
            if len(found) == limit:
                break
        return found

    def chain(self, run_id: str) -> list[RunRow]:
        """The run, what it continues, and what continues it, oldest first; of several continuations all of them."""
        return self._rows(
            " WHERE r.seq IN (WITH RECURSIVE up(seq, follows) AS (SELECT seq, follows FROM runs WHERE id = ? "
            "UNION SELECT a.seq, a.follows FROM runs a JOIN up ON a.seq = up.follows), "
            "down(seq) AS (SELECT seq FROM runs WHERE id = ? "
            "UNION SELECT c.seq FROM runs c JOIN down ON c.follows = down.seq) "
            "SELECT seq FROM up UNION SELECT seq FROM down) ORDER BY r.seq",
            (run_id, run_id),
        )

    def seq(self, run_id: str) -> int | None:
        """Its row, which grows with time; None for no such run."""
        found: int | None = self._database.value("SELECT seq FROM runs WHERE id = ?", (run_id,))
        return found

    def ids_beginning(self, prefix: str, limit: int = 10) -> list[str]:
        """Ids of the runs whose id begins with `prefix`."""
        rows = self._database.rows(
            "SELECT id FROM runs WHERE id >= ? AND id < ? ORDER BY id LIMIT ?", (prefix, prefix + "\U0010ffff", limit)
        )
        return [row[0] for row in rows]

    def given(self, run_ids: Sequence[str], most: int) -> dict[str, dict[str, str]]:
        """Id → variable → how its value begins, at most `most` characters; what is no text as JSON."""
        found: dict[str, dict[str, str]] = {run_id: {} for run_id in run_ids}
        for run_id, name, begins in self._database.rows(
            "SELECT r.id, j.key, CAST(substr(CASE WHEN j.type IN ('true', 'false', 'null') THEN j.type ELSE j.value "
            "END, 1, ?) AS BLOB) FROM runs r "
            "JOIN run_bodies b ON b.seq = r.seq JOIN json_each(b.variables) j "
            "WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.seq, j.id",
            (most, _json(list(run_ids))),
        ):
            # As bytes, for half a character in a value is no reason not to list the runs.
            found[run_id][name] = begins.decode("utf-8", "replace")
        return found

    def get(self, run_id: str) -> Run | None:
        row = self._database.row(f"{_WHOLE} WHERE r.id = ?", (run_id,))
        return _run(run_id, row) if row else None

    def mark(self, run_id: str, *, rating: int | None, starred: bool, note: str) -> None:
        """Inside `write()`."""
        seq = self.seq(run_id)
        if seq is None:
            return
        self._search.unindex(seq)
        self._database.run(
            "UPDATE runs SET rating = ?, starred = ?, note = ? WHERE seq = ?", (rating, int(starred), note, seq)
        )
        self._search.index(seq)

    def tie(self, prompt_id: int, digest: str, version_id: int) -> None:
        """Runs of drafts with this content become runs of the version. Inside `write()`."""
        draft = self._database.value("SELECT id FROM drafts WHERE prompt_id = ? AND digest = ?", (prompt_id, digest))
        if draft is not None:
            for table in ("runs", "comparison_columns"):
                self._database.run(
                    f"UPDATE {table} SET version_id = ? WHERE draft_id = ? AND version_id IS NULL",  # noqa: S608
                    (version_id, draft),
                )

    def typical_output(self, prompt: str, number: str, model: str, limit: int = 50) -> int | None:
        """The median of the output tokens of the newest finished runs of a version on a model; None without any."""
        rows = self._database.rows(
            "SELECT r.output_tokens FROM runs r JOIN versions v ON v.id = r.version_id "
            "JOIN prompts p ON p.id = r.prompt_id WHERE p.name = ? AND v.number = ? AND r.model = ? "
            "AND r.status = 'finished' AND r.output_tokens IS NOT NULL ORDER BY r.seq DESC LIMIT ?",
            (prompt, number, model, limit),
        )
        found = sorted(row[0] for row in rows)
        return found[len(found) // 2] if found else None

    def ratings(self, version_id: int) -> tuple[int, int, float | None, int]:
        """Of the runs of one version: how many, how many rated, the mean rating, how many starred."""
        row = self._database.row(
            "SELECT count(*), count(rating), avg(rating), coalesce(sum(starred), 0) FROM runs WHERE version_id = ?",
            (version_id,),
        )
        runs, rated, mean, starred = row or (0, 0, None, 0)
        return runs, rated, mean, starred

    def count(self) -> int:
        return int(self._database.value("SELECT count(*) FROM runs"))

    def _rows(self, where: str, parameters: Sequence[Any], source: str = "") -> list[RunRow]:
        return [_row(row) for row in self._database.rows(_LIST.format(source) + where, parameters)]


def _where(wanted: RunFilter) -> tuple[str, list[Any]]:
    where, parameters = " WHERE 1", list[Any]()
    if wanted.prompt is not None:
        where += " AND r.prompt_id = (SELECT id FROM prompts WHERE name = ?)"
        parameters.append(wanted.prompt)
    if wanted.number is not None:
        where += " AND v.number = ?"
        parameters.append(wanted.number)
    if wanted.drafts:
        where += " AND r.version_id IS NULL"
    if wanted.status is not None:
        where += " AND r.status = ?"
        parameters.append(wanted.status)
    if wanted.model is not None:
        where += " AND r.endpoint || '/' || r.model LIKE ? ESCAPE '\\'"
        parameters.append(containing(wanted.model))
    if wanted.starred:
        where += " AND r.starred = 1"
    if wanted.rating is not None:
        where += " AND r.rating >= ?"
        parameters.append(wanted.rating)
    if wanted.until is not None:
        where += " AND r.started_at <= ?"
        parameters.append(wanted.until)
    if wanted.origin is not None:
        where += " AND r.origin = ?"
        parameters.append(wanted.origin)
    if wanted.same is not None:
        where += _SAME_INPUT
        parameters += [wanted.same, wanted.same + "\U0010ffff"]
    return where, parameters


def _row(row: Row) -> RunRow:
    values: list[Any] = list(row)
    values[_STARRED] = bool(values[_STARRED])
    return RunRow(*values)


def _run(run_id: str, row: Row) -> Run:
    prompt, number, digest, variables, endpoint, model, body, status, output, error, response, finish = row[:12]
    tokens_in, tokens_out, estimated, price, cost, first_token, duration, started_at, actor, origin, seed = row[12:23]
    turns, follows, rating, starred, note = row[23:]
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
        tuple(json.loads(turns)),
        follows,
        rating,
        bool(starred),
        note,
    )


def _json(value: Any) -> str:
    # Escaped, so that whatever an endpoint sent, lone surrogates included, comes back as it was.
    return json.dumps(value)


def _text(text: str) -> str:
    """Lone surrogates are no text and would lose the whole run; they become U+FFFD."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
