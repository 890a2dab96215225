"""The audit log: events, their hash chain, and which of them undo and redo would act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.domain.prompts import canonical_json

GENESIS = "0" * 64
"""The hash before the first event."""

UNTOLD = frozenset({"rows", "act", "checks"})
"""What the details of an event hold and a line about it leaves out: the hashes of the rows that it recorded, as
[table, id, hash], the number that the events of one act share, and what each check answered."""

UNDOABLE = frozenset(
    {
        "prompt.create",
        "version.save",
        "prompt.archive",
        "prompt.unarchive",
        "prompt.describe",
        "tag.change",
        "deployment.promote",
        "deployment.rollback",
        "set.save",
        "set.rename",
        "set.delete",
        "run.mark",
        "verdict.give",
        "review.approve",
        "review.request_changes",
        "review.comment",
        "review.withdraw",
    }
)


@dataclass(frozen=True)
class Event:
    """One row. `prompt` is "" for what concerns the store. `undoes` is the id of the event it took back, and `redoes`
    of the undo it took back; both None for an ordinary act."""

    id: int
    kind: str
    prompt: str
    actor: str
    at: str
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)
    undoes: int | None = None
    redoes: int | None = None
    previous_hash: str = GENESIS
    hash: str = ""


def row_hash(values: Sequence[str | int | float | None]) -> str:
    """SHA-256 over the canonical JSON of a row's columns in the order of its table, as hex.

    It stands in the event that recorded the row, so that the chain of events covers every byte of it.
    """
    import hashlib

    return hashlib.sha256(canonical_json(list(values)).encode("utf-8", "surrogatepass")).hexdigest()


def event_hash(previous_hash: str, event: Event) -> str:
    """SHA-256 over the previous hash and the canonical JSON of the row (without its own hash), as hex."""
    import hashlib

    row = {
        "id": event.id,
        "kind": event.kind,
        "prompt": event.prompt,
        "actor": event.actor,
        "at": event.at,
        "details": dict(event.details),
        "undoes": event.undoes,
        "redoes": event.redoes,
    }
    return hashlib.sha256((previous_hash + canonical_json(row)).encode()).hexdigest()
