"""Inputs of runs: named variable sets, and cases read from JSON, YAML, CSV and JSONL texts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.errors import BadInput, FormatError
from workbench.text import one_line

InputFormat = Literal["json", "yaml", "csv", "jsonl"]
FORMATS: tuple[InputFormat, ...] = ("json", "yaml", "csv", "jsonl")
_SUFFIXES: Mapping[str, InputFormat] = {
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
MAX_SET_NAME = 80
MAX_CASES = 100_000


@dataclass(frozen=True)
class VariableSet:
    """`values` holds the variables, `input` (the user message of a version that has none) included."""

    prompt: str
    name: str
    values: Mapping[str, Any] = field(hash=False)
    actor: str = ""
    updated_at: str = ""


@dataclass(frozen=True)
class Case:
    """One input of a run or comparison. `name` says where it is from: a set's name, `cases.jsonl:3`, `run 3f2a…`."""

    name: str
    values: Mapping[str, Any] = field(hash=False)


def check_set_name(name: str) -> str:
    """The name without spaces around it; `BadInput` for none, one of control characters, or one that is too long."""
    name = name.strip()
    if not name:
        raise BadInput("a variable set needs a name", "for example: angry customer")
    if len(name) > MAX_SET_NAME or one_line(name) != name:
        raise BadInput(f"{one_line(name)[:40]!r} is not a name of a set", f"one line of at most {MAX_SET_NAME} letters")
    return name


def format_of(text: str, file: str = "") -> InputFormat:
    """By the file's suffix, else by what the text looks like."""
    for suffix, told in _SUFFIXES.items():
        if file.lower().endswith(suffix):
            return told
    stripped = text.lstrip("\ufeff \t\r\n")
    lines = [line for line in stripped.splitlines()[:2] if line.strip()]
    if stripped[:1] in ("{", "["):
        first_is_whole = len(lines) > 1 and stripped[0] == "{" and _is_json(lines[0])
        return "jsonl" if first_is_whole else "json"
    first = lines[0] if lines else ""
    return "csv" if len(lines) > 1 and ":" not in first and _delimiter(first) is not None else "yaml"


def read_cases(text: str, file: str = "", format: InputFormat | None = None) -> tuple[Case, ...]:
    """Every input in the text: a JSON or YAML mapping is one, a list of mappings several; a CSV row and a JSONL line
    are one each. The first line of a CSV names the variables, and its values are text.

    `file` is for messages and the names of the cases; "" is a text that was pasted. Raises `FormatError` with file,
    line and key.
    """
    where = file or "the pasted text"
    text = text.removeprefix("\ufeff")
    readers = {"json": _json, "yaml": _yaml, "csv": _csv, "jsonl": _jsonl}
    found: list[Case] = []
    for line, values in readers[format or format_of(text, file)](text, where):
        found.append(Case(f"{file.replace(chr(92), '/').rpartition('/')[2] or 'pasted'}:{line}", values))
        if len(found) > MAX_CASES:
            raise FormatError(f"more than {MAX_CASES} inputs", file=where, line=line)
    if not found:
        raise FormatError("holds no inputs", "write at least one", file=where)
    return tuple(found)


def _json(text: str, where: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    value = _loads(text, where, 0)
    if isinstance(value, list):
        # Lines of items are not told by the reader; an item is named by its place in the list.
        for index, item in enumerate(value, 1):
            yield index, _mapping(item, where, 0, f"item {index}")
    else:
        yield 1, _mapping(value, where, 1, "the text")


def _yaml(text: str, where: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    from workbench.domain.yaml_core import load_with_lines

    value, lines = load_with_lines(text, where)
    if isinstance(value, list):
        for index, item in enumerate(value):
            line = lines.get((index,), 0)
            yield line or index + 1, _mapping(item, where, line, f"item {index + 1}")
    elif value is not None:
        yield 1, _mapping(value, where, lines.get((), 1), "the text")


def _jsonl(text: str, where: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _mapping(_loads(line, where, number), where, number, "the line")


def _csv(text: str, where: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    delimiter = "\t" if where.lower().endswith(".tsv") else _delimiter(text.split("\n", 1)[0]) or ","
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    began = 1
    try:
        for row in reader:
            line, began = began, reader.line_num + 1
            if not row or row == [""]:
                continue
            if not names:
                names = _header(row, where, line)
            elif len(row) != len(names):
                few = f"the key {names[len(row)]!r} has no value" if len(row) < len(names) else "a value has no key"
                raise FormatError(f"{len(row)} values for {len(names)} keys: {few}", file=where, line=line)
            else:
                yield line, dict(zip(names, row, strict=True))
    except csv.Error as error:
        raise FormatError(f"is not CSV: {error}", file=where, line=max(1, reader.line_num)) from error


def _header(row: list[str], where: str, line: int) -> list[str]:
    names = [name.strip() for name in row]
    for position, name in enumerate(names):
        if not name:
            raise FormatError(f"column {position + 1} has no name", file=where, line=line)
        if name in names[:position]:
            raise FormatError(f"the key {name!r} stands twice", file=where, line=line)
    return names


def _delimiter(line: str) -> str | None:
    counts = {sign: line.count(sign) for sign in (",", ";", "\t")}
    best = max(counts, key=lambda sign: counts[sign])
    return best if counts[best] else None


class _Twice(ValueError):
    pass


def _loads(text: str, where: str, line: int) -> Any:
    """`line`: of the whole text, where it is one line of a file; 0 counts inside the text."""
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        at = f" (column {error.colno})"
        raise FormatError(f"is not JSON: {error.msg}{at}", file=where, line=line or error.lineno) from error
    except UnicodeEncodeError as error:
        raise FormatError("a lone surrogate is not text", file=where, line=line) from error
    except (_Twice, RecursionError) as error:
        message = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise FormatError(message, file=where, line=line) from error
    except ValueError as error:  # a number of more digits than Python reads
        raise FormatError(f"is not JSON: {error}", file=where, line=line) from error
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(f"the key {key!r} stands twice")
        found[key] = value
    return found


def _constant(token: str) -> Any:
    raise _Twice(f"{token} is not a number that JSON knows")


def _mapping(value: Any, where: str, line: int, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else "a single value"
        raise FormatError(
            f"{what} is {kind}, not variables by name", 'for example {"name": "Ana"}', file=where, line=line
        )
    for key in value:
        if not str(key).strip():
            raise FormatError(f"{what} has an empty key", file=where, line=line)
    return {str(key): item for key, item in value.items()}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
