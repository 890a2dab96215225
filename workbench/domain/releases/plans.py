"""A promotion as it is shown before it is carried out, and whether it may be."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.domain.deployments import Deployment
from workbench.domain.environments import Environment
from workbench.domain.prompts import Version, VersionRow, canonical_json

if TYPE_CHECKING:
    from workbench.domain.releases.checks import CheckAnswer
    from workbench.domain.releases.results import Result
    from workbench.domain.releases.reviews import Approvals, Review


@dataclass(frozen=True)
class VariableChange:
    name: str
    description: str = ""
    required: bool = True
    """It has no default: rendering without it fails."""


@dataclass(frozen=True)
class SettingChange:
    """None: not set."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Ratings:
    """What people thought of the runs of one version."""

    runs: int = 0
    rated: int = 0
    mean: float | None = None
    """From 1 to 5; None before the first rating."""
    starred: int = 0


@dataclass(frozen=True)
class Before:
    """The environment before this one in the order."""

    environment: str
    live: str | None
    """The number that is live there now; None: nothing."""
    was_there: bool
    """What is to be promoted was, or is, live there."""


@dataclass(frozen=True)
class PromotionPlan:
    """Everything the sheet shows. It is carried out only while it is still true: see `expectation`."""

    environment: Environment
    after: Version
    """What would be live."""
    before: Version | None
    """What is live now; None: nothing."""
    live_since: Deployment | None
    """The move that made `before` live."""
    between: tuple[VersionRow, ...]
    """The versions from `before` (without) to `after` (with), in the order of their numbers, lowest first; of a step
    backwards those that would go, `before` among them, highest first."""
    added: tuple[VariableChange, ...]
    removed: tuple[VariableChange, ...]
    settings: tuple[SettingChange, ...]
    results: tuple[Result, ...]
    """What comparisons found of `after`, those against `before` first."""
    ratings: Ratings
    ratings_before: Ratings
    checks: tuple[CheckAnswer, ...]
    reviews: tuple[Review, ...]
    """Of this content, and what was said of `before`'s lines while it was reviewed; withdrawn ones left out."""
    approvals: Approvals
    previous: Before | None
    """None for the first environment."""
    warnings: tuple[str, ...]
    refusals: tuple[str, ...]
    """Why it is not possible at all, forced or not."""
    hint: str
    as_of: int
    """Id of the newest event when the plan was made."""
    at: str

    @property
    def prompt(self) -> str:
        return self.after.prompt

    @property
    def target(self) -> str:
        """The number that would be live."""
        return self.after.number

    @property
    def current(self) -> str | None:
        """The number that is live now."""
        return self.before.number if self.before else None

    @property
    def unmet(self) -> tuple[CheckAnswer, ...]:
        """The checks that did not pass, unknown ones too."""
        return tuple(check for check in self.checks if check.state != "passed")

    @property
    def allowed(self) -> bool:
        """It can be carried out as it is."""
        return not self.refusals and not self.unmet

    @property
    def forceable(self) -> bool:
        """It cannot be carried out as it is, but forced, with a reason."""
        return not self.refusals and bool(self.unmet) and self.environment.force

    @property
    def to_run(self) -> tuple[CheckAnswer, ...]:
        """The checks that are commands and have no result that counts: `Releasing.run_commands` runs them."""
        return tuple(check for check in self.unmet if check.command)

    @property
    def expectation(self) -> str:
        """Equal as long as carrying it out would mean the same: the versions, the checks, and what stands before."""
        return self._expectation(self.checks)

    @property
    def expectation_of_others(self) -> str:
        """The same without what commands answer, for they are run between a plan and carrying it out."""
        return self._expectation(tuple(check for check in self.checks if not check.command))

    def _expectation(self, checks: Sequence[CheckAnswer]) -> str:
        said = [
            self.prompt,
            self.environment.name,
            self.current,
            self.target,
            self.after.digest,
            list(self.refusals),
            [[check.label, check.state] for check in checks],
            [self.previous.live, self.previous.was_there] if self.previous else None,
            [review.id for review in self.reviews],
        ]
        return hashlib.sha256(canonical_json(said).encode()).hexdigest()


@dataclass(frozen=True)
class ReleasePlan:
    """Several prompts as one act: all of them move, or none."""

    environment: Environment
    source: str
    """The environment they come from; "" when they were named one by one."""
    plans: tuple[PromotionPlan, ...]
    """By prompt."""
    same: tuple[str, ...] = ()
    """Prompts that were asked for and are live there with this version already."""

    @property
    def allowed(self) -> bool:
        return bool(self.plans) and all(plan.allowed for plan in self.plans)

    @property
    def forceable(self) -> bool:
        possible = all(plan.allowed or plan.forceable for plan in self.plans)
        return bool(self.plans) and possible and not self.allowed

    @property
    def to_run(self) -> tuple[CheckAnswer, ...]:
        return tuple(check for plan in self.plans for check in plan.to_run)


def refusals_of(
    prompt: str, environment: str, current: str | None, target: str, *, archived: bool, withdrawn: bool
) -> tuple[tuple[str, ...], str]:
    """Why a move is not possible at all, and what to do."""
    if archived:
        return (f"{prompt} is archived",), f"workbench archive {prompt} --undo"
    if withdrawn:
        return (f"{prompt}@{target} was withdrawn",), "redo it or choose another version"
    if current == target:
        return (f"{prompt}@{target} is already live in {environment}",), ""
    return (), ""


def warnings_of(
    environment: str,
    target: str,
    previous: Before | None,
    added: Sequence[VariableChange],
    requests: Sequence[Review] = (),
    *,
    replaces: bool,
) -> tuple[str, ...]:
    """`requests`: what somebody wants changed first. `replaces`: something is live there, which callers know."""
    warnings = [f"{one.actor} requested changes: {one.comment.splitlines()[0]}" for one in requests]
    if previous is not None and not previous.was_there:
        warnings.append(f"{target} has never been in {previous.environment}")
    names = [change.name for change in added if change.required]
    if names and replaces:
        plural = "s" * (len(names) > 1)
        warnings.append(
            f"callers of {environment} do not send the variable{plural} {', '.join(names)} yet: give a default, "
            "or change them first"
        )
    return tuple(warnings)


def setting_changes(before: Version | None, after: Version) -> tuple[SettingChange, ...]:
    """In the order in which they stand, those that go last. An unset value is none at all."""
    old = dict(before.content.settings) if before else {}
    new = dict(after.content.settings)
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        SettingChange(name, old.get(name), new.get(name))
        for name in names
        if canonical_json(old.get(name)) != canonical_json(new.get(name))
    )


def between(rows: Sequence[VersionRow], before: str | None, after: str) -> tuple[VersionRow, ...]:
    """`rows` of one prompt, highest number first, withdrawn ones too; see `PromotionPlan.between`."""
    numbers = [row.number for row in rows]
    end = numbers.index(after)
    start = numbers.index(before) if before is not None and before in numbers else None
    if start is None:
        return (rows[end],)
    found = rows[end:start][::-1] if end < start else rows[start:end]
    return tuple(row for row in found if not row.withdrawn or row.number in (before, after))
