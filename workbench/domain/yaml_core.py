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

from workbench.domain.yaml_writing import MAX_DEPTH, dump
from workbench.errors import FormatError

if TYPE_CHECKING:
    from yaml.events import Event

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_DIGITS", "Path", "dump", "load", "load_with_lines"]

MAX_BYTES = 10 * 1024 * 1024
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
            raise self._at(event, f"the tag {_tag(event)} is not read", "leave it out; quote what must be text")
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
                raise self._at(event, f"the tag {_tag(event)} is not read")
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


def _tag(event: Any) -> str:
    """As it is mostly written: `!!str`."""
    return str(event.tag).replace("tag:yaml.org,2002:", "!!", 1)


def _events(parser: Any) -> Iterator[Event]:
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()
