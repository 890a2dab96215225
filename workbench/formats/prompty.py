"""Microsoft Prompty, `.prompty`: a YAML head of version 1 or 2 and a body whose lines `system:`, `user:` … begin
messages.

`${env:…}` and `${file:…}` are never followed. A body whose roles depend on a loop stays one system text.
`metadata.version` and `metadata.tags` are the version's number and the prompt's tags, by habit.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from workbench.domain.prompts import Content, Message, Variable
from workbench.domain.templates import check_text
from workbench.domain.versions import is_number
from workbench.errors import BadInput, FormatError
from workbench.formats import documents, frontmatter, mapping, roles, values
from workbench.formats.files import encode
from workbench.formats.model import Format, PromptFile, Record, Written, one_by_one
from workbench.formats.prompty_agent import agent_of
from workbench.formats.tree import Entry

NAME = "prompty"
_OPTIONS = {
    "temperature": "temperature",
    "maxOutputTokens": "max_tokens",
    "topP": "top_p",
    "topK": "top_k",
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
    "seed": "seed",
    "stopSequences": "stop",
}
_DIALECTS = {"jinja2": "jinja", "mustache": "mustache-plain", "nunjucks": "nunjucks"}


def _claims(entry: Entry) -> bool:
    return entry.path.endswith(".prompty")


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    text = entry.text.text
    if frontmatter.is_unclosed(text):
        raise FormatError("the head is never closed", "write --- below it", file=entry.file, line=1)
    front = frontmatter.split(text)
    head, lines = front.load(entry.file) if front else ({}, {})
    fields = values.Fields(head, entry.file, lines)
    warnings: list[str] = []
    content = values.checked(_content(head, front.body if front else text, fields, warnings), fields)
    metadata = head.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    number = metadata.get("version")
    tags, live = values.split_tags(_texts(metadata.get("tags")), entry.environments)
    stated_authors = _texts(metadata.get("authors") or head.get("authors"))
    return (
        PromptFile(
            entry.name,
            content,
            entry.file,
            number=_number(number),
            description=fields.text("description"),
            tags=tags,
            author=", ".join(stated_authors),
            deployed=live,
            source={"format": NAME, "path": entry.path, **documents.kept(entry.text)},
            lines=lines,
            warnings=tuple(warnings),
        ),
    )


def _texts(stated: Any) -> list[str]:
    listed = stated if isinstance(stated, list) else [stated]
    return [one for one in listed if isinstance(one, str) and one]


def _number(stated: Any) -> str | None:
    if isinstance(stated, str) and stated.count(".") < 2 and all(part.isdigit() for part in stated.split(".")):
        stated = ".".join([*stated.split("."), "0", "0"][:3])
    return stated if isinstance(stated, str) and is_number(stated) else None


def _content(head: Mapping[str, Any], body: str, fields: values.Fields, warnings: list[str]) -> Content:
    stated = head
    if isinstance(head.get("template"), str):
        stated = {**head, "template": {"format": {"kind": {"jinja": "jinja2"}.get(head["template"], head["template"])}}}
    try:
        agent = agent_of(stated, body)
    except BadInput as error:
        raise fields.error("template", error.message, error.hint) from error
    kind = str(agent["template"]["format"]["kind"])
    if kind not in _DIALECTS:
        raise fields.error("template", f"unknown template engine {kind!r}", "use one of " + ", ".join(_DIALECTS))
    dialect = _DIALECTS[kind]
    messages: tuple[Message, ...] = roles.messages(roles.cut(body))
    broken = any(check_text(message.content, dialect) for message in messages)
    problems = check_text(body, dialect) if broken else ()
    if problems:
        warnings.append(f"{fields.file}: taken literally, because the body is no template: {problems[0].message}")
        dialect = "literal"
    elif broken:
        messages = (Message("system", body),)
        warnings.append(f"{fields.file}: the roles depend on the template's own tags; kept as one system text")
    if not isinstance(head.get("inputs"), str):
        variables = tuple(_variable(one, fields, warnings) for one in agent["inputs"] or ())
    else:
        variables = ()
        warnings.append(
            f"{fields.where('inputs')}: {head['inputs']} is not followed; the inputs are kept as they stand"
        )
    return Content(messages, dialect, variables, _settings(agent, fields, warnings))


def _variable(one: Mapping[str, Any], fields: values.Fields, warnings: list[str]) -> Variable:
    name, kind = str(one["name"]), str(one.get("kind", ""))
    if kind in ("image", "file", "audio", "thread"):
        warnings.append(f"{fields.where('inputs')}: {name} is of the kind {kind}, which is put in as text here")
    choices = one.get("enumValues")
    return Variable(
        name,
        str(one.get("description") or ""),
        mapping.KINDS.get(kind, ""),
        one.get("default"),
        "default" in one,
        tuple(choices) if isinstance(choices, list) else (),
    )


def _settings(agent: Mapping[str, Any], fields: values.Fields, warnings: list[str]) -> dict[str, Any]:
    model = agent["model"] or {}
    settings: dict[str, Any] = {}
    if isinstance(model.get("id"), str):
        settings["model"] = model["id"]
    options = model.get("options")
    if isinstance(options, Mapping):
        known = {key: value for key, value in options.items() if key in _OPTIONS}
        settings |= mapping.to_ours(known, _OPTIONS)
        others = options.get("additionalProperties")
        if isinstance(others, Mapping):
            settings |= {key: value for key, value in others.items() if key not in settings and value is not None}
    functions = [tool for tool in agent["tools"] or () if isinstance(tool, Mapping) and tool.get("kind") == "function"]
    if functions and "tools" not in settings:
        settings["tools"] = [_tool(tool) for tool in functions]
    others = [
        str(tool.get("name", "?"))
        for tool in agent["tools"] or ()
        if isinstance(tool, Mapping) and tool not in functions
    ]
    if others:
        warnings.append(
            f"{fields.where('tools')}: only functions are tools here; kept as they stand: {', '.join(others)}"
        )
    if agent["outputs"] and "response_format" not in settings:
        settings["response_format"] = mapping.response_format("output", _schema(agent["outputs"]))
    return settings


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    function: dict[str, Any] = {"name": str(tool.get("name", ""))}
    if tool.get("description"):
        function["description"] = tool["description"]
    if "strict" in tool:
        function["strict"] = tool["strict"]
    parameters = tool.get("parameters")
    if isinstance(parameters, list):
        function["parameters"] = _schema([one for one in parameters if isinstance(one, Mapping)])
    elif isinstance(parameters, Mapping):
        function["parameters"] = dict(parameters)
    return {"type": "function", "function": function}


def _schema(properties: list[Mapping[str, Any]]) -> dict[str, Any]:
    made = {}
    for one in properties:
        body: dict[str, Any] = {}
        kind = mapping.KINDS.get(str(one.get("kind", "")), "")
        if kind:
            body["type"] = mapping.JSON_TYPES[kind]
        if one.get("description"):
            body["description"] = one["description"]
        if isinstance(one.get("enumValues"), list):
            body["enum"] = one["enumValues"]
        made[str(one.get("name", ""))] = body
    required = [str(one.get("name", "")) for one in properties if one.get("required") is True]
    return {"type": "object", "properties": made, **({"required": required} if required else {})}


def _write(record: Record, place: str) -> Written:
    content = record.version.content
    if content.format not in (*_DIALECTS.values(), "literal"):
        raise FormatError(f"{record.name} is written in {content.format}, which Prompty does not know", "use native")
    raw = documents.source_of(record, NAME).get("raw")
    front = frontmatter.split(raw) if isinstance(raw, str) else None
    head = copy.deepcopy(dict(front.load("")[0])) if front else {}
    body = front.body if front else raw if isinstance(raw, str) else ""
    was: Content | None = None
    if isinstance(raw, str):
        was = _content(head, body, values.Fields(head, "", {}), [])
    _put(head, record, was)
    parts = roles.cut(body) if raw is not None else []
    if was is not None and was.messages == content.messages:
        new_body = body
    elif was is not None and len(was.messages) == 1 and len(parts) > 1 and len(content.messages) == 1:
        new_body = content.messages[0].content
    else:
        new_body = roles.joined(content.messages, parts)
    if front:
        text = front.rewritten(head, new_body)
    else:
        text = new_body if not head and isinstance(raw, str) else frontmatter.fresh(head, new_body)
    holds = (
        "description",
        "number",
        "tags",
        "deployed",
        *(("author",) if record.version.author in _author(head) else ()),
    )
    path = documents.path_of(record, NAME, place, ".prompty")
    return Written({path: encode(text, documents.has_bom(record, NAME))}, documents.lost(record, NAME, holds=holds))


def _author(head: Mapping[str, Any]) -> tuple[str, ...]:
    metadata = head.get("metadata")
    return (
        ", ".join(_texts((metadata if isinstance(metadata, Mapping) else {}).get("authors") or head.get("authors"))),
    )


def _put(head: dict[str, Any], record: Record, was: Content | None) -> None:
    version, content = record.version, record.version.content
    if was is None:
        head["name"] = record.name.rsplit("/", 1)[-1]
    documents.put(head, "description", record.description)
    metadata = head.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, Mapping) else {}
    if (
        version.number
        and (was is None or metadata.get("version"))
        and _number(metadata.get("version")) != version.number
    ):
        metadata["version"] = version.number
    tags = [*record.deployed, *record.tags]
    if sorted(_texts(metadata.get("tags"))) != sorted(tags):
        documents.put(metadata, "tags", tags)
    if was is None and version.author:
        metadata["authors"] = [version.author]
    if metadata:
        head["metadata"] = metadata
    if was is None or was.settings != content.settings:
        _put_settings(head, was.settings if was else {}, content.settings)
    if content.variables != (was.variables if was else ()):
        head.pop("sample", None)
        documents.put(head, "inputs", [_input(variable) for variable in content.variables])
    if content.format != (was.format if was else "jinja"):
        kind = next((engine for engine, dialect in _DIALECTS.items() if dialect == content.format), "jinja2")
        head["template"] = {"format": {"kind": kind}, "parser": {"kind": "prompty"}}


def _put_settings(head: dict[str, Any], was: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    stated = agent_of({**head, "template": None}, "")["model"] or {}
    model = {**stated}
    if "model" in now:
        model["id"] = now["model"]
    else:
        model.pop("id", None)
    options = dict(model.get("options") or {})
    others = dict(options.pop("additionalProperties", None) or {})
    ours = set(_OPTIONS.values())
    mapping.put_changed(
        options, {k: v for k, v in was.items() if k in ours}, {k: v for k, v in now.items() if k in ours}, _OPTIONS
    )
    mapping.put_changed(
        others,
        {k: v for k, v in was.items() if k not in ours and k != "model"},
        {k: v for k, v in now.items() if k not in ours and k != "model"},
        {},
    )
    for key, stated_as in (("tools", "tools"), ("response_format", "outputs")):
        if key in was and was.get(key) != now.get(key):
            head.pop(stated_as, None)
    if others:
        options["additionalProperties"] = others
    documents.put(model, "options", options)
    documents.put(head, "model", model)


def _input(variable: Variable) -> dict[str, Any]:
    back = {"string": "string", "text": "string", "integer": "integer", "number": "float", "boolean": "boolean",
            "list": "array", "object": "object"}  # fmt: skip
    one: dict[str, Any] = {"name": variable.name}
    if variable.type in back:
        one["kind"] = back[variable.type]
    if variable.description:
        one["description"] = variable.description
    if variable.has_default:
        one["default"] = variable.default
    if variable.choices:
        one["enumValues"] = list(variable.choices)
    return one


FORMAT = Format(NAME, "Microsoft Prompty, versions 1 and 2", _claims, _read, one_by_one(_write))
