"""The `mustache` dialect, as its specification 1.4 says without the optional parts (lambdas, inheritance).

`{{x}}` writes `&<>"` as HTML, `{{{x}}}` and `{{&x}}` as they are; in the dialect `mustache-plain` both do. Sections,
inverted sections, partials, comments and other delimiters are read by a parser of our own, because the libraries
(pystache, chevron) reach into objects, call what they find, loop without a bound and forget where a tag stood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from workbench.domain.templates.bounds import LimitExceeded, metered, size_of
from workbench.domain.templates.output import Output
from workbench.domain.templates.places import bound_error, error_at, refuse_too_long
from workbench.errors import MissingVariables, TemplateError

MAX_DEPTH = 60
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_STANDALONE = re.compile(r"[ \t]*(\r?\n|\Z)")
_LINE_STARTS = re.compile(r"(?m)^(?=.)")
Partials = Callable[[str], str | None]


@dataclass
class Node:
    kind: str
    """text, value, raw, section, inverted or partial"""
    text: str
    """The text itself, else a name."""
    at: int
    end: int = 0
    indent: str = ""
    children: list[Node] = field(default_factory=list)


@lru_cache(maxsize=256)
def parse(text: str) -> tuple[Node, ...]:
    """Raises `TemplateError` with line and column."""
    refuse_too_long(text)
    opening, closing = "{{", "}}"
    open_sections: list[tuple[Node, list[Node]]] = []
    nodes: list[Node] = []
    at = 0
    while (start := text.find(opening, at)) >= 0:
        kind = text[start + len(opening) : start + len(opening) + 1]
        end_sign = "}" + closing if kind == "{" else "=" + closing if kind == "=" else closing
        stop = text.find(end_sign, start + len(opening) + (kind in "{=" and bool(kind)))
        if stop < 0:
            raise error_at(text, start, f"the tag {opening} is never closed", f"write {end_sign}")
        end = stop + len(end_sign)
        name = text[start + len(opening) : stop].lstrip("{=&#^/!>") if kind else ""
        name = name.strip()
        literal = text[at:start]
        indent, after = ("", end) if kind not in "#^/!>=" or not kind else _standalone(text, at, start, end)
        if after != end or (kind in "#^/!>=" and indent):
            literal = literal[: len(literal) - len(indent)]
        if literal:
            nodes.append(Node("text", literal, at))
        at = after
        if kind == "!":
            continue
        if kind == "=":
            opening, closing = _delimiters(text, start, name)
            continue
        _check_name(text, start, name, kind)
        if kind in ("#", "^"):
            if len(open_sections) >= MAX_DEPTH:
                raise error_at(text, start, f"sections lie more than {MAX_DEPTH} deep in one another")
            section = Node("section" if kind == "#" else "inverted", name, start, end)
            nodes.append(section)
            open_sections.append((section, nodes))
            nodes = section.children
        elif kind == "/":
            nodes = _closed(text, start, name, open_sections)
        elif kind == ">":
            nodes.append(Node("partial", name, start, end, indent))
        else:
            nodes.append(Node("raw" if kind in ("{", "&") and kind else "value", name, start, end))
    if open_sections:
        section = open_sections[-1][0]
        raise error_at(
            text, section.at, f"the section {section.text} is never closed", f"write {{{{/{section.text}}}}}"
        )
    if at < len(text):
        nodes.append(Node("text", text[at:], at))
    return tuple(nodes)


def _standalone(text: str, at: int, start: int, end: int) -> tuple[str, int]:
    """(white space before the tag, where the text goes on) of a tag alone on its line; ("", end) of any other."""
    line = text.rfind("\n", 0, start) + 1
    before = text[line:start]
    after = _STANDALONE.match(text, end)
    if line < at or before.strip(" \t") or after is None:
        return "", end
    return before, after.end()


def _delimiters(text: str, start: int, name: str) -> tuple[str, str]:
    pair = name.split()
    if len(pair) != 2 or any("=" in sign for sign in pair):
        raise error_at(text, start, "delimiters are two signs without '='", "write {{=<% %>=}}")
    return pair[0], pair[1]


def _check_name(text: str, start: int, name: str, kind: str) -> None:
    if not name:
        raise error_at(text, start, "the tag names nothing")
    if kind != ">" and re.search(r"\s", name):
        raise error_at(text, start, f"{name!r} is not a name", "a tag holds one name; logic is written in sections")
    if kind != ">" and name != "." and not all(name.split(".")):
        raise error_at(text, start, f"{name!r} has an empty part")


def _closed(text: str, start: int, name: str, open_sections: list[tuple[Node, list[Node]]]) -> list[Node]:
    if not open_sections:
        raise error_at(text, start, f"{name} is closed but was never opened")
    section, outer = open_sections.pop()
    if section.text != name:
        raise error_at(text, start, f"{name} is closed, but {section.text} is open", f"write {{{{/{section.text}}}}}")
    return outer


# Names -------------------------------------------------------------------------------------------------------------


def names_in(text: str) -> frozenset[str]:
    return frozenset(name for name, _ in _names(parse(text), inside=False))


def optional_in(text: str) -> frozenset[str]:
    """Names that stand only inside sections: an item of the section may have them, or the section may be left out."""
    found = list(_names(parse(text), inside=False))
    return frozenset(name for name, _ in found) - frozenset(name for name, inside in found if not inside)


def partials_in(text: str) -> frozenset[str]:
    return frozenset(node.text for node in _walk(parse(text)) if node.kind == "partial")


def _walk(nodes: tuple[Node, ...] | list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children)


def _names(nodes: tuple[Node, ...] | list[Node], *, inside: bool) -> Iterator[tuple[str, bool]]:
    for node in nodes:
        if node.kind not in ("text", "partial") and node.text != ".":
            yield node.text.split(".")[0], inside
        yield from _names(node.children, inside=True)


def check(text: str) -> None:
    parse(text)


def spans(text: str) -> list[tuple[int, int]]:
    """Where the tags are; of a half-written text, those that look like some."""
    return [match.span() for match in re.finditer(r"\{\{\{.*?\}\}\}|\{\{.*?\}\}", text, re.DOTALL)]


# Rendering ---------------------------------------------------------------------------------------------------------


def render(
    text: str, values: Mapping[str, Any], partials: Partials, *, escape: bool = True, strict: bool = True
) -> str:
    """Raises `TemplateError`; with `strict` also `MissingVariables` for a name that nothing around it has."""
    with metered() as meter:
        out = Output(meter)
        try:
            _Rendering(out, partials, escape=escape, strict=strict).nodes(parse(text), [values], 0)
        except LimitExceeded as error:
            raise bound_error(error) from error
        except RecursionError as error:
            raise TemplateError("the template is nested too deeply", "split it into simpler parts") from error
        return "".join(out.pieces)


class _Rendering:
    def __init__(self, out: Output, partials: Partials, *, escape: bool, strict: bool) -> None:
        self.out = out
        self.partials = partials
        self.escape = escape
        self.strict = strict

    def nodes(self, nodes: tuple[Node, ...] | list[Node], stack: list[Any], depth: int) -> None:
        if depth > MAX_DEPTH:
            raise LimitExceeded(f"sections and partials lie more than {MAX_DEPTH} deep in one another")
        for node in nodes:
            if node.kind == "text":
                self.out.text(node.text)
            elif node.kind in ("value", "raw"):
                value = self.found(node.text, stack)
                size_of(value)
                written = "" if value is None else str(value)
                self.out.text(written.translate(_HTML) if self.escape and node.kind == "value" else written)
            elif node.kind == "partial":
                self.partial(node, stack, depth)
            else:
                self.section(node, stack, depth)

    def section(self, node: Node, stack: list[Any], depth: int) -> None:
        value = self.found(node.text, stack)
        if node.kind == "inverted":
            if not value:
                self.nodes(node.children, stack, depth + 1)
        elif isinstance(value, (list, tuple)):
            for item in value:
                self.out.meter.step()
                self.nodes(node.children, [*stack, item], depth + 1)
        elif value:
            self.nodes(node.children, [*stack, value], depth + 1)

    def partial(self, node: Node, stack: list[Any], depth: int) -> None:
        text = self.partials(node.text)
        if text is None:
            if self.strict:
                raise TemplateError(f"there is no prompt {node.text!r} for the partial", "save one of that name")
            return
        self.out.meter.make(len(text))
        indented = _LINE_STARTS.sub(node.indent, text) if node.indent else text
        self.nodes(parse(indented), stack, depth + 1)

    def found(self, name: str, stack: list[Any]) -> Any:
        """The value of a name: the innermost context that has its first part decides. Only keys, never attributes."""
        if name == ".":
            return stack[-1]
        first, *rest = name.split(".")
        holder = next(
            (context for context in reversed(stack) if isinstance(context, Mapping) and first in context), None
        )
        if holder is None:
            if self.strict and not any(isinstance(context, Mapping) for context in stack[1:]):
                raise MissingVariables([first])
            return None
        value = holder[first]
        for part in rest:
            value = value.get(part) if isinstance(value, Mapping) else None
        return value
