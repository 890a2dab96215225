"""The two sides of a change in a git repository: a commit, the index, or the files as they lie there now.

What git lists is what is read, so that what it ignores (an environment full of packages) is no prompt.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import BadInput, FormatError, NotFound
from workbench.formats.files import FileText, decoded, read_text
from workbench.formats.git.repository import Blobs, git
from workbench.formats.tree import Tree

_FILE = "100"
"""How the mode of a regular file begins; links and submodules are none."""


class BlobTree:
    """Files by the ids of their blobs, of a commit or of the index; a `Tree` whose paths begin at the top."""

    def __init__(self, name: str, blobs: Blobs, ids: Mapping[str, str]) -> None:
        self.name = name
        self.ids = ids
        self._blobs = blobs

    def text(self, path: str) -> FileText:
        data = self._blobs.get(self.ids[path]) if path in self.ids else None
        if data is None:
            raise FormatError("is not there", file=path)
        return decoded(data, path)

    def has(self, path: str) -> bool:
        return path in self.ids

    def below(self, folder: str) -> Iterator[str]:
        return iter(sorted(path for path in self.ids if path.startswith(f"{folder}/") or not folder))

    def shown(self, path: str) -> str:
        return path


class WorkTree:
    """The files as they are, of those that git knows or would add; a `Tree` whose paths begin at the top."""

    def __init__(self, top: Path, paths: frozenset[str]) -> None:
        self.top = top
        self.paths = paths

    @property
    def name(self) -> str:
        return self.top.name

    def text(self, path: str) -> FileText:
        try:
            return read_text(self.top / path, self.top)
        except FormatError as error:
            place = str(self.top / path)
            message = error.message.removeprefix(f"{place}:{error.line}: ").removeprefix(f"{place}: ")
            raise FormatError(message, error.hint, file=path, line=error.line) from error

    def has(self, path: str) -> bool:
        return path in self.paths

    def below(self, folder: str) -> Iterator[str]:
        return iter(sorted(path for path in self.paths if path.startswith(f"{folder}/") or not folder))

    def shown(self, path: str) -> str:
        return path


class Inside:
    """A folder of a tree as a tree of its own, so that what lies in it is named from there; shown from the top."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree = tree
        self._folder = folder

    @property
    def name(self) -> str:
        return self._folder.rpartition("/")[2] or self._tree.name

    def text(self, path: str) -> FileText:
        return self._tree.text(self.full(path))

    def has(self, path: str) -> bool:
        return self._tree.has(self.full(path))

    def below(self, folder: str) -> Iterator[str]:
        cut = len(self._folder) + 1 if self._folder else 0
        return (path[cut:] for path in self._tree.below("/".join(part for part in (self._folder, folder) if part)))

    def shown(self, path: str) -> str:
        return self.full(path)

    def full(self, path: str) -> str:
        return f"{self._folder}/{path}" if self._folder else path


@dataclass(frozen=True)
class Move:
    """A file that differs: its path on each side, "" where it is not."""

    old: str
    new: str


def commit_tree(top: Path, blobs: Blobs, commit: str) -> BlobTree:
    """Of a commit or of a tree's id."""
    ids: dict[str, str] = {}
    for entry in git(top, "ls-tree", "-r", "-z", commit).decode(errors="surrogateescape").split("\0"):
        facts, _, path = entry.partition("\t")
        if facts.startswith(_FILE):
            ids[path] = facts.split()[2]
    return BlobTree(top.name, blobs, ids)


def index_tree(top: Path, blobs: Blobs) -> BlobTree:
    """What the next commit would hold; inside of a hook, the index that git made for it."""
    ids: dict[str, str] = {}
    listed = git(top, "ls-files", "-s", "-z", index=os.environ.get("GIT_INDEX_FILE", ""))
    for entry in listed.decode(errors="surrogateescape").split("\0"):
        facts, _, path = entry.partition("\t")
        if facts.startswith(_FILE) and facts.endswith(" 0"):
            ids[path] = facts.split()[1]
    return BlobTree(top.name, blobs, ids)


def work_tree(top: Path) -> WorkTree:
    listed = git(top, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    paths = {path for path in listed.decode(errors="surrogateescape").split("\0") if path}
    return WorkTree(top, frozenset(path for path in paths if _is_file(top / path)))


def _is_file(place: Path) -> bool:
    return place.is_file() and not place.is_symlink()


def moves(top: Path, base: str, *, head: str = "", staged: bool = False) -> list[Move]:
    """What differs between a commit (or tree) and another one, the index, or the files as they are; renames found."""
    arguments = ["diff", "--raw", "-z", "--no-abbrev", "-M", "-l2000", "--no-ext-diff", "--no-textconv"]
    arguments += ["--cached"] if staged else []
    listed = git(
        top, *arguments, base, *([head] if head else []), "--", index=os.environ.get("GIT_INDEX_FILE", "") * staged
    )
    found = list(_moves(listed.decode(errors="surrogateescape")))
    if not head and not staged:
        others = git(top, "ls-files", "-z", "--others", "--exclude-standard").decode(errors="surrogateescape")
        found += [Move("", path) for path in others.split("\0") if path and _is_file(top / path)]
    return found


def _moves(raw: str) -> Iterator[Move]:
    """`:modes ids status`, then one path, two for a rename or a copy."""
    parts = iter(raw.split("\0"))
    for head in parts:
        if not head.startswith(":"):
            continue
        old_mode, new_mode, *_, status = head[1:].split()
        old = next(parts)
        new = next(parts) if status[0] in "RC" else old
        yield Move(
            old if old_mode.startswith(_FILE) and status[0] != "C" else "", new if new_mode.startswith(_FILE) else ""
        )


def base_of(top: Path, reference: str, head: str = "HEAD") -> str:
    """The commit where `head` left `reference`; the id of the empty tree for one of zeros only, as forges have it.

    Raises `NotFound` for an unknown one, `BadInput` where the two have no common commit.
    """
    if not reference.strip("0"):
        return empty_tree(top)
    commits = []
    for name in (reference, head):
        try:
            found = git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        except BadInput as error:
            raise NotFound(
                f"there is no commit {name!r} here",
                hint="name a branch, a tag or a commit; in CI, fetch the whole history (fetch-depth: 0)",
            ) from error
        commits.append(found.decode().strip())
    try:
        return git(top, "merge-base", *commits).decode().split()[0]
    except BadInput as error:
        raise BadInput(
            f"{reference} and {head} have no commit in common", "in CI, fetch the whole history (fetch-depth: 0)"
        ) from error


def empty_tree(top: Path) -> str:
    return git(top, "hash-object", "-t", "tree", "--stdin", given=b"").decode().strip()


def has_commits(top: Path) -> bool:
    try:
        git(top, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except BadInput:
        return False
    return True
