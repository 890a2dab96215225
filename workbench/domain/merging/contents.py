"""Merging two versions that were made of the same one, and filling in what was decided about their conflicts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.domain import yaml_core
from workbench.domain.merging.texts import Clash, merge_texts
from workbench.domain.merging.three_way import Item, Side, Stretch, side_of, three_way
from workbench.domain.merging.values import MISSING, Path, merge_values
from workbench.domain.prompts import ROLES, Content, Message, canonical_json, variable_from_dict
from workbench.errors import BadInput

Take = Literal["ours", "theirs", "both", "base"]
Kind = Literal["text", "messages", "value"]
_LOOKED_AT = 4_000
"""Characters of a message by which it is recognised."""


@dataclass(frozen=True)
class Pick:
    """What was decided about a conflict: one of its sides, or the text that is to stand there."""

    take: Take = "ours"
    text: str | None = None


@dataclass(frozen=True)
class Conflict:
    """`base`, `ours` and `theirs` as people read them: a piece of text, whole messages, or a value as JSON; "" where
    there is nothing."""

    number: int
    """Its place among the conflicts, from 0."""
    kind: Kind
    where: str
    """`system message 1`, `settings.temperature`."""
    base: str
    ours: str
    theirs: str
    sides: tuple[Any, Any, Any] = field(repr=False, compare=False, hash=False)
    """The same as values: texts, lists of messages, or JSON; MISSING for a key that is not there."""

    @property
    def can_take_both(self) -> bool:
        return self.kind != "value" and bool(self.ours and self.theirs)


@dataclass(frozen=True)
class _Merged:
    """A message that both sides have; `parts` are its texts and conflicts, `extra` may hold conflicts."""

    role: str
    parts: tuple[str | Conflict, ...]
    extra: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Merge:
    """What two versions say together. `content` gives it once every conflict is decided."""

    conflicts: tuple[Conflict, ...]
    messages: tuple[_Merged | Conflict, ...]
    format: str | Conflict
    settings: Mapping[str, Any] = field(hash=False)
    variables: Mapping[str, Any] = field(hash=False)

    @property
    def clean(self) -> bool:
        return not self.conflicts

    def content(self, picks: Mapping[int, Pick] | None = None) -> Content:
        """With each conflict as was decided, by its number. Raises `BadInput` for one that nobody decided, for a text
        that is not the JSON or YAML of a value, and where nothing would be left."""
        picks = picks or {}
        messages: list[Message] = []
        for one in self.messages:
            if isinstance(one, Conflict):
                messages += _messages(one, _pick(picks, one))
                continue
            text = "".join(part if isinstance(part, str) else _text(part, _pick(picks, part)) for part in one.parts)
            messages.append(Message(one.role, text, _filled(one.extra, picks)))
        if not messages:
            raise BadInput("no message is left", "a version needs at least one: take one of the sides")
        variables = _filled(self.variables, picks)
        return Content(
            tuple(messages),
            str(_filled(self.format, picks)),
            tuple(variable_from_dict(name, body) for name, body in variables.items()),
            _filled(self.settings, picks),
        )


def merge_contents(base: Content, ours: Content, theirs: Content) -> Merge:
    """Messages by role and words, their texts by sentences; settings and declarations key by key."""
    found: list[Conflict] = []

    def conflict(kind: Kind, where: str, sides: tuple[Any, Any, Any]) -> Conflict:
        before, one, other = (_shown(kind, side) for side in sides)
        found.append(Conflict(len(found), kind, where, before, one, other, sides))
        return found[-1]

    def values(name: str, before: Any, one: Any, other: Any) -> Any:
        def decide(path: Path, *sides: Any) -> Conflict:
            return conflict("value", ".".join((name, *path)), (sides[0], sides[1], sides[2]))

        return merge_values(before, one, other, decide)

    def message(before: Message | None, one: Message, other: Message) -> _Merged:
        where = f"{one.role} message {len(messages) + 1}"
        parts = merge_texts(before.content if before else "", one.content, other.content)
        return _Merged(
            one.role,
            tuple(conflict("text", where, (p.base, p.ours, p.theirs)) if isinstance(p, Clash) else p for p in parts),
            values(where, before.extra if before else {}, one.extra, other.extra),
        )

    messages: list[_Merged | Conflict] = []
    for part in three_way(base.messages, _side(base, ours), _side(base, theirs), lambda _: False):
        if isinstance(part, Item) and part.ours is not None and part.theirs is not None:
            messages.append(message(part.base, part.ours, part.theirs))
            continue
        before, one, other = _sides(part)
        agreed = _agreed(part, one, other)
        if agreed is not None:
            messages += [_Merged(m.role, (m.content,), m.extra) for m in agreed]
        elif not before and len(one) == len(other) == 1 and one[0].role == other[0].role:
            messages.append(message(None, one[0], other[0]))
        else:
            where = f"message {len(messages) + 1}"
            messages.append(conflict("messages", where, (before, one, other)))
    declared = [{v.name: v.as_dict() for v in each.variables} for each in (base, ours, theirs)]
    return Merge(
        messages=tuple(messages),
        format=values("format", base.format, ours.format, theirs.format),
        settings=values("settings", base.settings, ours.settings, theirs.settings),
        variables=values("variables", declared[0], declared[1], declared[2]),
        conflicts=tuple(found),
    )


def _side(base: Content, side: Content) -> Side[Message]:
    return side_of(base.messages, side.messages, lambda m: canonical_json(m.as_dict()), _alike)


def _alike(one: Message, other: Message) -> float:
    if one.role != other.role:
        return 0.0
    a, b = (set(m.content[:_LOOKED_AT].split()) for m in (one, other))
    # Two messages of one role are one and the same rather than one gone and one new.
    return 0.2 + (2 * len(a & b) / (len(a) + len(b)) if a and b else float(a == b))


def _sides(part: Item[Message] | Stretch[Message]) -> tuple[list[Message], list[Message], list[Message]]:
    if isinstance(part, Stretch):
        return part.base, part.ours, part.theirs
    return [part.base], [part.ours] if part.ours else [], [part.theirs] if part.theirs else []


def _agreed(part: Item[Message] | Stretch[Message], one: list[Message], other: list[Message]) -> list[Message] | None:
    """The messages that need no decision; None where one is needed."""
    if isinstance(part, Item):
        edited = part.ours_edited if part.ours is not None else part.theirs_edited
        return None if edited else []
    if not part.theirs_changed or [m.as_dict() for m in one] == [m.as_dict() for m in other]:
        return one
    return None if part.ours_changed else other


def _shown(kind: Kind, side: Any) -> str:
    if kind == "text":
        return str(side)
    if kind == "messages":
        return "\n\n".join(f"[{m.role}]\n{m.content}" for m in side)
    return "" if side is MISSING else json.dumps(side, ensure_ascii=False, indent=2)


def _pick(picks: Mapping[int, Pick], conflict: Conflict) -> Pick:
    if conflict.number not in picks:
        raise BadInput(f"nobody decided what becomes of {conflict.where}", "take one side, both, or write it")
    return picks[conflict.number]


def _text(conflict: Conflict, pick: Pick) -> str:
    if pick.text is not None:
        return pick.text
    base, ours, theirs = (str(side) for side in conflict.sides)
    if pick.take == "both" and ours and theirs:
        # The texts may be a line or a sentence each, and nothing says what stood between them.
        glue = "" if ours[-1].isspace() or theirs[0].isspace() else "\n" if "\n" in ours + theirs else " "
        return ours + glue + theirs
    return {"ours": ours, "theirs": theirs, "base": base, "both": ours + theirs}[pick.take]


def _messages(conflict: Conflict, pick: Pick) -> Sequence[Message]:
    base, ours, theirs = conflict.sides
    if pick.text is not None:
        return messages_of(pick.text, [*ours, *theirs, *base])
    taken: Sequence[Message] = {"ours": ours, "theirs": theirs, "both": [*ours, *theirs], "base": base}[pick.take]
    return taken


def messages_of(text: str, known: Sequence[Message]) -> list[Message]:
    """Messages written as `[role]` and their text below it. The further fields are those of the first known one of
    that role. Raises `BadInput` for a text before the first role."""
    found: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        if line.startswith("[") and line.endswith("]") and line[1:-1] in ROLES:
            found.append((line[1:-1], []))
        elif found:
            found[-1][1].append(line)
        elif line.strip():
            raise BadInput("the text before the first message belongs to nobody", "begin with [system] or [user]")
    return [
        Message(role, "\n".join(lines).strip("\n"), next((m.extra for m in known if m.role == role), {}))
        for role, lines in found
    ]


def _value(conflict: Conflict, pick: Pick) -> Any:
    if pick.text is not None:
        return yaml_core.load(pick.text, conflict.where) if pick.text.strip() else MISSING
    base, ours, theirs = conflict.sides
    if pick.take == "both":
        raise BadInput(f"{conflict.where} has one value", "take one side, or write it")
    return {"ours": ours, "theirs": theirs, "base": base}[pick.take]


def _filled(value: Any, picks: Mapping[int, Pick]) -> Any:
    """The value with what was decided in the place of its conflicts."""
    if isinstance(value, Conflict):
        return _value(value, _pick(picks, value))
    if isinstance(value, Mapping):
        found = {key: _filled(inner, picks) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner is not MISSING}
    if isinstance(value, list):
        return [inner for inner in (_filled(item, picks) for item in value) if inner is not MISSING]
    return value
