"""Which prompts differ between two readings, and whether their numbers tell so. Pure: it reads nothing itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workbench.domain.inspections import Kind, Touched
from workbench.domain.prompts import Version
from workbench.domain.rules import Finding
from workbench.domain.templates import check
from workbench.domain.versions import highest, parse_number, propose
from workbench.errors import FormatError
from workbench.formats.git.trees import Move
from workbench.formats.model import PromptFile, as_record
from workbench.services.files.validating import file_of


@dataclass(frozen=True)
class Stated:
    """A version as a file states it. Paths are relative to the top of the repository."""

    file: PromptFile
    path: str
    reads: frozenset[str]
    """Further files that it is made of."""
    shares_files: bool
    beside: frozenset[str] = frozenset()
    """Where its variable sets may stand."""

    root: str = ""
    """The folder from which the paths of `file.source` are meant."""

    @property
    def number(self) -> str:
        return self.file.number or ""

    @property
    def named(self) -> set[str]:
        """The files that this one of several prompts of a file is made of, as its source names them."""
        source = self.file.source
        examples = source.get("examples")
        named = (source.get("text"), examples.get("path") if isinstance(examples, Mapping) else None)
        return {posixpath.join(self.root, path) for path in named if isinstance(path, str)}


@dataclass
class Reads:
    """All that one side says."""

    all: list[Stated] = field(default_factory=list)
    problems: list[FormatError] = field(default_factory=list)

    def add(self, one: Stated) -> None:
        self.all.append(one)

    def by_name(self) -> dict[str, dict[str, Stated]]:
        """name → number ("" for none) → what is said; of two files that say the same number the first counts."""
        found: dict[str, dict[str, Stated]] = {}
        for one in self.all:
            found.setdefault(one.file.name, {}).setdefault(one.number, one)
        return found


def touched(old: Reads, new: Reads, moves: Sequence[Move]) -> list[Touched]:
    """By name. A prompt is renamed where git says so of its file, or what is gone stands elsewhere word for word."""
    changed = {move.new for move in moves} | {move.old for move in moves}
    before, after = old.by_name(), new.by_name()
    found: list[Touched] = []
    for name in sorted(before.keys() | after.keys()):
        made = _compared(name, before.get(name, {}), after.get(name, {}), changed)
        if made is not None:
            found.append(made)
    broken = {problem.file for problem in new.problems}
    found = [_unreadable(one, before[one.name], broken) if one.kind == "deleted" else one for one in found]
    return sorted(_renamed(found, before, after, moves), key=lambda one: one.name)


def _unreadable(one: Touched, versions: dict[str, Stated], broken: set[str]) -> Touched:
    is_broken = any({stated.path, stated.file.file, stated.file.lines_in} & broken for stated in versions.values())
    return replace(one, kind="unreadable") if is_broken else one


def _compared(name: str, before: dict[str, Stated], after: dict[str, Stated], changed: set[str]) -> Touched | None:
    numbers = tuple(number for number, one in after.items() if _differs(before.get(number), one, changed))
    gone = before.keys() - after.keys()
    if not numbers and not gone:
        return None
    new = _top({number: after[number] for number in numbers} or after)
    old = _before(new, before) if new else _top(before)
    one = new or old
    assert one is not None  # noqa: S101 — the name is of one of the two
    kind: Kind = "changed"
    if not before or not after:
        kind = "deleted" if before else "added"
    elif not gone and all(
        n in before and before[n].file.content.digest == after[n].file.content.digest for n in numbers
    ):
        kind = "around"
    return Touched(name, kind, one.file.file, _version(old), _version(new), "", numbers)


def _before(new: Stated, before: dict[str, Stated]) -> Stated | None:
    """What a version is held against: what its number said before, else the one that it came on top of."""
    if new.number in before:
        return before[new.number]
    if not new.number or "" in before:
        return _top(before)
    lower = [number for number in before if parse_number(number) < parse_number(new.number)]
    return before[highest(lower) or highest(before) or ""] if before else None


def _differs(before: Stated | None, after: Stated, changed: set[str]) -> bool:
    if before is None or before.file.content.digest != after.file.content.digest:
        return True
    if after.beside & changed or _said(before.file) != _said(after.file):
        return True
    if after.reads & changed and (not after.shares_files or after.named & changed):
        return True
    return after.path in changed and not after.shares_files and before.file is not after.file


def _said(stated: PromptFile) -> tuple[object, ...]:
    return (
        stated.number,
        stated.description,
        stated.note,
        sorted(stated.tags),
        sorted(stated.version_tags),
        sorted(stated.deployed),
        stated.source.get("variable_sets"),
    )


def _top(versions: dict[str, Stated]) -> Stated | None:
    """The highest; what has no number stands on top of what has one."""
    if "" in versions:
        return versions[""]
    number = highest(versions)
    return versions[number] if number else None


def _version(one: Stated | None) -> Version | None:
    return as_record(one.file).version if one else None


def _renamed(
    found: Sequence[Touched],
    before: dict[str, dict[str, Stated]],
    after: dict[str, dict[str, Stated]],
    moves: Sequence[Move],
) -> Iterator[Touched]:
    origin = {move.new: move.old for move in moves if move.old and move.new and move.old != move.new}
    gone = {one.name: one for one in found if one.kind == "deleted"}
    taken: dict[str, Touched] = {}
    for one in found:
        if one.kind == "added":
            was = _was(one, after[one.name], gone, before, origin)
            if was is not None:
                taken[one.name] = gone.pop(was)
    for one in found:
        if one.name in taken:
            before_it = taken[one.name]
            yield replace(one, kind="renamed", was=before_it.name, before=before_it.before)
        elif one.kind != "deleted" or one.name in gone:
            yield one


def _was(
    one: Touched,
    versions: dict[str, Stated],
    gone: dict[str, Touched],
    before: dict[str, dict[str, Stated]],
    origin: dict[str, str],
) -> str | None:
    paths = {origin[stated.path] for stated in versions.values() if stated.path in origin}
    for name in gone:
        if any(stated.path in paths for stated in before[name].values()):
            return name
    for name, other in gone.items():
        if other.before is not None and one.after is not None and other.before.digest == one.after.digest:
            return name
    return None


def broken_templates(touched: Sequence[Touched]) -> Iterator[Finding]:
    """Layouts that do not name a dialect have it told from the text: one that cannot be read any more would pass for a
    plain text."""
    for one in touched:
        if one.before is None or one.after is None or one.after.content.format != "literal":
            continue
        problems = check(replace(one.after.content, format=one.before.content.format))
        if one.before.content.format == "jinja" and problems:
            first = problems[0]
            message = f"{one.name}: was a template before, and cannot be read as one any more: {first.message}"
            yield Finding(one.file, first.line, "error", message, "template", first.hint)


# Numbers ------------------------------------------------------------------------------------------------------------


def numbers(old: Reads, new: Reads, found: Sequence[Touched]) -> list[Finding]:
    """A number must go up when the content changes, and what a number says must stay."""
    before, after = old.by_name(), new.by_name()
    findings: list[Finding] = []
    for one in found:
        if one.after is not None and one.before is not None:
            findings += _numbers(before[one.was or one.name], after[one.name])
    return findings


def _numbers(before: dict[str, Stated], after: dict[str, Stated]) -> Iterator[Finding]:
    stated = [number for number in before if number]
    for number, one in after.items():
        was = before.get(number)
        if number and was is not None and was.file.content.digest != one.file.content.digest:
            free = propose({*stated, *(n for n in after if n)}, number, "patch")
            message = f"{one.file.name}: the content changed, but it is still {number}"
            place = file_of(one.file, "version"), one.file.line("version")
            yield Finding(*place, "error", message, "version", f"raise it to {free}")
    old, new = _top(before), _top(after)
    if old is None or new is None or not old.number:
        return
    if not new.number:
        message = f"{new.file.name}: was {old.number} before, and has no version now"
        yield Finding(new.file.file, 0, "warning", message, "version", "give it a version")
    elif parse_number(new.number) < parse_number(old.number):
        message = f"{new.file.name}: the version goes down from {old.number} to {new.number}"
        yield Finding(
            file_of(new.file, "version"),
            new.file.line("version"),
            "error",
            message,
            "version",
            f"raise it to {propose(stated, old.number, 'patch')}",
        )
