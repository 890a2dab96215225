"""Reading the parts of a file with messages that say file, line, what was found and what was meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workbench.domain.names import near
from workbench.domain.prompts import FORMATS, Content, Variable, check_content
from workbench.domain.templates import check_text, names_in
from workbench.domain.versions import is_number, parse_number
from workbench.domain.yaml_core import Path
from workbench.errors import BadInput, FormatError

TYPES = ("string", "text", "integer", "number", "boolean", "list", "object")
SETTINGS = (
    "model",
    "temperature",
    "max_tokens",
    "top_p",
    "seed",
    "stop",
    "frequency_penalty",
    "presence_penalty",
    "response_format",
    "tools",
    "tool_choice",
)
"""The settings that the users' own layouts keep beside their other metadata."""
DIALECTS = {**{dialect: dialect for dialect in FORMATS}, "jinja2": "jinja", "fstring": "f-string"}
_VARIABLE = re.compile(r"[^\W\d]\w*")
_SINGLE_BRACES = re.compile(r"(?<!\{)\{[A-Za-z_]\w*\}(?!\})")


@dataclass(frozen=True)
class Fields:
    """A mapping of a file, read key by key."""

    data: Mapping[str, Any]
    file: str
    lines: Mapping[Path, int]
    path: Path = ()

    def line(self, key: str | int | None = None) -> int:
        path = self.path if key is None else (*self.path, key)
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)

    def error(self, key: str | int | None, message: str, hint: str = "") -> FormatError:
        return FormatError(message, hint, file=self.file, line=self.line(key))

    def where(self, key: str | int | None = None) -> str:
        line = self.line(key)
        return f"{self.file}:{line}" if line else self.file

    def text(self, key: str) -> str:
        """ "" for a key that is absent or empty."""
        value = self.data.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.error(key, f"{key} is {kind(value)}, not text", f'write {key}: "{value}"')
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text; empty when absent."""
        value = self.data.get(key)
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self.error(key, f"{key} is {kind(value)}, not a list of texts", f"write {key}: [one, two]")
        return tuple(dict.fromkeys(items))

    def mapping(self, key: str) -> Fields:
        value = self.data.get(key)
        if value is not None and not isinstance(value, Mapping):
            raise self.error(key, f"{key} is {kind(value)}, not a mapping")
        return Fields(value or {}, self.file, self.lines, (*self.path, key))

    def number(self, key: str) -> str | None:
        """A semantic version number; None when absent. A leading `v` is taken off."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.error(
                key, f"{key} is {value!r}, {kind(value)}, not a version number", f'write {key}: "{_three(value)}"'
            )
        bare = value[1:] if value[:1] in "vV" and is_number(value[1:]) else value
        try:
            parse_number(bare)
        except BadInput as error:
            raise self.error(key, error.message, error.hint) from error
        return bare

    def time(self, key: str) -> str:
        """ISO 8601 in UTC, microseconds; "" when absent."""
        text = self.text(key)
        if not text:
            return ""
        try:
            return utc(text)
        except ValueError as error:
            raise self.error(
                key, f"{key} {text!r} is not a time", "write it as 2026-09-01T12:03:00Z or 2026-09-01"
            ) from error

    def unknown(self, known: Iterable[str]) -> dict[str, Any]:
        names = set(known)
        return {key: value for key, value in self.data.items() if key not in names}


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    for of, name in ((str, "text"), (int, "a number"), (float, "a number"), (list, "a list"), (Mapping, "a mapping")):
        if isinstance(value, of):
            return name
    return "nothing"


def _three(value: Any) -> str:
    """1.4 → 1.4.0, the number that was most likely meant."""
    parts = str(value).split(".")
    return ".".join([*parts, "0", "0"][:3]) if all(part.isdigit() for part in parts) else "1.0.0"


def utc(text: str) -> str:
    """Raises `ValueError`; a time without a zone is taken as UTC."""
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def short_time(text: str) -> str:
    """Without the microseconds where they are zero."""
    return text.removesuffix(".000000Z") + "Z" if text.endswith(".000000Z") else text


def read_variables(fields: Fields) -> tuple[Variable, ...]:
    """name → nothing, or a mapping of description, type, default and choices."""
    return tuple(_variable(fields, name) for name in fields.data)


def _variable(fields: Fields, name: str) -> Variable:
    if not _VARIABLE.fullmatch(name):
        raise fields.error(name, f"{name!r} is not a variable's name", "use letters, digits and '_'")
    one = fields.mapping(name)
    known = ("description", "type", "default", "choices")
    for key in one.unknown(known):
        close = near(key, known, 1)
        raise one.error(
            key,
            f"the variable {name} has no {key!r}",
            f"did you mean {close[0]}?" if close else "a variable has " + ", ".join(known),
        )
    type_name = one.text("type")
    if type_name and type_name not in TYPES:
        close = near(type_name, TYPES, 1)
        raise one.error(
            "type",
            f"{type_name!r} is not a type",
            f"did you mean {close[0]}?" if close else "use one of " + ", ".join(TYPES),
        )
    choices = one.data.get("choices")
    if choices is not None and not isinstance(choices, list):
        raise one.error("choices", f"the choices of {name} are {kind(choices)}, not a list")
    return Variable(
        name, one.text("description"), type_name, one.data.get("default"), "default" in one.data, tuple(choices or ())
    )


def write_variables(variables: Iterable[Variable]) -> dict[str, Any]:
    return {variable.name: variable.as_dict() or None for variable in variables}


def read_dialect(fields: Fields, key: str) -> str | None:
    stated = fields.text(key)
    if not stated:
        return None
    if stated not in DIALECTS:
        close = near(stated, FORMATS, 1)
        raise fields.error(
            key,
            f"unknown template format {stated!r}",
            f"did you mean {close[0]}?" if close else "use one of " + ", ".join(FORMATS),
        )
    return DIALECTS[stated]


def guess_dialect(text: str, where: str, declared: Collection[str] = ()) -> tuple[str, tuple[str, ...]]:
    """For layouts that do not say: `jinja` where the text is a template of it, else `literal`, with a warning.

    A text without braces is the same in both. Single braces are an f-string only where each of them holds a declared
    variable, because JSON examples in prompts are full of them; else the warning says how to state it.
    """
    if declared and "{{" not in text and "{%" not in text and not check_text(text, "f-string"):
        names = names_in(text, "f-string")
        if names and names <= set(declared):
            return "f-string", ()
    problems = check_text(text, "jinja")
    if problems:
        first = problems[0]
        return "literal", (
            f"{where}: taken literally, because line {first.line} is not a Jinja template: {first.message}",
        )
    if "{{" not in text and (found := _SINGLE_BRACES.search(text)):
        return "jinja", (
            f'{where}: {found.group()} is left as it stands; where it is a variable, say "format": "f-string"',
        )
    return "jinja", ()


def checked(content: Content, fields: Fields) -> Content:
    try:
        return check_content(content)
    except FormatError:
        raise
    except BadInput as error:
        raise fields.error(None, error.message, error.hint) from error


def split_tags(tags: Iterable[str], environments: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags, and those of them that name an environment: users mark what is live that way."""
    stated = list(tags)
    return tuple(t for t in stated if t not in environments), tuple(t for t in stated if t in environments)
