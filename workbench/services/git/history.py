"""A repository's history into the store: every commit that changed a prompt becomes a version of it.

A version has the commit's time, author and subject; its parent is the version that was made of the blob before. The
number is the one that the file or the subject states, else the next. A body that says what its parent says, or what a
version beside it says already (a change that was picked onto another branch), is no version. Doing it again adds what
is new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench import formats
from workbench.domain.names import check_prompt_name
from workbench.domain.templates import check
from workbench.domain.versions import FIRST, highest, parse_number, propose
from workbench.errors import BadInput, NotFound, Refused, WorkbenchError
from workbench.formats.detect import is_candidate
from workbench.formats.git import log
from workbench.formats.git.history import Step, Walk
from workbench.formats.git.repository import Blobs, top_of
from workbench.services.batching import batches
from workbench.services.files.import_plan import Action, Progress
from workbench.services.keeping import Keeping
from workbench.services.library import Library
from workbench.store import Store


@dataclass(frozen=True)
class HistoryItem:
    """What became of one prompt in one commit; `archived` for a file that is gone in the end."""

    prompt: str
    number: str
    action: Action
    reason: str
    commit: str
    hint: str = ""


@dataclass
class HistoryReport:
    """`items` in the order of the commits; `problems` are files of a commit that could not be read."""

    commits: int = 0
    items: list[HistoryItem] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def count(self, action: Action) -> int:
        return sum(item.action == action for item in self.items)


@dataclass
class _Line:
    """The versions of one prompt."""

    digests: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str | None] = field(default_factory=dict)
    by_blob: dict[str, str] = field(default_factory=dict)
    by_commit: dict[str, str] = field(default_factory=dict)
    last: str | None = None
    archived: bool = False

    def descends(self, number: str | None, digest: str) -> bool:
        """Does the version or one that it was made of say this?"""
        seen = 0
        while number is not None and seen <= len(self.digests):
            if self.digests.get(number) == digest:
                return True
            number, seen = self.parents.get(number), seen + 1
        return False


class GitHistory:
    def __init__(self, store: Store, library: Library, environments: Sequence[str]) -> None:
        self._store = store
        self._library = library
        self._environments = tuple(environments)
        self._keeping = Keeping(store)

    def bring(
        self, path: Path, format: str | None = None, *, dry_run: bool = False, progress: Progress | None = None
    ) -> HistoryReport:
        """All versions of the prompts below `path`, a file or folder of a repository, that are not there yet.

        With `dry_run` nothing changes. Raises `NotFound` outside of a repository and `BadInput` for one without
        commits. When it is interrupted, what was saved stays, and the next time it goes on from there.
        """
        formats.check_format(format)
        top = top_of(path).resolve()
        place = path.resolve().relative_to(top).as_posix()
        place = "" if place == "." else place
        only = place if path.is_file() else ""
        walk = Walk(top, place.rpartition("/")[0] if only else place, only, self._environments, format)
        one = _Bringing(self._store, self._library, self._keeping, walk, dry_run=dry_run)
        head = log.head_of(top)
        kept = one.kept()
        if kept and not kept.get("done") and log.is_ancestor(top, str(kept["head"]), head):
            one.go(str(kept["head"]), str(kept.get("since", "")), str(kept.get("at", "")), progress)
            kept = {"head": kept["head"], "done": True, "paths": walk.paths}
        since = str(kept["head"]) if kept and log.is_ancestor(top, str(kept["head"]), head) else ""
        if since:
            walk.names = kept.get("paths", {}) if kept else {}
        if since != head:
            one.go(head, since, "", progress)
        one.report.problems += [f"{problem.message}" for problem in walk.problems]
        return one.report


class _Bringing:
    """One import: what it knows of each prompt, and what it has done."""

    def __init__(self, store: Store, library: Library, keeping: Keeping, walk: Walk, *, dry_run: bool) -> None:
        self.report = HistoryReport()
        self._store = store
        self._library = library
        self._keeping = keeping
        self._walk = walk
        self._dry_run = dry_run
        self._lines: dict[str, _Line] = {}
        self._stated: dict[str, Step] = {}
        self._gone: dict[str, str] = {}
        parts = "\0".join((str(walk.top), walk.folder, walk.only, walk.format or ""))
        self._key = "git-history:" + hashlib.sha256(parts.encode(errors="surrogateescape")).hexdigest()[:32]
        self._state: dict[str, Any] = {}

    def kept(self) -> dict[str, Any]:
        found = self._keeping.kept(self._key)
        return found if isinstance(found, dict) and "head" in found else {}

    def go(self, head: str, since: str, at: str, progress: Progress | None) -> None:
        self._state = {"head": head, "since": since, "at": at, "done": False, "paths": dict(self._walk.names)}
        commits = list(log.commits(self._walk.top, head, since=since, wanted=is_candidate))
        total = len(commits)
        skip = next((index + 1 for index, commit in enumerate(commits) if commit.id == at), 0)
        with Blobs(self._walk.top) as blobs:
            steps = self._walk.steps(commits, blobs, skip)
            if self._dry_run:
                for done, (_, made) in enumerate(steps, skip + 1):
                    self._all(made)
                    if progress is not None:
                        progress(done, total)
                self.report.commits += total - skip
                self._finish()
                return
            with batches(self._store, self._keep) as between:
                for done, (commit, made) in enumerate(steps, skip + 1):
                    self._all(made)
                    self._state["at"] = commit.id
                    between()
                    if progress is not None:
                        progress(done, total)
                self._finish()
                self._state |= {"done": True, "paths": self._walk.paths}
        self.report.commits += total - skip

    def _keep(self) -> None:
        self._store.kept.keep(self._key, self._state, self._store.clock())

    def _all(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if step.stated is None:
                self._gone[step.name] = step.commit.id
                continue
            self._gone.pop(step.name, None)
            try:
                item = self._save(step)
            except WorkbenchError as error:
                item = HistoryItem(step.name, "", "refused", error.message, step.commit.id, error.hint)
            self.report.items.append(item)
            if item.action in ("new", "changed"):
                self._stated[step.name] = step
                self.report.warnings += step.stated.warnings

    def _save(self, step: Step) -> HistoryItem:
        stated, commit = step.stated, step.commit
        assert stated is not None  # noqa: S101 — deletions are handled before
        check_prompt_name(step.name)
        line = self._line(step.name)
        digest = stated.content.digest
        parent = line.by_blob.get(step.before) or line.last
        known = line.by_commit.get(commit.id)
        if stated.number and stated.number not in line.digests:
            # A commit can bring several versions of a prompt, each in a file of its own.
            known = None
        same = known or (parent if parent and line.digests[parent] == digest else None) or _beside(line, parent, digest)
        if same is None and stated.number and line.digests.get(stated.number) == digest:
            same = stated.number
        if same is not None:
            if step.blob:
                line.by_blob[step.blob] = same
            line.last = same
            return HistoryItem(step.name, same, "same", f"{same} says the same", commit.id)
        number = _number(step, line)
        action: Action = "changed" if line.digests else "new"
        if self._dry_run:
            for problem in check(stated.content)[:1]:
                raise BadInput(f"message {problem.message_index + 1}, {problem.message}", problem.hint)
        else:
            if line.archived:
                self._library.unarchive(step.name)
                line.archived = False
            self._library.save(
                step.name,
                stated.content,
                note=step.note or commit.subject,
                number=number,
                parent=parent,
                description=stated.description or None,
                source=stated.source,
                author=commit.author,
                created_at=commit.time,
            )
        line.digests[number] = digest
        line.parents[number] = parent
        line.by_commit[commit.id] = number
        if step.blob:
            line.by_blob[step.blob] = number
        line.last = number
        return HistoryItem(step.name, number, action, f"after {parent}" if parent else "first version", commit.id)

    def _line(self, name: str) -> _Line:
        if name not in self._lines:
            self._lines[name] = line = _Line()
            row = self._store.prompts.find(name)
            if row is not None:
                line.archived = row.archived
                for number, digest, parent, commit, blob in self._store.versions.origins(row.id):
                    line.digests[number] = digest
                    line.parents[number] = parent
                    if commit:
                        line.by_commit[commit] = number
                    if blob:
                        line.by_blob[blob] = number
                    line.last = number
        return self._lines[name]

    def _finish(self) -> None:
        """Tags as the newest files say, and the archive for prompts whose files are gone."""
        for name, step in self._stated.items():
            if step.stated is not None and step.stated.tags and not self._dry_run:
                try:
                    self._library.tag(name, step.stated.tags)
                except (BadInput, Refused) as error:
                    self.report.warnings.append(f"{name}: {error.message}; left out")
        # Of a prompt with a file for each version, one may go and the others stay.
        for name in sorted(set(self._gone) - set(self._walk.paths.values())):
            line = self._line(name)
            if not line.digests or line.archived:
                continue
            try:
                if not self._dry_run:
                    self._library.archive(name)
                self.report.archived.append(name)
                line.archived = True
            except (Refused, NotFound) as error:
                self.report.warnings.append(f"{name} is gone from the repository but stays: {error.message}")
        self._gone.clear()


def _beside(line: _Line, parent: str | None, digest: str) -> str | None:
    """A version on another branch that says this; one that the parent was made of is no answer: it is a way back."""
    twin = next((number for number, other in line.digests.items() if other == digest), None)
    return twin if twin is not None and not line.descends(parent, digest) else None


def _number(step: Step, line: _Line) -> str:
    stated = step.stated.number if step.stated else None
    for number in (stated, step.number):
        if number and number not in line.digests:
            return number
    if not line.digests:
        return FIRST
    base = stated if stated in line.digests else highest(line.digests)
    bump = "pre" if base and parse_number(base).prerelease else "patch"
    return propose(line.digests, base, bump)


__all__ = ["GitHistory", "HistoryItem", "HistoryReport"]
