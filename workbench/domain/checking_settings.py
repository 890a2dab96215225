"""Settings, response formats and tools that an endpoint would refuse, or quietly leave out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from workbench.domain.flaws import Flaw
from workbench.domain.model_rules import misuses
from workbench.domain.names import near
from workbench.domain.parameters import KNOWN, OURS
from workbench.domain.prompts import Content


def _number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, (int, float)) and not isinstance(v, bool) and low <= v <= high


def _whole(low: int) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= low


def _text_or_texts(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value))


Path = tuple[str | int, ...]
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "model": (lambda v: isinstance(v, str) and bool(v.strip()), "text, as local/smollm2-135m"),
    "temperature": (_number(0, 2), "a number from 0 to 2"),
    "top_p": (_number(0, 1), "a number from 0 to 1"),
    "frequency_penalty": (_number(-2, 2), "a number from -2 to 2"),
    "presence_penalty": (_number(-2, 2), "a number from -2 to 2"),
    "max_tokens": (_whole(1), "a whole number from 1"),
    "max_completion_tokens": (_whole(1), "a whole number from 1"),
    "seed": (_whole(-(2**63)), "a whole number"),
    "stop": (_text_or_texts, "a text or a list of texts"),
}


def settings(content: Content) -> Iterator[Flaw]:
    for name, value in content.settings.items():
        path = ("settings", name)
        if name in OURS:
            yield Flaw("error", f"{name} is not a setting; it is made for each run", path, 0, "remove it")
        elif name not in KNOWN:
            close = near(name, KNOWN, 1)
            hint = f"did you mean {close[0]}?" if close else ""
            yield Flaw("warning", f"the setting {name} is not known; it is sent as it stands", path, 0, hint)
        elif value is not None and name in _RULES and not _RULES[name][0](value):
            yield Flaw("error", f"{name} is {value!r}, not {_RULES[name][1]}", path)
    for name, message, hint in misuses(content.settings):
        yield Flaw("warning", message, ("settings", name), 0, hint)
    yield from _response_format(content.settings.get("response_format"))
    yield from _tools(content.settings.get("tools"), content.settings.get("tool_choice"))


def _response_format(value: Any) -> Iterator[Flaw]:
    path = ("settings", "response_format")
    if value is None:
        return
    if not isinstance(value, Mapping) or value.get("type") not in ("text", "json_object", "json_schema"):
        yield Flaw("error", "response_format has no type", path, 0, "use text, json_object or json_schema")
        return
    if value["type"] != "json_schema":
        return
    schema = value.get("json_schema")
    if not isinstance(schema, Mapping) or not isinstance(schema.get("schema"), Mapping):
        yield Flaw("error", "response_format has no json_schema with a schema", path)
        return
    if not isinstance(schema.get("name"), str):
        yield Flaw("error", "the json_schema of response_format has no name", path)
    elif not _NAME.fullmatch(schema["name"]):
        yield Flaw(
            "error", f"the name of the json_schema, {schema['name']!r}, has other signs than a-z, 0-9, _ and -", path
        )
    yield from _whole_schema(schema["schema"], (*path, "json_schema", "schema"), strict=schema.get("strict") is True)


def _whole_schema(schema: Mapping[str, Any], path: Path, *, strict: bool) -> Iterator[Flaw]:
    found = list(_schema(schema, path))
    yield from found
    if not found:
        # What our own words do not cover, in those of the library.
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import SchemaError

        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            at = (*path, *error.absolute_path)
            yield Flaw("error", f"is no JSON Schema: {error.message[:200]}", at)
    if strict:
        yield from _strict(schema, path)


def _strict(schema: Mapping[str, Any], path: Path) -> Iterator[Flaw]:
    """What OpenAI asks of a strict schema: every object closed, and all of its properties required. Other endpoints
    may take less."""
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        if schema.get("additionalProperties") is not False:
            hint = "add additionalProperties: false to it"
            yield Flaw("warning", "strict asks for an object without further properties", path, 0, hint)
        required = schema.get("required")
        absent = [name for name in properties if not isinstance(required, (list, tuple)) or name not in required]
        if absent:
            message = f"strict asks for all properties to be required; {absent[0]!r} is not"
            yield Flaw("warning", message, path, 0, "what may be absent gets the type null beside its own")
        for name, inner in properties.items():
            if isinstance(inner, Mapping):
                yield from _strict(inner, (*path, "properties", name))
    if isinstance(schema.get("items"), Mapping):
        yield from _strict(schema["items"], (*path, "items"))


def _schema(schema: Mapping[str, Any], path: Path) -> Iterator[Flaw]:
    """The mistakes that endpoints answer with a bare 400: types that are none, required names that are not there."""
    types = schema.get("type")
    named = types if isinstance(types, (list, tuple)) else [types]
    for one in named:
        if one is not None and one not in ("object", "array", "string", "number", "integer", "boolean", "null"):
            yield Flaw("error", f"{one!r} is not a JSON Schema type", (*path, "type"))
    properties = schema.get("properties", {})
    if not isinstance(properties, Mapping):
        yield Flaw("error", "properties is not a mapping", (*path, "properties"))
        return
    required = schema.get("required", ())
    for name in required if isinstance(required, (list, tuple)) else ():
        if "properties" in schema and name not in properties:
            close = near(str(name), properties, 1)
            hint = f"did you mean {close[0]}?" if close else ""
            yield Flaw("error", f"{name!r} is required but is no property", (*path, "required"), 0, hint)
    for name, inner in properties.items():
        if isinstance(inner, Mapping):
            yield from _schema(inner, (*path, "properties", name))
    if isinstance(schema.get("items"), Mapping):
        yield from _schema(schema["items"], (*path, "items"))


def _tools(tools: Any, choice: Any) -> Iterator[Flaw]:
    path = ("settings", "tools")
    if tools is None:
        if choice not in (None, "none", "auto"):
            yield Flaw("error", "tool_choice is set, but there are no tools", ("settings", "tool_choice"))
        return
    if not isinstance(tools, (list, tuple)):
        yield Flaw("error", "tools is not a list", path)
        return
    names: list[str] = []
    for index, tool in enumerate(tools):
        function = tool.get("function") if isinstance(tool, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
            yield Flaw("error", f"tool {index + 1} has no function with a name", (*path, index))
            continue
        if function["name"] in names:
            yield Flaw("error", f"the tool {function['name']} stands twice", (*path, index))
        names.append(function["name"])
        if not _NAME.fullmatch(function["name"]):
            message = f"the name of the tool {function['name']!r} has other signs than a-z, 0-9, _ and -"
            yield Flaw("error", message, (*path, index), 0, "at most 64 of them")
        if tool.get("type") != "function":
            yield Flaw("error", f"the tool {function['name']} has no type", (*path, index), 0, "write type: function")
        where = (*path, index, "function", "parameters")
        if isinstance(function.get("parameters"), Mapping):
            yield from _whole_schema(function["parameters"], where, strict=function.get("strict") is True)
        elif function.get("parameters") is not None:
            yield Flaw("error", f"the parameters of {function['name']} are no JSON Schema", where)
    chosen = choice.get("function") if isinstance(choice, Mapping) else None
    name = chosen.get("name") if isinstance(chosen, Mapping) else None
    if name is not None and name not in names:
        close = near(str(name), names, 1)
        hint = f"did you mean {close[0]}?" if close else ""
        yield Flaw("error", f"tool_choice names {name!r}, which is no tool", ("settings", "tool_choice"), 0, hint)
