"""`registry.json`: name → metadata with `deployments`, and the texts in the folder layout beside it.

`deployments` is environment → `{version, deployed_at}` and says what is live. `current_version`, `description`,
`maintainer`, `tags` and `model` have a meaning; what the folder's own metadata say goes first. A prompt may also carry
its text itself, under `system_prompt`, `prompt` or `template`.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.errors import FormatError
from workbench.formats import documents, folder, layout, values
from workbench.formats.files import encode, name_of
from workbench.formats.model import Format, Placed, PromptFile, Record, Written
from workbench.formats.tree import Entry

NAME = "registry-json"
_FILE = "registry.json"
_TEXT_KEYS = ("system_prompt", "prompt", "template")


def _claims(entry: Entry) -> bool:
    if not entry.base.endswith(".json") or entry.base == folder.METADATA:
        return False
    if entry.base == _FILE or entry.forced:
        return isinstance(entry.read_document[0], dict)
    document = entry.document
    return (
        isinstance(document, dict)
        and bool(document)
        and all(
            isinstance(body, dict) and ("deployments" in body or "current_version" in body)
            for body in document.values()
        )
    )


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    document, lines = entry.read_document
    keep = documents.kept_shared(entry.text, len(document))
    found: list[PromptFile] = []
    for key, body in document.items():
        fields = values.Fields(body if isinstance(body, dict) else {}, entry.file, lines, (key,))
        if not isinstance(body, dict):
            raise fields.error(None, f"{key} is {values.kind(body)}, not a mapping")
        found.append(_prompt(entry, key, fields, keep))
    return tuple(found)


def _prompt(entry: Entry, key: str, fields: values.Fields, keep: Mapping[str, Any]) -> PromptFile:
    stated = _stated(entry, key, fields)
    number = stated.number or fields.number("current_version")
    live: list[tuple[str, Any]] = []
    missing: list[tuple[str, Any]] = []
    for environment, deployment in fields.mapping("deployments").data.items():
        version = deployment.get("version") if isinstance(deployment, dict) else deployment
        (live if version == number else missing).append((environment, version))
    warnings = list(stated.warnings)
    for environment, _ in [one for one in live if entry.environments and one[0] not in entry.environments]:
        warnings.append(f"{fields.where('deployments')}: {environment} is no environment here; kept as it stands")
    for environment, version in missing:
        warnings.append(
            f"{fields.where('deployments')}: the text of {key} {version} ({environment}) is not in the files"
        )
    known = [environment for environment, _ in live if not entry.environments or environment in entry.environments]
    return dataclasses.replace(
        stated,
        name=name_of(key),
        number=number,
        description=stated.description or fields.text("description"),
        author=stated.author or fields.text("maintainer"),
        tags=tuple(dict.fromkeys((*stated.tags, *values.split_tags(fields.texts("tags"), entry.environments)[0]))),
        deployed=tuple(dict.fromkeys((*stated.deployed, *known))),
        source={"format": NAME, "path": entry.path, "key": key, **_text_kept(stated), **keep},
        warnings=tuple(warnings),
    )


def _text_kept(stated: PromptFile) -> dict[str, Any]:
    """What the folder layout keeps goes under its own name, since `raw` is the registry's."""
    return {"folder": dict(stated.source)} if stated.source.get("format") == folder.NAME else dict(stated.source)


def _stated(entry: Entry, key: str, fields: values.Fields) -> PromptFile:
    """The prompt as its folder says it, else as the registry alone does."""
    for place in (f"{key}/{folder.TEXT}", f"prompts/{key}/{folder.TEXT}"):
        path = entry.beside(place)
        if entry.has(path):
            inner = Entry(entry.tree, path, entry.environments)
            (stated,) = folder.read_entry(inner)
            entry.reads |= inner.reads
            if "model" in fields.data and "model" not in stated.content.settings:
                settings = {**stated.content.settings, "model": fields.data["model"]}
                stated = dataclasses.replace(stated, content=dataclasses.replace(stated.content, settings=settings))
            return stated
    text_key = next((one for one in _TEXT_KEYS if isinstance(fields.data.get(one), str)), None)
    if text_key is None:
        raise fields.error(None, f"there is no text for {key}", f"put it into {key}/{folder.TEXT} beside the registry")
    content, warnings = layout.read_content(fields.text(text_key), fields)
    return PromptFile(key, content, entry.file, source={"inline": text_key}, lines=fields.lines, warnings=warnings)


