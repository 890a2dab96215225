"""Writing what `yaml_core` reads: block style, for people and pull requests, read back equal by any YAML reader."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.errors import FormatError

MAX_DEPTH = 100
_INDENT = 2
_FLOW_WIDTH = 100
# Starts like a word and holds nothing that any YAML reader, 1.1 included, could take for something else.
_PLAIN = re.compile(
    r"[A-Za-z_/$][^\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff:#\[\]{},&*!|>%@`\\]*"
    r"|[0-9]+\.[0-9]+\.[0-9]+(-[A-Za-z0-9.-]+)?"
)
_WORDS_OF_1_1 = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
# What no block scalar carries: controls, all line breaks but LF, the BOM, what libyaml refuses unescaped.
_NOT_IN_BLOCK = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def dump(data: Any) -> str:
    """JSON values as block-style YAML that `load` reads back equal.

    Text of several lines becomes a block scalar where one can carry it byte for byte, otherwise a double-quoted
    scalar. `FormatError` for what is not JSON.
    """
    if isinstance(data, Mapping) and data:
        return "".join(_mapping_lines(data, 0))
    if isinstance(data, (list, tuple)) and data:
        return "".join(_sequence_lines(data, 0))
    return _scalar(data) + "\n"


def _mapping_lines(data: Mapping[Any, Any], indent: int) -> Iterator[str]:
    _check_depth(indent)
    for key, value in data.items():
        written = _scalar(str(key))
        # A key of more than 1,024 characters must be announced.
        colon = ":" if len(written) < 1000 else "\n" + " " * indent + ":"
        yield " " * indent + ("" if colon == ":" else "? ") + written + colon + _value(value, indent)


def _sequence_lines(items: list[Any] | tuple[Any, ...], indent: int) -> Iterator[str]:
    _check_depth(indent)
    for item in items:
        if isinstance(item, Mapping) and item:
            lines = "".join(_mapping_lines(item, indent + _INDENT))
            yield " " * indent + "- " + lines[indent + _INDENT :]
        else:
            yield " " * indent + "-" + _value(item, indent)


def _check_depth(indent: int) -> None:
    if indent > MAX_DEPTH * _INDENT:
        raise FormatError(f"nested deeper than {MAX_DEPTH} levels cannot be written")


def _value(value: Any, indent: int) -> str:
    """What follows `key:` or `-`, with its line end."""
    if isinstance(value, Mapping) and value:
        flow = _flow(value) if indent else None
        if flow is not None:
            return f" {flow}\n"
        return "\n" + "".join(_mapping_lines(value, indent + _INDENT))
    if isinstance(value, (list, tuple)) and value:
        flow = _flow(value)
        if flow is not None:
            return f" {flow}\n"
        return "\n" + "".join(_sequence_lines(value, indent + _INDENT))
    if isinstance(value, str):
        block = _block(value, indent + _INDENT)
        if block is not None:
            return block
    return f" {_scalar(value)}\n"


def _flow(value: Any) -> str | None:
    """A short list or mapping of scalars on one line, None when it is not one."""
    items = value.values() if isinstance(value, Mapping) else value
    if any((isinstance(i, (Mapping, list, tuple)) and i) or (isinstance(i, str) and "\n" in i) for i in items):
        return None
    if isinstance(value, Mapping):
        text = "{" + ", ".join(f"{_scalar(str(k))}: {_scalar(v)}" for k, v in value.items()) + "}"
    else:
        text = "[" + ", ".join(_scalar(i) for i in value) + "]"
    return text if len(text) <= _FLOW_WIDTH else None


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise FormatError(f"{value} is not a number that can be written")
        text = repr(value)
        # YAML 1.1 readers take 1e+16 for text.
        return text if "." in text or "e" not in text else text.replace("e", ".0e")
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    raise FormatError(f"a value of type {type(value).__name__} cannot be written")


def _is_plain(text: str) -> bool:
    return (
        _PLAIN.fullmatch(text) is not None
        and not text.endswith(" ")
        and text.lower() not in _WORDS_OF_1_1
        and len(text) <= 400
    )


def _quoted(text: str) -> str:
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise FormatError("a lone surrogate is not text and cannot be written")
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", json.dumps(text, ensure_ascii=False))


def inline(value: Any) -> str:
    """A value on one line, as inside `{}` and `[]`."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(k))}: {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    return _scalar(value)


def value_after(value: Any, indent: int) -> str:
    """What follows the `key:` or `-` that stands at column `indent`, with its line end."""
    return _value(value, indent)


def is_block(text: str) -> bool:
    """Is the text written, and by custom read, as a block scalar: from the line after its key?"""
    return _block(text, _INDENT) is not None


def _block(text: str, indent: int) -> str | None:
    """The literal block scalar, or None where the text is better, or only, written otherwise."""
    body = text.strip("\n")
    if not body or _NOT_IN_BLOCK.search(text) or ("\n" not in text and (len(text) <= 72 or _is_plain(text))):
        return None
    trailing = len(text) - len(text.rstrip("\n"))
    chomping = "-" if trailing == 0 else "" if trailing == 1 else "+"
    # Without the indicator a reader would take the text's own leading space for indentation.
    indicator = str(_INDENT) if text[0] in " \n\t" else ""
    margin = " " * indent
    lines = text[: len(text) - 1 if trailing else len(text)].split("\n")
    return f" |{indicator}{chomping}\n" + "".join(f"{margin}{line}\n" if line else "\n" for line in lines)
