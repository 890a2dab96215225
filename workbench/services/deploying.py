"""What is live where: promoting, rolling back, and the ledger of both."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final, Literal

from workbench.domain.deployments import (
    Deployment,
    Plan,
    Refusal,
    decide_promotion,
    decide_rollback,
)
from workbench.domain.environments import Environment
from workbench.domain.names import near
from workbench.domain.prompts import PromptRow, Version
from workbench.errors import MovedMeanwhile, NotFound, Refused
from workbench.services.library import Library
from workbench.store import Store


class Unset(Enum):
    """Tells "not given" from None, which means that nothing may be live."""

    UNSET = "unset"


UNSET: Final[Literal[Unset.UNSET]] = Unset.UNSET


class Deploying:
    """`actor` is who acts, recorded with every move."""

    def __init__(self, store: Store, environments: Sequence[Environment], actor: str) -> None:
        self.environments: tuple[Environment, ...] = tuple(environments)
        self._names = tuple(environment.name for environment in environments)
        self._store = store
        self._actor = actor
        self._library = Library(store, environments, actor)

    def plan(self, reference: str, environment: str) -> Plan | Refusal:
        """What promoting would do. Raises `NotFound` for an unknown prompt, version or environment."""
        with self._store.snapshot():
            return self._plan(self._library.version(reference), environment)

    def promote(
        self, reference: str, environment: str, reason: str = "", *, expected: str | Unset | None = UNSET
    ) -> Deployment:
        """Makes the version live. `expected` is the number that must be live before (None: nothing).

        Raises `MovedMeanwhile` when it is another, `Refused` with all reasons, `NotFound`.
        """
        with self._store.write():
            version = self._library.version(reference)
            prompt = self._library.prompt(version.prompt)
            self._check_expected(prompt, environment, expected)
            plan = self._plan(version, environment)
            if isinstance(plan, Refusal):
                raise Refused(plan.reasons, plan.hint)
            if plan.environment.protected and not reason.strip():
                raise Refused(f"{environment} is protected: a promotion to it needs a reason", "say why with -m")
            return self._move(plan, prompt, version, reason)

    def plan_rollback(self, name: str, environment: str, to: str | None = None) -> Plan | Refusal:
        """What rolling back would do: to what was live before, or to the number `to`."""
        with self._store.snapshot():
            return self._plan_rollback(self._library.prompt(name), environment, to)

    def rollback(
        self,
        name: str,
        environment: str,
        reason: str = "",
        *,
        to: str | None = None,
        expected: str | Unset | None = UNSET,
    ) -> Deployment:
        """Makes live again what was live before, and again further back; errors as `promote`."""
        with self._store.write():
            prompt = self._library.prompt(name)
            self._check_expected(prompt, environment, expected)
            plan = self._plan_rollback(prompt, environment, to)
            if isinstance(plan, Refusal):
                raise Refused(plan.reasons, plan.hint)
            return self._move(plan, prompt, self._library.version(f"{name}@{plan.target}"), reason)

    def live(self, name: str) -> dict[str, str]:
        """environment → number, in the order of the environments."""
        return dict(self._library.prompt(name).live)

    def ledger(self, name: str | None = None, environment: str | None = None, limit: int = 200) -> list[Deployment]:
        """Newest first."""
        if environment is not None:
            self._environment(environment)
        prompt_id = None if name is None else self._library.prompt(name).id
        return self._store.deployments.newest(prompt_id, environment, limit)

    def live_at(self, time: str, name: str | None = None) -> list[tuple[str, str, str]]:
        """(prompt, environment, number) of what was live at an ISO time in UTC, `2026-09-01T12:00:00.000000Z`."""
        prompt_id = None if name is None else self._library.prompt(name).id
        return self._store.deployments.live_at(time, prompt_id)

    def _environment(self, name: str) -> Environment:
        for environment in self.environments:
            if environment.name == name:
                return environment
        raise NotFound(
            f"there is no environment {name!r}",
            near(name, self._names),
            "" if near(name, self._names) else "there are " + ", ".join(self._names),
        )

    def _plan(self, version: Version, environment: str) -> Plan | Refusal:
        target = self._environment(environment)
        prompt = self._library.prompt(version.prompt)
        position = self.environments.index(target)
        skipped = None
        if position > 0:
            before = self.environments[position - 1].name
            if not self._store.deployments.was_live(prompt.id, before, version.id):
                skipped = before
        return decide_promotion(
            prompt.name,
            target,
            prompt.live.get(environment),
            version.number,
            archived=prompt.archived,
            withdrawn=version.withdrawn,
            skipped=skipped,
        )

    def _plan_rollback(self, prompt: PromptRow, environment: str, to: str | None) -> Plan | Refusal:
        target = self._environment(environment)
        if prompt.archived:
            return Refusal((f"{prompt.name} is archived",), "take it out of the archive first")
        if to is not None:
            to = self._library.resolve_selector(prompt.name, to).number
        ledger = self._store.deployments.of_environment(prompt.id, environment)
        plan = decide_rollback(prompt.name, target, ledger, to)
        if isinstance(plan, Plan) and self._library.version(f"{prompt.name}@{plan.target}").withdrawn:
            return Refusal((f"{prompt.name}@{plan.target} was withdrawn",), "choose another version with --to")
        return plan

    def _check_expected(self, prompt: PromptRow, environment: str, expected: str | Unset | None) -> None:
        self._environment(environment)
        current = prompt.live.get(environment)
        if expected is not UNSET and current != expected:
            raise MovedMeanwhile(
                f"{current or 'nothing'} is live in {environment} by now, not {expected or 'nothing'}",
                f"look again: workbench history {prompt.name} --env {environment}",
            )

    def _move(self, plan: Plan, prompt: PromptRow, version: Version, reason: str) -> Deployment:
        return move(self._store, plan.kind, prompt, plan.environment.name, version.id, actor=self._actor, reason=reason)


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
) -> Deployment:
    """Appends one deployment and its event; `after_id` None: nothing is live there any more. Inside `write()`."""
    at = store.clock()
    row = store.deployments.move(prompt.id, environment, kind, after_id, actor=actor, at=at, reason=reason)
    deployment = store.deployments.get(row)
    store.events.append(
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
        },
        undoes=undoes,
        redoes=redoes,
    )
    return deployment
