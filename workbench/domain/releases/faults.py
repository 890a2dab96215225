"""What stands in the way of a version where a project asks that it validates."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.domain.checking import flaws
from workbench.domain.prompts import PromptRow, Version
from workbench.domain.rules import Rules, length, secrets

STRICT = ("variables", "length")
"""Codes of warnings that stand in the way too; `validate.off` turns each off, with a reason."""


def faults_of(prompt: PromptRow, version: Version, rules: Rules) -> tuple[str, ...]:
    """Each with its place: errors, the warnings of `STRICT`, and required metadata that is not there."""
    return tuple(text for code, text in _all(prompt, version, rules) if code not in rules.off)


def _all(prompt: PromptRow, version: Version, rules: Rules) -> Iterator[tuple[str, str]]:
    content = version.content
    for flaw in flaws(content):
        if flaw.severity == "error" or flaw.code in STRICT:
            yield flaw.code, _placed(flaw.message, flaw.text_line)
    for place in length(content, rules):
        yield "length", _placed(place.message, place.line)
    for place in secrets(content):
        yield "secret", _placed(place.message, place.line)
    said = {
        "description": prompt.description,
        "tags": prompt.tags,
        "version": version.number,
        "note": version.note,
        "author": version.author,
        "model": content.settings.get("model"),
    }
    for name in rules.required:
        if not said.get(name):
            yield "metadata", f"it has no {name}, which this project asks for"


def _placed(message: str, line: int) -> str:
    return f"line {line}: {message}" if line else message
