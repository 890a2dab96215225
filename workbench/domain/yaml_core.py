"""YAML by the 1.2 core schema, within bounds: what is read is JSON, what is written is read back the same.

`Yes`, `no`, `on`, `012`, `12:30:45` and dates are what the core schema says (text, text, text, 12, text, text).
Refused with file and line: duplicate keys, tags, aliases that grow without bound, an alias inside its own anchor,
nesting deeper than 100, more than one document, more than 10 MB, `.nan`, `.inf`, and numbers of more than 300 digits.
Keys are always text, as they stand in the file (`1:` is the key "1"), because JSON knows no others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from workbench.errors import FormatError

if TYPE_CHECKING:
    from yaml.events import Event

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 1_000_000
MAX_WEIGHT = 64 * 1024 * 1024
"""Characters of all scalars once every alias is written out."""
MAX_DIGITS = 300

Path = tuple[str | int, ...]

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_OCT = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def load(text: str, source: str) -> Any:
    """The document as JSON values; None for nothing at all. `FormatError` names `source` and the line."""
    return load_with_lines(text, source)[0]


def load_with_lines(text: str, source: str) -> tuple[Any, Mapping[Path, int]]:
    """The document, and the line (from 1) of every key and item by its path: `("messages", 0, "role")`."""
    reader = _Reader(source)
    return reader.read(text), reader.lines


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: dict[Path, int] = {(): 1}
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self._open_anchors: set[str] = set()
        self._nodes = 0
        self._weight = 0

    def read(self, text: str) -> Any:
        import yaml  # 15 ms that a command without a YAML file does not pay

        text = text.removeprefix("\ufeff")
        self._check_text(text)
        parser: Any = yaml.CSafeLoader(text) if yaml.__with_libyaml__ else yaml.SafeLoader(text)
        try:
            return self._stream(_events(parser))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._error(
                " ".join(filter(None, (error.context, error.problem))) or "not YAML", mark.line + 1 if mark else 0
            ) from error
        except yaml.reader.ReaderError as error:
            # libyaml counts bytes, the Python reader characters.
            position = int(error.position)
            before = text.encode()[:position].decode("utf-8", "ignore") if yaml.__with_libyaml__ else text[:position]
            code = error.character if isinstance(error.character, int) else ord(error.character[:1] or "\0")
            raise self._error(
                f"the character U+{code:04X} cannot stand in YAML as itself",
                before.count("\n") + 1,
                "write it as an escape in double quotes",
            ) from error

    def _check_text(self, text: str) -> None:
        try:
            size = len(text.encode())
        except UnicodeEncodeError as error:
            raise self._error(
                f"a lone surrogate (U+{ord(text[error.start]):04X}) is not text", text.count("\n", 0, error.start) + 1
            ) from error
        if size > MAX_BYTES:
            raise self._error(f"the document has {size:,} bytes; at most {MAX_BYTES:,} are read")

    def _stream(self, events: Iterator[Event]) -> Any:
        import yaml

        value: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._at(event, "a second document starts here", "keep one document in a file")
                value = self._node(next(events), events, (), 0)
        return value

    def _node(self, event: Any, events: Iterator[Event], path: Path, depth: int) -> Any:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag is not None:
            raise self._at(event, f"the tag {event.tag} is not read", "leave it out; quote what must be text")
        if depth > MAX_DEPTH:
            raise self._at(event, f"nested deeper than {MAX_DEPTH} levels")
        anchor = event.anchor
        if anchor is not None:
            self._open_anchors.add(anchor)
        nodes, weight = self._nodes, self._weight
        self._count(event, 1, 0)
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            self._count(event, 0, len(event.value))
            value = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(events, path, depth)
        else:
            value = self._mapping(events, path, depth)
        if anchor is not None:
            self._open_anchors.discard(anchor)
            self._anchors[anchor] = (value, self._nodes - nodes, self._weight - weight)
        return value

    def _sequence(self, events: Iterator[Event], path: Path, depth: int) -> list[Any]:
        import yaml

        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            here = (*path, len(items))
            self.lines[here] = _line(event)
            items.append(self._node(event, events, here, depth + 1))
        return items

    def _mapping(self, events: Iterator[Event], path: Path, depth: int) -> dict[str, Any]:
        import yaml

        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise self._at(event, "a key must be text")
            if event.tag is not None:
                raise self._at(event, f"the tag {event.tag} is not read")
            key = str(event.value)
            self._count(event, 1, len(key))
            here = (*path, key)
            if key in found:
                raise self._at(event, f"the key {key!r} stands twice; first in line {self.lines[here]}")
            self.lines[here] = _line(event)
            if event.anchor is not None:
                self._anchors[event.anchor] = (key, 1, len(key))
            found[key] = self._node(next(events), events, here, depth + 1)
        return found

    def _alias(self, event: Any) -> Any:
        if event.anchor in self._open_anchors:
            raise self._at(event, f"the alias *{event.anchor} stands inside its own anchor")
        if event.anchor not in self._anchors:
            raise self._at(event, f"the alias *{event.anchor} has no anchor before it")
        value, nodes, weight = self._anchors[event.anchor]
        self._count(event, nodes, weight)
        return value

    def _count(self, event: Event, nodes: int, weight: int) -> None:
        self._nodes += nodes
        self._weight += weight
        if self._nodes > MAX_NODES or self._weight > MAX_WEIGHT:
            raise self._at(event, "too much for one document once its aliases are written out")

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.style not in (None, "") or not event.implicit[0]:
            return text
        if text in _NULL:
            return None
        if text in _BOOL:
            return _BOOL[text]
        if text[0] not in "+-.0123456789":
            return text
        if _NOT_FINITE.fullmatch(text):
            raise self._at(event, f"{text} is not a number that JSON knows", "put it in quotes if it is text")
        if len(text) > MAX_DIGITS and (_FLOAT.fullmatch(text) or _HEX.fullmatch(text) or _OCT.fullmatch(text)):
            raise self._at(event, f"a number of {len(text)} digits", "put it in quotes if it is text")
        if _INT.fullmatch(text):
            return int(text)
        if _OCT.fullmatch(text) or _HEX.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text):
            number = float(text)
            if not math.isfinite(number):
                raise self._at(event, f"{text} is too large", "put it in quotes if it is text")
            return number
        return text

    def _at(self, event: Any, message: str, hint: str = "") -> FormatError:
        return self._error(message, _line(event), hint)

    def _error(self, message: str, line: int = 0, hint: str = "") -> FormatError:
        return FormatError(message, hint, file=self.source, line=line)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _events(parser: Any) -> Iterator[Event]:
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


# Writing -----------------------------------------------------------------------------------------------------------

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
    import json

    if any("\ud800" <= char <= "\udfff" for char in text):
        raise FormatError("a lone surrogate is not text and cannot be written")
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", json.dumps(text, ensure_ascii=False))


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
