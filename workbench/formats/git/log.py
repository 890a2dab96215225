"""The commits of a repository, oldest first, and which paths are one file over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from workbench.errors import BadInput
from workbench.formats.git.repository import git, pieces_of

_NOTHING = "0" * 40
_FIELDS = "%x01%H%x00%ct%x00%an%x00%s%x00"


@dataclass(frozen=True)
class Change:
    """One file in one commit. `old` and `new` are blob ids, "" where there was or is none."""

    path: str
    old_path: str
    """Other than `path` only for a rename."""
    old: str
    new: str


@dataclass(frozen=True)
class Commit:
    id: str
    time: str
    """Of the commit, ISO 8601 in UTC."""
    author: str
    subject: str
    changes: tuple[Change, ...]


def head_of(top: Path) -> str:
    """The commit that is checked out. Raises `BadInput` in a repository without one."""
    try:
        return git(top, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode().strip()
    except BadInput as error:
        raise BadInput(f"{top} has no commit yet", "make the first one, then try again") from error


def is_ancestor(top: Path, commit: str, of: str) -> bool:
    try:
        git(top, "merge-base", "--is-ancestor", commit, of)
    except BadInput:
        return False
    return True


def count(top: Path, head: str, since: str = "") -> int:
    return int(git(top, "rev-list", "--count", head, *([f"^{since}"] if since else [])))


def commits(top: Path, head: str, *, since: str = "", wanted: Callable[[str], bool]) -> Iterator[Commit]:
    """Parents before children. A merge shows only what differs from all its parents; `wanted` picks paths."""
    arguments = (
        *("log", "-z", "--raw", "--no-abbrev", "-M", "-l2000", "-c", "--topo-order", "--reverse"),
        *("--no-textconv", "--no-ext-diff", "--no-show-signature", "--no-mailmap", "--encoding=UTF-8"),
        f"--format={_FIELDS}",
        head,
        *([f"^{since}"] if since else []),
    )
    for part in pieces_of(top, arguments, b"\x01"):
        parts = part.split(b"\0")
        if len(parts) < 4 or not parts[1].isdigit():
            continue  # what stands before the first, or the rest of a subject that holds the separator itself
        commit = _commit(parts, wanted)
        if commit.changes:
            yield commit


def _commit(parts: list[bytes], wanted: Callable[[str], bool]) -> Commit:
    made, seconds, author, subject = (part.decode(errors="replace") for part in parts[:4])
    changes = tuple(change for change in _changes(parts[4:]) if wanted(change.path) or wanted(change.old_path))
    moment = datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return Commit(made.strip(), moment, author, subject, changes)


def _changes(parts: list[bytes]) -> Iterator[Change]:
    """`:modes ids status` and one path, two for a rename; of a merge as many modes and ids as it has parents."""
    index = 0
    while index < len(parts):
        head = parts[index].decode(errors="replace").strip()
        index += 1
        if not head.startswith(":"):
            continue
        parents = len(head) - len(head.lstrip(":"))
        words = head.lstrip(":").split()
        modes, ids, status = words[: parents + 1], words[parents + 1 : 2 * parents + 2], words[-1]
        old_path = parts[index].decode(errors="surrogateescape")
        index += 1
        path = old_path
        if parents == 1 and status[0] in "RC":
            path = parts[index].decode(errors="surrogateescape")
            index += 1
            if status[0] == "C":
                old_path = path
        # Links and submodules are no files.
        new = ids[-1] if modes[-1].startswith("100") and ids[-1] != _NOTHING else ""
        old = ids[0] if modes[0].startswith("100") and ids[0] != _NOTHING else ""
        if status[0] == "C":
            old = ""
        if new or old:
            yield Change(path, old_path, old, new)


@dataclass
class Lines:
    """Which paths are one line of history: a renamed file keeps its own."""

    first: dict[int, str] = field(default_factory=dict)
    """The path that a line had before the first change."""
    last: dict[int, str] = field(default_factory=dict)
    """The newest path of each line."""
    newest: dict[int, str] = field(default_factory=dict)
    """The commit that last gave each line a content."""
    deleted: set[int] = field(default_factory=set)
    _of: dict[str, int] = field(default_factory=dict)

    def line_of(self, path: str) -> int:
        """The line that has the path in the end; -1 for none."""
        return self._of.get(path, -1)

    def follow(self, change: Change, commit: str) -> int:
        """The line that a change belongs to; to be called for all changes in order, once."""
        line = self._of.get(change.old_path)
        if line is None:
            line = len(self.last)
            self._of[change.old_path] = line
            self.first[line] = change.old_path
        if change.path != change.old_path:
            self._of.pop(change.old_path, None)
            self._of[change.path] = line
        self.last[line] = change.path
        if change.new:
            self.newest[line] = commit
            self.deleted.discard(line)
        else:
            self.deleted.add(line)
        return line
