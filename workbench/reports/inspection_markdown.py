"""A change of several prompts as a summary for a forge: what is wrong first, then each prompt and its diff."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.domain.inspections import Inspection, Touched, counted
from workbench.domain.rules import Finding
from workbench.reports import diff_markdown
from workbench.reports.markdown import code, document, folded, plain, table

MAX_BYTES = 1_000_000
"""GitHub takes no summary of a step that is longer than 1 MiB."""
_MOST_FINDINGS = 200
_OPEN = 3
"""So many prompts are shown open; more are folded."""


def inspection_document(found: Inspection, limit: int = MAX_BYTES) -> str:
    """At most `limit` bytes; diffs that do not fit are named in place of being shown."""
    parts = ["## Prompts", _verdict(found), *_findings(found.findings), *_overview(found)]
    room = limit - len(document(parts).encode()) - 500
    left_out = 0
    for one in found.touched:
        part = _shown(one, is_open=len(found.touched) <= _OPEN)
        room -= len(part.encode()) + 2
        if room < 0:
            left_out += 1
        elif part:
            parts.append(part)
    if left_out:
        parts.append(f"The diffs of {left_out} more prompts do not fit in here; `workbench diff` shows them.")
    text = document(parts)
    return text if len(text.encode()) <= limit else document(parts[:2])


def _verdict(found: Inspection) -> str:
    sign = "❌" if found.errors else "⚠️" if found.warnings else "✅"
    told = [f"{sign} **{counted(found.touched)}** since {code(found.base)}"]
    told.append(found.verdict)
    if found.trials:
        told.append(f"{found.rendered} of {len(found.trials)} variable sets rendered")
    return " · ".join(told)


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    ordered = sorted(findings, key=lambda one: one.severity != "error")
    yield table(("", "where", "what", "code"), (_finding(one) for one in ordered[:_MOST_FINDINGS]))
    if len(ordered) > _MOST_FINDINGS:
        yield f"{len(ordered) - _MOST_FINDINGS} more are not shown."


def _finding(one: Finding) -> tuple[str, str, str, str]:
    sign = "❌ error" if one.severity == "error" else "⚠️ warning"
    place = f"{one.where}:{one.line}" if one.line else one.where
    said = f"{one.message}; {one.hint}" if one.hint else one.message
    return sign, code(place), code(said), code(one.code)


def _overview(found: Inspection) -> Iterator[str]:
    yield table(
        ("prompt", "change", "version", "file"),
        ((code(one.name), one.told, code(one.story) if one.story else "", code(one.file)) for one in found.touched),
    )
    unable = [trial for trial in found.trials if trial.why and not trial.severity]
    yield (
        folded(
            f"{len(unable)} could not be tried for want of values; a file of variable sets beside the prompt helps",
            [table(("prompt", "why"), ((code(trial.prompt), code(trial.why)) for trial in unable))],
        )
        if unable
        else ""
    )


def _shown(one: Touched, *, is_open: bool) -> str:
    title = " ".join(code(part) for part in (one.name, one.story) if part)
    if one.difference is not None:
        parts = list(diff_markdown.difference(one.difference)) if not one.difference.same else []
    elif one.after is not None:
        parts = [diff_markdown.whole_text(message.role, message.content) for message in one.after.content.messages]
    else:
        parts = []
    if not parts:
        return ""
    note = one.after.note if one.after else ""
    made = folded(title, [plain(note), *parts])
    return made.replace("<details>", "<details open>", 1) if is_open else made
