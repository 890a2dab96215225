"""From the values a person or a program gives to the values a template gets: defaults, types, choices."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from workbench.domain.contents import Variable
from workbench.domain.names import near
from workbench.errors import BadInput

TYPES = ("string", "text", "integer", "number", "boolean", "list", "object")
_BOOLEANS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
_JSON_TYPES: Mapping[str, tuple[type, ...]] = {"list": (list, tuple), "object": (dict, Mapping)}


def bind(declared: tuple[Variable, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """All values with defaults filled in and declared ones as their type says.

    Raises `BadInput` naming the variable. What is not declared passes as it is.
    """
    bound = dict(values)
    for variable in declared:
        if variable.name in bound:
            if variable.type or variable.choices:
                bound[variable.name] = coerced(variable, bound[variable.name])
        elif variable.has_default:
            bound[variable.name] = variable.default
    return bound


def coerced(variable: Variable, value: Any) -> Any:
    """The value as the declared type; text (as a command line gives it) is read, anything else only checked."""
    value = _typed(variable, value)
    if not variable.choices:
        return value
    for choice in variable.choices:
        if choice == value and isinstance(choice, bool) == isinstance(value, bool):
            return choice
    if isinstance(value, str):
        # `-v stars=5` for choices [1, 5] without a declared type
        for choice in variable.choices:
            if _as_text(choice) == value:
                return choice
    offered = [_as_text(choice) for choice in variable.choices]
    close = near(_as_text(value), offered, 1)
    hint = (f"did you mean {close[0]}? " if close else "") + "choices: " + ", ".join(offered)
    raise BadInput(f"variable {variable.name}: {_shown(value)} is not one of its choices", hint)


def _typed(variable: Variable, value: Any) -> Any:
    kind = variable.type
    if kind in ("", "string", "text"):
        if kind and not isinstance(value, (str, int, float, bool)):
            raise _wrong(variable, value, "text")
        return value
    if kind == "integer":
        return _integer(variable, value)
    if kind == "number":
        return _number(variable, value)
    if kind == "boolean":
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in _BOOLEANS:
            return _BOOLEANS[value.strip().lower()]
        raise _wrong(variable, value, "a boolean", "write true or false")
    if kind in _JSON_TYPES:
        return _structure(variable, value)
    # A type this program does not know (of an imported file) is information for people, not a rule.
    return value


def _integer(variable: Variable, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        try:
            return int(value.strip())
        except ValueError:
            pass
    raise _wrong(variable, value, "an integer", "write a whole number, for example 3")


def _number(variable: Variable, value: Any) -> int | float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return int(value.strip())
        except ValueError:
            pass
        try:
            number = float(value.strip())
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return number
    raise _wrong(variable, value, "a number", "write for example 3 or 0.7")


def _structure(variable: Variable, value: Any) -> Any:
    wanted = _JSON_TYPES[variable.type]
    what = "a list" if variable.type == "list" else "an object"
    example = '["a", "b"]' if variable.type == "list" else '{"name": "Ana"}'
    if isinstance(value, wanted):
        return value
    if not isinstance(value, str):
        raise _wrong(variable, value, what, f"write JSON, for example {example}")
    try:
        read = json.loads(value)
    except (ValueError, RecursionError) as error:
        at = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise _wrong(variable, value, what + " in JSON" + at, f"write JSON, for example {example}") from error
    if not isinstance(read, wanted):
        raise _wrong(variable, value, what, f"write JSON, for example {example}")
    return read


def _wrong(variable: Variable, value: Any, what: str, hint: str = "") -> BadInput:
    return BadInput(f"variable {variable.name}: {_shown(value)} is not {what}", hint)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
