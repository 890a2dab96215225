"""Checking prompts, in files and in the store, before somebody meets the mistake in production."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench import formats
from workbench.domain.checking import Flaw, flaws
from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.names import check_prompt_name
from workbench.domain.prompts import Content
from workbench.domain.yaml_writing import is_block
from workbench.errors import BadInput, FormatError
from workbench.formats import PromptFile
from workbench.services.library import Library

Severity = Literal["error", "warning"]
_DEFAULT_NAMES = tuple(environment.name for environment in DEFAULT_ENVIRONMENTS)


@dataclass(frozen=True)
class Finding:
    """`where` is a file, or NAME@NUMBER for a stored version. `line` counts from 1 in the file, or in the message of a
    stored version; 0 means the whole."""

    where: str
    line: int
    severity: Severity
    message: str


class Validating:
    def __init__(self, library: Library) -> None:
        self._library = library

    def validate_paths(self, paths: Sequence[Path | str]) -> list[Finding]:
        """As the function of this name."""
        return validate_paths(paths)

    def validate_prompts(self, names: Sequence[str] | None = None) -> list[Finding]:
        """The latest version of each prompt (None or nothing: of all) and every one that is live. Raises `NotFound`."""
        rows = [self._library.prompt(name) for name in names] if names else self._library.prompts()
        findings: list[Finding] = []
        for row in rows:
            for number in dict.fromkeys((row.latest, *row.live.values())):
                if number:
                    version = self._library.version(f"{row.name}@{number}")
                    findings += _of_content(version.reference, version.content)
        return findings


def validate_paths(
    paths: Sequence[Path | str],
    environments: Collection[str] = _DEFAULT_NAMES,
) -> list[Finding]:
    """Every file by itself, and the files against each other; needs no store. Raises `NotFound` for a missing path."""
    reading = formats.read_paths([Path(path) for path in paths], environments=environments)
    findings = [_of_problem(problem) for problem in reading.problems]
    for stated in reading.files:
        findings += _of_file(stated)
    findings += _against_each_other(reading.files)
    return sorted(findings, key=lambda finding: (finding.where, finding.line, finding.severity, finding.message))


def _of_problem(problem: FormatError) -> Finding:
    prefix = f"{problem.file}:{problem.line}: " if problem.line else f"{problem.file}: "
    return Finding(problem.file, problem.line, "error", _with_hint(problem.message.removeprefix(prefix), problem.hint))


def _of_file(stated: PromptFile) -> Iterator[Finding]:
    try:
        check_prompt_name(stated.name)
    except BadInput as error:
        yield Finding(stated.file, stated.line("name"), "error", _with_hint(error.message, error.hint))
    for warning in stated.warnings:
        where, _, message = warning.removeprefix(stated.file).partition(": ")
        line = where.removeprefix(":")
        yield Finding(stated.file, int(line) if line.isdigit() else 0, "warning", message or warning)
    for flaw in flaws(stated.content):
        yield Finding(stated.file, _line(stated, flaw), flaw.severity, _with_hint(flaw.message, flaw.hint))


def _line(stated: PromptFile, flaw: Flaw) -> int:
    """The line in the file of a flaw's place."""
    if not flaw.text_line:
        return stated.line(*flaw.path)
    if stated.source.get("format") == "folder":
        return flaw.text_line
    index = flaw.path[1] if len(flaw.path) > 1 else 0
    assert isinstance(index, int)  # noqa: S101 — messages are a list
    native = ("messages", index, "content")
    key = native if native in stated.lines else ("system_prompt",)
    begins = stated.line(*key)
    # The text of a block scalar begins on the line after its key.
    return begins + flaw.text_line if is_block(stated.content.messages[index].content) else begins


def _of_content(where: str, content: Content) -> Iterator[Finding]:
    for flaw in flaws(content):
        yield Finding(where, flaw.text_line, flaw.severity, _with_hint(flaw.message, flaw.hint))


def _against_each_other(files: Sequence[PromptFile]) -> Iterator[Finding]:
    spelled: dict[str, PromptFile] = {}
    numbered: dict[tuple[str, str], PromptFile] = {}
    for stated in files:
        first = spelled.setdefault(stated.name.casefold(), stated)
        if first.name != stated.name:
            yield Finding(
                stated.file,
                stated.line("name"),
                "error",
                f"{stated.name} differs from {first.name} in {first.file} only in upper and lower case",
            )
        if stated.number is None:
            continue
        twin = numbered.setdefault((stated.name, stated.number), stated)
        if twin is not stated and twin.content.digest != stated.content.digest:
            yield Finding(
                stated.file,
                stated.line("version"),
                "error",
                f"{stated.name}@{stated.number} says something else in {twin.file}",
            )


def _with_hint(message: str, hint: str) -> str:
    return f"{message}; {hint}" if hint else message
