"""Templates: from a version's messages and values to the messages that are sent.

The dialect is stored with each version: `jinja`, `f-string`, `literal`, and those that imported files are written in
(`dialects` lists them). A value is put in once and never read as a template again. Rendering runs no code, reads no
file, and always ends (see `bounds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.contents import INPUT, Content, Message, Variable
from workbench.domain.templates import dialects
from workbench.domain.templates.binding import bind
from workbench.errors import BadInput, MissingVariables, TemplateError

__all__ = [
    "Problem",
    "Rendered",
    "check",
    "check_text",
    "check_values",
    "missing",
    "names_in",
    "partials_in",
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
        raise MissingVariables(absent, _unused(content, values))
    messages = tuple(
        new for index, message in enumerate(content.messages) for new in _rendered(content, index, message, bound)
    )
    if takes_input(content) and INPUT in bound:
        if not isinstance(bound[INPUT], str):
            raise BadInput("the input must be text", "it is sent as the user message, word for word")
        messages = (*messages, Message("user", bound[INPUT]))
        used |= {INPUT}
    return Rendered(messages, tuple(name for name in values if name not in used))


def check_values(content: Content, values: Mapping[str, Any]) -> None:
    """Raises what `render` raises for values that are missing or do not fit, without rendering anything."""
    absent = _absent(content, bind(content.variables, values))
    if absent:
        raise MissingVariables(absent, _unused(content, values))


def _unused(content: Content, values: Mapping[str, Any]) -> tuple[str, ...]:
    used = _names(content) | ({INPUT} if takes_input(content) else set())
    return tuple(name for name in values if name not in used)


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
    return dialects.names_in(text, format)


def partials_in(content: Content) -> frozenset[str]:
    """The names of the texts that the templates include. Raises `TemplateError`."""
    return frozenset().union(*(dialects.partials_in(message.content, content.format) for message in content.messages))


def check(content: Content) -> tuple[Problem, ...]:
    """Everything that would keep the templates from being read; empty when all is well."""
    return tuple(
        Problem(index, found.line, found.column, found.message, found.hint)
        for index, message in enumerate(content.messages)
        for found in check_text(message.content, content.format)
    )


def check_text(text: str, format: str) -> tuple[Problem, ...]:
    """As `check`, for one text; `message_index` is 0."""
    dialects.known(format)
    try:
        dialects.check(text, format)
    except TemplateError as error:
        return (Problem(0, error.line, error.column, error.message, error.hint),)
    return ()


def spans(text: str, format: str) -> list[tuple[int, int]]:
    """Half-open ranges of the tags and fields, in order; never raises, so that half-written text can be shown."""
    return dialects.spans(text, format)


def _rendered(content: Content, index: int, message: Message, values: Mapping[str, Any]) -> list[Message]:
    """One message, or those that the marks of a dialect cut it into."""
    text = message.content
    try:
        if content.format == "handlebars":
            return dialects.cut_into_messages(message, values, content.partials.get)
        new = dialects.render(text, content.format, values, content.partials.get)
    except TemplateError as error:
        if len(content.messages) == 1:
            raise
        raise TemplateError(
            f"message {index + 1} ({message.role}), {error.message}", error.hint, line=error.line, column=error.column
        ) from error
    return [message if new == text else Message(message.role, new, message.extra)]


def _names(content: Content) -> frozenset[str]:
    return frozenset().union(*(names_in(message.content, content.format) for message in content.messages))


def _absent(content: Content, values: Mapping[str, Any]) -> tuple[str, ...]:
    absent: dict[str, None] = {}
    for message in content.messages:
        text = message.content
        names = names_in(text, content.format)
        if names:
            names -= dialects.optional_in(text, content.format)
        lacking = names - values.keys()
        if lacking:
            absent.update(dict.fromkeys(_in_order(lacking, text)))
    return tuple(absent)


def _in_order(names: frozenset[str] | set[str], text: str) -> list[str]:
    return sorted(names, key=lambda name: (text.find(name), name))
