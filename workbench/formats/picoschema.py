"""Picoschema, the short form of JSON Schema in dotprompt files.

`name?: type, description`, `name(array|object|enum, description): …`, `(*): type` for any other key; a JSON Schema
passes as it is. An optional property may be null. Source: google/dotprompt, spec and reference implementation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.errors import BadInput

_SCALARS = ("string", "boolean", "null", "number", "integer", "any")
_TYPES = (*_SCALARS, "object", "array")
_WILDCARD = "(*)"


def json_schema(schema: Any, named: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """`named` are schemas that may be referred to by name. `BadInput` for what cannot be read."""
    if not schema:
        return None
    if isinstance(schema, str):
        return _scalar(schema, named or {})
    if not isinstance(schema, Mapping):
        raise BadInput(f"a schema is text or a mapping, not {type(schema).__name__}")
    if schema.get("type") in _TYPES and not isinstance(schema.get("type"), Mapping):
        return dict(schema)
    if isinstance(schema.get("properties"), Mapping):
        return {"type": "object", **schema}
    return _object(schema, named or {})


def _described(text: str) -> tuple[str, str]:
    name, _, description = text.partition(",")
    return name.strip(), description.strip()


def _scalar(text: str, named: Mapping[str, Any]) -> dict[str, Any]:
    type_name, description = _described(text)
    if type_name in named:
        found = json_schema(named[type_name], named) or {}
        return {**found, "description": description} if description else found
    if type_name not in _SCALARS:
        raise BadInput(f"unknown type {type_name!r}", "use one of " + ", ".join(_SCALARS))
    body: dict[str, Any] = {} if type_name == "any" else {"type": type_name}
    return {**body, "description": description} if description else body


def _object(schema: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    for key, value in schema.items():
        if key == _WILDCARD:
            made["additionalProperties"] = _value(value, named)
            continue
        head, _, rest = str(key).partition("(")
        optional = head.endswith("?")
        name = head.removesuffix("?")
        if not optional:
            made["required"].append(name)
        if not rest:
            body = _value(value, named)
        else:
            kind, description = _described(rest.removesuffix(")"))
            body = _container(kind, value, named)
            if description:
                body["description"] = description
        if optional:
            _allow_null(body)
        made["properties"][name] = body
    if not made["required"]:
        del made["required"]
    return made


def _value(value: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(value, str):
        return _scalar(value, named)
    if isinstance(value, Mapping):
        return json_schema(value, named) or {"type": "object"}
    raise BadInput(f"{value!r} is no type")


def _container(kind: str, value: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "array":
        return {"type": "array", "items": _value(value, named)}
    if kind == "object":
        return _object(value, named) if isinstance(value, Mapping) else {"type": "object"}
    if kind == "enum" and isinstance(value, list):
        return {"enum": list(value)}
    raise BadInput(f"{kind!r} is no container", "use array, object or enum")


def _allow_null(body: dict[str, Any]) -> None:
    if "enum" in body and None not in body["enum"]:
        body["enum"] = [*body["enum"], None]
    elif isinstance(body.get("type"), str):
        body["type"] = [body["type"], "null"]
