"""Reading the checks that an environment asks for, and asking them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import workbench.domain.releases.standard_checks  # noqa: F401  registers those that come with the program
from workbench.domain.environments import CheckRule
from workbench.domain.names import near
from workbench.domain.releases.checks import Check, CheckAnswer, Facts, Reading, registered
from workbench.errors import BadInput


def known_checks() -> Mapping[str, Check]:
    """By name, in the order in which they were registered."""
    return registered()


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
