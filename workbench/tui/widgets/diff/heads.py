"""What of a comparison is not text, as lines to read: settings, declarations, format, notes, variables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.domain.diffs import Change, ContentDiff, Diff, MessageDiff, Variables
from workbench.domain.picking import Setting
from workbench.domain.prompts import Content
from workbench.text import one_line

Note = tuple[str, str]
"""(text, name of an ink)"""
LONGEST = 400
"""Characters of one value that are shown; the rest can be copied."""
_INKS = {"+": "new_sign", "-": "old_sign"}


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a comparison, with what is said above it."""

    head: str
    diff: Diff
    notes: tuple[Note, ...] = ()
    message: int = -1
    """Index of the message; -1 for the text of a setting."""


@dataclass(frozen=True)
class Sheet:
    """All that a diff view shows."""

    facts: tuple[Note, ...] = ()
    parts: tuple[Part, ...] = field(default=())
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """Text of a fact → what it says the change of, to take it or leave it."""

    def with_diff(self, part: int, diff: Diff) -> Sheet:
        parts = list(self.parts)
        parts[part] = replace(parts[part], diff=diff)
        return replace(self, parts=tuple(parts))


def sheet_of(comparison: ContentDiff, right: Content | None = None) -> Sheet:
    """`right`: what the right side says, to warn of variables nobody gives a value."""
    parts = [_of_message(index, message) for index, message in enumerate(comparison.messages)]
    long_texts = [
        Part(f"{where}.{change.path}", change.text)
        for where, changes in (("settings", comparison.settings), ("variables", comparison.variables))
        for change in changes
        if change.text is not None
    ]
    return Sheet(tuple(_facts(comparison, right)), (*parts, *long_texts), _settings(comparison))


def _settings(comparison: ContentDiff) -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    if comparison.format is not None:
        found[told(comparison.format)] = ("format", "")
    for where, changes in (("settings", comparison.settings), ("variables", comparison.variables)):
        found |= {told(change, f"{where}."): (where, str(change.keys[0])) for change in changes}
    return found


def sheet_of_texts(diff: Diff, head: str = "") -> Sheet:
    return Sheet((), (Part(head, diff),))


def _of_message(index: int, message: MessageDiff) -> Part:
    notes = [_noted(told(change)) for change in message.extra]
    return Part(_head(message), message.diff, tuple(notes), index)


def _head(message: MessageDiff) -> str:
    if message.left is None:
        return f"{message.role} · added" if message.right is not None else message.role
    if message.right is None:
        return f"{message.role} · removed"
    if message.left_index >= 0 and message.moved:
        return f"{message.role} · moved from message {message.left_index + 1} to {message.right_index + 1}"
    return message.role


def _facts(comparison: ContentDiff, right: Content | None) -> Iterator[Note]:
    lines: list[Note] = []
    if comparison.format is not None:
        lines.append(_noted(told(comparison.format)))
    lines += [_noted(told(change, "settings.")) for change in comparison.settings]
    lines += [_noted(told(change, "variables.")) for change in comparison.variables]
    lines += _used(comparison, right)
    if lines:
        yield "settings and variables", "head"
        yield from lines
    if comparison.metadata:
        yield "about the versions", "head"
        yield from (_noted(told(change)) for change in comparison.metadata)
    if comparison.same and not lines:
        yield "the two say the same", "strong"


def _used(comparison: ContentDiff, right: Content | None) -> Iterator[Note]:
    for rename in comparison.renamed:
        yield f"~ {rename.old} → {rename.new}  ×{rename.count}", "strong"
    for name in comparison.not_renamed(comparison.variables_used_removed):
        yield f"- no longer asks for {name}", _INKS["-"]
    others = comparison.not_renamed(comparison.variables_used_added)
    defaults = {v.name for v in right.variables if v.has_default} if right is not None else None
    for name in comparison.variables_used_added:
        bare = "  ⚠ it has no default" if defaults is not None and name not in defaults else ""
        if name in others or bare:
            yield f"+ now asks for {name}{bare}", _INKS["+"]
    if right is not None:
        for name in comparison.variables_used_removed:
            if any(v.name == name for v in right.variables):
                yield f"⚠ {name} is still declared, but nothing uses it", "warning"


def variables_told(variables: Variables) -> str:
    """How often variables are used now: `{{tier}} 2 → 3`."""
    return ", ".join(f"{use.token} {use.left} → {use.right}" for use in variables.recounted)


def told(change: Change, before: str = "") -> str:
    """A change on one line: `~ settings.temperature: 0.3 → 0.5`."""
    path = one_line(before + change.path)
    if change.text is not None:
        return f"~ {path}: see below"
    if change.kind in ("added", "removed"):
        sign, value = ("+", change.after) if change.kind == "added" else ("-", change.before)
        # A variable of which nothing is declared but its name.
        return f"{sign} {path}" if value == {} else f"{sign} {path}: {_value(value)}"
    if change.kind == "reordered":
        return f"~ {path}: another order"
    return f"~ {path}: {_value(change.before)} → {_value(change.after)}"


def _noted(text: str) -> Note:
    return text, _INKS.get(text[0], "strong")


def _value(value: Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, default=str)
    text = one_line(text)
    return text if len(text) <= LONGEST else text[:LONGEST] + f"… ({len(text):,} characters)"


def totals(parts: Sequence[Part] | Iterable[Part]) -> tuple[int, int]:
    """Words added and removed in all of the parts."""
    stats = [part.diff.stats for part in parts]
    return sum(s.words_added for s in stats), sum(s.words_removed for s in stats)
