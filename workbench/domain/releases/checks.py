"""What must hold before a promotion: an open set of checks. `register` adds one, in one call.

A check reads its part of the config once, when the config is loaded, and answers from the facts of one promotion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from workbench.errors import BadInput

if TYPE_CHECKING:
    from workbench.domain.enough import Standing
    from workbench.domain.prompts import PromptRow, Version
    from workbench.domain.releases.reviews import Approvals

State = Literal["passed", "failed", "unknown"]
Ended = Literal["exited", "timed_out", "not_started"]


@dataclass(frozen=True)
class CheckAnswer:
    check: str
    """The name: `soaked`."""
    label: str
    """As it stands in the config: `soaked: 24h`."""
    state: State
    """`unknown`: neither can be said yet, which does not let a promotion through either."""
    reason: str
    hint: str = ""
    """What to do; "" when it passed."""
    output: str = ""
    """What a command wrote, standard error too."""
    command: tuple[str, ...] = ()
    """What `Releasing.run_commands` would run; () for every other check."""


@dataclass(frozen=True)
class Stay:
    """A time in which a version was live in an environment. `until` None: it still is."""

    since: str
    until: str | None


@dataclass(frozen=True)
class CommandResult:
    """One run of a team's own command, kept for ever."""

    id: int
    prompt: str
    digest: str
    environment: str
    command: tuple[str, ...]
    ended: Ended
    exit_code: int | None
    output: str
    seconds: float
    actor: str
    at: str

    @property
    def passed(self) -> bool:
        return self.ended == "exited" and self.exit_code == 0


class Facts(Protocol):
    """What a check can ask about one promotion. Everything is read when it is asked for, in one state of the store."""

    @property
    def prompt(self) -> PromptRow: ...

    @property
    def version(self) -> Version:
        """What is to be promoted."""

    @property
    def environment(self) -> str: ...

    @property
    def now(self) -> str: ...

    def faults(self) -> Sequence[str]:
        """What validation finds wrong with the version, each with its place."""

    def stays(self, environment: str) -> Sequence[Stay]:
        """When this content was live there, oldest first."""

    def approvals(self) -> Approvals: ...

    def standing(self) -> Standing | None:
        """The version (`a`) against what is live (`b`); None where nothing is, or it says the same."""

    def result(self, command: Sequence[str]) -> CommandResult | None:
        """The newest result of this command for this content and environment."""


Answer = tuple[State, str, str]
"""State, reason, and what to do."""


@dataclass(frozen=True)
class Reading:
    """What a check may know while it reads its part of the config."""

    environment: str
    before: str | None
    """The environment before it in the order; None for the first."""
    environments: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    name: str
    description: str
    """One sentence for the README, the config's help and errors."""
    example: str
    read: Callable[[Any, Reading], Mapping[str, Any]]
    """Raises `BadInput` for what cannot be wanted."""
    answer: Callable[[Mapping[str, Any], Facts], Answer | CheckAnswer]


_CHECKS: dict[str, Check] = {}


def register(check: Check) -> None:
    """Make a check known to the config and to every promotion. Raises `BadInput` for a name that is taken."""
    if check.name in _CHECKS:
        raise BadInput(f"there is a check {check.name!r} already")
    _CHECKS[check.name] = check


def registered() -> Mapping[str, Check]:
    """By name, in the order in which they were registered; `checking` knows those that come with the program."""
    return dict(_CHECKS)
