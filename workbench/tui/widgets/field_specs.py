"""What a form asks for, made from what a version's templates use. Values only; `forms` draws them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workbench.domain.prompts import INPUT, Content, Variable
from workbench.domain.templates import takes_input, variables_of
from workbench.errors import BadInput

Kind = Literal["line", "text", "choice"]
INPUT_KEY = "input:"
LONG = 80
SETTINGS: Mapping[str, tuple[type, str]] = {
    "temperature": (float, "a number, for example 0.7"),
    "max_tokens": (int, "a whole number, for example 500"),
    "top_p": (float, "a number from 0 to 1"),
    "seed": (int, "a whole number"),
}
"""The main settings, what they are read as, and what to say when they cannot be."""


@dataclass(frozen=True)
class FieldSpec:
    """One field. `key` is unique in a form: `variable:NAME`, `input:`, `setting:NAME`."""

    key: str
    label: str
    help: str = ""
    kind: Kind = "line"
    """line: grows when several lines are pasted, enter goes on; text: enter is a new line; choice: one of `choices`."""
    choices: tuple[str, ...] = ()
    default: str = ""
    """Filled in at first."""
    placeholder: str = ""
    """What holds when the field is left empty."""
    inline: bool = False
    """Label and value on one line."""


def variable_specs(content: Content) -> list[FieldSpec]:
    """One for each variable, in order; last the input of a version that has no user message."""
    specs = [_of_variable(variable) for variable in variables_of(content)]
    if takes_input_safely(content):
        specs.append(FieldSpec(INPUT_KEY, INPUT, "becomes the user message", "text"))
    return specs


def takes_input_safely(content: Content) -> bool:
    """A template that cannot be read is said when it is run; the form still opens."""
    try:
        return takes_input(content)
    except BadInput:
        return not content.has_user_message


def setting_specs(content: Content, default_model: str) -> list[FieldSpec]:
    model = str(content.settings.get("model") or default_model)
    specs = [FieldSpec("setting:model", "model", placeholder=model, inline=True)]
    for name in SETTINGS:
        value = content.settings.get(name)
        shown = "" if value is None else as_text(value)
        specs.append(FieldSpec(f"setting:{name}", name, placeholder=shown, inline=True))
    return specs


def _of_variable(variable: Variable) -> FieldSpec:
    key = f"variable:{variable.name}"
    default = as_text(variable.default) if variable.has_default and variable.default is not None else ""
    choices = tuple(as_text(choice) for choice in variable.choices)
    if not choices and variable.type == "boolean":
        choices = ("true", "false")
    if choices:
        return FieldSpec(key, variable.name, variable.description, "choice", choices, default)
    about = variable.description
    if variable.type in _TYPES:
        about = f"{about} ({_TYPES[variable.type]})" if about else _TYPES[variable.type]
    long = variable.type in ("text", "list", "object") or "\n" in default or len(default) > LONG
    empty = "" if variable.has_default else "required"
    return FieldSpec(key, variable.name, about, "text" if long else "line", (), default, empty)


_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "list": "a list as JSON",
    "object": "an object as JSON",
}


def as_text(value: Any) -> str:
    """A value as it stands in a field: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_setting(name: str, text: str) -> Any:
    """The value of a main setting; `BadInput` saying what is wanted."""
    kind, wanted = SETTINGS[name]
    try:
        value = kind(text.strip())
    except ValueError:
        raise BadInput(f"{name} must be {wanted}") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise BadInput(f"{name} must be {wanted}")
    return value
