"""The `f-string` dialect: `{name}` is replaced, `{{` and `}}` are braces. Nothing else: no attributes, no formats.

It is read with our own scanner, never with `str.format`, whose fields reach into objects (`{x.__class__}`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from workbench.errors import TemplateError

_FIELD = re.compile(r"\{\{|\}\}|\{([^{}\n]{0,200})\}|[{}]")

Part = tuple[bool, str, int, int]
"""Is it a name? its text; start and end in the template."""


@lru_cache(maxsize=512)
def parse(text: str) -> tuple[Part, ...]:
    """The template in pieces; `TemplateError` with line and column of the first thing that cannot be read."""
    parts: list[Part] = []
    done = 0
    for match in _FIELD.finditer(text):
        start, end = match.span()
        if start > done:
            parts.append((False, text[done:start], done, start))
        done = end
        found = match.group()
        if found in ("{{", "}}"):
            parts.append((False, found[0], start, end))
        elif (name := match.group(1)) is None:
            what = "'{' is never closed" if found == "{" else "a single '}' closes nothing"
            raise _error(text, start, what, f"write {found * 2} for the character itself")
        elif not name.isidentifier():
            raise _error(text, start, *_why_not(name))
        else:
            parts.append((True, name, start, end))
    if done < len(text):
        parts.append((False, text[done:], done, len(text)))
    return tuple(parts)


def names_in(text: str) -> frozenset[str]:
    return frozenset(part[1] for part in parse(text) if part[0])


def render(text: str, values: Mapping[str, Any]) -> str:
    """Every name must be in `values` (checked before, so that all missing ones are named at once)."""
    return "".join(str(values[piece]) if is_name else piece for is_name, piece, _, _ in parse(text))


def spans(text: str) -> list[tuple[int, int]]:
    """Where the fields are, in a text that may still be half written."""
    return [
        match.span() for match in _FIELD.finditer(text) if match.group(1) is not None and match.group(1).isidentifier()
    ]


def _why_not(name: str) -> tuple[str, str]:
    shown = "{" + name + "}"
    stripped = name.strip()
    if not stripped:
        return f"{shown} names no variable", "write {{}} for the two characters themselves"
    if stripped != name and stripped.isidentifier():
        return f"{shown} has spaces around the name", "write {" + stripped + "}"
    for sign, what in ((".", "an attribute"), ("[", "an index"), ("!", "a conversion"), (":", "a format")):
        head, found, _ = name.partition(sign)
        if found and head.isidentifier():
            return (
                f"{shown} asks for {what}; an f-string template takes plain names only",
                "write {" + head + "} and give the value as it should appear, or use the jinja format",
            )
    return f"{shown} is not a variable name", "write {{ and }} for braces that are meant as such"


def _error(text: str, at: int, message: str, hint: str) -> TemplateError:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return TemplateError(f"line {line}, column {column}: {message}", hint, line=line, column=column)
