"""Comparisons, which runs are their answers, and the verdicts on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from workbench.domain.comparisons import CellKey, Column, Comparison, Given
from workbench.domain.inputs import Case
from workbench.domain.prompts import Version, content_from_dict
from workbench.errors import NotFound
from workbench.store.database import Database

_HEAD = "SELECT c.seq, c.id, c.repeats, c.blind, c.seed, c.actor, c.started_at FROM comparisons c"


class Comparisons:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, comparison: Comparison) -> None:
        """Inside `write()`. `NotFound` for a column whose version or draft is not in the store."""
        owners = [self._owner(column.version) for column in comparison.columns]
        seq = self._database.insert(
            "comparisons",
            id=comparison.id,
            prompt_id=owners[0][0],
            repeats=comparison.repeats,
            blind=int(comparison.blind),
            seed=comparison.seed,
            actor=comparison.actor,
            started_at=comparison.started_at,
        )
        for position, (column, (prompt_id, version_id, draft_id)) in enumerate(
            zip(comparison.columns, owners, strict=True)
        ):
            self._database.insert(
                "comparison_columns",
                comparison=seq,
                position=position,
                prompt_id=prompt_id,
                version_id=version_id,
                draft_id=draft_id,
                model=column.model or "",
                settings=json.dumps(dict(column.settings)),
            )
        for position, case in enumerate(comparison.cases):
            self._database.insert(
                "comparison_cases",
                comparison=seq,
                position=position,
                name=case.name,
                variables=json.dumps(dict(case.values)),
            )

    def change_column(self, comparison_id: str, position: int, column: Column) -> None:
        """Inside `write()`."""
        prompt_id, version_id, draft_id = self._owner(column.version)
        self._database.run(
            "UPDATE comparison_columns SET prompt_id = ?, version_id = ?, draft_id = ?, model = ?, settings = ? "
            "WHERE comparison = (SELECT seq FROM comparisons WHERE id = ?) AND position = ?",
            (
                prompt_id,
                version_id,
                draft_id,
                column.model or "",
                json.dumps(dict(column.settings)),
                comparison_id,
                position,
            ),
        )

    def _owner(self, version: Version) -> tuple[int, int | None, int | None]:
        if version.number:
            row = self._database.row(
                "SELECT v.prompt_id, v.id, NULL FROM versions v JOIN prompts p ON p.id = v.prompt_id "
                "WHERE p.name = ? AND v.number = ?",
                (version.prompt, version.number),
            )
        else:
            row = self._database.row(
                "SELECT d.prompt_id, (SELECT min(id) FROM versions WHERE prompt_id = d.prompt_id AND digest = d.digest)"
                ", d.id FROM drafts d JOIN prompts p ON p.id = d.prompt_id WHERE p.name = ? AND d.digest = ?",
                (version.prompt, version.digest),
            )
        if row is None:
            raise NotFound(f"there is no {version.reference} to compare")
        prompt_id, version_id, draft_id = row
        return prompt_id, version_id, draft_id

    def get(self, comparison_id: str) -> Comparison | None:
        head = self._database.row(f"{_HEAD} WHERE c.id = ?", (comparison_id,))
        return self._whole(head) if head else None

    def ids_beginning(self, prefix: str, limit: int = 4) -> list[str]:
        rows = self._database.rows(
            "SELECT id FROM comparisons WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
            (prefix, prefix + "\U0010ffff", limit),
        )
        return [row[0] for row in rows]

    def newest(self, prompt: str | None = None, limit: int = 50) -> list[Comparison]:
        """Newest first; of those that have a column of this prompt, or of all."""
        where, parameters = "", list[Any]()
        if prompt is not None:
            where = (
                " WHERE EXISTS (SELECT 1 FROM comparison_columns k JOIN prompts p ON p.id = k.prompt_id "
                "WHERE k.comparison = c.seq AND p.name = ?)"
            )
            parameters.append(prompt)
        heads = self._database.rows(f"{_HEAD}{where} ORDER BY c.seq DESC LIMIT ?", (*parameters, limit))
        return [self._whole(head) for head in heads]

    def with_version(self, prompt: str, number: str) -> list[str]:
        """Ids of the comparisons with verdicts that have this version as a column, oldest first."""
        rows = self._database.rows(
            "SELECT DISTINCT c.seq, c.id FROM comparisons c JOIN comparison_columns k ON k.comparison = c.seq "
            "JOIN versions v ON v.id = k.version_id JOIN prompts p ON p.id = v.prompt_id "
            "WHERE p.name = ? AND v.number = ? AND EXISTS (SELECT 1 FROM verdicts WHERE comparison = c.seq) "
            "ORDER BY c.seq",
            (prompt, number),
        )
        return [row[1] for row in rows]

    def _whole(self, head: Sequence[Any]) -> Comparison:
        seq, comparison_id, repeats, blind, seed, actor, started_at = head
        columns = self._database.rows(
            "SELECT p.name, v.id, v.number, coalesce(v.content, d.content), v.author, v.created_at, v.note, "
            "coalesce(v.parent, d.parent), k.model, k.settings FROM comparison_columns k "
            "JOIN prompts p ON p.id = k.prompt_id LEFT JOIN versions v ON v.id = k.version_id "
            "LEFT JOIN drafts d ON d.id = k.draft_id WHERE k.comparison = ? ORDER BY k.position",
            (seq,),
        )
        cases = self._database.rows(
            "SELECT name, variables FROM comparison_cases WHERE comparison = ? ORDER BY position", (seq,)
        )
        return Comparison(
            comparison_id,
            tuple(_column(row) for row in columns),
            tuple(Case(name, json.loads(values)) for name, values in cases),
            repeats,
            bool(blind),
            seed,
            actor,
            started_at,
        )

    # Answers

    def add_run(self, cell: CellKey, run_seq: int) -> None:
        """Twice is harmless. Inside `write()`."""
        self._database.run(
            "INSERT OR IGNORE INTO comparison_runs (run, comparison, position, case_position, repeat) "
            "SELECT ?, seq, ?, ?, ? FROM comparisons WHERE id = ?",
            (run_seq, cell.column, cell.case, cell.repeat, cell.comparison),
        )

    def runs(self, comparison_id: str, *, all_of_them: bool = False) -> list[tuple[CellKey, str]]:
        """Each cell with the id of its newest run; with `all_of_them` what was rerun too, oldest first."""
        rows = self._database.rows(
            "SELECT a.case_position, a.position, a.repeat, r.id FROM comparison_runs a "
            "JOIN runs r ON r.seq = a.run JOIN comparisons c ON c.seq = a.comparison WHERE c.id = ? "
            "ORDER BY a.case_position, a.position, a.repeat, a.run",
            (comparison_id,),
        )
        found = [(CellKey(comparison_id, case, column, repeat), run) for case, column, repeat, run in rows]
        return found if all_of_them else list(dict(found).items())

    def sharing_answers(self, comparison_id: str, case: int) -> list[str]:
        """Ids of the others in which an answer to this input stands too: a column was changed between them."""
        rows = self._database.rows(
            "SELECT DISTINCT c.id FROM comparison_runs a JOIN comparison_runs b ON b.run = a.run "
            "JOIN comparisons c ON c.seq = b.comparison "
            "WHERE a.comparison = (SELECT seq FROM comparisons WHERE id = ?) AND a.case_position = ? AND c.id <> ?",
            (comparison_id, case, comparison_id),
        )
        return [row[0] for row in rows]

    # Verdicts

    def put_verdict(self, comparison_id: str, case: int, given: Given | None) -> None:
        """None: there is none any more. Inside `write()`."""
        seq = self._database.value("SELECT seq FROM comparisons WHERE id = ?", (comparison_id,))
        self._database.run("DELETE FROM verdicts WHERE comparison = ? AND case_position = ?", (seq, case))
        if given is not None:
            self._database.insert(
                "verdicts",
                comparison=seq,
                case_position=case,
                verdict=given.verdict,
                note=given.note,
                hidden=int(given.hidden),
                runs=json.dumps(list(given.runs)),
                actor=given.actor,
                at=given.at,
            )

    def verdicts(self, comparison_id: str) -> list[Given]:
        """By input."""
        rows = self._database.rows(
            "SELECT v.case_position, v.verdict, v.note, v.hidden, v.runs, v.actor, v.at FROM verdicts v "
            "JOIN comparisons c ON c.seq = v.comparison WHERE c.id = ? ORDER BY v.case_position",
            (comparison_id,),
        )
        return [
            Given(case, verdict, note, bool(hidden), tuple(json.loads(runs)), actor, at)
            for case, verdict, note, hidden, runs, actor, at in rows
        ]


def _column(row: Sequence[Any]) -> Column:
    prompt, version_id, number, content, author, at, note, parent, model, settings = row
    version = Version(
        version_id or 0,
        prompt,
        number or "",
        content_from_dict(json.loads(content)),
        author or "",
        at or "",
        note or "",
        parent,
    )
    return Column(version, model or None, json.loads(settings))
