"""What differs between the prompt files of a folder and the store, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench import formats
from workbench.domain.prompts import Content
from workbench.domain.versions import highest
from workbench.errors import BadInput, FormatError, NotFound
from workbench.formats import PromptFile, detect
from workbench.formats.git_repository import Blobs, CommitTree, git, top_of
from workbench.formats.tree import Entry
from workbench.services.import_plan import ImportItem
from workbench.services.library import Library
from workbench.services.porting import Porting

State = Literal["same", "file is newer", "store is newer", "both moved", "only a file", "only in the store", "refused"]
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


class GitStatus:
    def __init__(self, library: Library, porting: Porting) -> None:
        self._library = library
        self._porting = porting

    def items(self, path: Path, format: str | None = None) -> list[StatusItem]:
        """By name; prompts of the store that no file below `path` holds come last. Changes nothing."""
        plan = self._porting.plan_import([path], format)
        rows = {row.name: row for row in self._library.prompts()}
        seen: dict[str, list[ImportItem]] = {}
        for item in plan.items:
            seen.setdefault(item.prompt, []).append(item)
        found: list[StatusItem] = []
        for name, items in seen.items():
            latest = rows[name].latest if name in rows else ""
            refused = [item for item in items if item.action == "refused"]
            if name and len(items) > 1 and not refused:
                # A prompt with a file a version is where its highest file is.
                top = highest(item.number for item in items)
                items = [next(item for item in items if item.number == top)]
            found += [self._item(item, latest) for item in items]
        found.sort(key=lambda item: (item.prompt, item.file))
        known = {item.prompt for item in found}
        found += [
            StatusItem(name, "only in the store", in_store=row.latest)
            for name, row in rows.items()
            if name not in known
        ]
        return found

    def _item(self, item: ImportItem, latest: str) -> StatusItem:
        stated = item.stated
        content = stated.content if stated else None
        is_other = item.action == "refused" and "exists with other content" in item.reason
        if item.action == "refused" and not is_other:
            return StatusItem(item.prompt, "refused", item.file, "", latest, item.reason, content)
        if item.action == "same":
            state: State = "same" if item.number == latest else "store is newer"
            return StatusItem(item.prompt, state, item.file, item.number, latest, "", content)
        if item.action == "new":
            return StatusItem(item.prompt, "only a file", item.file, "", latest, "", content)
        base = self._base(stated) if stated else ""
        if base and base != latest:
            reason = f"both were {base} once; the store went on to {latest}"
            return StatusItem(item.prompt, "both moved", item.file, "", latest, reason, content)
        reason = f"after {base}" if base else item.reason
        return StatusItem(item.prompt, "file is newer", item.file, "", latest, reason, content)

    def _base(self, stated: PromptFile) -> str:
        """The version that the file said last, as its commits tell; "" where none is known."""
        numbers = {row.digest: row.number for row in self._library.versions(stated.name)}
        for digest in _committed(Path(stated.file), str(stated.source.get("format"))):
            if digest in numbers:
                return numbers[digest]
        return ""


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
