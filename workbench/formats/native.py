"""The native format: one YAML file a version, readable in a pull request, byte for byte the same after a round trip.

::

    name: support/customer-support      # absent: the file's place says it
    description: …                      # of the prompt, as tags
    tags: [support]
    version: 1.3.2
    note: Softer tone on escalation
    author: ana
    created_at: "2026-09-01T12:03:00Z"
    parent: 1.3.1
    version_tags: [reviewed]
    format: jinja                       # absent: jinja
    messages:
      - role: system
        content: |
          You are …
    variables:
      tier: {description: the plan, choices: [free, pro], default: free}
    settings:
      temperature: 0.3
    deployed: [production]
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import Any

from workbench.domain import yaml_core
from workbench.domain.names import near
from workbench.domain.prompts import ROLES, Content, Message
from workbench.domain.versions import is_number
from workbench.errors import FormatError
from workbench.formats import documents, values
from workbench.formats.files import FileText, encode, place_of
from workbench.formats.model import Format, PromptFile, Record, Written, as_record, one_by_one, still_true
from workbench.formats.tree import Entry

NAME = "native"
KEYS = (
    "name",
    "description",
    "tags",
    "version",
    "note",
    "author",
    "created_at",
    "parent",
    "version_tags",
    "format",
    "messages",
    "variables",
    "settings",
    "deployed",
)


def recognises(document: Any) -> bool:
    return isinstance(document, Mapping) and "messages" in document


def _claims(entry: Entry) -> bool:
    return entry.base.endswith((".yaml", ".yml")) and (entry.forced or recognises(entry.document))


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    document, lines = entry.read_document
    # NAME/1.3.2.yaml is a version of NAME.
    place = PurePosixPath(entry.naming)
    name = entry.folder_name if len(place.parts) > 1 and is_number(place.stem) else entry.name
    return (
        read(
            document,
            lines,
            file=entry.file,
            path=entry.path,
            name=name,
            text=entry.text,
            environments=entry.environments,
        ),
    )


def read(
    document: Any,
    lines: Mapping[yaml_core.Path, int],
    *,
    file: str,
    path: str,
    name: str,
    text: FileText,
    environments: Collection[str] = (),
) -> PromptFile:
    """`document` as parsed, `path` relative to what was imported, `name` as the file's place says it."""
    if not isinstance(document, Mapping):
        raise FormatError(f"holds {values.kind(document)}, not a prompt", file=file, line=1)
    fields = values.Fields(document, file, lines)
    if not recognises(document):
        close = near("messages", document, 1)
        raise fields.error(None, "has no messages", f"did you mean messages by {close[0]}?" if close else "")
    content = values.checked(
        Content(
            _messages(fields),
            values.read_dialect(fields, "format") or "jinja",
            values.read_variables(fields.mapping("variables")),
            dict(fields.mapping("settings").data),
        ),
        fields,
    )
    tags, live_tags = values.split_tags(fields.texts("tags"), environments)
    extra = fields.unknown(KEYS)
    stated = PromptFile(
        fields.text("name") or name,
        content,
        file,
        number=fields.number("version"),
        description=fields.text("description"),
        tags=tags,
        version_tags=values.split_tags(fields.texts("version_tags"), environments)[0],
        note=fields.text("note"),
        author=fields.text("author"),
        created_at=fields.time("created_at"),
        parent=fields.number("parent"),
        deployed=tuple(dict.fromkeys((*fields.texts("deployed"), *live_tags))),
        source={"format": NAME, "path": path, **({"extra": extra} if extra else {})},
        lines=lines,
        warnings=tuple(_unknown_key(fields, key) for key in extra),
    )
    return _with_raw(stated, text)


def _with_raw(stated: PromptFile, text: FileText) -> PromptFile:
    """Keeps the file's own text only where writing anew would give another: comments, order, quoting."""
    if _fresh(as_record(stated)).encode() == text.encoded():
        return stated
    raw: dict[str, Any] = {"raw": text.text, **({"bom": True} if text.bom else {})}
    return PromptFile(**{**stated.__dict__, "source": {**stated.source, **raw}})


def _unknown_key(fields: values.Fields, key: str) -> str:
    close = near(key, KEYS, 1)
    meant = f"; did you mean {close[0]}?" if close else ""
    return f"{fields.where(key)}: the key {key!r} is kept but means nothing{meant}"


