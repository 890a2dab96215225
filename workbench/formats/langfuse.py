"""Langfuse: the bulk export, a JSON list of versions, or one of them by itself.

`{name, version, type, prompt, config, tags, labels, commitMessage}`. Version 3 is 3.0.0 here; in a list for import,
where none stands, the order counts. Labels that are environments say what is live, `latest` is worked out, others are
tags of the version. Of `config` the settings that a model takes are used; all of it stays. Placeholders of messages
are kept, not sent.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.prompts import Content, Message
from workbench.domain.versions import is_number, parse_number
from workbench.errors import FormatError
from workbench.formats import documents, values
from workbench.formats.files import encode, name_of
from workbench.formats.model import Format, Placed, PromptFile, Record, Written
from workbench.formats.tree import Entry

NAME = "langfuse"
_FILE = "langfuse-prompts.json"


def _claims(entry: Entry) -> bool:
    if not entry.base.endswith(".json"):
        return False
    document = entry.document
    items = document if isinstance(document, list) else [document]
    return bool(items) and all(_is_item(item) for item in items)


def _is_item(item: Any) -> bool:
    if not isinstance(item, Mapping) or not isinstance(item.get("name"), str):
        return False
    chat = isinstance(item.get("prompt"), list)
    return (chat or isinstance(item.get("prompt"), str)) and any(key in item for key in ("type", "config", "labels"))


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    document, lines = entry.read_document
    single = not isinstance(document, list)
    items = [document] if single else document
    keep = documents.kept_shared(entry.text, len(items))
    counts: dict[str, int] = {}
    before: dict[str, str] = {}
    found = []
    for index, item in enumerate(items):
        fields = values.Fields(item if isinstance(item, dict) else {}, entry.file, lines, () if single else (index,))
        if not _is_item(item):
            raise fields.error(None, f"item {index + 1} has no name, type and prompt")
        counts[item["name"]] = counts.get(item["name"], 0) + 1
        stated = item.get("version")
        number = (
            f"{stated}.0.0"
            if isinstance(stated, int)
            else stated
            if isinstance(stated, str) and is_number(stated)
            else None
        )
        number = number or f"{counts[item['name']]}.0.0"
        warnings: list[str] = []
        labels, live = values.split_tags([one for one in fields.texts("labels") if one != "latest"], entry.environments)
        found.append(
            PromptFile(
                name_of(item["name"]),
                values.checked(_content(item, fields, warnings), fields),
                entry.file,
                number=number,
                tags=values.split_tags(fields.texts("tags"), entry.environments)[0],
                version_tags=labels,
                note=fields.text("commitMessage"),
                author=fields.text("createdBy"),
                created_at=fields.time("createdAt"),
                parent=before.get(item["name"]),
                deployed=live,
                source={"format": NAME, "path": entry.path, "key": item["name"], "index": index, **keep},
                lines={(): fields.line()} if fields.line() else {},
                warnings=tuple(warnings),
            )
        )
        before[item["name"]] = number
    return tuple(found)


def _content(item: Mapping[str, Any], fields: values.Fields, warnings: list[str]) -> Content:
    prompt = item["prompt"]
    if isinstance(prompt, str):
        messages = [Message("system", prompt)]
    else:
        messages = []
        for one in prompt:
            if isinstance(one, Mapping) and one.get("type") == "placeholder":
                warnings.append(
                    f"{fields.where()}: the placeholder {one.get('name')} is kept, and nothing is sent for it"
                )
            elif isinstance(one, Mapping) and isinstance(one.get("content"), str):
                extra = {key: value for key, value in one.items() if key not in ("role", "content", "type")}
                messages.append(Message(str(one.get("role") or "user"), one["content"], extra))
    config = item.get("config")
    settings = (
        {key: config[key] for key in values.SETTINGS if config.get(key) is not None}
        if isinstance(config, Mapping)
        else {}
    )
    return Content(tuple(messages) or (Message("system", ""),), NAME, (), settings)


def _write(placed: Sequence[Placed]) -> Written:
    files: dict[str, bytes] = {}
    warnings: list[str] = []
    for path, records in documents.shared(placed, NAME, _FILE).items():
        raw, document = documents.newest_base(records, NAME, "json")
        single = isinstance(document, dict)
        items: list[Any] = [document] if single else document if isinstance(document, list) else []
        for record in sorted(records, key=lambda record: (record.name, parse_number(record.version.number or "1.0.0"))):
            try:
                _put(items, record)
                warnings += documents.lost(record, NAME, holds=_HOLDS)
            except FormatError as error:
                warnings.append(f"{error.message}; left out")
        written = items[0] if single and len(items) == 1 else items
        bom = any(documents.has_bom(record, NAME) for record in records)
        files[path] = encode(documents.rewritten(raw, written, "json"), bom)
    return Written(files, tuple(warnings))


_HOLDS = ("number", "tags", "note", "deployed", "version tags")


def _put(items: list[Any], record: Record) -> None:
    version, content = record.version, record.version.content
    if content.format not in (NAME, "literal"):
        raise FormatError(f"{record.name} is written in {content.format}, not in {NAME}", "use --format native")
    source = version.source if version.source.get("format") == NAME else {}
    index = source.get("index")
    key = documents.source_of(record, NAME).get("key")
    key = key if isinstance(key, str) and name_of(key) == record.name else record.name
    stands = isinstance(index, int) and index < len(items) and items[index].get("name") == key
    item: dict[str, Any] = items[index] if stands and isinstance(index, int) else {}  # fmt: skip
    was = _content(item, values.Fields(item, "", {}), []) if item else None
    # A version that was made of one in the file goes on with what only the file knows: its config, its placeholders.
    above = documents.source_of(record, NAME).get("index")
    made_of: dict[str, Any] = (
        items[above] if isinstance(above, int) and above < len(items) and items[above].get("name") == key else {}
    )
    if was is None:
        major, _, rest = version.number.partition(".")
        item |= {"name": key, "version": int(major) if rest == "0.0" else version.number, "type": "text"}
        item |= {"prompt": "", "config": {}, "tags": [], "labels": [], "commitMessage": None}
        item |= {part: copy.deepcopy(made_of[part]) for part in ("prompt", "config") if part in made_of}
        items.append(item)
    if was is None or was.messages != content.messages:
        item["prompt"] = _prompt(item.get("prompt"), content)
        item["type"] = "text" if isinstance(item["prompt"], str) else "chat"
    if was is None or dict(was.settings) != dict(content.settings):
        old: Any = item.get("config")
        config = copy.deepcopy(old) if isinstance(old, dict) else {}
        others = {key: value for key, value in config.items() if key not in values.SETTINGS}
        item["config"] = {**others, **content.settings}
    labels = [one for one in item.get("labels") or [] if isinstance(one, str)]
    wanted = [*record.deployed, *version.tags]
    if sorted(one for one in labels if one != "latest") != sorted(wanted):
        item["labels"] = [*wanted, *(["latest"] if "latest" in labels else [])]
    if sorted(item.get("tags") or []) != sorted(record.tags):
        item["tags"] = list(record.tags)
    if (item.get("commitMessage") or "") != version.note:
        item["commitMessage"] = version.note or None


def _prompt(old: Any, content: Content) -> str | list[dict[str, Any]]:
    messages = content.messages
    if len(messages) == 1 and messages[0].role == "system" and not isinstance(old, list) and not messages[0].extra:
        return messages[0].content
    made = [message.as_dict() for message in messages]
    listed = old if isinstance(old, list) else []
    places = [(i, one) for i, one in enumerate(listed) if isinstance(one, dict) and one.get("type") == "placeholder"]
    if len(listed) - len(places) == len(made):
        for position, placeholder in places:
            made.insert(position, placeholder)
    return made


FORMAT = Format(
    NAME,
    "Langfuse bulk JSON, all versions in one file",
    _claims,
    _read,
    _write,
    shares_files=True,
    holds_versions=True,
)
