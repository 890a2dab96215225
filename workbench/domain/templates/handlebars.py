"""The `handlebars` dialect, the part of it that dotprompt uses: what is written is never escaped.

Paths, `if unless each with ifEquals unlessEquals`, `lookup json`, partials, comments, white space control, and the
marks `role history section media`, which cut a text into messages. Nothing is looked up but keys and indexes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.domain.templates.bounds import LimitExceeded, metered, size_of
from workbench.domain.templates.handlebars_expressions import Call, Node, Path
from workbench.domain.templates.handlebars_parsing import MAX_DEPTH, parse
from workbench.domain.templates.output import Output, js_text
from workbench.domain.templates.places import bound_error
from workbench.errors import MissingVariables, TemplateError

HISTORY = "history"
Partials = Callable[[str], str | None]


@dataclass(frozen=True)
class Mark:
    """Stands between texts: `kind` is role, history, section or media. A value cannot forge one."""

    kind: str
    value: str = ""
    content_type: str = ""


@dataclass(frozen=True)
class _Frame:
    context: Any
    parent: _Frame | None
    data: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, Any] = field(default_factory=dict)
    """Of `as |item|`."""


# Names -------------------------------------------------------------------------------------------------------------


def names_in(text: str) -> frozenset[str]:
    return frozenset(name for name, _ in _names(parse(text), 0, frozenset(), asked=False))


def optional_in(text: str) -> frozenset[str]:
    """Names that the template itself asks about with `if` or `unless`, and `history`."""
    return frozenset(name for name, asked in _names(parse(text), 0, frozenset(), asked=False) if asked)


def partials_in(text: str) -> frozenset[str]:
    return frozenset(node.text for node in _walk(parse(text)) if node.kind == "partial")


def _walk(nodes: tuple[Node, ...] | list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children)
        yield from _walk(node.otherwise)


def _names(
    nodes: tuple[Node, ...] | list[Node], depth: int, own: frozenset[str], *, asked: bool
) -> Iterator[tuple[str, bool]]:
    """Names of the outermost context; `depth` counts the contexts entered since."""
    for node in nodes:
        if node.call is not None:
            asks = node.kind == "block" and node.call.helper in ("if", "unless")
            yield from _names_of_call(node.call, depth, own, asked=asks)
            if node.call.helper == HISTORY:
                yield HISTORY, True
        enters = node.call is not None and node.call.helper in ("each", "with", "section") and node.kind == "block"
        inner = own | set(node.names)
        yield from _names(node.children, depth + enters, inner, asked=asked)
        yield from _names(node.otherwise, depth, own, asked=asked)


def _names_of_call(call: Call, depth: int, own: frozenset[str], *, asked: bool) -> Iterator[tuple[str, bool]]:
    for param in (*call.params, *(value for _, value in call.named)):
        if isinstance(param, Call):
            yield from _names_of_call(param, depth, own, asked=asked)
        elif isinstance(param, Path):
            parts = param.parts
            if param.is_data and parts[:1] == ("root",):
                yield from ((name, asked) for name in parts[1:2])
            elif not param.is_data and param.up == depth and parts and parts[0] not in own:
                yield parts[0], asked


def check(text: str) -> None:
    parse(text)


def spans(text: str) -> list[tuple[int, int]]:
    """Where the tags are; of a half-written text, those that look like some."""
    return [match.span() for match in re.finditer(r"\{\{!--.*?--~?\}\}|\{\{\{.*?\}\}\}|\{\{.*?\}\}", text, re.DOTALL)]


# Rendering ---------------------------------------------------------------------------------------------------------


def pieces(
    text: str,
    values: Any,
    partials: Partials,
    *,
    data: Mapping[str, Any] | None = None,
    strict: bool = True,
) -> list[str | Mark]:
    """Texts with the marks between them. `data` is what `@name` reads.

    Raises `TemplateError`; with `strict` also `MissingVariables` for a name of the values that is written and missing.
    """
    with metered() as meter:
        out = Output(meter)
        try:
            top = _Frame(values, None, {**(data or {}), "root": values})
            _Rendering(out, partials, strict=strict).nodes(parse(text), top, 0)
        except LimitExceeded as error:
            raise bound_error(error) from error
        except RecursionError as error:
            raise TemplateError("the template is nested too deeply", "split it into simpler parts") from error
        return out.pieces


class _Rendering:
    def __init__(self, out: Output, partials: Partials, *, strict: bool) -> None:
        self.out = out
        self.partials = partials
        self.strict = strict

    def nodes(self, nodes: tuple[Node, ...] | list[Node], frame: _Frame, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise LimitExceeded(f"blocks and partials lie more than {MAX_DEPTH} deep in one another")
        for node in nodes:
            if node.kind == "text":
                self.out.text(node.text)
            elif node.kind == "partial":
                self.partial(node, frame, depth)
            else:
                assert node.call is not None  # noqa: S101 — only texts have none
                if node.kind == "block":
                    self.block(node, node.call, frame, depth)
                else:
                    self.write(node.call, frame)

    def write(self, call: Call, frame: _Frame) -> None:
        if call.helper in ("role", "section"):
            self.out.mark(Mark(call.helper, js_text(self.value(call.params[0], frame))))
        elif call.helper == HISTORY:
            self.out.mark(Mark(HISTORY))
        elif call.helper == "media":
            named = {name: js_text(self.value(value, frame)) for name, value in call.named}
            self.out.mark(Mark("media", named.get("url", ""), named.get("contentType", "")))
        else:
            path = call.params[0]
            if self.strict and not call.helper and isinstance(path, Path):
                self.refuse_missing(path, frame)
            self.out.text(js_text(self.result(call, frame)))

    def refuse_missing(self, path: Path, frame: _Frame) -> None:
        is_top = frame.parent is None and not path.up and not path.is_data
        if is_top and path.parts and isinstance(frame.context, Mapping) and path.parts[0] not in frame.context:
            raise MissingVariables([path.parts[0]])

    def block(self, node: Node, call: Call, frame: _Frame, depth: int) -> None:
        value = self.value(call.params[0], frame)
        helper = call.helper
        if helper in ("if", "unless", "ifEquals", "unlessEquals"):
            if helper in ("if", "unless"):
                zero = dict(call.named).get("includeZero") is True and value == 0 and not isinstance(value, bool)
                holds = zero or not _empty(value)
            else:
                other = self.value(call.params[1], frame)
                holds = value == other and isinstance(value, bool) == isinstance(other, bool)
            chosen = node.children if holds == (helper in ("if", "ifEquals")) else node.otherwise
            self.nodes(chosen, frame, depth + 1)
        elif helper == "each" or (helper == "section" and isinstance(value, (list, tuple))):
            self.each(node, value, frame, depth)
        elif (helper == "section" and not value) or _empty(value):
            self.nodes(node.otherwise, frame, depth + 1)
        else:
            context = frame.context if value is True else value
            names = {node.names[0]: value} if node.names else {}
            self.nodes(node.children, _Frame(context, frame, frame.data, {**frame.names, **names}), depth + 1)

    def each(self, node: Node, value: Any, frame: _Frame, depth: int) -> None:
        items: list[tuple[Any, Any]]
        if isinstance(value, Mapping):
            items = list(value.items())
        else:
            items = list(enumerate(value)) if isinstance(value, (list, tuple)) else []
        for position, (key, item) in enumerate(items):
            self.out.meter.step()
            last = position == len(items) - 1
            data = {**frame.data, "index": position, "key": key, "first": position == 0, "last": last}
            names = dict(zip(node.names, (item, key), strict=False))
            self.nodes(node.children, _Frame(item, frame, data, {**frame.names, **names}), depth + 1)
        if not items:
            self.nodes(node.otherwise, frame, depth + 1)

    def partial(self, node: Node, frame: _Frame, depth: int) -> None:
        assert node.call is not None  # noqa: S101 — a partial has its parameters
        text = self.partials(node.text)
        if text is None:
            raise TemplateError(f"there is no prompt {node.text!r} for the partial", "save one of that name")
        self.out.meter.make(len(text))
        context = self.value(node.call.params[0], frame) if node.call.params else frame.context
        named = {name: self.value(value, frame) for name, value in node.call.named}
        if named:
            context = {**(context if isinstance(context, Mapping) else {}), **named}
        inner = _Frame(context, frame.parent, frame.data, frame.names)
        begins = len(self.out.pieces)
        self.nodes(parse(text), inner, depth + 1)
        if node.indent:
            written = self.out.pieces[begins:]
            del self.out.pieces[begins:]
            for piece in _indented(written, node.indent):
                self.out.text(piece) if isinstance(piece, str) else self.out.mark(piece)

    def value(self, param: Any, frame: _Frame) -> Any:
        if isinstance(param, Call):
            return self.result(param, frame)
        return _found(param, frame) if isinstance(param, Path) else param

    def result(self, call: Call, frame: _Frame) -> Any:
        self.out.meter.step()
        first = self.value(call.params[0], frame) if call.params else None
        if call.helper == "json":
            size_of(first)
            indent = dict(call.named).get("indent")
            width = min(int(indent), 10) if isinstance(indent, int | float) and indent > 0 else None
            separators = None if width else (",", ":")
            written = json.dumps(first, ensure_ascii=False, indent=width, separators=separators, default=str)
            self.out.meter.make(len(written))
            return written
        if call.helper == "lookup":
            return _part(first, js_text(self.value(call.params[1], frame)))
        if call.helper:
            raise TemplateError(f"{call.helper} writes a mark and gives no value")
        return first


def _found(path: Path, frame: _Frame) -> Any:
    for _ in range(path.up):
        if frame.parent is None:
            return None
        frame = frame.parent
    parts = path.parts
    value: Any = frame.context
    if path.is_data:
        value = frame.data
    elif parts and parts[0] in frame.names:
        value = frame.names
    for part in parts:
        value = _part(value, part)
    return value


def _part(value: Any, part: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, (list, tuple)):
        if part == "length":
            return len(value)
        return value[int(part)] if part.isdigit() and len(part) < 9 and int(part) < len(value) else None
    return len(value) if isinstance(value, str) and part == "length" else None


def _empty(value: Any) -> bool:
    """What `if` takes for no; an empty mapping is yes."""
    return not value and not isinstance(value, Mapping)


def _indented(written: list[str | Mark], indent: str) -> Iterator[str | Mark]:
    line_starts = True
    for piece in written:
        if not isinstance(piece, str):
            yield piece
            continue
        lines = piece.split("\n")
        for position, line in enumerate(lines):
            lines[position] = indent + line if line_starts and line else line
            line_starts = True
        line_starts = piece.endswith("\n")
        yield "\n".join(lines)
