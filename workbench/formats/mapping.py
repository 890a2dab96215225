"""Settings, schemas and variables between the words of other tools and ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.domain.prompts import Variable

KINDS = {
    "string": "string",
    "str": "string",
    "text": "string",
    "integer": "integer",
    "int": "integer",
    "float": "number",
    "number": "number",
    "boolean": "boolean",
    "bool": "boolean",
    "array": "list",
    "list": "list",
    "thread": "list",
    "object": "object",
    "dict": "object",
}
"""Types of other tools → ours."""
JSON_TYPES = {"string": "string", "text": "string", "integer": "integer", "number": "number", "boolean": "boolean",
              "list": "array", "object": "object"}  # fmt: skip


def to_ours(theirs: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """`words` is theirs → ours; other keys keep their names, empty values are left out."""
    return {words.get(key, key): value for key, value in theirs.items() if value is not None}


def put_changed(
    theirs: dict[str, Any], was: Mapping[str, Any], now: Mapping[str, Any], words: Mapping[str, str]
) -> None:
    """Bring the settings that changed into a mapping of their words, in place."""
    back = {ours: key for key, ours in words.items()}
    for ours in [key for key in was if key not in now]:
        theirs.pop(back.get(ours, ours), None)
    for ours, value in now.items():
        if ours not in was or was[ours] != value or type(was[ours]) is not type(value):
            theirs[back.get(ours, ours)] = value


def schema_of(variable: Variable) -> dict[str, Any]:
    """A JSON Schema of one value."""
    schema: dict[str, Any] = {}
    if variable.type in JSON_TYPES:
        schema["type"] = JSON_TYPES[variable.type]
    if variable.description:
        schema["description"] = variable.description
    if variable.choices:
        schema["enum"] = list(variable.choices)
    return schema


def variable_of(name: str, schema: Any, default: Any = None, *, has_default: bool = False) -> Variable:
    """The variable that a JSON Schema of one value describes."""
    body = schema if isinstance(schema, Mapping) else {}
    stated = body.get("type")
    kinds = [kind for kind in (stated if isinstance(stated, list) else [stated]) if kind not in (None, "null")]
    type_name = KINDS.get(str(kinds[0]), "") if len(kinds) == 1 else ""
    choices = body.get("enum")
    return Variable(
        name,
        str(body.get("description") or ""),
        type_name,
        default if has_default else None,
        has_default,
        tuple(choice for choice in choices if choice is not None) if isinstance(choices, list) else (),
    )


def response_format(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": name, "schema": dict(schema)}}


def schema_in(response: Any) -> Any:
    """The JSON Schema of a response format; None where there is none."""
    inner = response.get("json_schema") if isinstance(response, Mapping) else None
    return inner.get("schema") if isinstance(inner, Mapping) else None
