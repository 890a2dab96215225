"""What a version holds: its messages, the declared variables and the settings, and the digest of all three."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from workbench.errors import BadInput

ROLES = ("system", "user", "assistant", "tool")
FORMATS = (
    "jinja",
    "f-string",
    "mustache",
    "mustache-plain",
    "handlebars",
    "nunjucks",
    "langfuse",
    "github-models",
    "fabric",
    "llm",
    "literal",
)
"""The template dialects; `workbench.domain.templates` says what each is."""
INCLUDING = ("mustache", "mustache-plain", "handlebars")
"""The dialects whose templates can include other prompts by name."""
_SURROGATE = re.compile("[\ud800-\udfff]")
MAX_DEPTH = 100
"""How deep settings may be nested: far more than any real ones, far less than a reader's stack."""
INPUT = "input"
"""The name of the input that becomes the user message of a version that has none."""


@dataclass(frozen=True)
class Message:
    role: str
    content: str
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Further fields as sent to the model: `name`, `tool_calls`, `tool_call_id`."""

    def as_dict(self) -> dict[str, Any]:
        return {"role": self.role, "content": self.content, **self.extra}


@dataclass(frozen=True)
class Variable:
    """A declared variable. `type` is one of "" (any), string, text, integer, number, boolean, list, object."""

    name: str
    description: str = ""
    type: str = ""
    default: Any = None
    has_default: bool = False
    choices: tuple[Any, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Only what is set; the name is the caller's key."""
        out: dict[str, Any] = {}
        if self.description:
            out["description"] = self.description
        if self.type:
            out["type"] = self.type
        if self.choices:
            out["choices"] = list(self.choices)
        if self.has_default:
            out["default"] = self.default
        return out


@dataclass(frozen=True)
class Content:
    """What a version says: equal content has an equal digest."""

    messages: tuple[Message, ...]
    format: str = "jinja"
    variables: tuple[Variable, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    partials: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False, repr=False)
    """Texts that the templates include by name, as the store has them now; no part of the digest."""

    @classmethod
    def of_text(cls, text: str, format: str = "jinja", **settings: Any) -> Content:
        """A plain text prompt: one system message."""
        return cls((Message("system", text),), format, (), settings)

    def canonical(self) -> str:
        """JSON with sorted keys and no spaces; the text that is hashed."""
        return canonical_json(
            {
                "format": self.format,
                "messages": [m.as_dict() for m in self.messages],
                "settings": dict(self.settings),
                "variables": {v.name: v.as_dict() for v in self.variables},
            }
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of `canonical()`, 64 hex digits."""
        import hashlib

        return hashlib.sha256(self.canonical().encode()).hexdigest()

    @property
    def text(self) -> str:
        """The messages as one text; roles are named once there is more than one message."""
        if len(self.messages) == 1 and self.messages[0].role == "system":
            return self.messages[0].content
        return "\n\n".join(f"[{m.role}]\n{m.content}" for m in self.messages)

    @property
    def has_user_message(self) -> bool:
        return any(m.role == "user" for m in self.messages)


def canonical_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def check_content(content: Content) -> Content:
    """The content itself, or `BadInput` for an unknown role, format or a text that cannot be stored."""
    if content.format not in FORMATS:
        raise BadInput(f"unknown template format {content.format!r}", "use one of " + ", ".join(FORMATS))
    if not content.messages:
        raise BadInput("a version needs at least one message", "an empty text is allowed")
    for position, message in enumerate(content.messages, 1):
        if message.role not in ROLES:
            raise BadInput(
                f"message {position} has the unknown role {message.role!r}", "use one of " + ", ".join(ROLES)
            )
        _check_text(message.content, f"message {position}")
    try:
        canonical = content.canonical()
    except (TypeError, ValueError) as error:
        raise BadInput(f"settings or variables hold something that is not JSON: {error}") from error
    except RecursionError as error:
        raise BadInput(f"settings or variables are nested more than {MAX_DEPTH} levels deep") from error
    _check_text(canonical, "settings or variables")
    if (
        _depth([content.settings, [v.as_dict() for v in content.variables], [m.extra for m in content.messages]])
        > MAX_DEPTH
    ):
        raise BadInput(f"settings or variables are nested more than {MAX_DEPTH} levels deep")
    return content


def _depth(value: Any) -> int:
    """How many containers lie in one another; counted level by level, so that no depth is too much for it."""
    depth, level = 0, [value]
    while level := [v for v in level if isinstance(v, Mapping | list | tuple)]:
        depth += 1
        level = [inner for v in level for inner in (v.values() if isinstance(v, Mapping) else v)]
    return depth


def _check_text(text: str, where: str) -> None:
    found = _SURROGATE.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        raise BadInput(
            f"{where}, line {line}: a lone surrogate (U+{ord(found.group()):04X}) "
            f"at character {found.start() + 1} is not text"
        )


def content_from_dict(data: Mapping[str, Any]) -> Content:
    """The reverse of `canonical()` parsed."""
    messages: Sequence[Mapping[str, Any]] = data["messages"]
    return Content(
        tuple(
            Message(m["role"], m["content"], {k: v for k, v in m.items() if k not in ("role", "content")})
            for m in messages
        ),
        data["format"],
        tuple(variable_from_dict(name, body) for name, body in data["variables"].items()),
        data["settings"],
    )


def variable_from_dict(name: str, body: Mapping[str, Any]) -> Variable:
    return Variable(
        name,
        str(body.get("description", "")),
        str(body.get("type", "")),
        body.get("default"),
        "default" in body,
        tuple(body.get("choices", ())),
    )
