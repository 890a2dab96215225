"""What is live where: promoting, rolling back, and the ledger of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from workbench.domain.deployments import Deployment, Plan, Refusal, decide_rollback
from workbench.domain.environments import Environment
from workbench.domain.names import near
from workbench.domain.prompts import PromptRow, Version
from workbench.errors import MovedMeanwhile, NotFound, Refused
from workbench.services.library import Library
from workbench.services.releases.moving import move
from workbench.store import Store

if TYPE_CHECKING:
    from workbench.services.releases.releasing import Releasing


class Unset(Enum):
    """Tells "not given" from None, which means that nothing may be live."""

    UNSET = "unset"


UNSET: Final[Literal[Unset.UNSET]] = Unset.UNSET


class Deploying:
    """`actor` is who acts, recorded with every move. `releasing` gives what promotes; None: one without a config."""

    def __init__(
        self,
        store: Store,
        environments: Sequence[Environment],
        actor: str,
        releasing: Callable[[], Releasing] | None = None,
    ) -> None:
        self.environments: tuple[Environment, ...] = tuple(environments)
        self._names = tuple(environment.name for environment in environments)
        self._store = store
        self._actor = actor
        self._library = Library(store, environments, actor)
        self._make_releasing = releasing

    def plan(self, reference: str, environment: str) -> Plan | Refusal:
        """What promoting would do, in short; `Releasing.plan` says all of it. Raises `NotFound`."""
        found = self._releasing.plan(reference, environment)
        if found.refusals:
            return Refusal(found.refusals, found.hint)
        if found.unmet:
            return Refusal(tuple(f"{check.label}: {check.reason}" for check in found.unmet), found.unmet[0].hint)
        return Plan(found.prompt, found.environment, "promote", found.current, found.target, found.warnings)

    def promote(
        self, reference: str, environment: str, reason: str = "", *, expected: str | Unset | None = UNSET
    ) -> Deployment:
        """Makes the version live. `expected` is the number that must be live before (None: nothing).

        Raises `MovedMeanwhile` when it is another, `Refused` with all reasons, `NotFound`.
        """
        if self._releasing.signer is not None:
            return self._promote(reference, environment, reason, expected)
        with self._store.write():
            return self._promote(reference, environment, reason, expected)

    def _promote(self, reference: str, environment: str, reason: str, expected: str | Unset | None) -> Deployment:
        plan = self._releasing.plan(reference, environment)
        self._check_expected(self._library.prompt(plan.prompt), environment, expected)
        return self._releasing.promote(plan, reason)

    @cached_property
    def _releasing(self) -> Releasing:
        if self._make_releasing is not None:
            return self._make_releasing()
        from workbench.services.releases.releasing import Releasing

        return Releasing(self._store, self.environments, self._actor)

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

    def earlier(self, name: str, environment: str) -> list[Deployment]:
        """What `rollback` can go back to: each other version that was live there and was not withdrawn, by the
        deployment that last made it live, newest first."""
        with self._store.snapshot():
            prompt = self._library.prompt(name)
            self._ever(environment)
            gone = self._withdrawn(prompt)
            newest: dict[str, Deployment] = {}
            for row in reversed(self._store.deployments.of_environment(prompt.id, environment)):
                if row.after is not None and row.after not in gone and row.after != prompt.live.get(environment):
                    newest.setdefault(row.after, row)
            return list(newest.values())

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

    def _ever(self, name: str) -> Environment:
        """An environment of the config, or one that the ledger knows from earlier: the way back is always open."""
        if name not in self._names and name in self._store.past.environments():
            return Environment(name)
        return self._environment(name)

    def _withdrawn(self, prompt: PromptRow) -> frozenset[str]:
        return frozenset(self._store.versions.withdrawn_numbers(prompt.id))

    def _plan_rollback(self, prompt: PromptRow, environment: str, to: str | None) -> Plan | Refusal:
        target = self._ever(environment)
        if prompt.archived:
            return Refusal((f"{prompt.name} is archived",), "take it out of the archive first")
        if to is not None:
            to = self._library.resolve_selector(prompt.name, to).number
        ledger = self._store.deployments.of_environment(prompt.id, environment)
        return decide_rollback(prompt.name, target, ledger, to, withdrawn=self._withdrawn(prompt))

    def _check_expected(self, prompt: PromptRow, environment: str, expected: str | Unset | None) -> None:
        current = prompt.live.get(environment)
        if expected is not UNSET and current != expected:
            raise MovedMeanwhile(
                f"{current or 'nothing'} is live in {environment} by now, not {expected or 'nothing'}",
                f"look again: workbench history {prompt.name} --env {environment}",
            )

    def _move(self, plan: Plan, prompt: PromptRow, version: Version, reason: str) -> Deployment:
        return move(self._store, plan.kind, prompt, plan.environment.name, version.id, actor=self._actor, reason=reason)
