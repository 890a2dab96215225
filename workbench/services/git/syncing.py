"""A repository and the store brought together, in this order: what the files say comes in, what both changed is merged,
and what the store has goes back as commits. Nothing is pushed.

Where both changed the same, it stops before anything is written to the repository. What the file says is kept beside
the store's versions under a number below them, so that the two can be merged; the next run goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from workbench.domain.versions import parse_number
from workbench.errors import NotFound, Refused, WorkbenchError
from workbench.formats.git import commits, log
from workbench.formats.git.repository import top_of
from workbench.services.diffs.merging import Merging, Proposal
from workbench.services.files.import_plan import ImportItem, ImportPlan, Progress
from workbench.services.files.porting import Porting
from workbench.services.git.status import GitStatus, StatusItem
from workbench.services.git.writing import Committed, GitWriting
from workbench.services.library import Library
from workbench.store import Store

SyncAction = Literal["import", "merge", "archive", "write", "conflict", "left", "same"]


@dataclass(frozen=True)
class SyncItem:
    """One prompt. `number` is the version that it has then; "" where nothing was made."""

    prompt: str
    action: SyncAction
    number: str
    file: str = ""
    reason: str = ""
    proposal: Proposal | None = field(default=None, repr=False, compare=False)
    """Of a conflict: base, ours (the store) and theirs (the file), as versions."""


@dataclass
class SyncReport:
    """`stopped`: there are conflicts, so that nothing went back. `left` says what was left alone, and why."""

    items: list[SyncItem] = field(default_factory=list)
    commits: list[Committed] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        return any(item.action == "conflict" for item in self.items)

    @property
    def conflicts(self) -> list[SyncItem]:
        return [item for item in self.items if item.action == "conflict"]


class _RehearsedError(Exception):
    """Takes back what a rehearsal did."""


class Syncing:
    def __init__(
        self,
        store: Store,
        library: Library,
        porting: Porting,
        merging: Merging,
        git_status: GitStatus,
        git_writing: GitWriting,
    ) -> None:
        self._store = store
        self._library = library
        self._porting = porting
        self._merging = merging
        self._status = git_status
        self._writing = git_writing

    def sync(
        self,
        path: Path,
        prompts: Sequence[str] | None = None,
        format: str | None = None,
        *,
        one_commit: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> SyncReport:
        """Both ways between the folder `path` of a repository and the store; of all prompts, or of those named.

        With `dry_run` the report says exactly what would be done, and nothing is. Raises `NotFound` outside of a
        repository and for an unknown prompt, `BadInput` in a repository without a commit, `Refused` while a merge or
        the like is going on there.
        """
        top = top_of(path).resolve()
        commits.refuse_unfinished(top)
        log.head_of(top)
        if not dry_run:
            return self._go(path, prompts, format, one_commit, dry_run, progress)
        report = SyncReport()
        try:
            # What comes in decides what goes back, so that only doing it tells; the transaction takes it back.
            with self._store.write():
                report = self._go(path, prompts, format, one_commit, dry_run, progress)
                raise _RehearsedError
        except _RehearsedError:
            return report

    def _go(
        self,
        path: Path,
        prompts: Sequence[str] | None,
        format: str | None,
        one_commit: bool,
        dry_run: bool,
        progress: Progress | None,
    ) -> SyncReport:
        report = SyncReport()
        found = self._chosen(self._status.items(path, format), prompts)
        for done, item in enumerate(found):
            if progress is not None:
                progress(done, len(found))
            try:
                report.items.append(self._take_in(item, path, report))
            except WorkbenchError as error:
                reason = error.message + (f" ({error.hint})" if error.hint else "")
                report.items.append(SyncItem(item.prompt, "left", "", item.file, reason))
        if progress is not None:
            progress(len(found), len(found))
        report.left = [f"{item.prompt or item.file}: {item.reason}" for item in report.items if item.action == "left"]
        back = [item.prompt for item in report.items if item.action in ("import", "merge", "write", "same")]
        if back and not report.stopped:
            written = self._writing.commit(path, back, format, one_commit=one_commit, dry_run=dry_run)
            report.commits = written.commits
            report.left += written.refused
            report.warnings += written.warnings
        return report

    def _chosen(self, items: list[StatusItem], prompts: Sequence[str] | None) -> list[StatusItem]:
        if not prompts:
            return items
        known = {item.prompt for item in items}
        for name in prompts:
            if name not in known:
                self._library.prompt(name)
                raise NotFound(f"{name} is archived", hint="take it out of the archive first")
        return [item for item in items if item.prompt in prompts]

    def _take_in(self, item: StatusItem, path: Path, report: SyncReport) -> SyncItem:
        """Everything but writing back."""
        shown = _shown(item.file, path)
        if item.state in ("only a file", "file is newer") and item.item is not None:
            done = self._porting.carry_out(ImportPlan((item.item,)))
            (made,) = done.items
            report.warnings += done.warnings
            if made.action == "refused":
                return SyncItem(item.prompt, "left", "", shown, made.reason)
            return SyncItem(item.prompt, "import", made.number, shown, made.reason)
        if item.state == "both moved" and item.item is not None:
            return self._merge(item, item.item, shown)
        if item.state == "file is gone":
            row = self._library.prompt(item.prompt)
            if row.live:
                where = ", ".join(row.live)
                return SyncItem(item.prompt, "left", "", "", f"{item.reason}, but it is live in {where}")
            self._library.archive(item.prompt)
            return SyncItem(item.prompt, "archive", row.latest, "", item.reason)
        if item.state in ("store is newer", "only in the store"):
            return SyncItem(item.prompt, "write", item.in_store, shown, item.state)
        if item.state == "same":
            return SyncItem(item.prompt, "same", item.in_file, shown)
        return SyncItem(item.prompt, "left", "", shown, item.reason)

    def _merge(self, item: StatusItem, stated: ImportItem, shown: str) -> SyncItem:
        name, latest = item.prompt, item.in_store
        with self._store.write():
            number = item.in_file or self._beside(stated, latest, item.base, shown)
            base = self._merging.base_of(name, latest, number)
            if base is None:
                raise Refused(
                    f"{latest} and what the file says were not made of one version",
                    f"workbench merge {name}@{latest} {number} --base NUMBER",
                )
            proposal = self._merging.plan(f"{name}@{latest}", f"{name}@{number}", f"{name}@{base}")
            if not proposal.merge.clean:
                count = len(proposal.merge.conflicts)
                reason = f"{count} conflict{'s' * (count != 1)} between {latest} and {number}"
                return SyncItem(name, "conflict", number, shown, reason, proposal)
            merged = self._merging.save(proposal, note=f"Merge what {shown} says into {latest}")
        return SyncItem(name, "merge", merged.number, shown, f"{latest} and what the file says, from {base}")

    def _beside(self, item: ImportItem, latest: str, base: str, shown: str) -> str:
        """The number under which what the file says is kept: below the latest, so that it takes no one's place."""
        stated = item.stated
        assert stated is not None  # noqa: S101 - it says something that the store does not know
        taken = {row.number for row in self._library.versions(item.prompt, include_withdrawn=True)}
        above = parse_number(latest)
        count = 1
        while (number := f"{above.finalize_version()}-0.file.{count}") in taken:
            count += 1
        saved = self._library.save(
            item.prompt,
            stated.content,
            note=stated.note or f"What {shown} says",
            number=number,
            parent=base or None,
            source=dict(stated.source),
            author=stated.author or None,
            created_at=stated.created_at or None,
        )
        return saved.number


def _shown(file: str, path: Path) -> str:
    """A file as seen from the folder that is brought together."""
    try:
        return Path(file).resolve().relative_to(path.resolve()).as_posix() if file else ""
    except ValueError:
        return file
