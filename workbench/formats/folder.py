"""`NAME/system-prompt.txt` with `NAME/.prompt-metadata.json` beside it.

The text is one system message, byte for byte. Of the metadata, `version`, `description`, `author`, `updated` (else
`created`), `change_notes`, `previous_version`, `tags`, `model` and the other settings have a meaning here; all else is
kept. A tag that names an environment says where the version is live. `format` and `variables`, where they are, mean
what they mean in the native format; without `format` the text is `jinja` when it is a template of it, else `literal`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from workbench.errors import FormatError
from workbench.formats import documents, layout, strict_json, values
from workbench.formats.files import FileText, encode
from workbench.formats.model import Format, PromptFile, Record, Written, one_by_one, still_true
from workbench.formats.tree import Entry

NAME = "folder"
TEXT = "system-prompt.txt"
METADATA = ".prompt-metadata.json"


def _claims(entry: Entry) -> bool:
    return entry.base in (TEXT, METADATA)


def read_entry(entry: Entry) -> tuple[PromptFile, ...]:
    """`entry` is either of the two files."""
    text_path, metadata_path = entry.beside(TEXT), entry.beside(METADATA)
    metadata = entry.other(metadata_path) if entry.has(metadata_path) else None
    if not entry.has(text_path):
        raise FormatError(f"has no {TEXT} beside it", file=entry.tree.shown(metadata_path))
    return (
        read(
            entry.other(text_path),
            metadata,
            text_file=entry.tree.shown(text_path),
            metadata_file=entry.tree.shown(metadata_path),
            path=entry.folder or ".",
            name=entry.folder_name,
            environments=entry.environments,
        ),
    )


def read(
    text: FileText,
    metadata: FileText | None,
    *,
    text_file: str,
    metadata_file: str,
    path: str,
    name: str,
    environments: Collection[str] = (),
) -> PromptFile:
    """`path` is the folder's, relative to what was imported. `metadata` is None where the file is missing."""
    document: Any = {}
    lines: Mapping[tuple[str | int, ...], int] = {}
    if metadata is not None:
        document, lines = strict_json.load(metadata.text, metadata_file)
        if not isinstance(document, dict):
            raise FormatError(f"holds {values.kind(document)}, not a mapping", file=metadata_file, line=1)
    fields = values.Fields(document, metadata_file if metadata is not None else text_file, lines)
    content, warnings = layout.read_content(text.text, fields)
    tags, deployed = layout.split_stated_tags(fields, environments)
    if metadata is None:
        warnings = (*warnings, f"{text_file}: no {METADATA} beside it, so that the version number is chosen here")
    source: dict[str, Any] = {"format": NAME, "path": path}
    if metadata is not None:
        source["document"] = document
        if encode(_dump(document)) != metadata.encoded():
            source["raw"] = metadata.text
    if text.bom or (metadata is not None and metadata.bom):
        source["bom"] = [text.bom, metadata is not None and metadata.bom]
    return PromptFile(
        name,
        content,
        text_file,
        number=fields.number("version"),
        description=fields.text("description"),
        tags=tags,
        note=fields.text("change_notes"),
        author=fields.text("author"),
        created_at=fields.time("updated") or fields.time("created"),
        parent=layout.previous(fields, "previous_version"),
        deployed=deployed,
        source=source,
        lines=lines,
        lines_in=metadata_file if metadata is not None else "",
        warnings=warnings,
    )


def write(record: Record, place: str) -> Written:
    """Two files in the folder `place`."""
    text, warnings = layout.one_text(record, NAME)
    document = layout.kept_document(record, NAME)
    source = record.version.source if record.version.source.get("format") == NAME else {}
    kept = documents.source_of(record, NAME)
    bom_text, bom_metadata = kept.get("bom", (False, False))
    stated = _stated(record, document) if document else None
    raw = kept.get("raw")
    if stated is not None and source and still_true(stated, record):
        metadata = raw if isinstance(raw, str) else _dump(document)
    elif not document and source and not _has_news(record):
        # The folder came without metadata and nothing is to be said that the text does not say.
        return Written({f"{place}/{TEXT}": encode(text, bom_text)}, warnings)
    else:
        updated = _updated(document, record, stated)
        metadata = documents.rewritten(raw, updated, "json") if isinstance(raw, str) else _dump(updated)
    files = {f"{place}/{TEXT}": encode(text, bom_text), f"{place}/{METADATA}": encode(metadata, bom_metadata)}
    return Written(files, warnings)


def _stated(record: Record, document: Mapping[str, Any]) -> PromptFile:
    """What the kept metadata says, taken with the text that is to be written."""
    return read(
        FileText(record.version.content.messages[0].content),
        FileText(_dump(document)),
        text_file=record.name,
        metadata_file=record.name,
        path="",
        name=record.name,
        environments=record.environments,
    )


def _has_news(record: Record) -> bool:
    content = record.version.content
    return bool(
        record.description
        or record.tags
        or record.deployed
        or record.version.note
        or content.settings
        or content.variables
        or layout.guessed(content) != content.format
    )


def _updated(document: dict[str, Any], record: Record, stated: PromptFile | None) -> dict[str, Any]:
    version = record.version
    if not document:
        document = {"name": record.name.rsplit("/", 1)[-1], "version": "", "description": "", "created": ""}
        layout.put_time(document, "created", version.created_at)
    document["version"] = version.number
    if record.description or "description" in document:
        document["description"] = record.description
    layout.put_time(document, "updated", version.created_at)
    layout.put(document, "author", version.author)
    layout.put(document, "change_notes", version.note)
    layout.put_tags(document, [*record.deployed, *record.tags])
    layout.put(document, "previous_version", record.parent)
    layout.put_content(document, version.content, was=stated.content if stated else None)
    return document


def _dump(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


FORMAT = Format(NAME, f"NAME/{TEXT} with NAME/{METADATA}", _claims, read_entry, one_by_one(write))
