"""Texts that are cut into messages by lines such as `user:`, and put together again byte for byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.prompts import ROLES, Message

_MARKER = re.compile(
    r"^[ \t]*#?[ \t]*(?P<role>system|user|assistant|developer|tool|function)"
    r"(?:\[(?P<attributes>[^\]\n]*)\])?[ \t]*:[ \t]*(?:\r?\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
_ATTRIBUTE = re.compile(r"""\s*([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,\s]+))\s*(?:,|\Z)""")
_EDGES = re.compile(r"\A((?:[ \t]*\r?\n)*)")


@dataclass(frozen=True)
class Part:
    """One message: `before` is its marker line and the empty lines after it, `after` the empty ones behind."""

    role: str
    before: str
    content: str
    after: str
    attributes: tuple[tuple[str, Any], ...] = ()


def cut(text: str) -> list[Part]:
    """What stands before the first marker is the system's; nothing there is no message."""
    markers = list(_MARKER.finditer(text))
    parts: list[Part] = []
    head = text[: markers[0].start()] if markers else text
    if head.strip() or not markers:
        parts.append(_part("system", "", head, ()))
    elif markers:
        head_before = head
        first = markers[0]
        body = text[first.end() : markers[1].start() if len(markers) > 1 else len(text)]
        parts.append(_part(first["role"].lower(), head_before + first.group(), body, _attributes(first)))
        markers = markers[1:]
    for index, marker in enumerate(markers):
        body = text[marker.end() : markers[index + 1].start() if index + 1 < len(markers) else len(text)]
        parts.append(_part(marker["role"].lower(), marker.group(), body, _attributes(marker)))
    return parts


def _part(role: str, before: str, body: str, attributes: tuple[tuple[str, Any], ...]) -> Part:
    """Whole line ends at both edges are trimmed, the spaces of other lines stay."""
    content = body.lstrip("\r\n")
    lead = body[: len(body) - len(content)]
    trimmed = content.rstrip("\r\n")
    return Part(role, before + lead, trimmed, content[len(trimmed) :], attributes)


def _attributes(marker: re.Match[str]) -> tuple[tuple[str, Any], ...]:
    found = []
    for match in _ATTRIBUTE.finditer(marker["attributes"] or ""):
        quoted = match.group(2) if match.group(2) is not None else match.group(3)
        bare = match.group(4)
        value: Any = quoted if quoted is not None else int(bare) if re.fullmatch(r"-?\d{1,15}", bare) else bare
        found.append((match.group(1), value))
    return tuple(found)


def messages(parts: Sequence[Part]) -> tuple[Message, ...]:
    """`developer` is the system here; attributes are further fields of the message."""
    return tuple(
        Message(
            part.role if part.role in ROLES else "system" if part.role == "developer" else "tool",
            part.content,
            {key: value for key, value in part.attributes if key not in ("role", "content")},
        )
        for part in parts
    )


def joined(now: Sequence[Message], was: Sequence[Part]) -> str:
    """The messages as one text; where they are as many and of the same roles as before, only contents change."""
    old = messages(was)
    same = [m.role for m in old] == [m.role for m in now] and [m.extra for m in old] == [m.extra for m in now]
    if was and same:
        return "".join(part.before + message.content + part.after for part, message in zip(was, now, strict=True))
    return "\n\n".join(f"{message.role}{_bracketed(message)}:\n{message.content}" for message in now) + "\n"


def _bracketed(message: Message) -> str:
    pairs = [f'{key}="{value}"' if isinstance(value, str) else f"{key}={value}" for key, value in message.extra.items()]
    return f"[{', '.join(pairs)}]" if pairs else ""
