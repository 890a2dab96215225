"""Checking prompts, in files and in the store, before somebody meets the mistake in production."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from workbench import formats
from workbench.domain.checking import flaws
from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.flaws import Flaw
from workbench.domain.names import check_prompt_name
from workbench.domain.prompts import Content
from workbench.domain.rules import Finding, Place, Rules, Severity, length, secrets
from workbench.domain.versions import FIRST, highest, parse_number, propose
from workbench.domain.yaml_writing import is_block
from workbench.errors import BadInput, FormatError, NotFound
from workbench.formats import PromptFile
from workbench.services.library import Library
from workbench.services.partials import candidates, included

_LINK = re.compile(r"\]\((?![a-z][a-z0-9+.-]*:|[#/])([^)\s#?{}]+\.[A-Za-z0-9]{1,5})(?:#[^)]*)?\)")
_TEXTS = ("folder", "plain", "fabric")
"""Formats whose file is the text itself."""
_UNDECLARING = (*("fabric", "github-models", "langfuse", "plain", "csv", "texts", "promptfoo", "continue", "llm"),)
"""Formats in which a variable is used and never declared."""
_DEFAULT_NAMES = tuple(environment.name for environment in DEFAULT_ENVIRONMENTS)


class Validating:
    def __init__(self, library: Library, rules: Rules | None = None) -> None:
        self._library = library
        self._rules = rules or Rules()

    def validate_paths(
        self, paths: Sequence[Path | str], environments: Collection[str] = _DEFAULT_NAMES
    ) -> list[Finding]:
        """As the function of this name, and the numbers against those of the store."""
        return validate_paths(paths, environments, self._rules, self._library)

    def validate_prompts(self, names: Sequence[str] | None = None) -> list[Finding]:
        """The latest version of each prompt (None or nothing: of all) and every one that is live. Raises `NotFound`."""
        rows = [self._library.prompt(name) for name in names] if names else self._library.prompts()
        known = {row.name for row in self._library.prompts()}
        findings: list[Finding] = []
        for row in rows:
            for number in dict.fromkeys((row.latest, *row.live.values())):
                if number:
                    version = self._library.version(f"{row.name}@{number}")
                    findings += _of_content(version.reference, version.content, self._rules)
                    absent = _absent_partials(row.name, version.content, known)
                    findings += [_no_partial(version.reference, 0, name) for name in absent]
                    said = {
                        "description": row.description,
                        "tags": row.tags,
                        "version": number,
                        "note": version.note,
                        "author": version.author,
                        "model": version.content.settings.get("model"),
                    }
                    findings += _missing(version.reference, said, self._rules, 0)
        return kept(findings, self._rules)


def validate_paths(
    paths: Sequence[Path | str],
    environments: Collection[str] = _DEFAULT_NAMES,
    rules: Rules | None = None,
    library: Library | None = None,
) -> list[Finding]:
    """As `check_paths`; only what was found."""
    return check_paths(paths, environments, rules, library)[0]


def check_paths(
    paths: Sequence[Path | str],
    environments: Collection[str] = _DEFAULT_NAMES,
    rules: Rules | None = None,
    library: Library | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Finding], list[str]]:
    """Every file by itself, the files against each other, and against a store where there is one; and the files that
    were checked.

    Raises `NotFound` for a missing path.
    """
    rules = rules or Rules()
    reading = formats.read_paths([Path(path) for path in paths], environments=environments, progress=progress)
    findings = [of_problem(problem) for problem in reading.problems]
    for stated in reading.files:
        findings += of_file(stated, rules)
    findings += against_each_other(reading.files)
    stored = [row.name for row in library.prompts()] if library is not None else []
    findings += partials(reading.files, stored)
    files = list(dict.fromkeys(stated.file for stated in reading.files))
    if library is not None:
        findings += _against_store(reading.files, library)
    return in_order(kept(findings, rules)), files


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.where, finding.line, finding.severity, finding.message))


def kept(findings: Iterable[Finding], rules: Rules) -> list[Finding]:
    return [finding for finding in findings if finding.code not in rules.off]


def of_problem(problem: FormatError) -> Finding:
    prefix = f"{problem.file}:{problem.line}: " if problem.line else f"{problem.file}: "
    message = problem.message.removeprefix(prefix)
    return Finding(problem.file, problem.line, "error", message, "file", problem.hint)


def of_file(
    stated: PromptFile, rules: Rules, exists: Callable[[str], bool] = lambda path: Path(path).exists()
) -> Iterator[Finding]:
    """`exists` tells of a path, as the file's own is written, whether there is a file."""
    try:
        check_prompt_name(stated.name)
    except BadInput as error:
        yield Finding(stated.file, stated.line("name"), "error", error.message, "name", error.hint)
    for warning in stated.warnings:
        file = next((one for one in (stated.lines_in, stated.file) if one and warning.startswith(one)), "")
        where, _, message = warning.removeprefix(file).partition(": ")
        line = where.removeprefix(":")
        yield Finding(file or stated.file, int(line) if line.isdigit() else 0, "warning", message or warning, "kept")
    for flaw in flaws(stated.content):
        is_undeclared = flaw.code == "variables" and flaw.path[0] == "messages" and not flaw.hint
        if is_undeclared and stated.source.get("format") in _UNDECLARING:
            continue
        file = stated.file if flaw.text_line else file_of(stated, *flaw.path)
        yield Finding(file, _line(stated, flaw), flaw.severity, flaw.message, flaw.code, flaw.hint)
    for code, severity, place in _of_text(stated.content, rules):
        at = Flaw(severity, "", ("messages", place.message_index, "content"), place.line)
        yield Finding(stated.file, _line(stated, at) if place.line else 0, severity, place.message, code, place.hint)
    said = {
        "description": stated.description,
        "tags": stated.tags,
        "version": stated.number,
        "note": stated.note,
        "author": stated.author,
        "model": stated.content.settings.get("model"),
    }
    yield from _missing(stated.file, said, rules, 1)
    yield from _links(stated, exists)


