"""The dialects in which a name in signs is replaced and nothing else happens: no loops, no conditions, no escapes of
their own but where said.

| dialect | a variable | elsewhere |
|---|---|---|
| `langfuse` | `{{ any text }}`, white space around it ignored | `{{}}` stays |
| `github-models` | `{{name}}`, without white space | `{{ name }}` stays |
| `fabric` | as `github-models` | `{{plugin:…}}` and `{{ext:…}}` would run code and are refused |
| `llm` | `$name`, `${name}` | `$$` is `$`; another `$` is refused, as `string.Template` refuses it |

Where the tools leave a missing variable as it stands, it is an error here like in every dialect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.domain.templates.bounds import LimitExceeded, metered, size_of
from workbench.domain.templates.output import Output, js_text
from workbench.domain.templates.places import bound_error, error_at, refuse_too_long

_LANGFUSE = re.compile(r"\{\{(?P<name>[^{}]*)\}\}")
_EXACT = re.compile(r"\{\{(?P<name>[A-Za-z_][\w.-]*)\}\}")
_LLM = re.compile(r"\$(?:(?P<escaped>\$)|(?P<name>[_a-zA-Z][_a-zA-Z0-9]*)|\{(?P<braced>[_a-zA-Z][_a-zA-Z0-9]*)\}|)")
_CODE = re.compile(r"\{\{(plugin|ext):")
_PATTERNS = {"langfuse": _LANGFUSE, "github-models": _EXACT, "fabric": _EXACT, "llm": _LLM}
DIALECTS = tuple(_PATTERNS)


def _tokens(text: str, dialect: str) -> Iterator[tuple[str, int, int]]:
    """(name, start, end) of each variable; of an escaped `$$` the name is ""."""
    for match in _PATTERNS[dialect].finditer(text):
        groups = match.groupdict()
        name = (groups["name"] or groups.get("braced") or "").strip()
        if name or groups.get("escaped"):
            yield name, *match.span()


def pieces(text: str, dialect: str) -> list[tuple[bool, str]]:
    """(is it a name?, the name or the text as it is written) in order."""
    found: list[tuple[bool, str]] = []
    at = 0
    for name, start, end in _tokens(text, dialect):
        found.append((False, text[at:start]))
        found.append((True, name) if name else (False, "$"))
        at = end
    return [piece for piece in (*found, (False, text[at:])) if piece[1]]


def names_in(text: str, dialect: str) -> frozenset[str]:
    check(text, dialect)
    return frozenset(name for name, _, _ in _tokens(text, dialect) if name)


def check(text: str, dialect: str) -> None:
    refuse_too_long(text)
    if dialect == "fabric" and (found := _CODE.search(text)):
        raise error_at(text, found.start(), f"{found.group()[2:]} runs code, which is never done here")
    if dialect == "llm":
        for match in _LLM.finditer(text):
            if match.group() == "$":
                raise error_at(text, match.start(), "'$' stands before no name", "write $$ for the character itself")


def spans(text: str, dialect: str) -> list[tuple[int, int]]:
    return [(start, end) for name, start, end in _tokens(text, dialect) if name]


def render(text: str, dialect: str, values: Mapping[str, Any]) -> str:
    """Every name must be in `values`. A value is never looked through for further variables."""
    check(text, dialect)
    with metered() as meter:
        out = Output(meter)
        at = 0
        try:
            for name, start, end in _tokens(text, dialect):
                out.text(text[at:start])
                value = values[name] if name else "$"
                size_of(value)
                out.text(js_text(value) if dialect == "fabric" else "" if value is None else str(value))
                at = end
            out.text(text[at:])
        except LimitExceeded as error:
            raise bound_error(error) from error
        return "".join(out.pieces)
