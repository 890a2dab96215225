"""What is wrong, or looks wrong, in the content of a version: found without sending anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from workbench.domain.names import near
from workbench.domain.prompts import INPUT, Content, Variable
from workbench.domain.templates import check, names_in
from workbench.domain.templates.binding import coerced
from workbench.errors import BadInput, TemplateError
from workbench.text import UNSAFE

KNOWN_SETTINGS = frozenset(
    {
        *(
            "model",
            "temperature",
            "max_tokens",
            "max_completion_tokens",
            "top_p",
            "top_k",
            "min_p",
            "seed",
            "stop",
            "n",
        ),
        *("frequency_penalty", "presence_penalty", "repeat_penalty", "logit_bias", "logprobs", "top_logprobs"),
        *("response_format", "tools", "tool_choice", "parallel_tool_calls", "reasoning_effort", "verbosity"),
        *("user", "service_tier", "store", "metadata", "extra_body", "extra_headers", "timeout"),
    }
)


@dataclass(frozen=True)
class Flaw:
    severity: Literal["error", "warning"]
    message: str
    path: tuple[str | int, ...]
    """Where in a native file: `("messages", 0, "content")`, `("variables", "tier", "default")`."""
    text_line: int = 0
    """The line inside the message, from 1; 0 where the flaw is no place in a text."""
    hint: str = ""
    code: str = ""
    """Of `rules.CODES`."""


def flaws(content: Content) -> tuple[Flaw, ...]:
    found = {
        "template": _templates(content),
        "variables": _names(content),
        "invisible": _controls(content),
        "declaration": _declarations(content),
        "settings": _settings(content),
    }
    return tuple(replace(flaw, code=code) for code, each in found.items() for flaw in each)


def _templates(content: Content) -> Iterator[Flaw]:
    for problem in check(content):
        path = ("messages", problem.message_index, "content")
        yield Flaw("error", problem.message, path, problem.line, problem.hint)


def _names(content: Content) -> Iterator[Flaw]:
    declared = {variable.name for variable in content.variables}
    used: set[str] = set()
    for index, message in enumerate(content.messages):
        try:
            names = names_in(message.content, content.format)
        except TemplateError:
            # Said by `_templates`; with one text unread, nothing can be called unused.
            used |= declared
            continue
        for name in sorted(names - used - declared - {INPUT}):
            close = near(name, declared, 1)
            yield Flaw(
                "warning",
                f"the variable {name} is used but not declared",
                ("messages", index, "content"),
                _line_of(message.content, name),
                f"did you mean {close[0]}?" if close else "",
            )
        used |= names
    for variable in content.variables:
        if variable.name not in used and not (variable.name == INPUT and not content.has_user_message):
            yield Flaw(
                "warning", f"the variable {variable.name} is declared but not used", ("variables", variable.name)
            )


def _line_of(text: str, name: str) -> int:
    position = text.find(name)
    return text.count("\n", 0, position) + 1 if position >= 0 else 1


def _controls(content: Content) -> Iterator[Flaw]:
    for index, message in enumerate(content.messages):
        # CR, LF and tab are layout; one finding a message is enough to look at it.
        for found in UNSAFE.finditer(message.content):
            if found.group() not in "\n\t\r":
                yield Flaw(
                    "warning",
                    f"an invisible character, U+{ord(found.group()):04X}",
                    ("messages", index, "content"),
                    message.content.count("\n", 0, found.start()) + 1,
                )
                break


def _declarations(content: Content) -> Iterator[Flaw]:
    for variable in content.variables:
        path = ("variables", variable.name)
        bare = Variable(variable.name, type=variable.type)
        for choice in variable.choices:
            try:
                coerced(bare, choice)
            except BadInput as error:
                yield Flaw("error", f"a choice does not fit: {error.message}", (*path, "choices"), 0, error.hint)
        for position, choice in enumerate(variable.choices):
            if choice in variable.choices[:position]:
                yield Flaw("warning", f"the choice {choice!r} of {variable.name} stands twice", (*path, "choices"))
        if variable.has_default:
            try:
                coerced(variable, variable.default)
            except BadInput as error:
                yield Flaw("error", f"the default does not fit: {error.message}", (*path, "default"), 0, error.hint)


# Settings ----------------------------------------------------------------------------------------------------------


def _number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, (int, float)) and not isinstance(v, bool) and low <= v <= high


def _whole(low: int) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= low


def _text_or_texts(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value))


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


def _settings(content: Content) -> Iterator[Flaw]:
    for name, value in content.settings.items():
        path = ("settings", name)
        if name not in KNOWN_SETTINGS:
            close = near(name, KNOWN_SETTINGS, 1)
            hint = f"did you mean {close[0]}?" if close else ""
            yield Flaw("warning", f"the setting {name} is not known; it is sent as it stands", path, 0, hint)
        elif value is not None and name in _RULES and not _RULES[name][0](value):
            yield Flaw("error", f"{name} is {value!r}, not {_RULES[name][1]}", path)
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
    yield from _schema(schema["schema"], (*path, "json_schema", "schema"))


def _schema(schema: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Flaw]:
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
        if isinstance(function.get("parameters"), Mapping):
            yield from _schema(function["parameters"], (*path, index, "function", "parameters"))
