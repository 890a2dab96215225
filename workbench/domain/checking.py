"""What is wrong, or looks wrong, in the content of a version: found without sending anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from workbench.domain.checking_examples import examples
from workbench.domain.checking_settings import settings
from workbench.domain.flaws import Flaw
from workbench.domain.names import near
from workbench.domain.prompts import INPUT, Content, Variable
from workbench.domain.templates import check, names_in
from workbench.domain.templates.binding import coerced
from workbench.errors import BadInput, TemplateError
from workbench.text import UNSAFE

_UNSEEN = re.compile(
    f"{UNSAFE.pattern}|[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u206a-\u206f\u3164\ufff9-\ufffb\uffa0\U000e0100-\U000e01ef]"
)
"""Also what takes no room, or looks like a space: soft hyphens, fillers, selectors that can carry a hidden text."""


def flaws(content: Content) -> tuple[Flaw, ...]:
    found = {
        "template": _templates(content),
        "variables": _names(content),
        "invisible": _controls(content),
        "declaration": _declarations(content),
        "settings": settings(content),
        "examples": examples(content),
    }
    return tuple(replace(flaw, code=code) for code, each in found.items() for flaw in each)


def _templates(content: Content) -> Iterator[Flaw]:
    for problem in check(content):
        path = ("messages", problem.message_index, "content")
        yield Flaw("error", problem.message, path, problem.line, problem.hint)


def _names(content: Content) -> Iterator[Flaw]:
    declared = {variable.name for variable in content.variables}
    used: set[str] = set()
    for index, message in enumerate(content.messages):
        try:
            names = names_in(message.content, content.format)
        except TemplateError:
            # Said by `_templates`; with one text unread, nothing can be called unused.
            used |= declared
            continue
        for name in sorted(names - used - declared - {INPUT}):
            close = near(name, declared, 1)
            yield Flaw(
                "warning",
                f"the variable {name} is used but not declared",
                ("messages", index, "content"),
                _line_of(message.content, name),
                f"did you mean {close[0]}?" if close else "",
            )
        used |= names
    for variable in content.variables:
        if variable.name not in used and not (variable.name == INPUT and not content.has_user_message):
            yield Flaw(
                "warning", f"the variable {variable.name} is declared but not used", ("variables", variable.name)
            )


def _line_of(text: str, name: str) -> int:
    position = text.find(name)
    return text.count("\n", 0, position) + 1 if position >= 0 else 1


def _controls(content: Content) -> Iterator[Flaw]:
    for index, message in enumerate(content.messages):
        # CR, LF and tab are layout; one finding a message is enough to look at it.
        for found in _UNSEEN.finditer(message.content):
            if found.group() not in "\n\t\r":
                yield Flaw(
                    "warning",
                    f"an invisible character, U+{ord(found.group()):04X}",
                    ("messages", index, "content"),
                    message.content.count("\n", 0, found.start()) + 1,
                )
                break


def _declarations(content: Content) -> Iterator[Flaw]:
    for variable in content.variables:
        path = ("variables", variable.name)
        bare = Variable(variable.name, type=variable.type)
        for choice in variable.choices:
            try:
                coerced(bare, choice)
            except BadInput as error:
                yield Flaw("error", f"a choice does not fit: {error.message}", (*path, "choices"), 0, error.hint)
        for position, choice in enumerate(variable.choices):
            if choice in variable.choices[:position]:
                yield Flaw("warning", f"the choice {choice!r} of {variable.name} stands twice", (*path, "choices"))
        if variable.has_default:
            try:
                coerced(variable, variable.default)
            except BadInput as error:
                yield Flaw("error", f"the default does not fit: {error.message}", (*path, "default"), 0, error.hint)
