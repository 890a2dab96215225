"""`NAME.yaml` with `system_prompt`, `version` and the list of `variations` that led there.

`system_prompt` is one system message. `version`, `author`, `last_modified` (else `created`), `description`, `tags`,
`model` and the other settings have a meaning here; the description of the variation whose `id` is the version's number
is its note. The texts of other variations are not in the file, so that they stay what they are: metadata,
`performance` and all. For `format` and `variables` see the folder layout.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from workbench.domain import yaml_core
from workbench.errors import FormatError
from workbench.formats import documents, layout, values
from workbench.formats.files import FileText, encode, place_of
from workbench.formats.model import Format, PromptFile, Record, Written, one_by_one, still_true
from workbench.formats.tree import Entry

NAME = "variations"
TEXT_KEY = "system_prompt"


def recognises(document: Any) -> bool:
    return isinstance(document, Mapping) and TEXT_KEY in document


def _claims(entry: Entry) -> bool:
    return entry.base.endswith((".yaml", ".yml")) and (entry.forced or recognises(entry.document))


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    document, lines = entry.read_document
    return (
        read(
            document,
            lines,
            file=entry.file,
            path=entry.path,
            name=entry.name,
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
    """As `native.read`."""
    if not recognises(document):
        raise FormatError(f"has no {TEXT_KEY}", file=file, line=1)
    fields = values.Fields(document, file, lines)
    if document[TEXT_KEY] is None:
        raise fields.error(TEXT_KEY, f"{TEXT_KEY} is empty", f'an empty text is written {TEXT_KEY}: ""')
    content, warnings = layout.read_content(fields.text(TEXT_KEY), fields)
    number = fields.number("version")
    tags, deployed = layout.split_stated_tags(fields, environments)
    source: dict[str, Any] = {"format": NAME, "path": path, "document": _without_text(document)}
    if encode(yaml_core.dump(document)) != text.encoded():
        source["raw"] = text.text
    if text.bom:
        source["bom"] = True
    listed = _variations(fields)
    own = _own(listed, number)
    others = [str(item["id"]) for item in listed if item is not own and "id" in item]
    if others:
        warnings = (*warnings, f"{file}: the texts of {', '.join(others)} are not in the file; kept as metadata")
    return PromptFile(
        name,
        content,
        file,
        number=number,
        description=fields.text("description"),
        tags=tags,
        note=str(own.get("description") or "") if own else "",
        author=fields.text("author"),
        created_at=fields.time("last_modified") or fields.time("created"),
        deployed=deployed,
        source=source,
        lines=lines,
        warnings=warnings,
    )


def _variations(fields: values.Fields) -> list[Mapping[str, Any]]:
    listed = fields.data.get("variations")
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(item, Mapping) for item in listed):
        raise fields.error("variations", "variations is not a list of mappings with an id")
    return listed


def _own(listed: list[Mapping[str, Any]], number: str | None) -> Mapping[str, Any] | None:
    if number is None:
        return None
    return next((item for item in listed if str(item.get("id", "")).removeprefix("v") == number), None)


def _without_text(document: Mapping[str, Any]) -> dict[str, Any]:
    """The text itself is the version's; only its place among the keys is kept."""
    return {key: "" if key == TEXT_KEY else value for key, value in document.items()}


def write(record: Record, place: str) -> Written:
    """One file at `place` without its ending."""
    text, warnings = layout.one_text(record, NAME)
    document = layout.kept_document(record, NAME)
    source = documents.source_of(record, NAME)
    if document:
        document[TEXT_KEY] = text
    stated = _stated(record, document) if document else None
    raw = source.get("raw")
    is_own = stated is not None and record.version.source.get("format") == NAME and still_true(stated, record)
    updated = document if is_own else _updated(document, record, stated, text)
    written = documents.rewritten(raw if isinstance(raw, str) else None, updated, "yaml")
    ending = ".yml" if str(source.get("path", "")).endswith(".yml") else ".yaml"
    path = documents.path_of(record, NAME, place, ending) if place == place_of(record.name) else f"{place}.yaml"
    return Written({path: encode(written, bool(source.get("bom")))}, warnings)


def _stated(record: Record, document: Mapping[str, Any]) -> PromptFile:
    return read(
        document,
        {},
        file=record.name,
        path="",
        name=record.name,
        text=FileText(""),
        environments=record.environments,
    )


def _updated(document: dict[str, Any], record: Record, stated: PromptFile | None, text: str) -> dict[str, Any]:
    version = record.version
    if not document:
        document = {"version": "", "created": ""}
        layout.put_time(document, "created", version.created_at)
    document["version"] = version.number
    layout.put_time(document, "last_modified", version.created_at)
    layout.put(document, "author", version.author)
    layout.put(document, "description", record.description)
    layout.put_tags(document, [*record.deployed, *record.tags])
    layout.put_content(document, version.content, was=stated.content if stated else None)
    document[TEXT_KEY] = text
    document["variations"] = _with_own(document.pop("variations", None) or [], version.number, version.note)
    return document


def _with_own(listed: list[Any], number: str, note: str) -> list[Any]:
    """The list with this version in it, newest first as users keep it."""
    own = _own(listed, number)
    if own is None:
        return [{"id": f"v{number}", "description": note}, *listed]
    return [{**item, "description": note} if item is own else item for item in listed]


FORMAT = Format(NAME, f"NAME.yaml with {TEXT_KEY}, version and variations", _claims, _read, one_by_one(write))
