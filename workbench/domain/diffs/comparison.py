"""What differs between two versions: their messages by our text diff, everything else by DeepDiff."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.domain.diffs.matching import Effort, matching_blocks
from workbench.domain.diffs.model import Diff
from workbench.domain.diffs.phases import diff_texts
from workbench.domain.prompts import Content, Message, canonical_json
from workbench.domain.templates import names_in
from workbench.errors import TemplateError

ChangeKind = Literal["added", "removed", "changed", "reordered"]
_SET_LIKE = ("tags", "required", "enum")
_TOO_BIG = 200_000
"""Characters of JSON from which a part is compared as a whole: DeepDiff needs seconds for such a tree."""


@dataclass(frozen=True)
class Change:
    """One value that differs. `before` is None when it was added, `after` when it was removed."""

    path: str
    """For people: `tools.get_weather.description`."""
    kind: ChangeKind
    before: Any = None
    after: Any = None
    keys: tuple[str | int, ...] = ()
    """The same path, unambiguous."""
    text: Diff | None = None
    """The words that changed, when both values are long texts."""


@dataclass(frozen=True)
class MessageDiff:
    """A message of both sides, or of one: then the other is None and its text counts as empty."""

    role: str
    left: Message | None
    right: Message | None
    diff: Diff
    extra: tuple[Change, ...] = ()
    """Further fields: `name`, `tool_calls`, `tool_call_id`."""
    left_index: int = -1
    """Its place among the messages of its side, from 0; -1 when that side has none."""
    right_index: int = -1
    moved: bool = False
    """It stands elsewhere among the other messages now."""

    @property
    def same(self) -> bool:
        return self.left is not None and self.right is not None and self.diff.same and not self.extra and not self.moved


@dataclass(frozen=True)
class ContentDiff:
    messages: tuple[MessageDiff, ...]
    """In the order of the right side; removed ones where they stood."""
    settings: tuple[Change, ...] = ()
    variables: tuple[Change, ...] = ()
    """Declarations: `tier.default`."""
    variables_used_added: tuple[str, ...] = ()
    """Names the right templates ask for and the left ones do not, sorted."""
    variables_used_removed: tuple[str, ...] = ()
    format: Change | None = None
    metadata: tuple[Change, ...] = ()
    """`note`, `tags`, `author` of versions; two versions that differ in nothing else are the same."""

    @property
    def same(self) -> bool:
        return not (self.settings or self.variables or self.format) and all(m.same for m in self.messages)


def compare(a: Content, b: Content) -> ContentDiff:
    """From `a` (left, older) to `b`. Never raises for templates that cannot be read: they then use no names."""
    used_a, used_b = _used(a), _used(b)
    return ContentDiff(
        _messages(a.messages, b.messages),
        compare_values(a.settings, b.settings),
        compare_values({v.name: v.as_dict() for v in a.variables}, {v.name: v.as_dict() for v in b.variables}),
        tuple(sorted(used_b - used_a)),
        tuple(sorted(used_a - used_b)),
        None if a.format == b.format else Change("format", "changed", a.format, b.format, ("format",)),
    )


def compare_values(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two JSON objects, in the order of their paths.

    An unset value (None) is none at all, 1 equals 1.0, tools are known by their names, and lists that are sets
    (`tags`, `required`, `enum`) have no order.
    """
    before, after = _plain(a), _plain(b)
    changes: list[Change] = []
    for key in [*before, *(key for key in after if key not in before)]:
        changes += _compare_part(key, before.get(key), after.get(key))
    return tuple(changes)


def _compare_part(key: str, before: Any, after: Any) -> list[Change]:
    # As JSON, because Python says that True == 1
    if _json(before) == _json(after):
        return []
    if before is None or after is None:
        return [_change((key,), before, after)]
    if not (isinstance(before, (dict, list)) and type(before) is type(after)):
        return [_change((key,), before, after)]
    if len(_json(before)) + len(_json(after)) > _TOO_BIG:
        return [_change((key,), before, after)]
    return _deep(key, before, after)


