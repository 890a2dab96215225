"""Settings for one run over those of the version: reading them, and telling what differs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.errors import BadInput


@dataclass(frozen=True)
class Difference:
    """One setting that is not the version's. `was` and `now` are None where it is not set."""

    name: str
    was: Any
    now: Any

    @property
    def told(self) -> str:
        """`temperature: 0.3 → 0.2`."""
        return f"{self.name}: {_told(self.was)} → {_told(self.now)}"


def _told(value: Any) -> str:
    return "not set" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_override(text: str) -> dict[str, Any]:
    """`temperature=0.2`, `stop=["\\n"]`, or a whole JSON object `{"top_p": 0.9, "seed": 7}`.

    A value is JSON where it is JSON, else text; `null` takes a setting away. Raises `BadInput`.
    """
    stripped = text.strip()
    if stripped.startswith("{"):
        try:
            found = json.loads(stripped, parse_constant=_not_json)
        except ValueError as error:
            raise BadInput(f"the settings are not JSON: {error}", 'for example {"temperature": 0.2}') from error
        if not isinstance(found, dict):
            raise BadInput("the settings are not a JSON object", 'for example {"temperature": 0.2}')
        return {str(name): value for name, value in found.items()}
    name, equals, value = stripped.partition("=")
    if not equals or not name.strip():
        raise BadInput(f"{text!r} has no value", "write NAME=VALUE, for example temperature=0.2")
    try:
        return {name.strip(): json.loads(value, parse_constant=_not_json)}
    except ValueError:
        return {name.strip(): value}


def read_overrides(texts: Sequence[str]) -> dict[str, Any]:
    """Several of them; a later one wins."""
    found: dict[str, Any] = {}
    for text in texts:
        found.update(read_override(text))
    return found


def merged(settings: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with the overrides laid over them; None takes one away."""
    return {name: value for name, value in {**settings, **overrides}.items() if value is not None}


def differences(settings: Mapping[str, Any], overrides: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What the overrides change, in their order; one that says what the version says is none."""
    return tuple(
        Difference(name, settings.get(name), value)
        for name, value in overrides.items()
        if not _same(settings.get(name), value)
    )


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _not_json(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
