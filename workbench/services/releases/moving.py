"""One move of an environment: a row of the ledger and its event, whoever decided on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from workbench.domain.deployments import Deployment
from workbench.domain.prompts import PromptRow
from workbench.store import Store

if TYPE_CHECKING:
    from workbench.store.reviews import Signature


def move(
    store: Store,
    kind: Literal["promote", "rollback"],
    prompt: PromptRow,
    environment: str,
    after_id: int | None,
    *,
    actor: str,
    reason: str,
    undoes: int | None = None,
    redoes: int | None = None,
    forced: Sequence[str] = (),
    details: Mapping[str, Any] | None = None,
    signature: Callable[[int], Signature] | None = None,
) -> Deployment:
    """Appends one deployment and its event; `after_id` None: nothing is live there any more. Inside `write()`.

    `forced` are the checks that had not passed; `details` go into the event too; `signature` of the row with this id.
    """
    at = store.clock()
    row = store.deployments.move(
        prompt.id, environment, kind, after_id, actor=actor, at=at, reason=reason, forced=", ".join(forced)
    )
    rows = [["deployments", row, store.seals.hash_of("deployments", row)]]
    if signature is not None:
        signed = store.reviews.sign(signature(row))
        rows.append(["signatures", signed, store.seals.hash_of("signatures", signed)])
    deployment = store.deployments.get(row)
    event = store.events.append(
        f"deployment.{kind}",
        prompt.name,
        actor=actor,
        at=at,
        details={
            "deployment": deployment.id,
            "environment": environment,
            "before": deployment.before,
            "after": deployment.after,
            "reason": reason,
            **({"forced": list(forced)} if forced else {}),
            **(details or {}),
            "rows": rows,
        },
        undoes=undoes,
        redoes=redoes,
    )
    store.tell_hooks(event)
    return deployment
