"""`prompts.json`: name → `{name, description, versions, active_version, tags}`, all prompts in one file.

A version is `{version, template, variables, model, temperature, max_tokens, created_at, created_by, hash}` with a whole
number, which is the major one here: 3 is 3.0.0. The template is one system message. `active_version` is what is live
in the environments that stand among the tags. Unknown keys stay.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.versions import highest
from workbench.errors import FormatError
from workbench.formats import documents, layout, values
from workbench.formats.files import encode, name_of
from workbench.formats.model import Format, Placed, PromptFile, Record, Written
from workbench.formats.tree import Entry

NAME = "prompts-json"
_FILE = "prompts.json"


def _claims(entry: Entry) -> bool:
    if not entry.base.endswith(".json"):
        return False
    if entry.base == _FILE or entry.forced:
        return isinstance(entry.read_document[0], dict)
    document = entry.document
    return isinstance(document, dict) and bool(document) and all(_is_prompt(body) for body in document.values())


def _is_prompt(body: Any) -> bool:
    return isinstance(body, dict) and isinstance(body.get("versions"), list) and "active_version" in body


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    document, lines = entry.read_document
    count = sum(len(body["versions"]) for body in document.values() if _is_prompt(body))
    keep = documents.kept_shared(entry.text, count)
    found: list[PromptFile] = []
    for key, body in document.items():
        fields = values.Fields(body if isinstance(body, dict) else {}, entry.file, lines, (key,))
        if not isinstance(body, dict) or not isinstance(body.get("versions"), list):
            raise fields.error(None, f"{key} has no list of versions", "each is {version, template, …}")
        tags, live_tags = values.split_tags(fields.texts("tags"), entry.environments)
        before: str | None = None
        for index, item in enumerate(body["versions"]):
            one = values.Fields(item if isinstance(item, dict) else {}, entry.file, lines, (key, "versions", index))
            if "template" not in one.data:
                raise one.error(None, f"version {index + 1} of {key} has no template")
            content, warnings = layout.read_content(one.text("template"), one)
            number = _number(one)
            found.append(
                PromptFile(
                    name_of(key),
                    content,
                    entry.file,
                    number=number,
                    description=fields.text("description"),
                    tags=tags,
                    author=one.text("created_by"),
                    created_at=one.time("created_at"),
                    parent=before,
                    deployed=live_tags if item.get("version") == body.get("active_version") else (),
                    source={"format": NAME, "path": entry.path, "key": key, "version": item.get("version"), **keep},
                    lines=_lines(lines, (key, "versions", index)),
                    warnings=warnings,
                )
            )
            before = number
    return tuple(found)


def _lines(lines: Mapping[Any, int], path: tuple[str | int, ...]) -> dict[tuple[str | int, ...], int]:
    """The lines below `path`, as if it were the whole file."""
    size = len(path)
    return {key[size:]: line for key, line in lines.items() if key[:size] == path}


def _number(one: values.Fields) -> str:
    stated = one.data.get("version")
    if isinstance(stated, int) and not isinstance(stated, bool) and stated >= 0:
        return f"{stated}.0.0"
    return one.number("version") or "1.0.0"


def _write(placed: Sequence[Placed]) -> Written:
    files: dict[str, bytes] = {}
    warnings: list[str] = []
    for path, records in documents.shared(placed, NAME, _FILE).items():
        raw, document = documents.newest_base(records, NAME, "json")
        document = document if isinstance(document, dict) else {}
        by_name: dict[str, list[Record]] = {}
        for record in records:
            by_name.setdefault(record.name, []).append(record)
        for name, versions in by_name.items():
            key = documents.source_of(versions[0], NAME).get("key")
            key = key if isinstance(key, str) and key in document else name
            try:
                document[key] = _prompt(name, document.get(key), versions, warnings)
            except FormatError as error:
                warnings.append(f"{error.message}; left out")
        bom = any(documents.has_bom(record, NAME) for record in records)
        files[path] = encode(documents.rewritten(raw, document, "json"), bom)
    return Written(files, tuple(warnings))


def _prompt(name: str, old: Any, records: list[Record], warnings: list[str]) -> dict[str, Any]:
    fresh: dict[str, Any] = {"name": name, "description": "", "versions": []}
    body: dict[str, Any] = copy.deepcopy(old) if isinstance(old, dict) else fresh
    newest = max(records, key=lambda record: record.version.id)
    if body.get("description") or newest.description:
        body["description"] = newest.description
    listed = {str(item.get("version")): item for item in body["versions"] if isinstance(item, dict)}
    for record in records:
        text, lost = layout.one_text(record, NAME)
        warnings += lost
        warnings += documents.lost(
            record, NAME, holds=("number", "description", "tags", "author", "time", "deployed", "version tags")
        )
        stated = _as_stated(record)
        item = _version(listed.get(str(stated)), record, stated, text)
        if str(stated) in listed:
            body["versions"][body["versions"].index(listed[str(stated)])] = item
        else:
            body["versions"].append(item)
        listed[str(stated)] = item
    live = [record for record in records if record.deployed]
    numbers = {record.version.number: record for record in (live or records)}
    active = numbers[highest(numbers) or ""]
    if live or "active_version" not in body:
        body["active_version"] = _as_stated(active)
    layout.put_tags(body, [*(active.deployed if live else ()), *newest.tags])
    return body


def _as_stated(record: Record) -> int | str:
    stated = record.version.source.get("version") if record.version.source.get("format") == NAME else None
    if isinstance(stated, int | str) and not isinstance(stated, bool):
        return stated
    major, _, rest = record.version.number.partition(".")
    return int(major) if rest == "0.0" else record.version.number


def _version(old: Any, record: Record, stated: int | str, text: str) -> dict[str, Any]:
    content = record.version.content
    if old is None:
        item: dict[str, Any] = {"version": stated, "template": text}
        layout.put_content(item, content, was=None)
        layout.put_time(item, "created_at", record.version.created_at)
        item["created_by"] = record.version.author
        item["hash"] = hashlib.sha256(text.encode()).hexdigest()[:12]
        return item
    item = copy.deepcopy(old)
    was, _ = layout.read_content(str(old.get("template", "")), values.Fields(old, "", {}))
    if was.digest != content.digest:
        item["template"] = text
        layout.put_content(item, content, was=was)
        if "hash" in item:
            item["hash"] = hashlib.sha256(text.encode()).hexdigest()[:12]
    return item


FORMAT = Format(
    NAME,
    "prompts.json: name → versions with template, active_version and tags",
    _claims,
    _read,
    _write,
    shares_files=True,
    holds_versions=True,
)

__all__ = ["FORMAT", "NAME"]