def _missing(where: str, said: Mapping[str, object], rules: Rules, line: int) -> Iterator[Finding]:
    for name in rules.required:
        if not said.get(name):
            yield Finding(
                where, line, "error", f"has no {name}, which this project asks for", "metadata", f"add {name}"
            )


def _of_text(content: Content, rules: Rules) -> Iterator[tuple[str, Severity, Place]]:
    yield from (("length", "warning", place) for place in length(content, rules))
    yield from (("secret", "error", place) for place in secrets(content))


def _links(stated: PromptFile, exists: Callable[[str], bool]) -> Iterator[Finding]:
    """Links of a Markdown file to files beside it."""
    if not stated.file.endswith(".md") or stated.source.get("format") not in ("plain", "fabric"):
        return
    text = stated.content.messages[0].content
    for found in _LINK.finditer(text):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(stated.file), found.group(1)))
        if not exists(target):
            line = text.count("\n", 0, found.start()) + 1
            yield Finding(stated.file, line, "warning", f"there is no file {found.group(1)}", "link", "mend the link")


def file_of(stated: PromptFile, *path: str | int) -> str:
    """The file in which `stated.line(*path)` counts."""
    return stated.lines_in if stated.lines_in and stated.line(*path) else stated.file


def _line(stated: PromptFile, flaw: Flaw) -> int:
    """The line in the file of a flaw's place; 0 where it is not known."""
    if not flaw.text_line:
        return stated.line(*flaw.path)
    index = flaw.path[1] if len(flaw.path) > 1 else 0
    assert isinstance(index, int)  # noqa: S101 — messages are a list
    if stated.lines_in or stated.source.get("format") in _TEXTS:
        return flaw.text_line if index == 0 else 0
    message = stated.content.messages[index]
    raw = stated.source.get("raw")
    if isinstance(raw, str) and message.content and message.content in raw:
        return raw.count("\n", 0, raw.index(message.content)) + flaw.text_line
    keys = (("messages", index, "content"), ("system_prompt",), ("system" if message.role == "system" else "prompt",))
    begins = next((stated.lines[key] for key in keys if key in stated.lines), stated.line())
    # The text of a block scalar begins on the line after its key.
    return begins + flaw.text_line if is_block(message.content) else begins


def _of_content(where: str, content: Content, rules: Rules) -> Iterator[Finding]:
    for flaw in flaws(content):
        yield Finding(where, flaw.text_line, flaw.severity, flaw.message, flaw.code, flaw.hint)
    for code, severity, place in _of_text(content, rules):
        yield Finding(where, place.line, severity, place.message, code, place.hint)


def partials(files: Sequence[PromptFile], stored: Collection[str] = ()) -> Iterator[Finding]:
    """Texts that are included by name and are neither among the files nor in the store."""
    known = {stated.name for stated in files} | set(stored)
    for stated in files:
        for name in _absent_partials(stated.name, stated.content, known):
            yield _no_partial(stated.file, 0, name)


def _absent_partials(prompt: str, content: Content, known: Collection[str]) -> list[str]:
    folder = prompt.rpartition("/")[0]
    names = {name for message in content.messages for name in included(message.content, content.format)}
    return sorted(name for name in names if not any(one.partition("@")[0] in known for one in candidates(folder, name)))


def _no_partial(where: str, line: int, name: str) -> Finding:
    message = f"includes {name}, and there is no such prompt"
    return Finding(where, line, "warning", message, "link", "name it rightly, or import it too")


def _against_store(files: Sequence[PromptFile], library: Library) -> Iterator[Finding]:
    """A number that is taken must say what the file says; what changed needs a higher one."""
    known: dict[str, dict[str, str]] = {}
    tops = {stated.name: stated.number for stated in sorted(files, key=_by_number) if stated.number}
    for stated in files:
        if stated.number is None:
            continue
        if stated.name not in known:
            try:
                rows = library.versions(stated.name, include_withdrawn=True)
            except NotFound:
                rows = []
            known[stated.name] = {row.number: row.digest for row in rows}
        numbers = known[stated.name]
        if numbers.get(stated.number, stated.content.digest) != stated.content.digest:
            free = propose(numbers, stated.number, "patch")
            message = f"{stated.name}@{stated.number} is saved with other content"
            yield Finding(
                file_of(stated, "version"), stated.line("version"), "error", message, "version", f"raise it to {free}"
            )
        top = highest(numbers)
        is_new = stated.number not in numbers and stated.content.digest not in numbers.values()
        if top and is_new and parse_number(tops[stated.name]) < parse_number(top):
            message = f"{stated.name}@{stated.number} is new, and below {top}, which is saved"
            hint = f"raise it to {propose(numbers, top, 'patch')}"
            yield Finding(file_of(stated, "version"), stated.line("version"), "warning", message, "version", hint)


def _by_number(stated: PromptFile) -> tuple[str, object]:
    return stated.name, parse_number(stated.number or FIRST)


def against_each_other(files: Sequence[PromptFile]) -> Iterator[Finding]:
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
                "name",
                "rename one of them",
            )
        if stated.number is None:
            continue
        twin = numbered.setdefault((stated.name, stated.number), stated)
        if twin is not stated and twin.content.digest != stated.content.digest:
            yield Finding(
                file_of(stated, "version"),
                stated.line("version"),
                "error",
                f"{stated.name}@{stated.number} says something else in {twin.file}",
                "version",
                "give one of them another number",
            )


__all__ = ["Finding", "Severity", "Validating", "check_paths", "validate_paths"]
