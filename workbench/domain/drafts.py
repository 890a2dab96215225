"""A version that is being written: its parts as texts, what is kept of it, and the way back to a `Content`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.domain import yaml_core
from workbench.domain.names import near
from workbench.domain.parameters import check_parameters
from workbench.domain.prompts import FORMATS, ROLES, Content, Message, Variable, variable_from_dict
from workbench.errors import BadInput

_KEYS = ("format", "settings", "variables")
_VARIABLE_KEYS = ("description", "type", "default", "choices")
_TYPES = ("", "string", "text", "integer", "number", "boolean", "list", "object")


def kept_under(prompt: str) -> str:
    """The key of all drafts of a prompt; of those of a new one for ""."""
    return f"draft:{prompt}"


@dataclass(frozen=True)
class Draft:
    """The texts of a version that is being written."""

    messages: tuple[Message, ...]
    settings: str
    """YAML with `format`, `settings` and `variables`."""
    name: str = ""
    """Of a prompt that does not exist yet."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "messages": [{"role": m.role, "content": m.content, "extra": dict(m.extra)} for m in self.messages],
            "settings": self.settings,
            "name": self.name,
        }


def draft_of(content: Content) -> Draft:
    return Draft(content.messages, settings_text(content))


def empty_draft(name: str = "") -> Draft:
    return Draft((Message("system", ""),), settings_text(Content((Message("system", ""),))), name)


def draft_from_dict(data: Any) -> Draft | None:
    """None for what an older or broken program kept."""
    try:
        messages = tuple(Message(str(m["role"]), str(m["content"]), dict(m["extra"])) for m in data["messages"])
        return Draft(messages, str(data["settings"]), str(data["name"])) if messages else None
    except (KeyError, TypeError, ValueError):
        return None


def settings_text(content: Content) -> str:
    """The part of a version that is not text, as YAML."""
    return yaml_core.dump(
        {
            "format": content.format,
            "settings": dict(content.settings),
            "variables": {variable.name: variable.as_dict() for variable in content.variables},
        }
    )


def content_of(draft: Draft, base: Content | None) -> Content:
    """What the draft says. Settings whose text was not touched are those of `base`, whatever YAML makes of them.

    Raises `FormatError` with the line, `BadInput` naming the key and the nearest right one.
    """
    if base is not None and draft.settings == settings_text(base):
        return replace(base, messages=draft.messages)
    data = yaml_core.load(draft.settings, "settings")
    data = {} if data is None else data
    if not isinstance(data, Mapping):
        raise BadInput("the settings must be keys with values", "for example  settings: {temperature: 0.3}")
    _known(data, _KEYS, "")
    dialect = data.get("format") or "jinja"
    if dialect not in FORMATS:
        raise BadInput(f"unknown template format {dialect!r}", "use one of " + ", ".join(FORMATS))
    settings = _mapping(data, "settings")
    variables = tuple(_variable(name, body) for name, body in _mapping(data, "variables").items())
    check_parameters(settings)
    return Content(draft.messages, dialect, variables, dict(settings))


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadInput(f"{key} must be keys with values", f"for example  {key}: {{}}")
    return value


def _variable(name: str, body: Any) -> Variable:
    if body is None:
        return Variable(name)
    if not isinstance(body, Mapping):
        raise BadInput(f"variable {name} must be keys with values", f"for example  {name}: {{description: …}}")
    _known(body, _VARIABLE_KEYS, f"variable {name}: ")
    if body.get("type", "") not in _TYPES:
        raise BadInput(f"variable {name}: unknown type {body['type']!r}", "use one of " + ", ".join(_TYPES[1:]))
    if not isinstance(body.get("choices", []), list):
        raise BadInput(f"variable {name}: choices must be a list", "for example  choices: [free, pro]")
    return variable_from_dict(name, body)


def _known(data: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in data:
        if key not in keys:
            close = near(key, keys, 1)
            raise BadInput(
                f"{where}unknown key {key!r}",
                f"did you mean {close[0]}?" if close else "use " + ", ".join(keys),
            )


def next_role(messages: tuple[Message, ...], after: int) -> str:
    """Who most likely speaks after message `after`."""
    return "assistant" if messages[after].role == "user" else "user"


def other_role(role: str) -> str:
    """The next of the roles, round and round."""
    return ROLES[(ROLES.index(role) + 1) % len(ROLES)] if role in ROLES else ROLES[0]


@dataclass
class Drafts:
    """All drafts of one prompt, by the number they were made from ("" for a new prompt)."""

    by_base: dict[str, Draft] = field(default_factory=dict)

    @classmethod
    def from_kept(cls, data: Any) -> Drafts:
        found = {}
        if isinstance(data, Mapping):
            for base, one in data.items():
                draft = draft_from_dict(one)
                if draft is not None:
                    found[str(base)] = draft
        return cls(found)

    def as_dict(self) -> dict[str, Any]:
        return {base: draft.as_dict() for base, draft in self.by_base.items()}
