"""What the content pane says: a version's text, its settings, its runs, its history, as lines to draw."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from workbench.domain.events import UNTOLD
from workbench.tui.ages import age
from workbench.tui.widgets.content_view import TextLine
from workbench.tui.widgets.run_facts import money, seconds

if TYPE_CHECKING:
    from workbench.domain.deployments import Deployment
    from workbench.domain.events import Event
    from workbench.domain.prompts import Content, Message, Version
    from workbench.domain.runs import RunRow

BIG = 200_000
"""Longer messages are not searched for variables: reading them must stay instant."""


def content_lines(version: Version) -> list[TextLine]:
    # The list of versions has room for the beginning of a note only.
    lines = [*(TextLine(line, "dim") for line in version.note.split("\n")), TextLine("")] if version.note else []
    for message in version.content.messages:
        lines += [TextLine(message.role, "accent"), *_message_lines(message, version.content.format), TextLine("")]
    if version.content.variables:
        lines.append(TextLine("── variables ── " + ", ".join(_declared(version.content)), "dim"))
    if version.content.settings:
        settings = "  ".join(f"{key}={_short(value)}" for key, value in version.content.settings.items())
        lines.append(TextLine("── settings ── " + settings, "dim"))
    return lines


def _message_lines(message: Message, format: str) -> list[TextLine]:
    text = message.content
    starts = [(start, end) for start, end in _spans(text, format)]
    lines, at = [], 0
    spans = iter(starts)
    current = next(spans, None)
    for line in text.split("\n"):
        inside = []
        end = at + len(line)
        while current is not None and current[0] <= end:
            if current[1] > at:
                inside.append((max(0, current[0] - at), min(len(line), current[1] - at), "accent"))
            if current[1] > end:
                break
            current = next(spans, None)
        lines.append(TextLine(line, "", inside))
        at = end + 1
    lines += [TextLine(f"{key}: {_short(value)}", "dim") for key, value in message.extra.items()]
    return lines


def _spans(text: str, format: str) -> Iterable[tuple[int, int]]:
    if len(text) > BIG or "{" not in text:
        return ()
    from workbench.domain.templates import spans

    return [(start, end) for start, end, *_ in spans(text, format)]


def _declared(content: Content) -> list[str]:
    return [
        variable.name + (f"={_short(variable.default)}" if variable.has_default else "")
        for variable in content.variables
    ]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"


def settings_lines(version: Version) -> list[TextLine]:
    content = version.content
    lines = [TextLine("settings", "accent")]
    for key, value in content.settings.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
        lines += [TextLine(f"{key}: {line}" if not n else f"  {line}") for n, line in enumerate(text.split("\n"))]
    if not content.settings:
        lines.append(TextLine("none: the model and its parameters are chosen when it runs", "dim"))
    lines += [TextLine(""), TextLine("variables", "accent")]
    for variable in content.variables:
        facts = [variable.type or "any"]
        if variable.choices:
            facts.append("one of " + ", ".join(map(_short, variable.choices)))
        if variable.has_default:
            facts.append(f"default {_short(variable.default)}")
        about = f"  {variable.description}" if variable.description else ""
        text = f"{variable.name}  {', '.join(facts)}{about}"
        lines.append(TextLine(text, "", ((0, len(variable.name), "strong"),)))
    if not content.variables:
        lines.append(TextLine("none declared", "dim"))
    about_it = {
        "number": version.number,
        "digest": version.digest[:12],
        "format": content.format,
        "parent": version.parent or "none",
        "author": version.author,
        "saved": version.created_at,
        "tags": ", ".join(version.tags),
        "live in": ", ".join(version.environments),
        "note": version.note,
        **{f"source {key}": _short(value) for key, value in version.source.items()},
    }
    lines += [TextLine(""), TextLine("version", "accent")]
    for key, value in about_it.items():
        for n, line in enumerate(str(value).split("\n") if value else []):
            lines.append(TextLine(f"{key if not n else '':<8} {line}"))
    return lines


def run_lines(runs: Sequence[RunRow], now: str) -> list[TextLine]:
    if not runs:
        return [TextLine("no runs yet; r runs this version", "dim")]
    lines = []
    for run in runs:
        tokens = f"{_count(run.input_tokens)}→{_count(run.output_tokens)} tokens"
        who = f"{age(run.started_at, now):>4}  {run.number or 'draft':<10} {run.status:<9} {run.model}"
        text = f"{who}  {tokens}  {seconds(run.duration)}  {money(run.cost)}"
        lines.append(TextLine(text, "error" if run.status == "failed" else "", key=run.id))
        if run.error:
            lines.append(TextLine(f"      {run.error.splitlines()[0]}", "dim", key=run.id))
    return lines


def _count(tokens: int | None) -> str:
    return "?" if tokens is None else str(tokens)


def history_lines(ledger: Sequence[Deployment], events: Sequence[Event], now: str) -> list[TextLine]:
    lines = [TextLine("deployments", "accent")]
    for row in ledger:
        move = f"{row.environment}: {row.before or 'nothing'} → {row.after or 'nothing'}"
        text = f"{age(row.at, now):>4}  {move}  {row.kind}, {row.actor}"
        text += f" (forced past {row.forced})" if row.forced else ""
        lines.append(TextLine(text + (f": {row.reason}" if row.reason else ""), key=row.after or ""))
    if not ledger:
        lines.append(TextLine("never live", "dim"))
    lines += [TextLine(""), TextLine("events", "accent")]
    for event in events:
        what = " ".join(
            f"{key}={_short(value)}"
            for key, value in event.details.items()
            if key not in UNTOLD and value not in (None, "", [])
        )
        undone = " (undo)" if event.undoes is not None else " (redo)" if event.redoes is not None else ""
        lines.append(TextLine(f"{age(event.at, now):>4}  {event.kind}{undone}  {event.actor}  {what}"))
    return lines
