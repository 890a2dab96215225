"""Reading what a check wants from a config: times, counts, names, options. Each raises `BadInput`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.names import near
from workbench.domain.releases.checks import Reading
from workbench.domain.times import span_seconds
from workbench.errors import BadInput


def seconds_of(value: Any, what: str) -> float:
    """`24h`, `30 min`, `7d`. Raises `BadInput`."""
    found = span_seconds(value) if isinstance(value, str) else None
    if found is None:
        raise BadInput(f"{what} must be a time, not {value!r}", "write 30m, 24h or 7d")
    return float(found)


def alone(name: str) -> Any:
    def read(value: Any, _reading: Reading) -> Mapping[str, Any]:
        if value not in (None, True):
            raise BadInput(f"{name} takes no value but true", f"write {name}, or leave it out")
        return {}

    return read


def check_options(value: Any, known: Sequence[str], what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput(f"{what} must be a mapping", "with the keys " + ", ".join(known))
    for key in value:
        if key not in known:
            close = near(str(key), known, 1)
            hint = f"did you mean {close[0]}?" if close else "known are " + ", ".join(known)
            raise BadInput(f"unknown key {str(key)!r} in {what}", hint)
    return value


def count(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise BadInput(f"{what} must be a whole number from 1 to 1000")
    return value


def known_environment(value: Any, reading: Reading, what: str) -> str:
    if value not in reading.environments:
        close = near(str(value), reading.environments, 1)
        hint = f"did you mean {close[0]}?" if close else "there are " + ", ".join(reading.environments)
        raise BadInput(f"{what}: there is no environment {value!r}", hint)
    if value == reading.environment:
        raise BadInput(f"{what}: {value} is the environment that it would guard", "name one before it")
    return str(value)
