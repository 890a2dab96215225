"""What the commits of a repository say about its prompts: one step for each prompt that a commit changed.

A commit is read as it stands, with the files that a prompt names (its metadata, examples, texts): a change of any of
them is a change of the prompt. Prompts have the names of their newest paths, so that a rename keeps the line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from semver import Version as SemVer

from workbench.domain.versions import FIRST, is_number, parse_number
from workbench.errors import FormatError
from workbench.formats import detect, folder
from workbench.formats.git.log import Change, Commit, Lines
from workbench.formats.git.repository import Blobs, CommitTree
from workbench.formats.model import PromptFile
from workbench.formats.tree import Entry

_ARROW = re.compile(
    r"v?(\d+\.\d+\.\d+\S*?)\s*(?:->|→|=>)\s*v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]*[0-9A-Za-z])?)(?::\s*(?P<note>.+))?"
)
_TAGGED = re.compile(r"(?<![\w.])v(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]*[0-9A-Za-z])?)(?![\w.])")
_AHEAD, _MANY = 50, 200
"""Commits, and blobs of them, that are asked for at once."""


@dataclass(frozen=True)
class Step:
    """One prompt after one commit: `stated` is what it says then, None where its file is gone."""

    name: str
    commit: Commit
    stated: PromptFile | None
    before: str
    """The id of the blob that this one was made from; "" for none."""
    blob: str
    number: str = ""
    """The version that the commit's subject states; "" for none."""
    note: str = ""


@dataclass
class Walk:
    """Reads commits in order. `problems` collects what could not be read, with commit, file and line."""

    top: Path
    folder: str
    """Prompts whose newest place is below it are read, and named by their place in it; "" is the whole repository."""
    only: str = ""
    """The newest path of the one file to read; "" for all."""
    environments: Collection[str] = ()
    format: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """Path → name of prompts that an earlier reading found; they keep it."""
    problems: list[FormatError] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)
    """Path → name of all prompts with a file of their own, after the last commit; for the next reading."""

    def steps(self, commits: list[Commit], blobs: Blobs, skip: int = 0) -> Iterator[tuple[Commit, list[Step]]]:
        """The steps of each commit, from the one at `skip` on. `commits` are all, so that renames can be followed."""
        lines = Lines()
        followed = [[(change, lines.follow(change, commit.id)) for change in commit.changes] for commit in commits]
        naming = _Naming(self, blobs, lines)
        needs: dict[str, set[str]] = {}
        for index, commit in enumerate(commits):
            if index < skip:
                continue
            if index % _AHEAD == 0 or index == skip:
                ahead = commits[index : index + _AHEAD - index % _AHEAD]
                blobs.prefetch([change.new for one in ahead for change in one.changes if change.new][:_MANY])
            read: list[tuple[str, list[Step]]] = []
            for path, change, line in _touched(followed[index], needs, lines):
                final = naming.of(line, path)
                if final is not None:
                    read.append((path, self._read(blobs, commit, path, change, final, needs)))
            # A text that another file names, perhaps one that was read after it, is no prompt of its own.
            made = [step for path, steps in read if not needs.get(path, set()) - {path} for step in steps]
            yield commit, _with_numbers(_ascending(made))
        self.paths = dict(self.names)
        for line, path in lines.last.items():
            name = naming.name(line)
            self.paths.pop(lines.first[line], None)
            if name and line not in lines.deleted:
                self.paths[path] = name

    def entry(self, blobs: Blobs, commit: str, path: str, naming: str = "", blob: str = "") -> Entry:
        """The file at `path` in a commit, in a tree that begins at the folder where it can."""
        inside = path.startswith(f"{self.folder}/")
        ids = {path: blob} if blob else {}
        tree = CommitTree(self.top, blobs, commit, self.folder if inside else "", ids)
        relative = path[len(self.folder) + 1 :] if inside else path
        return Entry(tree, relative, self.environments, forced=self.format is not None, naming=naming)

    def relative(self, path: str) -> str | None:
        """A path as it is seen from the folder; None for one that is not to be read."""
        if self.only:
            return path[len(self.folder) + 1 if self.folder else 0 :] if path == self.only else None
        if not self.folder:
            return path
        return path[len(self.folder) + 1 :] if path.startswith(f"{self.folder}/") else None

    def _read(
        self,
        blobs: Blobs,
        commit: Commit,
        path: str,
        change: Change | None,
        final: tuple[str, str],
        needs: dict[str, set[str]],
    ) -> list[Step]:
        place, name = final
        old, new = (change.old, change.new) if change else ("", "")
        if change is not None and not change.new:
            return [Step(name, commit, None, old, "")] if name else []
        entry = self.entry(blobs, commit.id, path, place, new)
        try:
            known = detect.claim(entry, self.format)
            stated = list(known.read(entry)) if known else []
        except FormatError as error:
            self.problems.append(error)
            return []
        if known is None:
            return []
        if known.names_files or known.name == folder.NAME:
            top = path.removesuffix(entry.path)
            for other in entry.reads:
                needs.setdefault(top + other, set()).add(path)
        steps = []
        for one in stated:
            if isinstance(one, FormatError):
                self.problems.append(one)
                continue
            own = name if name and not known.shares_files else one.name
            source = {**one.source, "commit": commit.id, **({"blob": new} if new else {})}
            if path != place and entry.path != place:
                source["path"] = place
            steps.append(Step(own, commit, replace(one, name=own, source=source), old, new))
        return steps