def _deep(key: str, before: Any, after: Any) -> list[Change]:
    # 0.17 s to import, so only where two settings that are not plain values differ
    from deepdiff import DeepDiff

    tree = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0, ignore_numeric_type_changes=True)
    changes: list[Change] = []
    for group in tree.values():
        for level in group:
            keys = (key, *level.path(output_format="list"))
            changes.append(_change(keys, _or_none(level.t1), _or_none(level.t2)))
    return sorted(changes, key=lambda change: [(isinstance(k, str), str(k).rjust(9)) for k in change.keys])


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _or_none(value: Any) -> Any:
    return None if type(value).__name__ == "NotPresent" else value


def _change(keys: tuple[str | int, ...], before: Any, after: Any) -> Change:
    kind: ChangeKind = "added" if before is None else "removed" if after is None else "changed"
    return Change(".".join(map(_segment, keys)), kind, before, after, keys)


def _segment(key: str | int) -> str:
    text = str(key)
    return json.dumps(text, ensure_ascii=False) if "." in text or not text else text


def _plain(value: Any, name: str = "") -> Any:
    """As JSON, with what means nothing taken out, so that only what means something differs."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part, str(key)) for key, part in value.items() if part is not None}
    if isinstance(value, (list, tuple)):
        named = _by_name(value) if name == "tools" else None
        if named is not None:
            return {key: _plain(tool) for key, tool in named.items()}
        parts = [_plain(part) for part in value]
        return sorted(parts, key=_json) if name in _SET_LIKE else parts
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _by_name(tools: Sequence[Any]) -> dict[str, Any] | None:
    """Tools by function name; None when one has no name or two have the same."""
    named: dict[str, Any] = {}
    for tool in tools:
        function = tool.get("function", tool) if isinstance(tool, Mapping) else None
        name = function.get("name") if isinstance(function, Mapping) else None
        if not isinstance(name, str) or name in named:
            return None
        named[name] = tool
    return named


def _used(content: Content) -> frozenset[str]:
    names: set[str] = set()
    for message in content.messages:
        try:
            names |= names_in(message.content, content.format)
        except TemplateError:
            continue
    return frozenset(names)


def _messages(left: Sequence[Message], right: Sequence[Message]) -> tuple[MessageDiff, ...]:
    """Identical messages are paired first, then, between them, those of the same role in their order."""
    out: list[MessageDiff] = []
    i = j = 0
    effort = Effort()
    exact = matching_blocks([_key(m) for m in left], [_key(m) for m in right], effort)
    for a, b, n in [*exact, (len(left), len(right), 0)]:
        out += _gap(left[i:a], right[j:b])
        out += [_message(m, o) for m, o in zip(left[a : a + n], right[b : b + n], strict=True)]
        i, j = a + n, b + n
    return tuple(out)


def _gap(left: Sequence[Message], right: Sequence[Message]) -> list[MessageDiff]:
    out: list[MessageDiff] = []
    i = j = 0
    blocks = matching_blocks([m.role for m in left], [m.role for m in right], Effort())
    for a, b, n in [*blocks, (len(left), len(right), 0)]:
        out += [_message(m, None) for m in left[i:a]]
        out += [_message(None, m) for m in right[j:b]]
        out += [_message(m, o) for m, o in zip(left[a : a + n], right[b : b + n], strict=True)]
        i, j = a + n, b + n
    return out


def _key(message: Message) -> str:
    return canonical_json(message.as_dict())


def _message(left: Message | None, right: Message | None) -> MessageDiff:
    one = right or left
    assert one is not None  # noqa: S101 - both callers give at least one
    return MessageDiff(
        one.role,
        left,
        right,
        diff_texts(left.content if left else "", right.content if right else ""),
        compare_values(left.extra if left else {}, right.extra if right else {}),
    )
