"""Versions back into a git repository: the changed files, and a commit for each version with its author and time.

Only files of prompts are touched, each only while its committed content is a version that the store knows; what
somebody edited there is imported first, never written over. Nothing is pushed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench import formats
from workbench.domain.prompts import PromptRow, Version
from workbench.errors import FormatError, Refused
from workbench.formats import files
from workbench.formats.git import commits, log
from workbench.formats.git.repository import Blobs, top_of
from workbench.services.files.exporting import Exporting
from workbench.services.files.import_plan import Progress
from workbench.services.git.place import Lines, Place
from workbench.services.git.shared_files import Act, SharedFile, act_of
from workbench.services.library import Library
from workbench.services.releases.deploying import Deploying
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

    def refuse(self, name: str, error: FormatError | Refused) -> None:
        self.refused.append(f"{name}: {error.message}" + (f" ({error.hint})" if error.hint else ""))


class GitWriting:
    def __init__(self, library: Library, deploying: Deploying, store: Store) -> None:
        self._library = library
        self._exporting = Exporting(library, deploying)
        self._lines = Lines(library, store)

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
        commits.refuse_unfinished(top)
        report = WritingReport()
        head = log.head_of(top)
        acts: list[Act] = []
        rows = self._exporting.chosen(prompts)
        with Blobs(top) as blobs:
            place = Place(top, "" if folder == "." else folder, head, blobs)
            shared: dict[tuple[str, str], list[PromptRow]] = {}
            for done, row in enumerate(rows):
                if progress is not None:
                    progress(done, len(rows))
                try:
                    acts += self._acts(row, place, format, shared, report)
                except (FormatError, Refused) as error:
                    report.refuse(row.name, error)
            for (own, path), together in shared.items():
                try:
                    sharing = SharedFile(self._library, self._exporting, self._lines, place, own, path)
                    made, warnings = sharing.acts(together)
                    acts += made
                    report.warnings += warnings
                except (FormatError, Refused) as error:
                    report.refuse(", ".join(row.name for row in together), error)
        if one_commit and acts:
            acts = [_together(acts)]
        for act in acts:
            paths = tuple(act.files)
            if dry_run:
                report.commits.append(Committed("", act.message, paths))
                continue
            files.write_all(top, act.files)
            head = commits.commit(top, head, act.files, act.message, author=act.author, time=act.time)
            report.commits.append(Committed(head, act.message, paths))
        return report

    def _acts(
        self,
        row: PromptRow,
        place: Place,
        format: str | None,
        shared: dict[tuple[str, str], list[PromptRow]],
        report: WritingReport,
    ) -> list[Act]:
        """The commits that bring one prompt up to date; none where it is. One whose file holds others goes to `shared`,
        by format and path."""
        versions = self._lines.of(row)
        if not versions:
            return []
        own = format or self._exporting.own_format(versions[-1])
        known = formats.BY_NAME[own]
        if known.shares_files:
            path = self._exporting.record(row, versions[-1], own).source.get("path")
            if not isinstance(path, str):
                raise Refused(f"it is in no {own} file there yet", "add it to one, and import that")
            shared.setdefault((own, path), []).append(row)
            return []
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
                acts.append(act_of(changed, version, before))
                now.update(changed)
            before = version.number
        return acts

    def _written(
        self, row: PromptRow, version: Version, own: str, place: Place, source: Mapping[str, Any]
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
        place: Place,
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
        return self._lines.place_of(row, versions, stated)

    def _refuse_dirty(
        self,
        row: PromptRow,
        place: Place,
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
            number = self._lines.known(row, stated.content.digest) if stated else ""
            if not number or not self._lines.leads_to_latest(row, number):
                raise Refused(f"{path} has changes that are not committed", "commit and import them, or take them back")


def _is(written: Mapping[str, bytes], now: Mapping[str, bytes | None]) -> bool:
    return all(now.get(path) == data for path, data in written.items())


def _together(acts: Sequence[Act]) -> Act:
    if len(acts) == 1:
        return acts[0]
    changed: dict[str, bytes] = {}
    for act in acts:
        changed.update(act.files)
    lines = "".join(f"- {act.message}" for act in acts)
    newest = max(acts, key=lambda act: act.time)
    return Act(changed, f"prompts: {len(acts)} versions\n\n{lines}", newest.author, newest.time)


__all__ = ["Committed", "GitWriting", "WritingReport"]
