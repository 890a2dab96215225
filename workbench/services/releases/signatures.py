"""The signatures in the store, held against the rows that they are of."""

from __future__ import annotations

from collections.abc import Callable

from workbench.domain.releases.reviews import SignatureState
from workbench.domain.releases.signing import Verdict, VerdictKind
from workbench.services.releases.signing import Signer
from workbench.store import Store
from workbench.store.reviews import Signature


def verdicts(store: Store, signer: Signer, more: Callable[[int], None]) -> list[Verdict]:
    """Of every signature in the store, oldest first; `more` hears of each."""
    found: list[Verdict] = []
    for signature in store.reviews.signatures():
        more(1)
        row = signed_row(store, signature)
        state: VerdictKind = "broken"
        detail = "what it signed is not there"
        if row is not None:
            state, detail = signer.state(signature, row)
        found.append(Verdict(signature.of, signature.row_id, signature.signer, state, detail))
    return found


def state_of_review(store: Store, signer: Signer, review_id: int) -> SignatureState:
    """Empty for a review that is not signed."""
    signature = store.reviews.signature("review", review_id)
    if signature is None:
        return ""
    row = signed_row(store, signature)
    return "broken" if row is None else signer.state(signature, row)[0]


def signed_row(store: Store, signature: Signature) -> dict[str, object] | None:
    """What the row of a signature says, under the names of the signed text; None where there is no such row."""
    if signature.of == "review":
        review = store.reviews.get(signature.row_id)
        if review is None:
            return None
        return {
            "act": review.kind,
            "prompt": review.prompt,
            "version": review.number,
            "digest": review.digest,
            "environment": review.environment,
            "comment": review.comment,
            "actor": review.actor,
        }
    move = store.deployments.find(signature.row_id)
    if move is None or move.after is None:
        return None
    prompt = store.prompts.find(move.prompt)
    return {
        "act": move.kind,
        "prompt": move.prompt,
        "version": move.after,
        "digest": store.versions.digest(prompt.id, move.after) if prompt else None,
        "environment": move.environment,
        "before": move.before,
        "reason": move.reason,
        "actor": move.actor,
    }
