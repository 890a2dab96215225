"""What is live where: the ledger's rows, and the decision whether a move may happen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from workbench.domain.environments import DEFAULT_ENVIRONMENTS as DEFAULT_ENVIRONMENTS
from workbench.domain.environments import Environment as Environment

Kind = Literal["promote", "rollback"]


@dataclass(frozen=True)
class Deployment:
    """One row of the ledger. `before` and `after` are numbers; None means nothing was, or is, live."""

    id: int
    prompt: str
    environment: str
    kind: Kind
    before: str | None
    after: str | None
    actor: str
    at: str
    reason: str
    forced: str = ""
    """The checks that had not passed when it was promoted all the same, separated by commas; "" for none."""


@dataclass(frozen=True)
class Plan:
    """A move that may happen, as the sheet shows it; carried out only while `current` still holds."""

    prompt: str
    environment: Environment
    kind: Kind
    current: str | None
    """What is live now."""
    target: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    reasons: tuple[str, ...]
    hint: str = ""


def decide_rollback(
    prompt: str,
    environment: Environment,
    ledger: tuple[Deployment, ...],
    to: str | None = None,
    *,
    withdrawn: Collection[str] = (),
) -> Plan | Refusal:
    """`ledger`: the deployments of this prompt and environment, oldest first.

    Without `to`, the version that was live before the one that is live now, and again further back: the ledger is
    read as a stack where a promotion pushes and a rollback pops down to its target.
    """
    live: list[str] = []
    for row in ledger:
        if row.after is None:
            live.clear()
        elif row.kind == "rollback" and row.after in live:
            del live[len(live) - live[::-1].index(row.after) :]
        else:
            live.append(row.after)
    current = ledger[-1].after if ledger else None
    if to is None:
        # What was taken back as a whole is passed by on the way.
        live = [number for number in live[:-1] if number not in withdrawn and number != current] + live[-1:]
        if len(live) < 2:
            return Refusal(
                (f"nothing was live in {environment.name} before {current or 'now'}",),
                "choose a version with --to, or promote one",
            )
        return Plan(prompt, environment, "rollback", current, live[-2])
    if to == current:
        return Refusal((f"{prompt}@{to} is already live in {environment.name}",))
    if to not in {row.after for row in ledger}:
        return Refusal(
            (f"{prompt}@{to} has never been live in {environment.name}",),
            f"workbench promote {prompt}@{to} {environment.name}",
        )
    if to in withdrawn:
        return Refusal((f"{prompt}@{to} was withdrawn",), "choose another version with --to")
    return Plan(prompt, environment, "rollback", current, to)
