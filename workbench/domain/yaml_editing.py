"""Changing a few values in a YAML or JSON text while every other byte stays: comments, order, quoting, line ends.

The text is read as events whose marks say where each value stands; what changed is written anew in its place. What
comes out is read again and compared, so that an edit is either exact or not made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.yaml_writing import dump, inline, value_after

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Span:
    """Where a value stands: half-open positions in the text."""

    start: int
    end: int
    key_start: int
    """Of the key it belongs to; -1 for items of a list."""
    indent: int
    """Column of that key or of the list's dashes; -1 inside `{}` and `[]`."""
    is_block: bool
    """A block scalar, list or mapping: its span ends at the start of a later line."""


@dataclass(frozen=True)
class _Change:
    path: Path
    value: Any
    kind: str
    """set, add or drop"""


def same(old: Any, new: Any) -> bool:
    """Equal, `1` and `true` and `1.0` told apart; the order of keys does not count."""
    return next(_changes(old, new, ()), None) is None


def edited(text: str, old: Any, new: Any, load: Callable[[str], Any], *, is_json: bool = False) -> str | None:
    """`text`, which says `old`, made to say `new`; None where that cannot be done in place. `load` reads it back."""
    if not isinstance(old, Mapping | list) or type(old) is not type(new):
        return None
    try:
        spans = _spans(text)
        found = _changes(old, new, (), whole_mappings=is_json)
        pieces = [_piece(text, spans, change, old, is_json=is_json) for change in found]
    except (KeyError, ValueError, IndexError):
        return None
    result = text
    for start, end, written in sorted(pieces, key=lambda piece: (-piece[0], -piece[1])):
        result = result[:start] + written + result[end:]
    try:
        return result if same(load(result), new) else None
    except Exception:  # noqa: BLE001, RUF100 - whatever is wrong with it, it is not the exact edit
        return None


def _changes(old: Any, new: Any, path: Path, *, whole_mappings: bool = False) -> Iterator[_Change]:
    """`whole_mappings`: one with other keys than before changes as a whole, because none can be added in place."""
    if isinstance(old, Mapping) and isinstance(new, Mapping) and whole_mappings and old.keys() != new.keys():
        yield _Change(path, new, "set")
    elif isinstance(old, Mapping) and isinstance(new, Mapping) and old and new:
        for key, value in new.items():
            if key in old:
                yield from _changes(old[key], value, (*path, key), whole_mappings=whole_mappings)
            else:
                yield _Change((*path, key), value, "add")
        yield from (_Change((*path, key), None, "drop") for key in old if key not in new)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, value in enumerate(new):
            yield from _changes(old[index], value, (*path, index), whole_mappings=whole_mappings)
    elif type(old) is not type(new) or old != new:
        yield _Change(path, new, "set")


Piece = tuple[int, int, str]
"""What stands from here to there becomes this."""


def _piece(text: str, spans: Mapping[Path, Span], change: _Change, old: Any, *, is_json: bool) -> Piece:
    if change.kind == "add":
        return _added(text, spans, change, old)
    span = spans[change.path]
    if change.kind == "drop":
        if span.indent < 0 or span.key_start < 0:
            raise ValueError("not on lines of its own")
        start = text.rfind("\n", 0, span.key_start) + 1
        if text[start : span.key_start].strip():
            raise ValueError("something stands before the key")
        return start, _line_end(text, span), ""
    if is_json:
        return span.start, span.end, _as_json(change.value, text, span)
    if span.indent < 0:
        return span.start, span.end, inline(change.value)
    # ` text\n` after `key:`, or `\n  key: …` for what stands on lines of its own.
    written = value_after(change.value, span.indent).removeprefix(" ")
    return span.start, span.end, _line_ends(written if span.is_block else written.removesuffix("\n"), text)


def _as_json(value: Any, text: str, span: Span) -> str:
    """On one line where it was, else indented like the rest of the text."""
    if "\n" not in text[span.start : span.end]:
        return json.dumps(value, ensure_ascii=False)
    found = re.match(r"[\[{]\s*?\n([ \t]+)", text)
    line = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    margin = line[: len(line) - len(line.lstrip())]
    return json.dumps(value, ensure_ascii=False, indent=found.group(1) if found else 2).replace("\n", "\n" + margin)


def _added(text: str, spans: Mapping[Path, Span], change: _Change, old: Any) -> Piece:
    """A new key, after the last one of its mapping."""
    *parent, key = change.path
    mapping = old
    for step in parent:
        mapping = mapping[step]
    last = spans[(*parent, list(mapping)[-1])]
    if last.indent < 0:
        raise ValueError("a mapping on one line")
    at = _line_end(text, last)
    margin = " " * last.indent
    lines = "".join(margin + line if line.strip() else line for line in dump({key: change.value}).splitlines(True))
    return at, at, ("" if at == 0 or text[at - 1] == "\n" else "\n") + _line_ends(lines, text)


def _line_end(text: str, span: Span) -> int:
    if span.is_block and text[: span.end].endswith("\n"):
        return span.end
    at = text.find("\n", span.end)
    return len(text) if at < 0 else at + 1


def _line_ends(written: str, text: str) -> str:
    return written.replace("\n", "\r\n") if "\r\n" in text else written


def _spans(text: str) -> dict[Path, Span]:
    import yaml

    found: dict[Path, Span] = {}
    # The same parser as for reading; both count characters in their marks.
    loader: Any = yaml.CSafeLoader(text) if yaml.__with_libyaml__ else yaml.SafeLoader(text)
    try:
        for wanted in (yaml.StreamStartEvent, yaml.DocumentStartEvent):
            if not isinstance(loader.get_event(), wanted):
                raise ValueError("nothing here")
        _node(loader, text, (), (-1, -1), found, in_flow=False)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    finally:
        loader.dispose()
    return found


def _node(
    loader: Any, text: str, path: Path, key_at: tuple[int, int], found: dict[Path, Span], *, in_flow: bool
) -> int:
    """Notes where the next node stands; gives the end of its last part."""
    import yaml

    event = loader.get_event()
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise ValueError("an anchor or alias: one text for several values")
    is_block = isinstance(event, yaml.ScalarEvent) and event.style in ("|", ">")
    if isinstance(event, yaml.CollectionStartEvent):
        flow = in_flow or bool(event.flow_style)
        for step, place in _steps(loader, event):
            end = _node(loader, text, (*path, step), place, found, in_flow=flow)
        last = loader.get_event()
        if flow:
            end = last.end_mark.index
        # A collection whose last part is a block scalar ends with that one's line.
        is_block = not flow and text[end - 1 : end] == "\n"
    if path:
        found[path] = Span(start, end, key_at[0], -1 if in_flow else key_at[1], is_block)
    return int(end)


def _steps(loader: Any, opened: Any) -> Iterator[tuple[str | int, tuple[int, int]]]:
    """The keys or indexes of a collection, each with where its key begins and its column; stops before the end."""
    import yaml

    if isinstance(opened, yaml.SequenceStartEvent):
        number, column = 0, _at(opened)[1]
        while not loader.check_event(yaml.SequenceEndEvent):
            yield number, (-1, column)
            number += 1
        return
    while not loader.check_event(yaml.MappingEndEvent):
        key = loader.get_event()
        if not isinstance(key, yaml.ScalarEvent):
            raise ValueError("a key that is no scalar")
        yield key.value, _at(key)


def _at(event: Any) -> tuple[int, int]:
    return int(event.start_mark.index), int(event.start_mark.column)
