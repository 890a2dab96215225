"""Templates of the `llm` command: YAML with `system` and `prompt` in which `$name` is replaced.

`options` and `model` are settings, `defaults` the defaults of variables, `schema_object` the response format.
`functions` is code: it is never run, and stays in the file only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.domain.prompts import Content, Message, Variable
from workbench.errors import FormatError
from workbench.formats import documents, mapping, values
from workbench.formats.files import encode
from workbench.formats.model import Format, PromptFile, Record, Written, one_by_one
from workbench.formats.tree import Entry

NAME = "llm"
_KEYS = frozenset(
    ("name", "prompt", "system", "model", "options", "defaults", "attachments", "attachment_types", "extract",
     "extract_last", "schema_object", "fragments", "system_fragments", "tools", "functions")
)  # fmt: skip
_KEPT = ("attachments", "attachment_types", "extract", "extract_last", "fragments", "system_fragments", "tools")


def _claims(entry: Entry) -> bool:
    if not entry.base.endswith((".yaml", ".yml")):
        return False
    document = entry.document
    if not isinstance(document, Mapping) or not document or not document.keys() <= _KEYS:
        return False
    return any(isinstance(document.get(key), str) for key in ("prompt", "system"))


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    document, lines = entry.read_document
    if not isinstance(document, Mapping):
        raise FormatError(f"holds {values.kind(document)}, not a template", file=entry.file, line=1)
    fields = values.Fields(document, entry.file, lines)
    for key in fields.unknown(_KEYS):
        raise fields.error(key, f"{key!r} is no key of such a template", "known are " + ", ".join(sorted(_KEYS)))
    warnings = [f"{fields.where(key)}: {key} is kept as it stands" for key in _KEPT if document.get(key)]
    if document.get("functions"):
        warnings.append(
            f"{fields.where('functions')}: functions is code, which is never run; it stays in the file only"
        )
    return (
        PromptFile(
            entry.name,
            values.checked(_content(fields), fields),
            entry.file,
            source={"format": NAME, "path": entry.path, **documents.kept(entry.text)},
            lines=lines,
            warnings=tuple(warnings),
        ),
    )


def _content(fields: values.Fields) -> Content:
    messages = [
        Message(role, fields.text(key))
        for role, key in (("system", "system"), ("user", "prompt"))
        if isinstance(fields.data.get(key), str)
    ]
    settings: dict[str, Any] = {}
    if fields.text("model"):
        settings["model"] = fields.text("model")
    settings |= fields.mapping("options").data
    schema = fields.data.get("schema_object")
    if isinstance(schema, Mapping):
        settings["response_format"] = mapping.response_format("output", schema)
    defaults = fields.mapping("defaults").data
    variables = tuple(Variable(name, default=value, has_default=True) for name, value in defaults.items())
    return Content(tuple(messages), "llm", variables, settings)


def _write(record: Record, place: str) -> Written:
    content = record.version.content
    roles = [message.role for message in content.messages]
    if roles not in (["system"], ["user"], ["system", "user"]):
        raise FormatError(
            f"{record.name} has {', '.join(roles)}; a template has one system and one user text", "use native"
        )
    if content.format not in ("llm", "literal") or (
        content.format == "literal" and any("$" in message.content for message in content.messages)
    ):
        raise FormatError(f"{record.name} is written in {content.format}, not with $name", "use --format native")
    raw, document = documents.base_of(record, NAME, "yaml")
    was = _content(values.Fields(document, "", {})) if document else None
    document = document or {}
    texts = {message.role: message.content for message in content.messages}
    for role, key in (("system", "system"), ("user", "prompt")):
        if role in texts:
            document[key] = texts[role]
        else:
            document.pop(key, None)
    before, now = dict(was.settings) if was else {}, dict(content.settings)
    if before.pop("model", None) != now.get("model"):
        documents.put(document, "model", now.get("model"))
    now.pop("model", None)
    if before.pop("response_format", None) != now.get("response_format"):
        documents.put(document, "schema_object", mapping.schema_in(now.get("response_format")))
    now.pop("response_format", None)
    options = dict(document.get("options") or {})
    mapping.put_changed(options, before, now, {})
    documents.put(document, "options", options)
    if (was.variables if was else ()) != content.variables:
        defaults = {variable.name: variable.default for variable in content.variables if variable.has_default}
        documents.put(document, "defaults", defaults)
    path = documents.path_of(
        record, NAME, place, ".yml" if str(record.source.get("path", "")).endswith(".yml") else ".yaml"
    )
    data = encode(documents.rewritten(raw, document, "yaml"), documents.has_bom(record, NAME))
    return Written({path: data}, documents.lost(record, NAME))


FORMAT = Format(NAME, "templates of the llm command, YAML with system and prompt", _claims, _read, one_by_one(_write))
