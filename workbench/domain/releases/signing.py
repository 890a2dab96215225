"""What a signature says: the text that is signed, and whom a key must belong to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workbench.domain.prompts import canonical_json

NAMESPACE = "workbench"
"""Keeps a signature from being taken for one of another use of the same key; see ssh-keygen(1), `-n`."""
VerdictKind = Literal["valid", "unknown", "broken"]


@dataclass(frozen=True)
class Signing:
    """How acts are signed; the paths are absolute."""

    allowed_signers: str
    """A file in the format of ssh-keygen(1), ALLOWED SIGNERS."""
    key: str = ""
    """A private key, or a public one whose other half an agent holds; "": git's `user.signingkey`, else a usual one."""


@dataclass(frozen=True)
class Verdict:
    """What became of one signature when it was checked."""

    of: Literal["review", "deployment"]
    row_id: int
    signer: str
    state: VerdictKind
    """`unknown`: a sound signature, but no key that was allowed for this person."""
    detail: str


def principal(actor: str) -> str:
    """Who a key belongs to in the allowed-signers file: the address in `Ana <ana@example.org>`, else the name."""
    _, at, rest = actor.strip().rpartition("<")
    address = rest.rstrip("> ") if at and rest.endswith(">") else ""
    return address or actor.strip()


def approval_text(
    *, prompt: str, number: str, digest: str, environment: str, comment: str, actor: str, at: str, nonce: str
) -> str:
    """The text of an approval, as it is signed. `nonce` makes each of them another."""
    return _text(
        "approve",
        {
            "prompt": prompt,
            "version": number,
            "digest": digest,
            "environment": environment,
            "comment": comment,
            "actor": actor,
            "signed_at": at,
            "nonce": nonce,
        },
    )


def promotion_text(
    *,
    prompt: str,
    number: str,
    digest: str,
    environment: str,
    before: str | None,
    reason: str,
    actor: str,
    at: str,
    nonce: str,
) -> str:
    """The text of a promotion, as it is signed."""
    return _text(
        "promote",
        {
            "prompt": prompt,
            "version": number,
            "digest": digest,
            "environment": environment,
            "before": before,
            "reason": reason,
            "actor": actor,
            "signed_at": at,
            "nonce": nonce,
        },
    )


def _text(act: str, said: Mapping[str, Any]) -> str:
    return canonical_json({"act": act, **said}) + "\n"


def differences(payload: str, row: Mapping[str, Any]) -> list[str]:
    """The names under which the signed text says something else than the row; all of them where it is no such text."""
    try:
        said = json.loads(payload)
    except ValueError:
        return sorted(row)
    if not isinstance(said, dict):
        return sorted(row)
    return sorted(name for name, value in row.items() if said.get(name, ...) != value)
