"""Which files under a path are prompts, in which format, and what they say."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from workbench.domain.names import near
from workbench.domain.versions import is_number
from workbench.errors import FormatError, NotFound
from workbench.formats import folder, plain
from workbench.formats.known import BY_NAME, FORMATS, check_format
from workbench.formats.model import Format, PromptFile
from workbench.formats.tree import DiskTree, Entry, Tree, skipped
from workbench.formats.variable_sets import is_beside

_YAML = (".yaml", ".yml")
_ENDINGS = (*_YAML, ".json", ".csv", ".prompty", ".prompt", *plain.ENDINGS)
_SURE = (*_YAML, ".prompty", ".prompt")
_SURE_NAMES = ("prompts.json", "registry.json")
"""Files of these endings and names are meant to be prompts or configuration: what is wrong with one is a mistake."""
_PERHAPS = (".json", ".csv")
"""Data of any kind; that one could not be read is worth a word."""
_BROKEN_PROMPT = re.compile(r"^(messages|system_prompt):", re.MULTILINE)


@dataclass(frozen=True)
class Origin:
    """Where a prompt of a reading comes from; paths are relative to the top of its tree."""

    path: str
    """The file that was read for a prompt."""
    reads: frozenset[str]
    """Other files that were asked for, found or not: its text, its examples, its metadata."""
    shares_files: bool
    """Are there other prompts or versions in the file?"""


@dataclass(frozen=True)
class Reading:
    """What was found under the paths; `problems` are files that should be prompts and cannot be read."""

    files: tuple[PromptFile, ...]
    problems: tuple[FormatError, ...]
    other: tuple[str, ...]
    """YAML files that are no prompts."""
    origins: tuple[Origin, ...] = ()
    """Of each of `files`, in their order."""
    unread: tuple[FormatError, ...] = ()
    """Files that may be prompts or any other data, and cannot be read."""


@dataclass
class _Found:
    """Collects a `Reading`."""

    files: list[tuple[int, PromptFile, Origin]] = field(default_factory=list)
    problems: list[FormatError] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    unread: list[FormatError] = field(default_factory=list)

    def reading(self) -> Reading:
        ordered = sorted(self.files, key=lambda found: found[0])
        return Reading(
            tuple(file for _, file, _ in ordered),
            tuple(self.problems),
            tuple(self.other),
            tuple(origin for _, _, origin in ordered),
            tuple(self.unread),
        )


def read_paths(
    paths: Sequence[Path],
    *,
    format: str | None = None,
    environments: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Reading:
    """All prompts in files and folders, in the order of their paths. Raises `NotFound` for a path that is not there."""
    check_format(format)
    found = _Found()
    entries: dict[str, Entry] = {}
    for path in paths:
        tree, relatives, named = _place(path, found.problems)
        for relative in relatives:
            entry = Entry(tree, relative, environments, named=named, forced=format is not None)
            entries.setdefault(entry.file, entry)
    _read_all(list(entries.values()), format, found, progress)
    return found.reading()


def read_tree(
    tree: Tree,
    paths: Sequence[str],
    *,
    format: str | None = None,
    environments: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Reading:
    """The prompts in these files of a tree; what is none is passed over."""
    found = _Found()
    entries = [Entry(tree, path, environments, forced=format is not None) for path in paths if is_candidate(path)]
    _read_all(entries, format, found, progress)
    return found.reading()


def is_candidate(path: str) -> bool:
    """May a file that is met in a folder be a prompt?"""
    pure = PurePosixPath(path)
    if any(skipped(part) for part in pure.parts[:-1]):
        return False
    if pure.name in (folder.TEXT, folder.METADATA):
        return True
    return pure.name.endswith(_ENDINGS) and not pure.name.startswith(".") and not is_beside(path)


def _read_all(
    entries: Sequence[Entry], format: str | None, found: _Found, progress: Callable[[int, int], None] | None
) -> None:
    claimed = [(index, known, entry) for index, entry in enumerate(entries) if (known := _claim(entry, format, found))]
    # What names other files is read before those are met by themselves.
    claimed.sort(key=lambda one: (not one[1].names_files, one[0]))
    taken: set[str] = set()
    for done, (index, known, entry) in enumerate(claimed):
        if progress is not None:
            progress(done, len(claimed))
        if entry.file in taken:
            continue
        try:
            made = known.read(entry)
            origin = Origin(entry.path, frozenset(entry.reads), known.shares_files)
            for one in made:
                found.problems.append(one) if isinstance(one, FormatError) else found.files.append((index, one, origin))
        except FormatError as error:
            found.problems.append(error)
        if known.names_files:
            taken |= {entry.tree.shown(path) for path in entry.reads}
    if progress is not None:
        progress(len(claimed), len(claimed))


def _claim(entry: Entry, format: str | None, found: _Found) -> Format | None:
    """The format that takes the file. A file that should be a prompt and is none becomes a problem."""
    try:
        known = claim(entry, format)
        if known is not None:
            return known
        if entry.base.endswith((*_YAML, ".json")):
            _refuse_broken(entry)
    except FormatError as error:
        if entry.named or entry.base.endswith(_SURE) or entry.base in _SURE_NAMES:
            found.problems.append(error)
        elif entry.base.endswith(_PERHAPS):
            found.unread.append(error)
        return None
    if entry.named:
        found.problems.append(_no_prompt(entry, format))
    elif entry.base.endswith(_YAML):
        found.other.append(entry.file)
    return None


def claim(entry: Entry, format: str | None = None) -> Format | None:
    """The format that takes the file. `FormatError` for one that should be of a format and cannot be read."""
    return next((known for known in (FORMATS if format is None else (BY_NAME[format],)) if known.claims(entry)), None)


def _refuse_broken(entry: Entry) -> None:
    """A YAML or JSON file that cannot be read is reported where it was named or was a prompt once."""
    if entry.document is None and (entry.named or entry.forced or _BROKEN_PROMPT.search(entry.text.text)):
        _ = entry.read_document


def _no_prompt(entry: Entry, format: str | None) -> FormatError:
    if format is not None:
        return FormatError(f"is not in the {format} format: {BY_NAME[format].about}", file=entry.file)
    if entry.base.endswith(_YAML):
        return FormatError(
            "is not a prompt: it has neither messages nor system_prompt",
            "write messages: with a role and a content each",
            file=entry.file,
            line=1,
        )
    return FormatError(
        "is in no format that can be read",
        f"prompts are .yaml files, folders with {folder.TEXT}, or one of " + ", ".join(BY_NAME),
        file=entry.file,
    )


def _place(path: Path, problems: list[FormatError]) -> tuple[DiskTree, list[str], bool]:
    """The tree that a path means, and what to look at in it."""
    if not path.exists():
        if path.is_symlink():
            raise FormatError("is a link that leads nowhere", file=str(path))
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        raise NotFound(f"there is no file or folder {path}", near(path.name, siblings))
    # A link that was named itself is meant; one that is met on the way is not followed out of the folder.
    path = path.resolve() if path.is_symlink() else path
    if not path.is_dir():
        path = path.with_name(folder.TEXT) if path.name == folder.METADATA else path
        # NAME/1.3.2.yaml and NAME/system-prompt.txt are named by their folder.
        inner = path.name == folder.TEXT or is_number(path.stem)
        root = _above(path.parent) if inner else path.parent
        absolute = path.absolute() if root.is_absolute() else path
        return DiskTree(root), [absolute.relative_to(root).as_posix()], True
    inner = (path / folder.TEXT).exists() or (path / folder.METADATA).exists()
    root = _above(path) if inner else path
    return DiskTree(root), _walk(path.absolute() if root.is_absolute() else path, root, problems), False


def _above(path: Path) -> Path:
    return path.absolute().parent if path == path.parent or path.name in ("", "..") else path.parent


def _walk(top: Path, root: Path, problems: list[FormatError]) -> list[str]:
    """In the order of names. Links to folders are not followed; links to files are checked when they are read."""

    def failed(error: OSError) -> None:
        problems.append(FormatError(f"cannot be read: {error.strerror}", file=str(error.filename or top)))

    paths: list[str] = []
    for where, folders, names in os.walk(top, onerror=failed):
        folders[:] = sorted(f for f in folders if not skipped(f))
        here = Path(where).relative_to(root)
        if folder.TEXT in names:
            names = [name for name in names if name != folder.METADATA]
        paths += [(here / name).as_posix() for name in sorted(names) if is_candidate(name)]
    return paths
