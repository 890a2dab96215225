"""Google Dotprompt, `.prompt`: a YAML head and a body in Handlebars, where `{{role "user"}}` begins a message.

Roles that stand outside of blocks become messages here; others stay in the text and cut it when it is rendered.
Partials are files `_name.prompt`, and prompts of that name. `variant` stands in the file's name:
`name.variant.prompt`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from workbench.domain.prompts import Content, Message, Variable
from workbench.domain.versions import is_number
from workbench.errors import BadInput, FormatError
from workbench.formats import documents, frontmatter, mapping, picoschema, values
from workbench.formats.files import encode
from workbench.formats.model import Format, PromptFile, Record, Written, one_by_one
from workbench.formats.tree import Entry

NAME = "dotprompt"
_CONFIG = {"maxOutputTokens": "max_tokens", "topP": "top_p", "topK": "top_k", "stopSequences": "stop"}
_ROLE = re.compile(r"""\{\{\s*role\s+(?:"(\w+)"|'(\w+)')\s*\}\}""")
_ROLES = {"system": "system", "user": "user", "model": "assistant", "assistant": "assistant", "tool": "tool"}
_BLOCK = re.compile(r"\{\{~?\s*([#^/])|\{\{!--.*?--\}\}|\{\{!.*?\}\}", re.DOTALL)


def _claims(entry: Entry) -> bool:
    return entry.path.endswith(".prompt")


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    text = entry.text.text
    front = frontmatter.split(text)
    warnings: list[str] = []
    head: Mapping[str, Any] = {}
    lines: Mapping[Any, int] = {}
    if front is not None:
        try:
            head, lines = front.load(entry.file)
        except FormatError as error:
            # As the format's own reader does: a head that is no YAML is part of the text.
            warnings.append(f"{error.message}; the whole file is taken as the text")
            front = None
    fields = values.Fields(head, entry.file, lines)
    body = front.body if front else text
    content = values.checked(_content(head, body, fields, warnings), fields)
    stated = head.get("version")
    return (
        PromptFile(
            entry.name,
            content,
            entry.file,
            number=stated if isinstance(stated, str) and is_number(stated) else None,
            description=fields.text("description"),
            source={"format": NAME, "path": entry.path, **documents.kept(entry.text)},
            lines=lines,
            warnings=tuple(warnings),
        ),
    )


def _content(head: Mapping[str, Any], body: str, fields: values.Fields, warnings: list[str]) -> Content:
    return Content(
        tuple(Message(role, text) for role, _, text in cut(body)),
        "handlebars",
        _variables(fields, warnings),
        _settings(head, fields, warnings),
    )


def cut(body: str) -> list[tuple[str, str, str]]:
    """(role, what stands before its text, text) of each message; only roles outside of all blocks cut."""
    depth = 0
    marks: list[tuple[int, int, str]] = []
    found = sorted([*_BLOCK.finditer(body), *_ROLE.finditer(body)], key=lambda match: match.start())
    comment_end = 0
    for match in found:
        if match.start() < comment_end:
            continue
        if match.re is _BLOCK:
            sign = match.group(1)
            if sign is None:
                comment_end = match.end()
            elif sign == "/":
                depth -= 1
            elif not re.match(r"\{\{~?\s*\^\s*~?\}\}", body[match.start() :]):
                depth += 1
        elif depth == 0 and (role := _ROLES.get(match.group(1) or match.group(2))):
            marks.append((match.start(), match.end(), role))
    head = body[: marks[0][0]] if marks else body
    if not marks or _says_something(head):
        cuts = [("user", "", head)]
        before = ""
    else:
        cuts, before = [], head
    for index, (start, end, role) in enumerate(marks):
        text = body[end : marks[index + 1][0] if index + 1 < len(marks) else len(body)]
        cuts.append((role, before + body[start:end], text))
        before = ""
    return cuts


def _says_something(text: str) -> bool:
    return bool(re.sub(r"\{\{!--.*?--\}\}|\{\{!.*?\}\}", "", text, flags=re.DOTALL).strip())


def _variables(fields: values.Fields, warnings: list[str]) -> tuple[Variable, ...]:
    stated = fields.mapping("input")
    defaults = stated.mapping("default").data
    try:
        schema = picoschema.json_schema(stated.data.get("schema")) or {}
    except BadInput as error:
        warnings.append(f"{stated.where('schema')}: {error.message}; kept as it stands")
        schema = {}
    properties = schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    names = [*properties, *(name for name in defaults if name not in properties)]
    return tuple(
        mapping.variable_of(name, properties.get(name), defaults.get(name), has_default=name in defaults)
        for name in names
    )


def _settings(head: Mapping[str, Any], fields: values.Fields, warnings: list[str]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    if fields.text("model"):
        settings["model"] = fields.text("model")
    settings |= mapping.to_ours(fields.mapping("config").data, _CONFIG)
    output = fields.mapping("output")
    try:
        schema = picoschema.json_schema(output.data.get("schema"))
    except BadInput as error:
        warnings.append(f"{output.where('schema')}: {error.message}; kept as it stands")
        schema = None
    if schema is not None:
        settings["response_format"] = mapping.response_format("output", schema)
    elif output.data.get("format") == "json":
        settings["response_format"] = {"type": "json_object"}
    if head.get("tools"):
        warnings.append(f"{fields.where('tools')}: tools are named here and defined elsewhere; kept as they stand")
    return settings


def _write(record: Record, place: str) -> Written:
    version, content = record.version, record.version.content
    if content.format not in ("handlebars", "literal") or (
        content.format == "literal" and any("{{" in message.content for message in content.messages)
    ):
        raise FormatError(f"{record.name} is written in {content.format}, not in handlebars", "use --format native")
    raw = documents.source_of(record, NAME).get("raw")
    front = frontmatter.split(raw) if isinstance(raw, str) else None
    try:
        head = copy.deepcopy(dict(front.load("")[0])) if front else {}
    except FormatError:
        front, head = None, {}
    body = front.body if front else raw if isinstance(raw, str) else ""
    was = _content(head, body, values.Fields(head, "", {}), []) if isinstance(raw, str) else None
    _put(head, record, was)
    new_body = body if was and was.messages == content.messages else _joined(content, cut(body) if was else [])
    if front:
        text = front.rewritten(head, new_body)
    else:
        needs_head = bool(head) or (raw is None and new_body.startswith(("---", "#")))
        text = frontmatter.fresh(head, new_body) if needs_head else new_body
    number = ("number",) if head.get("version") == version.number else ()
    path = documents.path_of(record, NAME, place, ".prompt")
    return Written(
        {path: encode(text, documents.has_bom(record, NAME))},
        documents.lost(record, NAME, holds=("description", *number)),
    )


def _joined(content: Content, was: list[tuple[str, str, str]]) -> str:
    now = content.messages
    if [role for role, _, _ in was] == [message.role for message in now]:
        return "".join(before + message.content for (_, before, _), message in zip(was, now, strict=True))
    if len(now) == 1 and now[0].role == "user":
        return now[0].content
    back = {"assistant": "model"}
    return "".join(f'{{{{role "{back.get(message.role, message.role)}"}}}}{message.content}' for message in now)


def _put(head: dict[str, Any], record: Record, was: Content | None) -> None:
    content = record.version.content
    documents.put(head, "description", record.description)
    if record.version.number and (was is None or "version" in head):
        head["version"] = record.version.number
    before, now = dict(was.settings) if was else {}, dict(content.settings)
    if before.get("model") != now.get("model"):
        documents.put(head, "model", now.get("model"))
    format_before, format_now = before.pop("response_format", None), now.pop("response_format", None)
    config = dict(head.get("config") or {})
    before.pop("model", None)
    now.pop("model", None)
    mapping.put_changed(config, before, now, _CONFIG)
    documents.put(head, "config", config)
    if format_before != format_now:
        head.pop("output", None)
        if mapping.schema_in(format_now) is not None:
            head["output"] = {"format": "json", "schema": mapping.schema_in(format_now)}
        elif isinstance(format_now, Mapping) and format_now.get("type") == "json_object":
            head["output"] = {"format": "json"}
    if (was.variables if was else ()) != content.variables:
        head.pop("input", None)
        if content.variables:
            properties = {variable.name: mapping.schema_of(variable) for variable in content.variables}
            defaults = {variable.name: variable.default for variable in content.variables if variable.has_default}
            head["input"] = {"schema": {"type": "object", "properties": properties}}
            documents.put(head["input"], "default", defaults)


FORMAT = Format(
    NAME, "Google dotprompt .prompt, with role, history and partial marks", _claims, _read, one_by_one(_write)
)
