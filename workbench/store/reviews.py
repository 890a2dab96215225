"""Reviews, the signatures of acts, and the results of commands: appended, never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.domain.releases.checks import CommandResult
from workbench.domain.releases.reviews import Review
from workbench.store.database import Database, Row

SignedKind = Literal["review", "deployment"]
RowKind = Literal["approve", "request_changes", "comment", "withdraw", "reinstate"]
_SELECT = (
    "SELECT r.id, p.name, v.number, r.digest, r.environment, r.kind, r.comment, r.actor, r.at, r.line, l.number, "
    "coalesce((SELECT w.kind FROM reviews w WHERE w.about = r.id "
    "ORDER BY w.id DESC LIMIT 1) = 'withdraw', 0) FROM reviews r JOIN prompts p ON p.id = r.prompt_id "
    "JOIN versions v ON v.id = r.version_id LEFT JOIN versions l ON l.id = r.line_version_id "
)
_OWN = "r.kind IN ('approve', 'request_changes', 'comment')"


@dataclass(frozen=True)
class Signature:
    """Who signed which row: `payload` is the text that was signed, `signature` is armored as OpenSSH writes it."""

    of: SignedKind
    row_id: int
    payload: str
    signature: str
    signer: str
    at: str


class Reviews:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        prompt_id: int,
        version_id: int,
        digest: str,
        environment: str,
        kind: RowKind,
        comment: str,
        *,
        actor: str,
        at: str,
        line: tuple[int, int] | None = None,
        about: int | None = None,
    ) -> int:
        """`line` is (id of the version, line from 1); `about` the review that a withdrawal takes back. Its id."""
        return self._database.insert(
            "reviews",
            prompt_id=prompt_id,
            version_id=version_id,
            digest=digest,
            environment=environment,
            kind=kind,
            comment=comment,
            line_version_id=line[0] if line else None,
            line=line[1] if line else None,
            about=about,
            actor=actor,
            at=at,
        )

    def get(self, review_id: int) -> Review | None:
        row = self._database.row(f"{_SELECT} WHERE r.id = ? AND {_OWN}", (review_id,))
        return _review(row) if row else None

    def of_prompt(self, prompt_id: int) -> list[Review]:
        """Oldest first, withdrawn ones too."""
        rows = self._database.rows(f"{_SELECT} WHERE r.prompt_id = ? AND {_OWN} ORDER BY r.id", (prompt_id,))
        return [_review(row) for row in rows]

    # Signatures

    def sign(self, signature: Signature) -> int:
        """Its id."""
        return self._database.insert(
            "signatures",
            of=signature.of,
            row_id=signature.row_id,
            payload=signature.payload,
            signature=signature.signature,
            signer=signature.signer,
            at=signature.at,
        )

    def signature(self, of: SignedKind, row_id: int) -> Signature | None:
        rows = self._signatures(" WHERE of = ? AND row_id = ?", (of, row_id))
        return rows[0] if rows else None

    def has_signatures(self) -> bool:
        return bool(self._database.value("SELECT EXISTS (SELECT 1 FROM signatures)"))

    def signatures(self) -> list[Signature]:
        """All of them, oldest first."""
        return self._signatures("", ())

    def _signatures(self, where: str, parameters: Sequence[Any]) -> list[Signature]:
        columns = "of, row_id, payload, signature, signer, at"
        rows = self._database.rows(f"SELECT {columns} FROM signatures{where} ORDER BY id", parameters)  # noqa: S608
        return [Signature(*row) for row in rows]

    # Results of commands

    def keep_result(self, prompt_id: int, version_id: int, result: CommandResult) -> int:
        return self._database.insert(
            "command_results",
            prompt_id=prompt_id,
            version_id=version_id,
            digest=result.digest,
            environment=result.environment,
            command=json.dumps(result.command, ensure_ascii=False),
            exit_code=result.exit_code,
            ended=result.ended,
            output=result.output,
            seconds=result.seconds,
            actor=result.actor,
            at=result.at,
        )

    def result(
        self, prompt: str, prompt_id: int, digest: str, environment: str, command: Sequence[str]
    ) -> CommandResult | None:
        """The newest `CommandResult` of this command, or None."""
        row = self._database.row(
            "SELECT id, ended, exit_code, output, seconds, actor, at FROM command_results "
            "WHERE prompt_id = ? AND digest = ? AND environment = ? AND command = ? ORDER BY id DESC LIMIT 1",
            (prompt_id, digest, environment, json.dumps(list(command), ensure_ascii=False)),
        )
        if row is None:
            return None
        row_id, ended, exit_code, output, seconds, actor, at = row
        return CommandResult(
            row_id, prompt, digest, environment, tuple(command), ended, exit_code, output, seconds, actor, at
        )


def _review(row: Row) -> Review:
    review_id, prompt, number, digest, environment, kind, comment, actor, at, line, line_number, withdrawn = row
    return Review(
        review_id, prompt, number, digest, environment, kind, comment, actor, at, line, line_number, bool(withdrawn)
    )
