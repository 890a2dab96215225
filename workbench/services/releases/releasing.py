"""Promotions with all that is to be known before: planned, checked, carried out as they were shown, or refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from workbench.domain.deployments import Deployment
from workbench.domain.environments import Environment
from workbench.domain.names import near
from workbench.domain.prompts import PromptRow, Version
from workbench.domain.releases.checks import CommandResult
from workbench.domain.releases.plans import PromotionPlan, ReleasePlan
from workbench.domain.rules import Rules
from workbench.errors import MovedMeanwhile, NotFound, Refused
from workbench.services.library import Library
from workbench.services.releases.choosing import chosen
from workbench.services.releases.moving import move
from workbench.services.releases.planning import make_plan
from workbench.store import Store

if TYPE_CHECKING:
    from workbench.models.secrets import Secret
    from workbench.services.releases.commands import Cancel, Runner, Said
    from workbench.services.releases.signing import Signer

Progress = Callable[[int, int], None]


class PlanMoved(MovedMeanwhile):
    """`plan` is what carrying it out would mean now; the message says who did what since the one that was shown."""

    def __init__(self, message: str, plan: PromotionPlan | ReleasePlan) -> None:
        super().__init__(message, "look at the new plan, then decide again")
        self.plan = plan


class Releasing:
    """`actor` is who acts. `folder`: where commands are run. `signer` None: nothing is signed here. `secrets` are kept
    out of what commands write."""

    def __init__(
        self,
        store: Store,
        environments: Sequence[Environment],
        actor: str,
        *,
        rules: Rules | None = None,
        signer: Signer | None = None,
        folder: Path | None = None,
        secrets: Callable[[], Sequence[Secret]] = tuple,
    ) -> None:
        self.environments: tuple[Environment, ...] = tuple(environments)
        self.signer = signer
        self._store = store
        self._actor = actor
        self._rules = rules
        self._folder = folder
        self._secrets = secrets
        self._library = Library(store, environments, actor)

    # Planning

    def plan(self, reference: str, environment: str) -> PromotionPlan:
        """What promoting would do, and whether it may; refusals are part of it. Raises `NotFound`, `BadReference`."""
        with self._store.snapshot():
            return self._plan(self._library.version(reference), self.environment(environment))

    def plan_many(
        self,
        environment: str,
        *,
        source: str = "",
        prompts: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> ReleasePlan:
        """Several prompts as one act: all that is live in `source` and not the same in `environment`, or of those the
        named `prompts`; without a source the references in `prompts`.

        Raises `NotFound`, and `BadInput` where the same prompt is named twice or both environments are one.
        """
        target = self.environment(environment)
        with self._store.snapshot():
            came_from = self.environment(source).name if source else ""
            references, same = chosen(self._library, target.name, came_from, prompts)
            plans = []
            for done, reference in enumerate(references):
                if progress is not None:
                    progress(done, len(references))
                plan = self._plan(self._library.version(reference), target)
                if plan.current == plan.target:
                    same.append(plan.prompt)
                else:
                    plans.append(plan)
        return ReleasePlan(target, source, tuple(sorted(plans, key=lambda plan: plan.prompt)), tuple(sorted(same)))

    def environment(self, name: str) -> Environment:
        for environment in self.environments:
            if environment.name == name:
                return environment
        names = [environment.name for environment in self.environments]
        close = near(name, names)
        raise NotFound(f"there is no environment {name!r}", close, "" if close else "there are " + ", ".join(names))

    # Commands

    def commands(self, plan: PromotionPlan | ReleasePlan) -> Runner:
        """What would run the commands that the plan waits for; `Runner.run` needs no store, and takes its time."""
        from workbench.services.releases.command_checks import runner_for

        folder = self._folder or Path.cwd()
        return runner_for(plan, self._store, folder, self._actor, self._secrets())

    def keep(self, results: Sequence[CommandResult]) -> None:
        """Records what the commands answered, each with its event."""
        from workbench.services.releases.command_checks import keep_results

        keep_results(self._store, results, self._actor)

    @overload
    def run_commands(
        self, plan: PromotionPlan, *, cancel: Cancel | None = None, said: Said | None = None
    ) -> PromotionPlan: ...
    @overload
    def run_commands(
        self, plan: ReleasePlan, *, cancel: Cancel | None = None, said: Said | None = None
    ) -> ReleasePlan: ...
    def run_commands(
        self, plan: PromotionPlan | ReleasePlan, *, cancel: Cancel | None = None, said: Said | None = None
    ) -> PromotionPlan | ReleasePlan:
        """Runs the commands that the plan waits for, keeps what they answer, and gives the plan as it is then.

        Where nothing can be kept, nothing is run. Raises `PlanMoved` when something else is different by then.
        """
        if plan.to_run and not self._store.readonly:
            self.keep(self.commands(plan).run(cancel, said))
            fresh = self.again(plan)
            self._refuse_moved(plan, fresh, "expectation_of_others")
            return fresh
        return plan

    # Carrying out

    def promote(self, plan: PromotionPlan, reason: str = "", *, force: bool = False) -> Deployment:
        """Carries out exactly what the plan shows, past its checks only where `force` is asked for and allowed.

        Raises `PlanMoved` when it would mean something else by now, `Refused` with all reasons.
        """
        release = ReleasePlan(plan.environment, "", (plan,))
        try:
            return self._carry_out(release, reason, force)[0]
        except PlanMoved as error:
            new = error.plan
            raise PlanMoved(error.message, new.plans[0] if isinstance(new, ReleasePlan) else new) from None

    def promote_many(self, release: ReleasePlan, reason: str = "", *, force: bool = False) -> list[Deployment]:
        """All of them in one transaction, or none; undone together. Errors as `promote`."""
        if not release.plans:
            raise Refused("there is nothing to promote", _all_same(release))
        return self._carry_out(release, reason, force)

    @overload
    def again(self, plan: PromotionPlan) -> PromotionPlan: ...
    @overload
    def again(self, plan: ReleasePlan) -> ReleasePlan: ...
    def again(self, plan: PromotionPlan | ReleasePlan) -> PromotionPlan | ReleasePlan:
        """The same plan as it is now: of the same numbers, whatever `latest` means by now."""
        with self._store.snapshot():
            if isinstance(plan, PromotionPlan):
                return self._again(plan)
            return ReleasePlan(plan.environment, plan.source, tuple(map(self._again, plan.plans)), plan.same)

    # Inside

    def _plan(self, version: Version, environment: Environment) -> PromotionPlan:
        position = self.environments.index(environment)
        return make_plan(
            self._store,
            self._library,
            self._library.prompt(version.prompt),
            version,
            environment,
            self.environments[position - 1].name if position else None,
            rules=self._rules,
            signer=self.signer,
        )

    def _again(self, plan: PromotionPlan) -> PromotionPlan:
        return self._plan(
            self._library.version(f"{plan.prompt}@{plan.target}"), self.environment(plan.environment.name)
        )

    def _carry_out(self, release: ReleasePlan, reason: str, force: bool) -> list[Deployment]:
        store, reason = self._store, reason.strip()
        # Without checks nothing of a plan depends on the time or on anything but what events tell.
        told_all = store.events.head()[0] == max(plan.as_of for plan in release.plans)
        fresh = release if told_all and not release.environment.checks else self._still(release)
        self._refuse(fresh, reason, force)
        store.database.refuse_readonly()
        # Asking for a passphrase takes as long as a person does: nobody waits for the store meanwhile.
        signed = [self._signed(plan, reason) for plan in fresh.plans]
        with store.write():
            if store.events.head()[0] != max(plan.as_of for plan in fresh.plans):
                fresh = self._still(fresh)
            act = store.events.head()[0] + 1
            return [
                self._move(plan, reason, force, act if len(fresh.plans) > 1 else None, signature)
                for plan, signature in zip(fresh.plans, signed, strict=True)
            ]

    def _still(self, release: ReleasePlan) -> ReleasePlan:
        """The plan as it is now; `PlanMoved` where that is another one."""
        fresh = self.again(release)
        self._refuse_moved(release, fresh, "expectation")
        return fresh

    def _refuse_moved(
        self,
        shown: PromotionPlan | ReleasePlan,
        now: PromotionPlan | ReleasePlan,
        what: Literal["expectation", "expectation_of_others"],
    ) -> None:
        pairs = zip(_plans(shown), _plans(now), strict=True)
        moved = [pair for pair in pairs if getattr(pair[0], what) != getattr(pair[1], what)]
        if moved:
            from workbench.services.past.meanwhile import who_moved

            raise PlanMoved("; ".join(who_moved(self._store, *pair) for pair in moved[:3]), now)

    def _refuse(self, release: ReleasePlan, reason: str, force: bool) -> None:
        refused = [why for plan in release.plans for why in plan.refusals]
        if refused:
            raise Refused(refused, release.plans[0].hint)
        several = len(release.plans) > 1
        environment = release.environment
        unmet = [(plan, check) for plan in release.plans for check in plan.unmet]
        said = [f"{plan.prompt + ': ' if several else ''}{check.label}: {check.reason}" for plan, check in unmet]
        if unmet and not force:
            hint = unmet[0][1].hint
            raise Refused(said, hint + ("; or --force, with a reason" if environment.force else ""))
        if unmet and not environment.force:
            raise Refused(
                [f"{environment.name} does not let itself be forced", *said],
                f"its config says so; {unmet[0][1].hint}",
            )
        if unmet and not reason:
            raise Refused("a promotion is forced only with a reason", "say why with -m; it is kept for ever")
        if environment.protected and not reason:
            raise Refused(f"{environment.name} is protected: a promotion to it needs a reason", "say why with -m")

    def _signed(self, plan: PromotionPlan, reason: str) -> Any:
        if self.signer is None:
            return None
        return self.signer.promotion(plan.after, plan.environment.name, plan.current, reason, self._store.clock())

    def _move(self, plan: PromotionPlan, reason: str, force: bool, act: int | None, signature: Any) -> Deployment:
        details: dict[str, Any] = {}
        if plan.checks:
            details["checks"] = [[check.label, check.state, check.reason] for check in plan.checks]
        if act is not None:
            details["act"] = act
        return move(
            self._store,
            "promote",
            self._row(plan),
            plan.environment.name,
            plan.after.id,
            actor=self._actor,
            reason=reason,
            forced=[check.label for check in plan.unmet] if force else (),
            details=details,
            signature=signature,
        )

    def _row(self, plan: PromotionPlan) -> PromptRow:
        return self._library.prompt(plan.prompt)


def _plans(plan: PromotionPlan | ReleasePlan) -> tuple[PromotionPlan, ...]:
    return plan.plans if isinstance(plan, ReleasePlan) else (plan,)


def _all_same(release: ReleasePlan) -> str:
    if release.same:
        return f"{len(release.same)} of them are live in {release.environment.name} already"
    return f"nothing is live in {release.source}" if release.source else "name prompts, or --from an environment"
