"""GitHub Models, `NAME.prompt.yml`: messages with `{{name}}`, `modelParameters`, and tests that are kept as they stand.

`name` is a title and no prompt's name, which the file's place says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workbench.domain.prompts import Content, Message
from workbench.errors import FormatError
from workbench.formats import documents, mapping, strict_json, values
from workbench.formats.files import encode
from workbench.formats.model import Format, PromptFile, Record, Written, one_by_one
from workbench.formats.tree import Entry

NAME = "github-models"
_ENDINGS = (".prompt.yml", ".prompt.yaml")
_OWN = ("modelParameters", "testData", "evaluators", "responseFormat", "jsonSchema")
_NATIVE = ("format", "variables", "settings", "version")
_PARAMETERS = {"maxTokens": "max_tokens", "topP": "top_p", "maxCompletionTokens": "max_completion_tokens"}
_SCHEMA = "jsonSchema"


def _claims(entry: Entry) -> bool:
    if not entry.base.endswith((".yml", ".yaml")):
        return False
    if entry.base.endswith(_ENDINGS):
        return True
    document = entry.document
    if not isinstance(document, Mapping) or not isinstance(document.get("messages"), list):
        return False
    return entry.forced or (
        any(key in document for key in (*_OWN, "model")) and not any(k in document for k in _NATIVE)
    )


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    document, lines = entry.read_document
    if not isinstance(document, Mapping):
        raise FormatError(f"holds {values.kind(document)}, not a prompt", file=entry.file, line=1)
    fields = values.Fields(document, entry.file, lines)
    content = values.checked(_content(fields), fields)
    warnings = []
    if document.get("evaluators"):
        warnings.append(f"{fields.where('evaluators')}: evaluators are kept as they stand")
    return (
        PromptFile(
            entry.name,
            content,
            entry.file,
            description=fields.text("description"),
            source={"format": NAME, "path": entry.path, **_sets(fields.data), **documents.kept(entry.text)},
            lines=lines,
            warnings=tuple(warnings),
        ),
    )


def _sets(document: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the test data; what is expected of the answer is none of them."""
    listed = document.get("testData")
    rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
    sets = [{key: value for key, value in row.items() if key != "expected"} for row in rows]
    return {"variable_sets": sets} if sets else {}


def _content(fields: values.Fields) -> Content:
    listed = fields.data.get("messages")
    if not isinstance(listed, list) or not listed:
        raise fields.error("messages", "messages is not a list with at least one message")
    messages = []
    for index, item in enumerate(listed):
        one = values.Fields(item if isinstance(item, Mapping) else {}, fields.file, fields.lines, ("messages", index))
        messages.append(Message(one.text("role"), one.text("content"), one.unknown(("role", "content"))))
    settings: dict[str, Any] = {}
    if fields.text("model"):
        settings["model"] = fields.text("model")
    settings |= mapping.to_ours(fields.mapping("modelParameters").data, _PARAMETERS)
    stated = fields.data.get("responseFormat")
    if stated == "json_schema":
        schema = fields.data.get(_SCHEMA)
        if isinstance(schema, str):
            schema = strict_json.load(schema, fields.where(_SCHEMA))[0]
        settings["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif isinstance(stated, str) and stated != "text":
        settings["response_format"] = {"type": stated}
    return Content(tuple(messages), "github-models", (), settings)


def _write(record: Record, place: str) -> Written:
    content = record.version.content
    if content.format not in ("github-models", "literal"):
        raise FormatError(f"{record.name} is written in {content.format}, not in {NAME}", "use --format native")
    raw, document = documents.base_of(record, NAME, "yaml")
    was = _content(values.Fields(document, "", {})) if document else None
    document = document or {"name": record.name.rsplit("/", 1)[-1]}
    documents.put(document, "description", record.description)
    before, now = dict(was.settings) if was else {}, dict(content.settings)
    if before.pop("model", None) != now.get("model"):
        documents.put(document, "model", now.get("model"))
    now.pop("model", None)
    if before.pop("response_format", None) != now.get("response_format"):
        _put_format(document, now.get("response_format"))
    now.pop("response_format", None)
    parameters = dict(document.get("modelParameters") or {})
    mapping.put_changed(parameters, before, now, _PARAMETERS)
    documents.put(document, "modelParameters", parameters)
    if was is None or was.messages != content.messages:
        document["messages"] = [message.as_dict() for message in content.messages]
    stated = documents.source_of(record, NAME).get("path")
    ending = next(
        (e for e in (*_ENDINGS, ".yml", ".yaml") if isinstance(stated, str) and stated.endswith(e)), _ENDINGS[0]
    )
    path = documents.path_of(record, NAME, place, ending)
    data = encode(documents.rewritten(raw, document, "yaml"), documents.has_bom(record, NAME))
    return Written({path: data}, documents.lost(record, NAME, holds=("description",)))


def _put_format(document: dict[str, Any], stated: Any) -> None:
    for key in ("responseFormat", _SCHEMA):
        document.pop(key, None)
    if isinstance(stated, Mapping):
        document["responseFormat"] = stated.get("type")
        if stated.get("type") == "json_schema":
            document[_SCHEMA] = json.dumps(stated.get("json_schema"), indent=2, ensure_ascii=False)


FORMAT = Format(NAME, "GitHub Models NAME.prompt.yml", _claims, _read, one_by_one(_write))
