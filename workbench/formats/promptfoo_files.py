"""The entries of `prompts` in a promptfoo config: which texts and files they mean, as promptfoo 0.121 reads them."""

from __future__ import annotations

import csv
import fnmatch
import io
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain import yaml_core
from workbench.errors import FormatError
from workbench.formats import strict_json, values
from workbench.formats.tree import Entry

_CODE = (".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".py", ".rb", ".go", ".sh", ".exe", ".bat")
_TEXTS = (".txt", ".md", ".j2", ".json", ".yaml", ".yml", ".jsonl", ".csv")
_REMOTE = re.compile(r"(langfuse|portkey|helicone|https?)://")
_SEPARATOR = re.compile(r"^[ \t]*---[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """One prompt: its text as promptfoo has it, and where it stands."""

    text: str
    path: str = ""
    """The file it is in; "" for one in the config itself."""
    start: int = 0
    end: int = 0
    """Where in that file the text stands, for writing it back; 0 and 0 for a file that is not cut."""
    label: str = ""
    steps: tuple[str | int, ...] = ()
    """The path in the config of a text that stands there."""


def pieces(entry: Entry, stated: Any, fields: values.Fields) -> Iterator[Piece | FormatError]:
    """What `prompts` means, in order; an error for each entry that cannot be read or is code."""
    if isinstance(stated, str):
        yield from _entry(entry, stated, fields, ("prompts",))
    elif isinstance(stated, Mapping):
        for key, label in stated.items():
            yield from _labelled(_entry(entry, str(key), fields, ("prompts", str(key)), is_key=True), str(label))
    elif isinstance(stated, list):
        for index, item in enumerate(stated):
            steps = ("prompts", index)
            if isinstance(item, str):
                yield from _entry(entry, item, fields, steps)
            elif isinstance(item, Mapping):
                yield from _object(entry, item, fields, steps)
            else:
                yield fields.error("prompts", f"prompt {index + 1} is {values.kind(item)}, not a text")


def _object(
    entry: Entry, item: Mapping[str, Any], fields: values.Fields, steps: tuple[str | int, ...]
) -> Iterator[Piece | FormatError]:
    if callable(item.get("function")) or "function" in item:
        yield fields.error(
            "prompts", f"{item.get('id') or 'a prompt'} is a function; code is never run", "export its text"
        )
        return
    key = "raw" if isinstance(item.get("raw"), str) else "id"
    if isinstance(item.get(key), str):
        label = item.get("label") or (item.get("id") if key == "raw" else "")
        yield from _labelled(_entry(entry, item[key], fields, (*steps, key)), str(label or ""))


def _labelled(found: Iterator[Piece | FormatError], label: str) -> Iterator[Piece | FormatError]:
    for one in found:
        yield (
            Piece(one.text, one.path, one.start, one.end, label or one.label, one.steps)
            if isinstance(one, Piece)
            else one
        )


def _entry(
    entry: Entry, stated: str, fields: values.Fields, steps: tuple[str | int, ...], *, is_key: bool = False
) -> Iterator[Piece | FormatError]:
    where = values.Fields({}, fields.file, fields.lines, steps)
    if stated.startswith("exec:"):
        yield where.error(None, f"{stated} runs a program, which is never done here", "write the text itself")
    elif _REMOTE.match(stated):
        yield where.error(None, f"{stated} lies elsewhere and is not fetched", "export it there and import the file")
    elif not _is_file(entry, stated):
        if is_key:
            yield where.error(None, f"there is no file {stated}")
        else:
            yield Piece(stated, steps=steps)
    else:
        yield from _files(entry, stated.removeprefix("file://"), where)


def _is_file(entry: Entry, stated: str) -> bool:
    if stated.startswith("file://"):
        return True
    if "\n" in stated or len(stated) > 300 or not re.search(r"\.\w{1,6}(:\w+)?$", stated):
        return False
    return " " not in stated or entry.tree.has(posixpath.normpath(posixpath.join(entry.folder, stated)))


def _files(entry: Entry, stated: str, where: values.Fields) -> Iterator[Piece | FormatError]:
    bare, _, function = stated.partition(":")
    if function or bare.endswith(_CODE):
        yield where.error(None, f"{stated} is code, which is never run", "export its text and name that file")
        return
    try:
        path = entry.beside(bare)
    except FormatError as error:
        yield where.error(None, error.message.partition(": ")[2] or error.message)
        return
    if any(sign in path for sign in "*?["):
        paths = [one for one in entry.tree.below(path.split("*")[0].rpartition("/")[0]) if fnmatch.fnmatch(one, path)]
        paths = [one for one in paths if one.endswith(_TEXTS)]
    else:
        paths = [path]
    if not paths or (paths == [path] and not entry.has(path)):
        yield where.error(None, f"there is no file {bare}")
        return
    for one in paths:
        try:
            entry.has(one)
            yield from _texts(one, entry.other(one).text, entry.tree.shown(one))
        except FormatError as error:
            yield error


def _texts(path: str, text: str, file: str) -> Iterator[Piece]:
    if path.endswith(".csv"):
        rows = csv.DictReader(io.StringIO(text, newline=""))
        yield from (Piece(row["prompt"], path, label=row.get("label") or "") for row in rows if row.get("prompt"))
    elif path.endswith(".jsonl"):
        yield from (Piece(line, path) for line in text.splitlines() if line.strip())
    elif path.endswith(".txt"):
        at = 0
        for match in [*_SEPARATOR.finditer(text), None]:
            end = match.start() if match else len(text)
            part = text[at:end]
            if part.strip():
                start = at + len(part) - len(part.lstrip())
                yield Piece(part.strip(), path, start, start + len(part.strip()))
            at = match.end() if match else end
    elif path.endswith((".yaml", ".yml")):
        yaml_core.load(text, file)
        yield Piece(text, path)
    elif path.endswith(".json"):
        strict_json.load(text, file)
        yield Piece(text, path)
    else:
        yield Piece(text, path)
