"""Which version a reference means, and what to say where it means none."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.domain.names import near
from workbench.domain.prompts import PromptRow, Version
from workbench.domain.references import Reference
from workbench.domain.versions import highest
from workbench.errors import BadReference, NotFound
from workbench.store import Store


def found_by(store: Store, environments: Sequence[str], reference: Reference) -> Version | None:
    """None for no such version or prompt. Raises `BadReference` for digits that several digests begin with."""
    versions, name, value = store.versions, reference.name, reference.value
    if reference.kind == "latest":
        return versions.latest(name, environments)
    if reference.kind == "number":
        return versions.by_number(name, value, environments)
    if reference.kind == "environment":
        return versions.live(name, value, environments)
    prompt = store.prompts.find(name)
    matching = versions.by_digest(prompt.id, value) if prompt else []
    if len({digest for _, digest in matching}) > 1:
        raise BadReference(
            f"#{value} is the beginning of several digests of {name}: "
            + ", ".join(f"{number} #{digest[:12]}" for number, digest in matching),
            "give more digits",
        )
    number = highest(number for number, _ in matching)
    return versions.by_number(name, number, environments) if number else None


def not_found(store: Store, prompt: PromptRow, reference: Reference) -> NotFound:
    """With what is live, or the nearest numbers that there are."""
    if reference.kind == "environment":
        live = ", ".join(f"{environment} {number}" for environment, number in prompt.live.items())
        return NotFound(
            f"nothing of {prompt.name} is live in {reference.value}",
            hint=f"live are {live}" if live else f"promote one: workbench promote {prompt.name} {reference.value}",
        )
    if reference.kind == "latest":
        return NotFound(f"{prompt.name} has no version")
    if reference.kind == "digest":
        return NotFound(f"{prompt.name} has no version with the digest #{reference.value}")
    numbers = [row.number for row in store.versions.rows(prompt.id, ())]
    close = near(reference.value, numbers) or tuple(numbers[:3])
    known = tuple(f"{prompt.name}@{number}" for number in close)
    return NotFound(f"there is no version {prompt.name}@{reference.value}", known)
