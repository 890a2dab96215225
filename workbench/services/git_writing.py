"""Versions back into a git repository: the changed files, and a commit for each version with its author and time.

Only files of prompts are touched, each only while its committed content is a version that the store knows; what
somebody edited there is imported first, never written over. Nothing is pushed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from workbench import formats
from workbench.domain.merging import ancestors
from workbench.domain.prompts import PromptRow, Version
from workbench.errors import FormatError, Refused
from workbench.formats import PromptFile, files, git_commits, git_log
from workbench.formats.git_repository import Blobs, CommitTree, top_of
from workbench.services.deploying import Deploying
from workbench.services.exporting import Exporting
from workbench.services.import_plan import Progress
from workbench.services.library import Library
from workbench.store import Store


@dataclass(frozen=True)
class Committed:
    commit: str
    message: str
    files: tuple[str, ...]
    """Relative to the top of the repository."""


@dataclass
class WritingReport:
    """`refused` says which prompts were left alone, and why."""

    commits: list[Committed] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Act:
    """One commit that is to be made."""

    files: Mapping[str, bytes]
    message: str
    author: str
    time: str


class GitWriting:
    def __init__(self, library: Library, deploying: Deploying, store: Store) -> None:
        self._library = library
        self._exporting = Exporting(library, deploying)
        self._store = store

    def commit(
        self,
        target: Path,
        prompts: Sequence[str] | None = None,
        format: str | None = None,
        *,
        one_commit: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> WritingReport:
        """Bring the files below `target`, a folder of a repository, up to the latest versions.

        `format` None writes each prompt in the one that it came from, else native. With `one_commit` all goes into one.
        Raises `Refused` while a merge or the like is going on, `NotFound` outside of a repository.
        """
        formats.check_format(format)
        top = top_of(target if target.exists() else target.parent).resolve()
        folder = target.resolve().relative_to(top).as_posix()
        git_commits.refuse_unfinished(top)
        report = WritingReport()
        head = git_log.head_of(top)
        acts: list[_Act] = []
        rows = self._exporting.chosen(prompts)
        with Blobs(top) as blobs:
            place = _Place(top, "" if folder == "." else folder, head, blobs)
            for done, row in enumerate(rows):
                if progress is not None:
                    progress(done, len(rows))
                try:
                    acts += self._acts(row, place, format, report)
                except (FormatError, Refused) as error:
                    report.refused.append(f"{row.name}: {error.message}" + (f" ({error.hint})" if error.hint else ""))
        if one_commit and acts:
            acts = [_together(acts)]
        for act in acts:
            paths = tuple(act.files)
            if dry_run:
                report.commits.append(Committed("", act.message, paths))
                continue
            files.write_all(top, act.files)
            head = git_commits.commit(top, head, act.files, act.message, author=act.author, time=act.time)
            report.commits.append(Committed(head, act.message, paths))
        return report

    def _acts(self, row: PromptRow, place: _Place, format: str | None, report: WritingReport) -> list[_Act]:
        """The commits that bring one prompt up to date; none where it is."""
        versions = self._line(row)
        if not versions:
            return []
        own = format or self._exporting.own_format(versions[-1])
        known = formats.BY_NAME[own]
        if known.shares_files:
            raise Refused(f"its file in the {own} format holds other prompts too", "export it, and commit it yourself")
        written = [self._written(row, version, own, place, {}) for version in versions]
        now = {path: place.committed(path) for path in written[-1].files}
        base, before = self._base(row, versions, [one.files for one in written], now, place)
        if base < len(versions) - 1:
            # What somebody wrote around the prompt, a comment perhaps, goes on: it is their file that is edited.
            stated = place.stated(row.name)
            written[base + 1 :] = [
                self._written(row, version, own, place, stated.source if stated else {})
                for version in versions[base + 1 :]
            ]
            report.warnings += written[-1].warnings
        self._refuse_dirty(row, place, now, [one.files for one in written])
        acts = []
        for version, one in zip(versions[base + 1 :], written[base + 1 :], strict=True):
            changed = {path: data for path, data in one.files.items() if now.get(path) != data}
            if changed:
                arrow = f"{before} -> {version.number}" if before else version.number
                note = f": {version.note.splitlines()[0]}" if version.note.strip() else ""
                acts.append(_Act(changed, f"prompt({row.name}): {arrow}{note}\n", version.author, version.created_at))
                now.update(changed)
            before = version.number
        return acts

    def _line(self, row: PromptRow) -> list[Version]:
        """The latest version and those that it was made of, by their parents, oldest first."""
        parents = self._store.versions.parents(row.id)
        numbers = [row.latest] if row.latest else []
        while numbers and (above := parents.get(numbers[-1], ())[:1]) and above[0] not in numbers:
            numbers += above
        known = [number for number in reversed(numbers) if number in parents]
        return [self._library.version(f"{row.name}@{number}") for number in known]

    def _written(
        self, row: PromptRow, version: Version, own: str, place: _Place, source: Mapping[str, Any]
    ) -> formats.Written:
        """With paths from the top. `source` of the file as it lies there, for a version that came from no file."""
        record = self._exporting.record(row, version, own)
        if source.get("format") == own and version.source.get("format") != own:
            record = replace(record, source=source)
        made = formats.write(record, files.place_of(row.name), own)
        return formats.Written({place.prefix + path: data for path, data in made.files.items()}, made.warnings)

    def _base(
        self,
        row: PromptRow,
        versions: Sequence[Version],
        written: Sequence[Mapping[str, bytes]],
        now: Mapping[str, bytes | None],
        place: _Place,
    ) -> tuple[int, str]:
        """Which of the versions is committed, by bytes or by what they say: its index and its number.

        Of a prompt that has no file yet all but the last count as written.
        """
        found = max((index for index, each in enumerate(written) if _is(each, now)), default=-1)
        if found >= 0:
            return found, versions[found].number
        stated = place.stated_in_commit(row.name)
        if stated is None:
            if any(data is not None for data in now.values()):
                raise Refused("its file says something that the store does not know", "import it first")
            return len(versions) - 2, ""
        number = self._known(row, stated.content.digest, versions)
        if not number:
            raise Refused("its file says something that the store does not know", "import it first")
        parents = self._store.versions.parents(row.id)
        newer = next(
            (index for index, one in enumerate(versions) if number in ancestors(parents, one.number)), len(versions)
        )
        if newer == len(versions):
            raise Refused(
                f"its file says {number}, of which {row.latest} was not made",
                f"workbench merge {row.name}@{row.latest} {number}",
            )
        return (newer, number) if versions[newer].number == number else (newer - 1, number)

    def _known(self, row: PromptRow, digest: str, versions: Sequence[Version]) -> str:
        """The number of the version that says this, the newest of the line first; "" for none."""
        on_line = next((one.number for one in reversed(versions) if one.digest == digest), "")
        others = (one.number for one in self._library.versions(row.name) if one.digest == digest)
        return on_line or next(others, "")

    def _refuse_dirty(
        self,
        row: PromptRow,
        place: _Place,
        now: Mapping[str, bytes | None],
        written: Sequence[Mapping[str, bytes]],
    ) -> None:
        for path, committed in now.items():
            lying = files.inside(place.top, path)
            if lying.is_symlink() or lying.is_dir():
                raise Refused(f"{path} is no file", "move it away")
            lies = lying.read_bytes() if lying.is_file() else None
            if lies == committed or any(each.get(path) == lies for each in written):
                continue
            stated = place.stated_on_disk(row.name)
            number = self._known(row, stated.content.digest, ()) if stated else ""
            if not number or number not in ancestors(self._store.versions.parents(row.id), row.latest):
                raise Refused(f"{path} has changes that are not committed", "commit and import them, or take them back")


class _Place:
    """A folder of a repository, as it is committed and as it lies there; read as prompts once, when that is asked."""

    def __init__(self, top: Path, folder: str, head: str, blobs: Blobs) -> None:
        self.top = top
        self.folder = folder
        self.prefix = f"{folder}/" if folder else ""
        self._head = head
        self._blobs = blobs

    def committed(self, path: str) -> bytes | None:
        return self._blobs.get(f"{self._head}:{path}")

    def stated(self, name: str) -> PromptFile | None:
        """What its file says, as it lies there, else as it is committed."""
        return self.stated_on_disk(name) or self.stated_in_commit(name)

    def stated_on_disk(self, name: str) -> PromptFile | None:
        return self._on_disk.get(name)

    def stated_in_commit(self, name: str) -> PromptFile | None:
        return self._in_commit.get(name)

    @cached_property
    def _on_disk(self) -> dict[str, PromptFile]:
        place = self.top / self.folder
        return {one.name: one for one in formats.read_paths([place]).files} if place.exists() else {}

    @cached_property
    def _in_commit(self) -> dict[str, PromptFile]:
        tree = CommitTree(self.top, self._blobs, self._head, self.folder)
        return {one.name: one for one in formats.read_tree(tree, list(tree.below(""))).files}


def _is(written: Mapping[str, bytes], now: Mapping[str, bytes | None]) -> bool:
    return all(now.get(path) == data for path, data in written.items())


def _together(acts: Sequence[_Act]) -> _Act:
    if len(acts) == 1:
        return acts[0]
    changed: dict[str, bytes] = {}
    for act in acts:
        changed.update(act.files)
    lines = "".join(f"- {act.message}" for act in acts)
    newest = max(acts, key=lambda act: act.time)
    return _Act(changed, f"prompts: {len(acts)} versions\n\n{lines}", newest.author, newest.time)


__all__ = ["Committed", "GitWriting", "WritingReport"]
