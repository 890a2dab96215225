"""What differs between two versions, told on standard output: the texts in a layout, the rest in sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from workbench.cli import diagnostics, diff_view, output
from workbench.cli.diff_view import Layout, own
from workbench.domain.diffs import Change, ContentDiff, MessageDiff, WhiteSpace, without_ignored
from workbench.text import one_line

_NOWHERE = "(no such message)"


def counting(found: ContentDiff) -> ContentDiff:
    """Without the white space that does not count: lines that differ in no more are told as equal."""
    return replace(found, messages=tuple(replace(m, diff=without_ignored(m.diff)) for m in found.messages))


def show(left: str, right: str, found: ContentDiff, name: str, context: int) -> None:
    """`left` and `right` are what the sides are called, `name` is that of a layout."""
    layout: Layout = getattr(diff_view, name)
    # A patch is of all that differs, whatever counts.
    shown = found if name == "patch" else counting(found)
    show_messages(left, right, shown, layout, context)
    for title, changes in (
        ("format", (found.format,) if found.format else ()),
        ("settings", found.settings),
        ("variables", found.variables),
    ):
        for change in changes:
            # A patch may be meant for a file of the text, which has no settings.
            if change.text is None or name == "patch":
                output.line(f"{title}: {_sentence(change)}")
            else:
                layout(change.text, f"{left} {title}.{change.path}", f"{right} {title}.{change.path}", context)
    for line in _variables_used(found):
        output.line(line)
    for change in found.metadata:
        output.line(f"about the version: {_sentence(change)}")
    if shown.same:
        diagnostics.say(f"{left} and {right} say the same{_but_for_space(found)}")


def show_messages(left: str, right: str, found: ContentDiff, layout: Layout, context: int) -> None:
    """The texts only, each under the names of both sides."""
    many = len(found.messages) > 1
    for message in found.messages:
        if message.same:
            continue
        names = [
            side + (f" message {index + 1} ({message.role})" if many else "") if there else f"{side} {_NOWHERE}"
            for side, index, there in (
                (left, message.left_index, message.left is not None),
                (right, message.right_index, message.right is not None),
            )
        ]
        for line in _about(message):
            output.line(line)
        if not message.diff.same:
            layout(message.diff, names[0], names[1], context)


def _about(message: MessageDiff) -> Iterator[str]:
    """What changed of a message beside its text."""
    was, now = message.left_index + 1, message.right_index + 1
    here = f"message {now or was} ({message.role})"
    if message.moved:
        yield f"{here}: moved, it was message {was}"
    elif message.left is None or message.right is None:
        yield f"{here}: {'added' if message.left is None else 'removed'}"
    for change in message.extra:
        yield f"{here}: {_sentence(change)}"


def _variables_used(found: ContentDiff) -> Iterator[str]:
    for one in found.renamed:
        yield f"variable renamed: {one.old} {own('→')} {one.new} in {one.count} place{'s' * (one.count != 1)}"
    for verb, names in (("now used", found.variables_used_added), ("no longer used", found.variables_used_removed)):
        if others := found.not_renamed(names):
            yield f"variables {verb}: {', '.join(others)}"


def _but_for_space(found: ContentDiff) -> str:
    count = sum(m.diff.stats.lines_white_space for m in found.messages if m.diff.mode is not WhiteSpace.EXACT)
    return f", but for white space in {count} line{'s' * (count != 1)}" if count else ""


def _sentence(change: Change) -> str:
    if change.kind in ("added", "removed"):
        sign, value = ("+", change.after) if change.kind == "added" else ("-", change.before)
        return f"{sign} {change.path}" if value == {} else f"{sign} {change.path} = {_short(value)}"
    if change.kind == "reordered":
        return f"> {change.path} in another order: {_names(change.before)} {own('→')} {_names(change.after)}"
    return f"~ {change.path}: {_short(change.before)} {own('→')} {_short(change.after)}"


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(one_line, names))


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
