"""Examples in a conversation that do not fit: answers in another form than is asked for, calls of no tool."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.domain.flaws import Flaw
from workbench.domain.names import near
from workbench.domain.prompts import Content, Message
from workbench.domain.templates import names_in, spans
from workbench.errors import TemplateError

Path = tuple[str | int, ...]


def examples(content: Content) -> Iterator[Flaw]:
    tools = _tools(content.settings.get("tools"))
    open_calls: dict[str, str] = {}
    for index, message in enumerate(content.messages):
        path: Path = ("messages", index)
        if message.role == "assistant":
            if open_calls:
                yield Flaw("error", f"the call of {next(iter(open_calls.values()))} is never answered", path)
            open_calls = {}
            calls = message.extra.get("tool_calls")
            yield from _calls(calls if isinstance(calls, (list, tuple)) else (), tools, path, open_calls)
            if not open_calls:
                yield from _answer(message, content, (*path, "content"))
        elif message.role == "tool":
            called = message.extra.get("tool_call_id")
            if called not in open_calls:
                yield Flaw("error", f"answers the call {called!r}, which nobody made before", (*path, "tool_call_id"))
            open_calls.pop(str(called), None)
    last = content.messages[-1]
    if last.role == "assistant" and content.has_user_message and not last.extra.get("tool_calls"):
        path = ("messages", len(content.messages) - 1)
        yield Flaw(
            "warning",
            "the last message is an answer, and nothing is asked after it",
            path,
            0,
            "end with a user message; an answer that is to be continued may stay",
        )


def _answer(message: Message, content: Content, path: Path) -> Iterator[Flaw]:
    """Is the example in the form that `response_format` asks for? One with variables in it is not judged."""
    wanted = content.settings.get("response_format")
    if not isinstance(wanted, Mapping) or wanted.get("type") not in ("json_object", "json_schema"):
        return
    if _is_template(message.content, content.format) or not message.content.strip():
        return
    try:
        value = json.loads(message.content)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        yield Flaw("error", "the example is not JSON, which the response_format asks for", path, line)
        return
    stated = wanted.get("json_schema")
    schema = stated.get("schema") if isinstance(stated, Mapping) else None
    for problem in misfits(value, schema) if isinstance(schema, Mapping) else ():
        yield Flaw("error", f"the example does not fit the schema: {problem}", path, 1)


def _is_template(text: str, format: str) -> bool:
    try:
        return bool(names_in(text, format)) or (format != "f-string" and bool(spans(text, format)))
    except TemplateError:
        return True


def _calls(calls: Sequence[Any], tools: Mapping[str, Any], path: Path, open_calls: dict[str, str]) -> Iterator[Flaw]:
    for place, call in enumerate(calls):
        at = (*path, "tool_calls", place)
        function = call.get("function") if isinstance(call, Mapping) else None
        name = function.get("name") if isinstance(function, Mapping) else None
        if not isinstance(name, str) or not isinstance(function, Mapping):
            yield Flaw("error", f"tool call {place + 1} has no function with a name", at)
            continue
        open_calls[str(call.get("id"))] = name
        if name not in tools:
            close = near(name, tools, 1)
            yield Flaw("error", f"calls {name}, which is no tool", at, 0, f"did you mean {close[0]}?" if close else "")
            continue
        try:
            arguments = json.loads(function.get("arguments") or "{}")
        except (TypeError, ValueError):
            yield Flaw("error", f"the arguments of {name} are not JSON", at)
            continue
        if isinstance(tools[name], Mapping):
            for problem in misfits(arguments, tools[name]):
                yield Flaw("error", f"the arguments of {name} do not fit: {problem}", at)


def _tools(stated: Any) -> dict[str, Any]:
    """Name → schema of the parameters."""
    found: dict[str, Any] = {}
    for tool in stated if isinstance(stated, (list, tuple)) else ():
        function = tool.get("function") if isinstance(tool, Mapping) else None
        if isinstance(function, Mapping) and isinstance(function.get("name"), str):
            found[function["name"]] = function.get("parameters")
    return found


def misfits(value: Any, schema: Mapping[str, Any], most: int = 3) -> list[str]:
    """Why a value does not fit a JSON Schema; empty when it does, or when the schema itself is wrong."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from referencing.exceptions import Unresolvable

    try:
        Draft202012Validator.check_schema(schema)
        found = [
            f"{'.'.join(map(str, error.absolute_path)) or 'the whole'}: {error.message}"
            for error in Draft202012Validator(schema).iter_errors(value)
        ]
    except (SchemaError, Unresolvable, RecursionError):
        return []
    return [one if len(one) <= 200 else f"{one[:199]}…" for one in found[:most]]
