"""What must hold before a promotion: an open set of checks. `register` adds one, in one call.

A check reads its part of the config once, when the config is loaded, and answers from the facts of one promotion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from workbench.domain.environments import CheckRule
from workbench.domain.names import near
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


def known_checks() -> Mapping[str, Check]:
    """By name, in the order in which they were registered."""
    import workbench.domain.releases.standard_checks  # noqa: F401  registers those that come with the program

    return dict(_CHECKS)


def read_check(name: str, value: Any, reading: Reading) -> CheckRule:
    """One check of the config. `value` None: it stands there by its name alone. Raises `BadInput`."""
    known = known_checks()
    if name not in known:
        close = near(name, known, 1)
        hint = f"did you mean {close[0]}?" if close else "known are " + ", ".join(known)
        raise BadInput(f"there is no check {name!r}", hint)
    return CheckRule(name, _label(name, value), known[name].read(value, reading))


def answers(rules: Sequence[CheckRule], facts: Facts) -> tuple[CheckAnswer, ...]:
    """Of every check, in the order of the config."""
    return tuple(_answer(rule, facts) for rule in rules)


def _answer(rule: CheckRule, facts: Facts) -> CheckAnswer:
    answer = known_checks()[rule.name].answer(rule.wanted, facts)
    if isinstance(answer, CheckAnswer):
        return CheckAnswer(
            rule.name, rule.label, answer.state, answer.reason, answer.hint, answer.output, answer.command
        )
    state, reason, hint = answer
    return CheckAnswer(rule.name, rule.label, state, reason, "" if state == "passed" else hint)


def _label(name: str, value: Any) -> str:
    if value is None or value is True:
        return name
    if isinstance(value, Mapping):
        said = ", ".join(f"{key} {_written(inner)}" for key, inner in value.items())
        return f"{name}: {said}"
    return f"{name}: {_written(value)}"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(map(_written, value))
    return str(value)
