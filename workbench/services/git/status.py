"""What differs between the prompt files of a folder and the store, both ways."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from workbench import formats
from workbench.domain.merging import ancestors, nearest_ancestors
from workbench.domain.prompts import Content, PromptRow
from workbench.domain.versions import highest
from workbench.errors import BadInput, FormatError, NotFound
from workbench.formats import PromptFile, detect
from workbench.formats.git.repository import Blobs, CommitTree, git, top_of
from workbench.formats.tree import Entry
from workbench.services.files.import_plan import ImportItem
from workbench.services.files.porting import Porting
from workbench.services.library import Library
from workbench.store import Store

State = Literal[
    "same",
    "file is newer",
    "store is newer",
    "both moved",
    "only a file",
    "only in the store",
    "file is gone",
    "archived here",
    "refused",
]
_LOOKED_BACK = 100


@dataclass(frozen=True)
class StatusItem:
    """`in_file` is the version that the file says, "" for a content that the store does not know."""

    prompt: str
    state: State
    file: str = ""
    in_file: str = ""
    in_store: str = ""
    """The latest."""
    reason: str = ""
    stated: Content | None = None
    base: str = ""
    """The version that file and store both come from, where both moved."""
    item: ImportItem | None = field(default=None, repr=False, compare=False)
    """What importing the file would do; None where there is no file."""


class GitStatus:
    def __init__(self, library: Library, porting: Porting, store: Store) -> None:
        self._library = library
        self._porting = porting
        self._store = store

    def items(self, path: Path, format: str | None = None) -> list[StatusItem]:
        """By name; prompts of the store that no file below `path` holds come last. Changes nothing."""
        plan = self._porting.plan_import([path], format)
        rows = {row.name: row for row in self._library.prompts(archived=True)}
        seen: dict[str, list[ImportItem]] = {}
        for item in plan.items:
            seen.setdefault(item.prompt, []).append(item)
        found: list[StatusItem] = []
        for name, items in seen.items():
            refused = [item for item in items if item.action == "refused"]
            if name and len(items) > 1 and not refused:
                # A prompt with a file a version is where its highest file is.
                top = highest(item.number for item in items)
                items = [next(item for item in items if item.number == top)]
            found += [self._item(item, rows.get(name)) for item in items]
        found.sort(key=lambda item: (item.prompt, item.file))
        known = {item.prompt for item in found}
        found = [replace(item, reason=item.reason or _further_down(item, set(rows) - known)) for item in found]
        gone = _Gone(path)
        found += [self._without_file(row, gone) for name, row in rows.items() if name not in known and not row.archived]
        return found

    def _without_file(self, row: PromptRow, gone: _Gone) -> StatusItem:
        version = self._library.version(row.name) if row.latest and gone else None
        commit = gone.commit_of(str(version.source.get("path", ""))) if version else None
        if commit is None:
            return StatusItem(row.name, "only in the store", in_store=row.latest)
        reason = f"its file was deleted in {commit[:10]}" if commit else "its file was deleted"
        return StatusItem(row.name, "file is gone", in_store=row.latest, reason=reason)

    def _item(self, item: ImportItem, row: PromptRow | None) -> StatusItem:
        stated, latest = item.stated, row.latest if row else ""

        def told(state: State, in_file: str = "", reason: str = "", base: str = "") -> StatusItem:
            content = stated.content if stated else None
            return StatusItem(item.prompt, state, item.file, in_file, latest, reason, content, base, item)

        is_other = item.action == "refused" and "exists with other content" in item.reason
        if item.action == "refused" and not is_other:
            return told("refused", reason=item.reason)
        if row is None or item.action == "new":
            return told("only a file")
        if row.archived:
            return told("archived here", item.number if item.action == "same" else "", "the prompt is archived")
        parents = self._store.versions.parents(row.id)
        if item.action == "same":
            if item.number == latest:
                return told("same", item.number)
            if item.number in ancestors(parents, latest):
                return told("store is newer", item.number)
            base = highest(one for one in nearest_ancestors(parents, item.number, latest) if one in parents) or ""
            reason = f"{latest} was not made of {item.number}" + (f"; both were made of {base}" if base else "")
            return told("both moved", item.number, reason, base)
        base = self._base(stated) if stated else ""
        if base and base != latest:
            return told("both moved", "", f"both were {base} once; the store went on to {latest}", base)
        return told("file is newer", "", f"after {base}" if base else item.reason, base)

    def _base(self, stated: PromptFile) -> str:
        """The version that the file said last, as its commits tell; "" where none is known."""
        numbers = {row.digest: row.number for row in self._library.versions(stated.name)}
        for digest in _committed(Path(stated.file), str(stated.source.get("format"))):
            if digest in numbers:
                return numbers[digest]
        return ""


def _further_down(item: StatusItem, others: Collection[str]) -> str:
    """Prompts that were imported from a folder further down have shorter names than their files have from here."""
    parts = item.prompt.split("/")
    if item.state == "only a file":
        for count in range(1, len(parts)):
            name = "/".join(parts[count:])
            if name in others:
                return f"the store has {name}; if that is this one, name the folder {'/'.join(parts[:count])}"
    return ""


class _Gone:
    """Paths that were deleted below a folder of a repository, and in which commit; nothing outside of one."""

    def __init__(self, path: Path) -> None:
        self._commits: dict[str, str] = {}
        try:
            top = top_of(path).resolve()
            folder = path.resolve().relative_to(top).as_posix()
            listed = git(
                top,
                "log",
                "--no-renames",
                "--diff-filter=D",
                "--name-only",
                "-z",
                "--format=%x01%H",
                "HEAD",
                "--",
                folder,
            )
            missing = git(top, "ls-files", "-z", "--deleted", "--", folder)
        except (BadInput, NotFound, ValueError):
            return
        for path_ in missing.decode(errors="surrogateescape").split("\0"):
            self._commits.setdefault(path_, "")
        commit = ""
        for part in listed.decode(errors="surrogateescape").replace("\n", "\0").split("\0"):
            if part.startswith("\x01"):
                commit = part[1:]
            elif part and not (top / part).exists():
                self._commits.setdefault(part, commit)
        self._commits.pop("", None)

    def __bool__(self) -> bool:
        return bool(self._commits)

    def commit_of(self, path: str) -> str | None:
        """Where the file at `path`, as seen from what was imported, was deleted; "" for not committed, None for not."""
        if not path:
            return None
        return next((self._commits[one] for one in self._commits if f"/{one}".endswith(f"/{path}")), None)


def _committed(file: Path, format: str) -> Iterator[str]:
    """The digests of a file's committed contents, newest first; none outside of a repository."""
    try:
        top = top_of(file).resolve()
        path = file.resolve().relative_to(top).as_posix()
        listed = git(top, "log", f"-n{_LOOKED_BACK}", "--format=%H", "HEAD", "--", path).decode().split()
    except (BadInput, NotFound, ValueError):
        return
    with Blobs(top) as blobs:
        for commit in listed:
            entry = Entry(CommitTree(top, blobs, commit), path)
            try:
                known = detect.claim(entry, format if format in formats.BY_NAME else None)
                read: Sequence[PromptFile | FormatError] = known.read(entry) if known else ()
            except FormatError:
                continue
            yield from (one.content.digest for one in read if isinstance(one, PromptFile))


__all__ = ["GitStatus", "State", "StatusItem"]
