"""`diff`: what changed between two versions or two files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import act, current, json_option
from workbench.cli.values import text, variable_options, variables
from workbench.domain.prompts import Content
from workbench.errors import BadInput, NotFound

if TYPE_CHECKING:
    from workbench.cli.diff_view import Layout
    from workbench.domain.diffs import Change, ContentDiff, Diff
    from workbench.services.library import Library

_SIDE_BY_SIDE = 100
"""Columns from which a terminal shows two texts beside each other unasked."""


@dataclass(frozen=True)
class _Side:
    name: str
    content: Content


@act("diff")
@click.argument("what", nargs=-1, required=True, metavar="REF REF | PROMPT SEL SEL | FILE FILE | PROMPT")
@click.option("--split", "layout", flag_value="split", help="Side by side.")
@click.option("--unified", "layout", flag_value="unified", help="One below the other, changed words marked.")
@click.option("--words", "layout", flag_value="words", help="One text with [-old-]{+new+} words in it.")
@click.option("--patch", "layout", flag_value="patch", help="A patch; this is what a pipe gets unasked.")
@click.option("--rendered", is_flag=True, help="Compare what would be sent, with the variables filled in.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when something differs.")
@click.option(
    "--context", default=3, show_default=True, type=click.IntRange(0), help="Unchanged lines around a change."
)
@variable_options
@json_option
def diff(
    what: tuple[str, ...],
    layout: str | None,
    rendered: bool,
    exit_code: bool,
    context: int,
    pairs: tuple[str, ...],
    file: str | None,
) -> int:
    """Compare two versions: texts, settings and variables. With one PROMPT: what is live in the last environment
    (else the version before) against the latest."""
    from workbench.domain.diffs import compare

    left, right = _sides(what)
    if rendered:
        values = variables(pairs, file)
        left, right = _rendered(left, values), _rendered(right, values)
    elif pairs or file is not None:
        raise BadInput("variables matter only to --rendered", "add --rendered")
    found = compare(left.content, right.content)
    if current().json:
        output.data(_shape(left, right, found))
    else:
        from workbench.cli import diff_view

        _print(left, right, found, layout or _default_layout(), context, diff_view)
    return diagnostics.NO if exit_code and not found.same else diagnostics.DONE


def _default_layout() -> str:
    if not output.on_terminal():
        return "patch"
    return "split" if output.width() >= _SIDE_BY_SIDE else "unified"


def _sides(what: tuple[str, ...]) -> tuple[_Side, _Side]:
    if len(what) == 2 and all("@" not in one and Path(one).is_file() for one in what):
        return _Side(what[0], Content.of_text(text(what[0]))), _Side(what[1], Content.of_text(text(what[1])))
    if len(what) > 3:
        raise BadInput(f"{len(what)} things cannot be compared", "give REF REF, or PROMPT SEL SEL")
    library = current().workbench().library
    if len(what) == 1:
        return _against_live(library, what[0])
    references = what if len(what) == 2 else (f"{what[0]}@{what[1]}", f"{what[0]}@{what[2]}")
    versions = [library.version(reference) for reference in references]
    return _Side(versions[0].reference, versions[0].content), _Side(versions[1].reference, versions[1].content)


def _against_live(library: Library, reference: str) -> tuple[_Side, _Side]:
    right = library.version(reference)
    live = library.prompt(right.prompt).live.get(current().config.environment_names[-1])
    if live in (None, right.number):
        numbers = [row.number for row in library.versions(right.prompt)]
        later = numbers.index(right.number) if right.number in numbers else 0
        live = numbers[later + 1] if later + 1 < len(numbers) else None
    if live is None:
        raise NotFound(f"{right.reference} has no version before it", hint="give two references")
    left = library.resolve_selector(right.prompt, live)
    return _Side(left.reference, left.content), _Side(right.reference, right.content)


def _rendered(side: _Side, values: dict[str, Any]) -> _Side:
    from workbench.domain.templates import render

    return _Side(side.name, Content(render(side.content, values).messages, "literal", (), side.content.settings))


def _print(left: _Side, right: _Side, found: ContentDiff, name: str, context: int, layouts: Any) -> None:
    layout: Layout = getattr(layouts, name)
    many = len(found.messages) > 1
    for position, message in enumerate(found.messages, 1):
        if message.same:
            continue
        suffix = f" message {position} ({message.role})" if many else ""
        if not message.diff.same or message.left is None or message.right is None:
            layout(message.diff, left.name + suffix, right.name + suffix, context)
        _changes(f"message {position}", message.extra)
    _changes("format", (found.format,) if found.format else ())
    _changes("settings", found.settings)
    _changes("variables", found.variables)
    for verb, names in (("now used", found.variables_used_added), ("no longer used", found.variables_used_removed)):
        if names:
            output.line(f"variables {verb}: {', '.join(names)}")
    if found.same:
        diagnostics.say(f"{left.name} and {right.name} say the same")


def _changes(title: str, changes: Sequence[Change]) -> None:
    for change in changes:
        output.line(f"{title}: {_sentence(change)}")


def _sentence(change: Change) -> str:
    if change.kind == "added":
        return f"+ {change.path} = {_short(change.after)}"
    if change.kind == "removed":
        return f"- {change.path} = {_short(change.before)}"
    return f"~ {change.path}: {_short(change.before)} → {_short(change.after)}"


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shape(left: _Side, right: _Side, found: ContentDiff) -> dict[str, Any]:
    from workbench.domain.diffs import unified_patch

    return {
        "left": left.name,
        "right": right.name,
        "same": found.same,
        "messages": [
            {
                "role": message.role,
                "left": message.left is not None,
                "right": message.right is not None,
                "added": message.diff.added,
                "removed": message.diff.removed,
                "rows": _rows(message.diff),
                "extra": [_change(change) for change in message.extra],
                "patch": unified_patch(message.diff, left.name, right.name),
            }
            for message in found.messages
        ],
        "format": _change(found.format) if found.format else None,
        "settings": [_change(change) for change in found.settings],
        "variables": [_change(change) for change in found.variables],
        "variables_used_added": list(found.variables_used_added),
        "variables_used_removed": list(found.variables_used_removed),
    }


def _rows(diff: Diff) -> list[dict[str, Any]]:
    return [
        {"kind": row.kind, "left": [row.l0, row.l1], "right": [row.r0, row.r1]}
        for row in diff.rows
        if row.kind != "equal"
    ]


def _change(change: Change) -> dict[str, Any]:
    return {"path": change.path, "kind": change.kind, "before": change.before, "after": change.after}
