"""Changing a few values in a YAML or JSON text while every other byte stays: comments, order, quoting, line ends.

The text is read as events whose marks say where each value stands; what changed is written anew in its place. What
comes out is read again and compared, so that an edit is either exact or not made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

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
    kind: Literal["set", "add", "drop", "insert", "remove"]
    """A value; a key, which comes or goes; items before the one of the path, which come (a list of them), or go."""


def same(old: Any, new: Any) -> bool:
    """Equal, `1` and `true` and `1.0` told apart; the order of keys does not count."""
    return next(_changes(old, new, ()), None) is None


def edited(text: str, old: Any, new: Any, load: Callable[[str], Any], *, is_json: bool = False) -> str | None:
    """`text`, which says `old`, made to say `new`; None where that cannot be done in place. `load` reads it back."""
    if not isinstance(old, Mapping | list) or type(old) is not type(new):
        return None
    try:
        spans = _spans(text)
        found = _on_one_line(_changes(old, new, ()), spans, new, is_json=is_json)
        pieces = [_piece(text, spans, change, old, is_json=is_json) for change in found]
    except (KeyError, ValueError, IndexError):
        return None
    result = text
    # From the end of the text; of several at one place the last one first, so that they come to stand in order.
    in_order = sorted(enumerate(pieces), key=lambda one: (one[1][0], one[1][1], one[0]), reverse=True)
    for _, (start, end, written) in in_order:
        result = result[:start] + written + result[end:]
    try:
        return result if same(load(result), new) else None
    except Exception:  # noqa: BLE001, RUF100 - whatever is wrong with it, it is not the exact edit
        return None


def _changes(old: Any, new: Any, path: Path) -> Iterator[_Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping) and old and new:
        for key, value in new.items():
            if key in old:
                yield from _changes(old[key], value, (*path, key))
            else:
                yield _Change((*path, key), value, "add")
        yield from (_Change((*path, key), None, "drop") for key in old if key not in new)
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        yield from _items_changes(old, new, path)
    elif type(old) is not type(new) or old != new:
        yield _Change(path, new, "set")


def _items_changes(old: list[Any], new: list[Any], path: Path) -> Iterator[_Change]:
    """Of lists: what both begin and end with stays, and what is left of the longer one comes or goes."""
    most = min(len(old), len(new))
    head = next((i for i in range(most) if not same(old[i], new[i])), most) if len(old) != len(new) else 0
    tail = next((i for i in range(most - head) if not same(old[-1 - i], new[-1 - i])), most - head)
    paired = most if len(old) == len(new) else most - tail
    for index in range(head, paired):
        yield from _changes(old[index], new[index], (*path, index))
    if len(new) > len(old):
        yield _Change((*path, paired), new[paired : len(new) - tail], "insert")
    for index in range(paired, len(old) - tail):
        yield _Change((*path, index), None, "remove")


def _on_one_line(
    changes: Iterable[_Change], spans: Mapping[Path, Span], new: Any, *, is_json: bool
) -> Iterator[_Change]:
    """A mapping or list on one line, and one of JSON that loses something, changes as a whole where its keys or the
    number of its items do."""
    found = list(changes)
    on_one_line = {place[:-1] for place, span in spans.items() if span.indent < 0}
    whole = {
        change.path[:-1]
        for change in found
        if (change.kind in ("drop", "remove") if is_json else change.kind != "set" and change.path[:-1] in on_one_line)
    }
    for change in found:
        within = next((change.path[:end] for end in range(len(change.path)) if change.path[:end] in whole), None)
        if within is None:
            yield change
    for path in whole:
        if not any(path[:end] in whole for end in range(len(path))):
            if not path:
                raise ValueError("the whole text")
            yield _Change(path, _at_path(new, path), "set")


def _at_path(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


Piece = tuple[int, int, str]
"""What stands from here to there becomes this."""


def _piece(text: str, spans: Mapping[Path, Span], change: _Change, old: Any, *, is_json: bool) -> Piece:
    if change.kind in ("add", "insert"):
        parent = _at_path(old, change.path[:-1])
        added = _added_json if is_json else _added
        return added(text, spans, change, parent)
    span = spans[change.path]
    if change.kind == "remove":
        start = text.rfind("\n", 0, span.start) + 1
        if text[start : span.start].strip() != "-":
            raise ValueError("something stands before the item")
        return start, _line_end(text, span), ""
    if change.kind == "drop":
        if span.indent < 0 or span.key_start < 0:
            raise ValueError("not on lines of its own")
        start = text.rfind("\n", 0, span.key_start) + 1
        if text[start : span.key_start].strip():
            raise ValueError("something stands before the key")
        return start, _line_end(text, span), ""
    if is_json:
        return span.start, span.end, _as_json(change.value, text, span)
    if span.indent < 0 or (text[span.start] in "{[" and isinstance(change.value, Mapping | list)):
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


def _added(text: str, spans: Mapping[Path, Span], change: _Change, parent: Any) -> Piece:
    """A new key, after the last one of its mapping; new items, before the one whose place they take."""
    *above, key = change.path
    before = spans.get(change.path) if change.kind == "insert" else None
    last = before or spans[(*above, len(parent) - 1 if change.kind == "insert" else list(parent)[-1])]
    if last.indent < 0:
        raise ValueError("a mapping on one line")
    at = text.rfind("\n", 0, last.start) + 1 if before else _line_end(text, last)
    if before and text[at : last.start].strip() != "-":
        raise ValueError("something stands before the item")
    margin = " " * last.indent
    written = dump(change.value if change.kind == "insert" else {key: change.value})
    lines = "".join(margin + line if line.strip() else line for line in written.splitlines(True))
    return at, at, ("" if at == 0 or text[at - 1] == "\n" else "\n") + _line_ends(lines, text)


def _added_json(text: str, spans: Mapping[Path, Span], change: _Change, parent: Any) -> Piece:
    """Keys at the end, items in their place; on lines of their own where the others are."""
    *above, key = change.path
    values = change.value if change.kind == "insert" else [change.value]
    in_list = change.kind == "insert"
    place = (*above, 0) if in_list else (*above, next(iter(parent)))
    first, last = spans[place], spans[(*above, len(parent) - 1 if in_list else list(parent)[-1])]
    begun = first.start if in_list else first.key_start
    line = text.rfind("\n", 0, begun) + 1
    is_own_line = not text[line:begun].strip()
    gap = _line_ends("\n", text) + text[line:begun] if is_own_line else " "
    like = last if text[begun : first.end].count("\n") or is_own_line else first
    parts = [
        ("" if in_list else json.dumps(key, ensure_ascii=False) + ": ")
        + _line_ends(_as_json(value, text, like if "\n" in text[like.start : like.end] else first), text)
        for value in values
    ]
    if in_list and change.path in spans:
        at = spans[change.path].start
        return at, at, "".join(part + "," + gap for part in parts)
    return last.end, last.end, "".join("," + gap + part for part in parts)


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
