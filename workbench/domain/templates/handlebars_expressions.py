"""The expressions inside the tags of the `handlebars` dialect: paths, literals, helpers with their parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from workbench.domain.names import near
from workbench.domain.templates.places import error_at
from workbench.errors import TemplateError

BLOCKS = {"if": 1, "unless": 1, "each": 1, "with": 1, "ifEquals": 2, "unlessEquals": 2}
"""Block helpers and how many parameters each takes."""
HELPERS = {"role": 1, "history": 0, "section": 1, "media": 0, "json": 1, "lookup": 2}
"""Helpers that write, and their parameters; `media` and `json` take named ones too."""
_ATOM = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')|(?P<open>\()|(?P<close>\))|(?P<pipe>\|)'
    r"|(?P<number>-?\d+(?:\.\d+)?(?=[\s)]|$))|(?P<key>[^\s=(){}|\"']+)=|(?P<path>(?:\[[^\]]*\]|[^\s=(){}|\"'\[\]])+))"
)


@dataclass(frozen=True)
class Path:
    """`../a.b` is up 1 and parts a, b; `@root.x` and `@index` are data."""

    parts: tuple[str, ...]
    up: int = 0
    is_data: bool = False


@dataclass(frozen=True)
class Call:
    """A helper with its parameters; a plain value is a call without a helper and with one parameter."""

    helper: str
    params: tuple[Any, ...]
    """`Path`, `Call`, or a literal."""
    named: tuple[tuple[str, Any], ...] = ()


@dataclass
class Node:
    kind: str
    """text, write, block or partial"""
    at: int
    text: str = ""
    call: Call | None = None
    indent: str = ""
    children: list[Node] = field(default_factory=list)
    otherwise: list[Node] = field(default_factory=list)
    names: tuple[str, ...] = ()
    """Of `as |item index|`."""


@dataclass
class Token:
    kind: str
    """text, write, open, inverse, else, close, partial or comment"""
    at: int
    end: int
    body: str
    strip_before: bool = False
    strip_after: bool = False


def atoms_of(text: str, token: Token, body: str) -> list[Any]:
    """Literals, `Path`s, `Call`s of subexpressions, and `(name, value)` pairs of named parameters."""
    atoms, stop = _until(text, token, body, 0, closing=False)
    if body[stop:].strip():
        raise error_at(text, token.at, f"cannot read {body[stop:].strip()[:20]!r}")
    return atoms


def _until(text: str, token: Token, body: str, at: int, *, closing: bool) -> tuple[list[Any], int]:
    atoms: list[Any] = []
    key = ""
    while at < len(body) and body[at:].strip():
        match = _ATOM.match(body, at)
        if match is None:
            raise error_at(text, token.at, f"cannot read {body[at:].strip()[:20]!r}")
        at = match.end()
        value: Any
        if match.group("close"):
            if not closing:
                raise error_at(text, token.at, "a ')' closes nothing")
            return atoms, at
        if match.group("key"):
            key = match.group("key")
            continue
        if match.group("open"):
            inner, at = _until(text, token, body, at, closing=True)
            value = _call(text, token, inner)
        elif match.group("pipe"):
            value = "|"
            atoms.append(("|", match.start("pipe")))
            continue
        elif match.group("text"):
            value = re.sub(r"\\(.)", r"\1", match.group("text")[1:-1])
        elif match.group("number"):
            number = match.group("number")
            value = float(number) if "." in number else int(number[:300])
        else:
            value = _path(text, token, match.group("path"))
        atoms.append((key, value) if key else value)
        key = ""
    if closing:
        raise error_at(text, token.at, "a '(' is never closed")
    if key:
        raise error_at(text, token.at, f"{key}= has no value")
    return atoms, at


_LITERALS: dict[str, Any] = {"true": True, "false": False, "null": None, "undefined": None}


def _path(text: str, token: Token, written: str) -> Any:
    if written in _LITERALS:
        return _LITERALS[written]
    is_data = written.startswith("@")
    written = written[1:] if is_data else written
    up = 0
    while written == ".." or written.startswith("../"):
        up += 1
        written = written[3:]
    written = re.sub(r"^(this|\.)(?=$|[./])[./]?", "", written)
    parts = re.findall(r"\[([^\]]*)\]|([^./\[\]]+)", written)
    names = tuple(bracketed or plain for bracketed, plain in parts)
    if written and (re.search(r"\.\.|[.]$", written) or not names):
        raise error_at(text, token.at, f"{written!r} is not a path")
    return Path(names, up, is_data)


def _call(text: str, token: Token, atoms: list[Any]) -> Call:
    if not atoms or not isinstance(atoms[0], Path):
        raise error_at(text, token.at, "a helper's name is missing")
    name = ".".join(atoms[0].parts)
    if name not in HELPERS:
        raise _unknown(text, token, name)
    params = tuple(atom for atom in atoms[1:] if not isinstance(atom, tuple))
    named = tuple(atom for atom in atoms[1:] if isinstance(atom, tuple))
    if len(params) != HELPERS[name]:
        raise error_at(text, token.at, f"{name} takes {HELPERS[name]} parameters, not {len(params)}")
    return Call(name, params, named)


def written_call(text: str, token: Token) -> Call:
    atoms = atoms_of(text, token, token.body)
    first = atoms[0] if atoms else None
    if isinstance(first, Path) and not first.is_data and not first.up and len(first.parts) == 1:
        name = first.parts[0]
        if len(atoms) > 1 or (name in HELPERS and HELPERS[name] == 0):
            return _call(text, token, atoms)
    if len(atoms) != 1:
        raise error_at(text, token.at, "only a helper takes parameters")
    return Call("", (first,))


def block_call(text: str, token: Token) -> Node:
    atoms = atoms_of(text, token, token.body)
    first = atoms[0] if atoms else None
    name = ".".join(first.parts) if isinstance(first, Path) else ""
    names: tuple[str, ...] = ()
    bars = [atom[1] for atom in atoms if isinstance(atom, tuple) and atom[0] == "|"]
    if len(bars) == 2:
        names = tuple(token.body[bars[0] + 1 : bars[1]].split())
        cut = token.body[: bars[0]].rstrip().removesuffix("as")
        atoms = atoms_of(text, token, cut)
    params = tuple(atom for atom in atoms[1:] if not isinstance(atom, tuple))
    named = tuple(atom for atom in atoms[1:] if isinstance(atom, tuple))
    if name in HELPERS:
        raise error_at(
            text, token.at, f"{name} is no block and holds no text", f"write {{{{{name} …}}}} before the text"
        )
    if name not in BLOCKS:
        if isinstance(first, Path) and not params and name not in HELPERS:
            # `{{#list}}…{{/list}}` repeats or enters, as in mustache.
            return Node("block", token.at, call=Call("section", (first,)), names=names)
        raise _unknown(text, token, name)
    if len(params) != BLOCKS[name]:
        raise error_at(text, token.at, f"#{name} takes {BLOCKS[name]} parameters, not {len(params)}")
    return Node("block", token.at, call=Call(name, params, named), names=names)


def partial_call(text: str, token: Token, name: Any, rest: list[Any], indent: str) -> Node:
    if isinstance(name, Path):
        name = token.body.split()[0]
    if not isinstance(name, str):
        raise error_at(text, token.at, "a partial is named by its name")
    params = tuple(atom for atom in rest if not isinstance(atom, tuple))
    if len(params) > 1:
        raise error_at(text, token.at, "a partial takes one context")
    named = tuple(atom for atom in rest if isinstance(atom, tuple))
    return Node("partial", token.at, name, Call("", params, named), indent)


def _unknown(text: str, token: Token, name: str) -> TemplateError:
    known = [*BLOCKS, *HELPERS]
    close = near(name, known, 1)
    hint = f"did you mean {close[0]}?" if close else "known are " + ", ".join(known)
    return error_at(text, token.at, f"unknown helper {name!r}", hint)
