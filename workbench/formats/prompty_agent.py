"""The head of a Prompty file in one form: version 1 of the format is brought to version 2 (microsoft/prompty, spec.md).

`model` is `{id, provider, apiType, connection, options}`, `inputs`, `outputs` and `tools` are lists of `{name, kind,
…}`, `template` is `{format: {kind}, parser: {kind}}`. Unknown keys stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from workbench.errors import BadInput

_V1_OPTIONS = {
    "max_tokens": "maxOutputTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "frequency_penalty": "frequencyPenalty",
    "presence_penalty": "presencePenalty",
    "seed": "seed",
    "stop": "stopSequences",
}
_REFERENCE = re.compile(r"\$\{(env|file):([^}:]+)(?::([^}]*))?\}")


def agent_of(head: Mapping[str, Any], body: str) -> dict[str, Any]:
    """`BadInput` for what the format forbids."""
    agent: dict[str, Any] = {"kind": "prompt", **head}
    agent["model"] = _model(head.get("model"))
    samples = head.get("sample")
    agent["inputs"] = _properties(head.get("inputs"), samples if isinstance(samples, Mapping) else {})
    agent["outputs"] = _properties(head.get("outputs"), {})
    agent["tools"] = head.get("tools") or None
    agent["template"] = _template(head.get("template"))
    agent["instructions"] = body
    return agent


def _model(stated: Any) -> dict[str, Any] | None:
    if isinstance(stated, str):
        return {"id": stated}
    if not isinstance(stated, Mapping):
        return None
    model = dict(stated)
    if "api" in model:
        model["apiType"] = model.pop("api")
    configuration = model.pop("configuration", None)
    if isinstance(configuration, Mapping):
        connection = dict(configuration)
        kind = connection.pop("type", None)
        if kind == "azure_openai":
            model.setdefault("provider", "foundry")
        elif isinstance(kind, str):
            model.setdefault("provider", kind)
        name = connection.get("azure_deployment") or connection.get("model") or connection.get("name")
        if isinstance(name, str):
            model.setdefault("id", name)
        model["connection"] = connection
    parameters = model.pop("parameters", None)
    if isinstance(parameters, Mapping):
        options = {_V1_OPTIONS[key]: value for key, value in parameters.items() if key in _V1_OPTIONS}
        others = {key: value for key, value in parameters.items() if key not in _V1_OPTIONS}
        if others:
            options["additionalProperties"] = others
        model["options"] = options
    return model


def _properties(stated: Any, samples: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """A list of properties; a plain value is its own default."""
    named: list[tuple[str, Any]]
    if isinstance(stated, list):
        named = [(str(item.get("name", "")), item) for item in stated if isinstance(item, Mapping)]
    elif isinstance(stated, Mapping):
        named = list(stated.items())
    else:
        named = [(name, {}) for name in samples]
    found = []
    for name, body in named:
        one: dict[str, Any] = {"name": name}
        if isinstance(body, Mapping):
            one |= {("kind" if key == "type" else key): value for key, value in body.items()}
            if "sample" in one:
                one.setdefault("default", one.pop("sample"))
        else:
            one |= {"kind": _kind(body), "default": body}
        if name in samples:
            one.setdefault("default", samples[name])
        found.append(one)
    return found or None


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    kinds = {int: "integer", float: "float", list: "array", dict: "object"}
    return kinds.get(type(value), "string")


def _template(stated: Any) -> dict[str, Any]:
    if isinstance(stated, str):
        # Version 1 names the engine; version 2 wants a mapping, and its own loader refuses a text.
        raise BadInput(f"Invalid template format: {stated!r}", "write template: {format: {kind: jinja2}}")
    body = dict(stated) if isinstance(stated, Mapping) else {}
    for key, default in (("format", "jinja2"), ("parser", "prompty")):
        inner = body.get(key)
        body[key] = {"kind": inner} if isinstance(inner, str) else dict(inner) if isinstance(inner, Mapping) else {}
        body[key].setdefault("kind", default)
    return body


def resolved(value: Any, environment: Mapping[str, str], text_of: Callable[[str], str]) -> Any:
    """`${env:NAME:default}` and `${file:path}` replaced; `BadInput` for what is not set or may not be read.

    Importing never calls this with the real environment: references stay as they stand.
    """
    if isinstance(value, Mapping):
        return {key: resolved(inner, environment, text_of) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, environment, text_of) for inner in value]
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    kind, name, default = match.groups()
    if kind == "file":
        text = text_of(name)
        return resolved(json.loads(text), environment, text_of) if name.endswith(".json") else text
    if name in environment:
        return environment[name]
    if default is None:
        raise BadInput(f"Environment variable '{name}' not set")
    return default
