"""What a form asks for, made from what a version's templates use. Values only; `forms` draws them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.domain.overrides import read_override, read_overrides
from workbench.domain.prompts import INPUT, Content, Variable
from workbench.domain.templates import takes_input, variables_of
from workbench.errors import BadInput

Kind = Literal["line", "text", "choice"]
INPUT_KEY = "input:"
FAVOURITE_KEY = "favourite:model"
"""What is chosen here is put into the field of the model."""
MORE_KEY = "more:"
"""Any further setting, `key=value` one a line."""
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


def setting_specs(content: Content, default_model: str, favourites: Sequence[str] = ()) -> list[FieldSpec]:
    model = str(content.settings.get("model") or default_model)
    specs = [FieldSpec("setting:model", "model", placeholder=model, inline=True)]
    if favourites:
        specs.insert(0, FieldSpec(FAVOURITE_KEY, "★ favourites", kind="choice", choices=tuple(favourites), inline=True))
    for name in SETTINGS:
        value = content.settings.get(name)
        shown = "" if value is None else as_text(value)
        specs.append(FieldSpec(f"setting:{name}", name, placeholder=shown, inline=True))
    others = [f"{k}={as_text(v)}" for k, v in content.settings.items() if k not in SETTINGS and k != "model"]
    example = " ".join(others) or 'key=value, for example stop=["END"]'
    specs.append(FieldSpec(MORE_KEY, "more", placeholder=example, inline=True))
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


def texts_of(values: Mapping[str, Any], specs: Sequence[FieldSpec]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Variables as the texts of their fields, by key, and the names that have no field.

    An empty text is two quotes, because an empty field is one that was left out.
    """
    texts: dict[str, str] = {}
    by_key = {spec.key: spec for spec in specs}
    unknown = []
    for name, value in values.items():
        key = f"variable:{name}"
        if key not in by_key and name == INPUT:
            key = INPUT_KEY
        if key not in by_key:
            unknown.append(name)
            continue
        text = as_text(value)
        texts[key] = text if text or not (by_key[key].default or by_key[key].placeholder) else '""'
    return texts, tuple(unknown)


def settings_as_texts(settings: Mapping[str, Any]) -> dict[str, str]:
    """Settings as the texts of their fields, by key."""
    texts = {f"setting:{name}": as_text(settings[name]) for name in ("model", *SETTINGS) if name in settings}
    more = [f"{name}={as_json(v)}" for name, v in settings.items() if f"setting:{name}" not in texts]
    return {**texts, MORE_KEY: "\n".join(more)} if more else texts


def read_more(text: str) -> dict[str, Any]:
    """`key=value` lines, or one JSON object; `BadInput` for what is neither."""
    if text.strip().startswith("{"):
        return read_override(text)
    return read_overrides([line for line in text.splitlines() if line.strip()])


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def read_setting(name: str, text: str) -> Any:
    """The value of a main setting, None for `null`, which leaves it out; `BadInput` saying what is wanted."""
    kind, wanted = SETTINGS[name]
    if text.strip() == "null":
        return None
    try:
        value = kind(text.strip())
    except ValueError:
        raise BadInput(f"{name} must be {wanted}, or null to leave it out") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise BadInput(f"{name} must be {wanted}")
    return value