def _write(placed: Sequence[Placed]) -> Written:
    files: dict[str, bytes] = {}
    warnings: list[str] = []
    for path, records in documents.shared(placed, NAME, _FILE).items():
        raw, document = documents.newest_base(records, NAME, "json")
        document = document if isinstance(document, dict) else {}
        top = path.removesuffix(path.rsplit("/", 1)[-1])
        for record in records:
            source = documents.source_of(record, NAME)
            key = source.get("key")
            key = key if isinstance(key, str) and key in document else record.name
            try:
                inline = source.get("inline") if key in document else None
                if isinstance(inline, str):
                    text, lost = layout.one_text(record, NAME)
                    document[key] = _metadata(document.get(key), record)
                    document[key][inline] = text
                    warnings += lost
                else:
                    written = folder.write(_as_folder(record, document.get(key)), top + _place(source, record))
                    document[key] = _metadata(document.get(key), record)
                    files.update(written.files)
                    warnings += written.warnings
            except FormatError as error:
                warnings.append(f"{error.message}; left out")
        bom = any(documents.has_bom(record, NAME) for record in records)
        files[path] = encode(documents.rewritten(raw, document, "json"), bom)
    return Written(files, tuple(warnings))


def _place(source: Mapping[str, Any], record: Record) -> str:
    kept = source.get("folder")
    top = str(source.get("path", "")).rpartition("/")[0]
    if isinstance(kept, Mapping) and isinstance(kept.get("path"), str):
        path = str(kept["path"])
        return path.removeprefix(f"{top}/") if top else path
    return record.name


def _as_folder(record: Record, stated: Any) -> Record:
    """The record as the folder layout knows it: without what only the registry said."""
    kept = documents.source_of(record, NAME).get("folder")
    source = dict(kept) if isinstance(kept, Mapping) else {}
    content = record.version.content
    inner = source.get("document")
    own = inner if isinstance(inner, Mapping) else {}
    if isinstance(stated, Mapping) and "model" not in own and stated.get("model") == content.settings.get("model"):
        settings = {key: value for key, value in content.settings.items() if key != "model"}
        content = dataclasses.replace(content, settings=settings)
    description = record.description
    if not own.get("description") and isinstance(stated, Mapping) and stated.get("description") == description:
        description = ""
    author = record.version.author
    if not own.get("author") and isinstance(stated, Mapping) and stated.get("maintainer") == author:
        author = ""
    version = dataclasses.replace(record.version, content=content, source=source, author=author)
    named = own.get("tags")
    deployed = tuple(one for one in record.deployed if isinstance(named, list) and one in named)
    return dataclasses.replace(record, version=version, source=source, description=description, deployed=deployed)


def _metadata(old: Any, record: Record) -> dict[str, Any]:
    version = record.version
    body = copy.deepcopy(old) if isinstance(old, dict) else {"name": record.name, "current_version": ""}
    is_new = not isinstance(old, dict)
    if is_new or "current_version" in body:
        body["current_version"] = version.number
    if is_new:
        documents.put(body, "model", version.content.settings.get("model"))
    elif "model" in body and "model" in version.content.settings:
        body["model"] = version.content.settings["model"]
    if is_new or "description" in body:
        documents.put(body, "description", record.description)
    if is_new:
        documents.put(body, "maintainer", version.author)
    if "tags" in body:
        layout.put_tags(body, list(record.tags))
    deployments = body.get("deployments")
    deployments = dict(deployments) if isinstance(deployments, dict) else {}
    for environment in record.environments or ():
        now = deployments.get(environment)
        live_version = now.get("version") if isinstance(now, dict) else now
        if environment in record.deployed and live_version != version.number:
            deployments[environment] = {"version": version.number}
        elif environment not in record.deployed and live_version == version.number:
            del deployments[environment]
    if deployments or "deployments" in body:
        body["deployments"] = deployments
    return body


FORMAT = Format(
    NAME,
    f"registry.json: name → metadata with deployments, texts in NAME/{folder.TEXT}",
    _claims,
    _read,
    _write,
    shares_files=True,
    names_files=True,
)
