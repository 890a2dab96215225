"""Templates: from a version's messages and values to the messages that are sent.

Three dialects, stored with each version: `jinja`, `f-string` and `literal`. A value is put in once and never read as a
template again. Rendering runs no code, reads no file, and always ends (see `bounds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.names import near
from workbench.domain.prompts import FORMATS, INPUT, Content, Message, Variable
from workbench.domain.templates import fstring, jinja
from workbench.domain.templates.binding import bind
from workbench.errors import BadInput, MissingVariables, TemplateError

__all__ = [
    "Problem",
    "Rendered",
    "check",
    "check_text",
    "missing",
    "names_in",
    "render",
    "spans",
    "takes_input",
    "variables_of",
]


@dataclass(frozen=True)
class Rendered:
    messages: tuple[Message, ...]
    unused: tuple[str, ...] = ()
    """Names that were given and that no template uses, in the order given."""


@dataclass(frozen=True)
class Problem:
    """A template that cannot be read. `message_index` counts from 0, `line` and `column` from 1 (0: unknown)."""

    message_index: int
    line: int
    column: int
    message: str
    hint: str = ""


def render(content: Content, values: Mapping[str, Any]) -> Rendered:
    """The messages with the values put in.

    Defaults are filled in, choices and declared types checked. A version without a user message gets one from the value
    named `input`, word for word, unless its templates use a variable of that name.

    Raises `MissingVariables` naming all that are missing, `BadInput` for a value that does not fit its declaration,
    `TemplateError` with line and column.
    """
    used = _names(content)
    bound = bind(content.variables, values)
    absent = _absent(content, bound)
    if absent:
        raise MissingVariables(absent)
    messages = tuple(_rendered(content, index, message, bound) for index, message in enumerate(content.messages))
    if takes_input(content) and INPUT in bound:
        if not isinstance(bound[INPUT], str):
            raise BadInput("the input must be text", "it is sent as the user message, word for word")
        messages = (*messages, Message("user", bound[INPUT]))
        used |= {INPUT}
    return Rendered(messages, tuple(name for name in values if name not in used))


def takes_input(content: Content) -> bool:
    """Does a value named `input` become the user message of this version?"""
    return not content.has_user_message and INPUT not in _names(content)


def missing(content: Content, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Names that `render` would ask for, as the templates first use them. Raises `TemplateError`."""
    with_defaults = {variable.name for variable in content.variables if variable.has_default}
    return _absent(content, {**dict.fromkeys(with_defaults), **values})


def variables_of(content: Content) -> tuple[Variable, ...]:
    """The declared variables in their order, then those the templates use without declaring them.

    A template that cannot be read adds none, so that what is declared can always be shown.
    """
    declared = {variable.name for variable in content.variables}
    found: list[Variable] = []
    for message in content.messages:
        try:
            names = names_in(message.content, content.format)
        except TemplateError:
            continue
        for name in _in_order(names - declared, message.content):
            declared.add(name)
            found.append(Variable(name))
    return (*content.variables, *found)


def names_in(text: str, format: str) -> frozenset[str]:
    """The names a text asks for; names a template gives itself (`for`, `set`, macros) are not among them."""
    if format == "jinja":
        # The commonest text of all has no tag; it never needs Jinja.
        return jinja.parse(text).names if _has_tags(text) else frozenset()
    if format == "f-string":
        return fstring.names_in(text)
    _known(format)
    return frozenset()


def check(content: Content) -> tuple[Problem, ...]:
    """Everything that would keep the templates from being read; empty when all is well."""
    return tuple(
        Problem(index, found.line, found.column, found.message, found.hint)
        for index, message in enumerate(content.messages)
        for found in check_text(message.content, content.format)
    )


def check_text(text: str, format: str) -> tuple[Problem, ...]:
    """As `check`, for one text; `message_index` is 0."""
    _known(format)
    try:
        if format == "jinja" and _has_tags(text):
            _ = jinja.parse(text).template
        elif format == "f-string":
            fstring.parse(text)
    except TemplateError as error:
        return (Problem(0, error.line, error.column, error.message, error.hint),)
    return ()


def spans(text: str, format: str) -> list[tuple[int, int]]:
    """Half-open ranges of the tags and fields, in order; never raises, so that half-written text can be shown."""
    if format == "jinja":
        return jinja.spans(text)
    return fstring.spans(text) if format == "f-string" else []


def _rendered(content: Content, index: int, message: Message, values: Mapping[str, Any]) -> Message:
    text = message.content
    try:
        if content.format == "jinja":
            new = jinja.parse(text).render(values) if _has_tags(text) else text
        elif content.format == "f-string":
            new = fstring.render(text, values)
        else:
            new = text
    except TemplateError as error:
        if len(content.messages) == 1:
            raise
        raise TemplateError(
            f"message {index + 1} ({message.role}), {error.message}", error.hint, line=error.line, column=error.column
        ) from error
    return message if new == text else Message(message.role, new, message.extra)


def _names(content: Content) -> frozenset[str]:
    return frozenset().union(*(names_in(message.content, content.format) for message in content.messages))


def _absent(content: Content, values: Mapping[str, Any]) -> tuple[str, ...]:
    absent: dict[str, None] = {}
    for message in content.messages:
        text = message.content
        names = names_in(text, content.format)
        if content.format == "jinja" and names:
            names -= jinja.parse(text).optional
        lacking = names - values.keys()
        if lacking:
            absent.update(dict.fromkeys(_in_order(lacking, text)))
    return tuple(absent)


def _in_order(names: frozenset[str] | set[str], text: str) -> list[str]:
    return sorted(names, key=lambda name: (text.find(name), name))


def _has_tags(text: str) -> bool:
    return "{{" in text or "{%" in text or "{#" in text


def _known(format: str) -> None:
    if format not in FORMATS:
        close = near(format, FORMATS, 1)
        raise BadInput(
            f"unknown template format {format!r}",
            (f"did you mean {close[0]}? " if close else "") + "formats: " + ", ".join(FORMATS),
        )
