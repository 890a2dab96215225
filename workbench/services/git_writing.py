"""Versions back into a git repository: the changed files, and a commit for each version with its author and time.

Only files of prompts are touched, each only while its committed content is a version that the store knows; what
somebody edited there is imported first, never written over. Nothing is pushed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench import formats
from workbench.domain.prompts import PromptRow
from workbench.errors import FormatError, Refused
from workbench.formats import files, git_commits, git_log
from workbench.formats.git_repository import Blobs, top_of
from workbench.services.deploying import Deploying
from workbench.services.exporting import Exporting
from workbench.services.library import Library


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
    def __init__(self, library: Library, deploying: Deploying) -> None:
        self._library = library
        self._exporting = Exporting(library, deploying)

    def commit(
        self,
        target: Path,
        prompts: Sequence[str] | None = None,
        format: str | None = None,
        *,
        one_commit: bool = False,
        dry_run: bool = False,
    ) -> WritingReport:
        """Bring the files below `target`, a folder of a repository, up to the latest versions.

        `format` None writes each prompt in the one that it came from, else native. With `one_commit` all goes into one.
        Raises `Refused` while a merge or the like is going on, `NotFound` outside of a repository.
        """
        formats.check_format(format)
        top = top_of(target if target.exists() else target.parent).resolve()
        folder = target.resolve().relative_to(top).as_posix()
        prefix = "" if folder == "." else f"{folder}/"
        git_commits.refuse_unfinished(top)
        report = WritingReport()
        head = git_log.head_of(top)
        acts: list[_Act] = []
        rows = self._exporting.chosen(prompts)
        with Blobs(top) as blobs:
            for row in rows:
                try:
                    acts += self._acts(row, top, head, prefix, format, blobs, report)
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

    def _acts(
        self, row: PromptRow, top: Path, head: str, prefix: str, format: str | None, blobs: Blobs, report: WritingReport
    ) -> list[_Act]:
        """The commits that bring one prompt up to date; none where it is."""
        versions = [
            self._library.version(f"{row.name}@{one.number}")
            for one in sorted(self._library.versions(row.name), key=lambda one: one.id)
        ]
        if not versions:
            return []
        own = format or self._exporting.own_format(versions[-1])
        known = formats.BY_NAME[own]
        if known.shares_files:
            raise Refused(f"its file in the {own} format holds other prompts too", "export it, and commit it yourself")
        written = []
        for version in versions:
            made = formats.write(self._exporting.record(row, version, own), files.place_of(row.name), own)
            written.append({prefix + path: data for path, data in made.files.items()})
            if version is versions[-1]:
                report.warnings += made.warnings
        now = {path: blobs.get(f"{head}:{path}") for path in written[-1]}
        base = max((index for index, each in enumerate(written) if _is(each, now)), default=-1)
        if base < 0 and any(data is not None for data in now.values()):
            raise Refused("its file says something that the store does not know", "import it first")
        self._refuse_dirty(top, now, written)
        todo = range(base + 1, len(versions)) if base >= 0 else [len(versions) - 1]
        acts, before = [], versions[base].number if base >= 0 else ""
        for index in todo:
            version = versions[index]
            changed = {path: data for path, data in written[index].items() if now.get(path) != data}
            if changed:
                arrow = f"{before} -> {version.number}" if before else version.number
                note = f": {version.note.splitlines()[0]}" if version.note.strip() else ""
                message = f"prompt({row.name}): {arrow}{note}\n"
                acts.append(_Act(changed, message, version.author, version.created_at))
                now.update(changed)
            before = version.number
        return acts

    def _refuse_dirty(self, top: Path, now: Mapping[str, bytes | None], written: Sequence[Mapping[str, bytes]]) -> None:
        for path, committed in now.items():
            place = files.inside(top, path)
            lies = place.read_bytes() if place.is_file() and not place.is_symlink() else None
            if place.is_symlink() or place.is_dir():
                raise Refused(f"{path} is no file", "move it away")
            if lies != committed and not any(each.get(path) == lies for each in written):
                raise Refused(f"{path} has changes that are not committed", "commit and import them, or take them back")


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
