"""Answers that should be JSON: whether they are, whether they fit the schema of the response format, and laid out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

MOST_PROBLEMS = 20
_FENCED = re.compile(r"\s*```(?:json)?\s*\n(?P<inside>.*?)\n?\s*```\s*", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class AnswerCheck:
    wanted: Literal["text", "json", "schema"]
    """What the response format asks for; "text" where it asks for nothing."""
    is_json: bool
    pretty: str
    """The answer laid out where it is JSON, else as it is."""
    problems: tuple[str, ...] = ()
    """Why it is not what was asked for, each with its place: `$.items[2].price: 'x' is not of type 'number'`."""

    @property
    def ok(self) -> bool:
        return not self.problems


def check_answer(output: str, response_format: Any = None) -> AnswerCheck:
    """`response_format` is the setting of that name. Never raises; a schema that is itself wrong is a problem too.

    Nothing is fetched: a `$ref` to another place is a problem, not a download.
    """
    kind = response_format.get("type") if isinstance(response_format, Mapping) else None
    wanted: Literal["text", "json", "schema"] = (
        "schema" if kind == "json_schema" else "json" if kind == "json_object" else "text"
    )
    if wanted == "text" and not output.lstrip().startswith(("{", "[")):
        return AnswerCheck(wanted, False, output)
    fenced = _FENCED.fullmatch(output) if wanted != "text" else None
    try:
        value = _loads(fenced["inside"] if fenced else output)
    except (ValueError, RecursionError) as error:
        problem = f"the answer is not JSON: {_why(error)}"
        return AnswerCheck(wanted, False, output, () if wanted == "text" else (problem,))
    problems = ["the JSON stands in a code fence"] if fenced else []
    if wanted == "json" and not isinstance(value, dict):
        problems.append("the answer is JSON, but no object")
    if wanted == "schema":
        problems += _against_schema(value, response_format)
    return AnswerCheck(wanted, True, json.dumps(value, indent=2, ensure_ascii=False), tuple(problems))


def _against_schema(value: Any, response_format: Mapping[str, Any]) -> list[str]:
    named = response_format.get("json_schema")
    schema = named.get("schema") if isinstance(named, Mapping) else None
    if not isinstance(schema, dict):
        return ["the response format has no schema to check against"]
    # Imported late: it costs as much as showing a prompt.
    from jsonschema.exceptions import SchemaError, ValidationError
    from jsonschema.validators import Draft202012Validator, validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    checker = validator_for(schema, default=Draft202012Validator)
    try:
        checker.check_schema(schema)
        errors: list[ValidationError] = []
        for error in checker(schema, registry=Registry()).iter_errors(value):
            errors.append(error)
            if len(errors) > MOST_PROBLEMS:
                break
    except SchemaError as error:
        return [f"the schema is wrong at {error.json_path}: {_short(error.message)}"]
    except Unresolvable as error:
        return [f"the schema refers to what is not in it: {_short(str(error))}"]
    except (RecursionError, re.error) as error:
        return [f"the schema cannot be used: {_why(error)}"]
    errors.sort(key=lambda error: error.json_path)
    told = [f"{error.json_path}: {_short(error.message)}" for error in errors[:MOST_PROBLEMS]]
    return [*told, "and more"] if len(errors) > MOST_PROBLEMS else told


def _loads(text: str) -> Any:
    return json.loads(text, parse_constant=_constant)


def _constant(token: str) -> Any:
    raise ValueError(f"{token} is not JSON")


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (line {error.lineno}, column {error.colno})"
    return "nested too deep" if isinstance(error, RecursionError) else str(error)


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"