def _messages(fields: values.Fields) -> tuple[Message, ...]:
    listed = fields.data["messages"]
    if not isinstance(listed, list) or not listed:
        raise fields.error("messages", "messages is not a list with at least one message")
    messages = []
    for index, item in enumerate(listed):
        one = values.Fields(item, fields.file, fields.lines, ("messages", index))
        if not isinstance(item, Mapping):
            raise one.error(None, f"message {index + 1} is {values.kind(item)}, not a role and a content")
        role = one.text("role")
        if role not in ROLES:
            close = near(role, ROLES, 1)
            raise one.error(
                "role",
                f"message {index + 1} has the unknown role {role!r}" if role else f"message {index + 1} has no role",
                f"did you mean {close[0]}?" if close else "use one of " + ", ".join(ROLES),
            )
        # A message of an agent may hold only tool calls; a forgotten content is a mistake.
        if item.get("content") is None and "tool_calls" not in item:
            raise one.error("role", f"message {index + 1} has no content", 'an empty text is written content: ""')
        messages.append(Message(role, one.text("content"), one.unknown(("role", "content"))))
    return tuple(messages)


def write(record: Record, place: str) -> Written:
    """One file at `place` without its ending; where it came from, while that is where the prompt's file is."""
    return Written({_path(record, place): _bytes(record)})


def _path(record: Record, place: str) -> str:
    path = documents.source_of(record, NAME).get("path")
    pure = PurePosixPath(path) if isinstance(path, str) else PurePosixPath()
    # A file that says its prompt's name may lie anywhere; NAME/1.3.2.yaml is one version's own.
    if pure.suffix in (".yaml", ".yml") and place == place_of(record.name) and not is_number(pure.stem):
        return str(pure)
    return f"{place}.yaml"


def _bytes(record: Record) -> bytes:
    raw, document = documents.base_of(record, NAME, "yaml")
    if raw is None or not recognises(document):
        return encode(_fresh(record))
    stated = read(
        document, {}, file="", path="", name=record.name, text=FileText(raw), environments=record.environments
    )
    if not still_true(stated, record):
        raw = documents.rewritten(raw, _updated(document, stated, record), "yaml")
    return encode(raw, documents.has_bom(record, NAME))


def _updated(document: dict[str, Any], stated: PromptFile, record: Record) -> dict[str, Any]:
    """The document with what is not true any more as it is now. A file that leaves the version unsaid goes on so."""
    version, content, was = record.version, record.version.content, stated.content
    tells_history = "version" in document
    differs = {
        "name": stated.name != record.name,
        "description": stated.description != record.description,
        "tags": sorted(stated.tags) != sorted(record.tags) or sorted(stated.deployed) != sorted(record.deployed),
        "deployed": sorted(stated.deployed) != sorted(record.deployed),
        "format": was.format != content.format,
        "messages": was.messages != content.messages,
        "variables": was.variables != content.variables,
        "settings": was.settings != content.settings,
    }
    history = {
        "version": stated.number != version.number,
        "note": stated.note != version.note,
        "author": stated.author != version.author,
        "created_at": stated.created_at != version.created_at,
        "parent": stated.parent != record.parent,
        "version_tags": sorted(stated.version_tags) != sorted(version.tags),
    }
    differs |= {key: changed and (tells_history or key in document) for key, changed in history.items()}
    now = _document(record)
    for key, changed in differs.items():
        if changed:
            documents.put(document, key, now.get(key))
    return document


def _fresh(record: Record) -> str:
    return yaml_core.dump(_document(record))


def _document(record: Record) -> dict[str, Any]:
    version = record.version
    content = version.content
    out: dict[str, Any] = {
        "name": version.prompt,
        "description": record.description,
        "tags": list(record.tags),
        "version": version.number,
        "note": version.note,
        "author": version.author,
        "created_at": values.short_time(version.created_at),
        "parent": record.parent,
        "version_tags": list(version.tags),
        "format": content.format,
    }
    out = {key: value for key, value in out.items() if value}
    out["messages"] = [message.as_dict() for message in content.messages]
    if content.variables:
        out["variables"] = values.write_variables(content.variables)
    if content.settings:
        out["settings"] = dict(content.settings)
    if record.deployed:
        out["deployed"] = list(record.deployed)
    extra = record.source.get("extra") if record.source.get("format") == NAME else None
    if isinstance(extra, Mapping):
        out.update({key: value for key, value in extra.items() if key not in out})
    return out


FORMAT = Format(
    NAME, "one YAML file a version, or NAME/1.3.2.yaml", _claims, _read, one_by_one(write), holds_versions=True
)
