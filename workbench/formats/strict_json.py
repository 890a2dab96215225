"""JSON as its RFC means it: no duplicate keys, no NaN, no numbers without end, no lone surrogates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from workbench.domain.yaml_core import MAX_DEPTH, MAX_DIGITS, Path
from workbench.errors import FormatError

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]')


class _Refused(ValueError):
    def __init__(self, message: str, token: str) -> None:
        super().__init__(message)
        self.token = token


def load(text: str, file: str) -> tuple[Any, Mapping[Path, int]]:
    """The value, and the lines of its keys and items. `FormatError` with file and line for what is refused."""
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_int, parse_float=_float)
        depth(value)
    except json.JSONDecodeError as error:
        raise FormatError(f"is not JSON: {error.msg}", file=file, line=error.lineno) from error
    except _Refused as error:
        positions = [found.start() for found in re.finditer(re.escape(error.token), text)] if error.token else []
        line = text.count("\n", 0, positions[-1]) + 1 if positions else 0
        raise FormatError(str(error), file=file, line=line) from error
    except RecursionError as error:
        raise FormatError(f"nested deeper than {MAX_DEPTH} levels", file=file) from error
    found = re.search(r"\\u[dD][89a-fA-F]", text)
    if found:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            line = text.count("\n", 0, found.start()) + 1
            raise FormatError("a lone surrogate is not text", file=file, line=line) from error
    return value, _lines(text)


def _lines(text: str) -> dict[Path, int]:
    """Of every key, and of items that are objects or lists. The text is JSON already."""
    lines: dict[Path, int] = {(): 1}
    path: list[str | int] = []
    """The key or index that each open object or list is at."""
    line, key = 1, ""
    for found in _TOKEN.finditer(text):
        sign = found.group()
        if sign == "\n":
            line += 1
        elif sign in "{[":
            if path and isinstance(path[-1], int):
                lines[tuple(path)] = line
            path.append(0 if sign == "[" else "")
        elif sign in "}]":
            path.pop()
        elif sign == "," and isinstance(path[-1], int):
            path[-1] += 1
        elif sign == ":":
            path[-1] = json.loads(key)
            lines[tuple(path)] = line
        else:
            key = sign
    return lines


def depth(value: Any, level: int = 0) -> None:
    if level > MAX_DEPTH:
        raise _Refused(f"nested deeper than {MAX_DEPTH} levels", "")
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            depth(item, level + 1)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused(f"the key {key!r} stands twice", json.dumps(key, ensure_ascii=False))
        found[key] = value
    return found


def _constant(token: str) -> Any:
    raise _Refused(f"{token} is not a number that JSON knows", token)


def _int(token: str) -> int:
    if len(token) > MAX_DIGITS:
        raise _Refused(f"a number of {len(token)} digits", token)
    return int(token)


def _float(token: str) -> float:
    value = float(token)
    if value in (float("inf"), float("-inf")):
        raise _Refused(f"{token[:40]} is too large", token)
    return value
