"""promptfoo configs: the prompts of `prompts`, in the config, in files, behind globs; as text, or as chats in JSON or
YAML.

Tests, assertions, `defaultTest`, scenarios and providers are kept as they stand, and `source.variable_sets` holds the
values of the tests, lists of texts taken one by one as promptfoo does. What is code is refused by name. The dialect
is Nunjucks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain import yaml_core
from workbench.domain.prompts import ROLES, Content, Message
from workbench.errors import FormatError
from workbench.formats import documents, strict_json, values
from workbench.formats.files import encode, name_of
from workbench.formats.model import Format, Placed, PromptFile, Record, Written
from workbench.formats.promptfoo_files import Piece, pieces
from workbench.formats.promptfoo_tests import variable_sets
from workbench.formats.tree import Entry

NAME = "promptfoo"
_FILE = "promptfooconfig.yaml"
_BESIDE = ("providers", "targets", "tests", "scenarios", "defaultTest")


def _claims(entry: Entry) -> bool:
    if not entry.base.endswith((".yaml", ".yml", ".json")):
        return False
    document = entry.document
    if not isinstance(document, Mapping) or "prompts" not in document:
        return False
    if "promptfooconfig" in entry.base or entry.forced:
        return True
    return isinstance(document["prompts"], list | str | Mapping) and any(key in document for key in _BESIDE)


def _read(entry: Entry) -> tuple[PromptFile | FormatError, ...]:
    document, lines = entry.read_document
    fields = values.Fields(document, entry.file, lines)
    found = list(pieces(entry, document["prompts"], fields))
    texts = [one for one in found if isinstance(one, Piece)]
    sets, warnings = variable_sets(entry, document, fields)
    keep = documents.kept_shared(entry.text, len(texts))
    base = entry.name if "promptfooconfig" not in entry.base else entry.folder_name
    names = _names(texts, base)
    made: list[PromptFile | FormatError] = [one for one in found if isinstance(one, FormatError)]
    description = document.get("description")
    for piece, name in zip(texts, names, strict=True):
        source: dict[str, Any] = {"format": NAME, "path": entry.path, "text": piece.path, **keep}
        if piece.path:
            file = entry.other(piece.path)
            source |= {
                "from": piece.start,
                "to": piece.end,
                "file": file.text,
                **({"file_bom": True} if file.bom else {}),
            }
        else:
            source["steps"] = list(piece.steps)
        if sets:
            source["variable_sets"] = list(sets)
        made.append(
            PromptFile(
                name,
                values.checked(_content(piece.text, piece.path), values.Fields({}, entry.file, lines, ("prompts",))),
                entry.tree.shown(piece.path) if piece.path else entry.file,
                description=description if isinstance(description, str) else "",
                source=source,
                lines={(): lines.get(piece.steps, lines.get(("prompts",), 1))} if not piece.path else {},
                warnings=warnings,
            )
        )
    return tuple(made)


def _names(texts: Sequence[Piece], base: str) -> list[str]:
    """By the label, else by the file, else by the config; numbered where several would have the same."""
    wanted = []
    for piece in texts:
        by_file = name_of(piece.path.rpartition(".")[0]) if piece.path else ""
        label = name_of(piece.label.replace("/", "-")) if piece.label and not by_file else name_of(piece.label)
        wanted.append((label if len(label) <= 80 else "") or by_file or base)
    counts: dict[str, int] = {}
    names = []
    for name in wanted:
        counts[name] = counts.get(name, 0) + 1
        names.append(f"{name}-{counts[name]}" if wanted.count(name) > 1 else name)
    return names


def _content(text: str, path: str) -> Content:
    messages = _chat(text, path)
    return Content(tuple(messages) if messages else (Message("user", text),), "nunjucks")


def _chat(text: str, path: str = "") -> list[Message] | None:
    """The messages of a chat in JSON or, in a YAML file, in YAML; None for any other text."""
    try:
        if path.endswith((".yaml", ".yml")):
            listed = yaml_core.load(text, path)
        elif text.lstrip().startswith("["):
            listed = strict_json.load(text, path)[0]
        else:
            return None
    except FormatError:
        return None
    if not isinstance(listed, list) or not listed:
        return None
    for one in listed:
        if not isinstance(one, Mapping) or one.get("role") not in ROLES or not isinstance(one.get("content"), str):
            return None
    extra = ("role", "content")
    return [Message(m["role"], m["content"], {k: v for k, v in m.items() if k not in extra}) for m in listed]


# Writing -----------------------------------------------------------------------------------------------------------


def _write(placed: Sequence[Placed]) -> Written:
    files: dict[str, bytes] = {}
    warnings: list[str] = []
    for path, records in documents.shared(placed, NAME, _FILE).items():
        kind: documents.Kind = "json" if path.endswith(".json") else "yaml"
        raw, document = documents.newest_base(records, NAME, kind)
        document = document if isinstance(document, dict) else {"prompts": [], "providers": ["echo"]}
        cuts: dict[str, list[tuple[int, int, str]]] = {}
        wholes: dict[str, str] = {}
        for record in records:
            try:
                _put(document, record, cuts, wholes)
                described = record.description == (document.get("description") or "")
                warnings += documents.lost(record, NAME, holds=("description",) if described else ())
            except FormatError as error:
                warnings.append(f"{error.message}; left out")
        bom = any(documents.has_bom(record, NAME) for record in records)
        files[path] = encode(documents.rewritten(raw, document, kind), bom)
        marked = {
            source.get("text") for record in records if (source := documents.source_of(record, NAME)).get("file_bom")
        }
        for place, text in wholes.items():
            for start, end, new in sorted(cuts.get(place, []), reverse=True):
                text = text[:start] + new + text[end:]
            files[place] = encode(text, place in marked)
    return Written(files, tuple(warnings))


def _put(
    document: dict[str, Any], record: Record, cuts: dict[str, list[tuple[int, int, str]]], wholes: dict[str, str]
) -> None:
    content = record.version.content
    if content.format not in ("nunjucks", "literal"):
        raise FormatError(f"{record.name} is written in {content.format}, not in nunjucks", "use --format native")
    source = documents.source_of(record, NAME)
    place, old = source.get("text"), source.get("file")
    if place and isinstance(old, str):
        wholes.setdefault(place, old)
        start, end = int(source.get("from", 0)), int(source.get("to", 0))
        was = old[start:end] if end else old
        if _content(was, place).messages != content.messages:
            if place.endswith((".csv", ".jsonl")):
                raise FormatError(f"{record.name} stands in a row of {place}, which is not rewritten", "edit it there")
            cuts.setdefault(place, []).append((start, end or len(old), _text(content, place, was)))
        return
    steps = source.get("steps")
    if isinstance(steps, list) and steps and "prompts" in document:
        holder: Any = document
        for step in steps[:-1]:
            holder = holder[step]
        if _content(str(holder[steps[-1]]), "").messages != content.messages:
            holder[steps[-1]] = _text(content, "", str(holder[steps[-1]]))
        return
    prompts = document["prompts"]
    if not isinstance(prompts, list):
        raise FormatError(f"{record.name} is new, and the prompts of the config are no list", "make it one")
    prompts.append({"id": record.name, "label": record.name, "raw": _text(content, "", "")})


def _text(content: Content, path: str, old: str) -> str:
    messages = content.messages
    if len(messages) == 1 and messages[0].role == "user" and not messages[0].extra and _chat(old, path) is None:
        return messages[0].content
    listed = [message.as_dict() for message in messages]
    return yaml_core.dump(listed) if path.endswith((".yaml", ".yml")) else json.dumps(listed, ensure_ascii=False)


FORMAT = Format(
    NAME,
    "promptfoo configs with their prompts in files; tests and assertions are kept",
    _claims,
    _read,
    _write,
    shares_files=True,
    names_files=True,
)