def _touched(
    followed: list[tuple[Change, int]], needs: Mapping[str, set[str]], lines: Lines
) -> Iterator[tuple[str, Change | None, int]]:
    """The files to read after a commit, each once: those that changed, and those that name one that did."""
    by_path: dict[str, tuple[Change | None, int]] = {}
    change: Change | None
    for change, line in followed:
        path = change.path
        if path.endswith(f"/{folder.METADATA}") or path == folder.METADATA:
            # The text beside it is the prompt's file.
            by_path.setdefault(path.removesuffix(folder.METADATA) + folder.TEXT, (None, -1))
        else:
            by_path[path] = (change, line)
        for user in sorted(needs.get(path, ())):
            by_path.setdefault(user, (None, -1))
    for path, (change, line) in by_path.items():
        yield path, change, line if line >= 0 else lines.line_of(path)


class _Naming:
    """The newest path and name of each line, read once where its newest content says it."""

    def __init__(self, walk: Walk, blobs: Blobs, lines: Lines) -> None:
        self._walk = walk
        self._blobs = blobs
        self._lines = lines
        self._newest: dict[int, tuple[str, str] | None] = {}

    def of(self, line: int, path: str) -> tuple[str, str] | None:
        """(newest path as seen from the folder, name); None for a line that is not to be read.

        The name is "" for files of several prompts, which say their names themselves.
        """
        if line not in self._newest:
            final = self._lines.last.get(line, path)
            place = self._walk.relative(final)
            if place is None:
                self._newest[line] = None
            else:
                first = self._lines.first.get(line, path)
                name = self._walk.names.get(first) or self._name_at(line, final)
                self._newest[line] = (place, name)
        return self._newest[line]

    def name(self, line: int) -> str:
        found = self._newest.get(line)
        return found[1] if found else ""

    def _name_at(self, line: int, path: str) -> str:
        commit = self._lines.newest.get(line)
        if commit is None:
            return ""
        entry = self._walk.entry(self._blobs, commit, path)
        try:
            known = detect.claim(entry, self._walk.format)
            if known is None or known.shares_files:
                return ""
            found = next((one for one in known.read(entry) if isinstance(one, PromptFile)), None)
        except FormatError:
            return entry.name
        return found.name if found else ""


def _ascending(steps: list[Step]) -> list[Step]:
    """What goes first; then the versions of a prompt that has a file for each, in the order of their numbers."""
    places: dict[str, list[int]] = {}
    for index, step in enumerate(steps):
        places.setdefault(step.name, []).append(index)
    for indexes in places.values():
        for index, step in zip(indexes, sorted((steps[at] for at in indexes), key=_rank), strict=True):
            steps[index] = step
    return steps


def _rank(step: Step) -> tuple[int, SemVer]:
    number = (step.stated and step.stated.number) or ""
    if is_number(number):
        return 2, parse_number(number)
    return (0 if step.stated is None else 1), parse_number(FIRST)


def _with_numbers(steps: list[Step]) -> list[Step]:
    """A number in the subject belongs to the one prompt that the commit changed, or that the subject names."""
    if not steps:
        return steps
    subject = steps[0].commit.subject
    arrow = _ARROW.search(subject)
    tagged = None if arrow else _TAGGED.search(subject)
    number = arrow.group(2) if arrow else tagged.group(1) if tagged else ""
    note = (arrow.group("note") or "") if arrow else ""
    names = {step.name for step in steps}
    if not number or not is_number(number):
        return steps
    return [
        replace(step, number=number, note=note)
        if len(names) == 1 or f"({step.name})" in subject or step.name in subject.split()
        else step
        for step in steps
    ]
