"""Writing a document back into the text it came from, so that only what was edited changes."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from workbench.domain import yaml_core
from workbench.domain.yaml_editing import edited, same
from workbench.formats import strict_json
from workbench.formats.files import FileText, name_of
from workbench.formats.model import Placed, Record

Kind = Literal["yaml", "json"]
_MAX_KEPT = 4 * 1024 * 1024


def load(text: str, kind: Kind) -> Any:
    return strict_json.load(text, "")[0] if kind == "json" else yaml_core.load(text, "")


def dump(document: Any, kind: Kind, like: str = "") -> str:
    """In the indentation and with the last line end of the JSON text `like`."""
    if kind == "yaml":
        return yaml_core.dump(document)
    found = re.match(r"[\[{]\s*\n([ \t]+)", like)
    indent: int | str = (found.group(1) if "\t" in found.group(1) else len(found.group(1))) if found else 2
    end = "\n" if not like or like.endswith("\n") else ""
    return json.dumps(document, indent=indent, ensure_ascii="\\u" in like and like.isascii()) + end


def rewritten(raw: str | None, document: Any, kind: Kind) -> str:
    """`raw` made to say `document`: itself where it says so, else with only that changed, else written anew."""
    if raw is None:
        return dump(document, kind)
    old = load(raw, kind)
    if same(old, document):
        return raw
    return edited(raw, old, document, lambda text: load(text, kind), is_json=kind == "json") or dump(
        document, kind, raw
    )


def kept(text: FileText) -> dict[str, Any]:
    """For `Version.source`: the file's own text."""
    return {"raw": text.text, **({"bom": True} if text.bom else {})}


def source_of(record: Record, format: str) -> Mapping[str, Any]:
    """What was kept of the file when the version, or its nearest ancestor, was read from this format."""
    return record.source if record.source.get("format") == format else {}


def base_of(record: Record, format: str, kind: Kind) -> tuple[str | None, Any]:
    """The kept text and, to be changed, what it says; (None, None) where there is none."""
    raw = source_of(record, format).get("raw")
    return (raw, copy.deepcopy(load(raw, kind))) if isinstance(raw, str) else (None, None)


def has_bom(record: Record, format: str) -> bool:
    return bool(source_of(record, format).get("bom"))


def shared(placed: Sequence[Placed], format: str, default: str) -> dict[str, list[Record]]:
    """The records by the file they go into: the one they came from, else `default`."""
    groups: dict[str, list[Record]] = {}
    for record, _ in placed:
        path = source_of(record, format).get("path")
        groups.setdefault(path if isinstance(path, str) else default, []).append(record)
    if default in groups and len(groups) == 2:
        # What was never in a file joins the only one there is.
        added = groups.pop(default)
        next(iter(groups.values())).extend(added)
    return groups


def newest_base(records: Sequence[Record], format: str, kind: Kind) -> tuple[str | None, Any]:
    """As `base_of`, of the version that was saved last: the file was read anew with it."""
    for record in sorted(records, key=lambda record: -record.version.id):
        raw, document = base_of(record, format, kind)
        if raw is not None:
            return raw, document
    return None, None


def path_of(record: Record, format: str, place: str, ending: str) -> str:
    """Where a file came from while its name is still the prompt's, else `place`."""
    path = source_of(record, format).get("path")
    if isinstance(path, str) and path.endswith(ending) and name_of(path.removesuffix(ending)) == record.name:
        return path
    return place + ending


def kept_shared(text: FileText, parts: int) -> dict[str, Any]:
    """As `kept`, for a file that `parts` versions come from; nothing when that would come to too much."""
    return kept(text) if len(text.text) * max(parts, 1) <= _MAX_KEPT else {}


def put(document: dict[str, Any], key: str, value: Any) -> None:
    """Set, or remove when empty; a key's place among the others stays, and so does one that is there and empty."""
    if value:
        document[key] = value
    elif document.get(key):
        del document[key]


def lost(record: Record, format: str, *, holds: tuple[str, ...] = ()) -> tuple[str, ...]:
    """One warning naming what a record says and the format has no place for; `holds` are the parts it has."""
    version = record.version
    parts = {
        "number": version.number,
        "description": record.description,
        "tags": record.tags,
        "note": version.note,
        "author": version.author,
        "time": version.created_at,
        "deployed": record.deployed,
        "version tags": version.tags,
    }
    missing = [part for part, value in parts.items() if value and part not in holds]
    return (f"{record.name}: the {format} format has no place for: {', '.join(missing)}",) if missing else ()
