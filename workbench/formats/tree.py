"""Where files are read from: a folder on disk, or a commit. A format sees only this, so that it reads both alike."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from workbench.domain import yaml_core
from workbench.errors import FormatError
from workbench.formats import strict_json
from workbench.formats.files import FileText, decoded, name_of, read_text

_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__"})
_HIDDEN_WITH_PROMPTS = frozenset({".continue", ".github", ".prompts"})
_SUFFIXES = (".prompt.yaml", ".prompt.yml", ".prompt.md")


class Tree(Protocol):
    """Files by paths with `/`, relative to the top."""

    def text(self, path: str) -> FileText:
        """`FormatError` for what is not there, not text, too large, or outside."""

    def has(self, path: str) -> bool: ...

    def below(self, folder: str) -> Iterator[str]:
        """All files below `folder` ("" is the top), sorted; hidden folders left out."""

    def shown(self, path: str) -> str:
        """The path for messages, as people would name it."""

    @property
    def name(self) -> str:
        """Of the top folder."""


class DiskTree:
    """A folder; nothing outside it is read, through whatever link."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def name(self) -> str:
        return self.root.absolute().name

    def text(self, path: str) -> FileText:
        return read_text(self.root / path, self.root)

    def has(self, path: str) -> bool:
        place = self.root / path
        return place.exists() or place.is_symlink()

    def below(self, folder: str) -> Iterator[str]:
        import os

        for where, folders, names in os.walk(self.root / folder):
            folders[:] = sorted(f for f in folders if not skipped(f))
            here = Path(where).relative_to(self.root)
            yield from ((here / name).as_posix() for name in sorted(names))

    def shown(self, path: str) -> str:
        return str(self.root / path)


class MemoryTree:
    """Files that are about to be written."""

    def __init__(self, files: Mapping[str, bytes], name: str = "files") -> None:
        self.files = files
        self.name = name

    def text(self, path: str) -> FileText:
        if path not in self.files:
            raise FormatError("is not there", file=path)
        return decoded(self.files[path], path)

    def has(self, path: str) -> bool:
        return path in self.files

    def below(self, folder: str) -> Iterator[str]:
        return iter(sorted(path for path in self.files if path.startswith(f"{folder}/") or not folder))

    def shown(self, path: str) -> str:
        return path


def skipped(folder: str) -> bool:
    """Is a folder passed over? Hidden ones are, but those in which tools keep prompts."""
    return (folder.startswith(".") and folder not in _HIDDEN_WITH_PROMPTS) or folder in _SKIPPED_FOLDERS


class Entry:
    """One file that may be a prompt, with what is read of it and beside it, each once."""

    def __init__(
        self,
        tree: Tree,
        path: str,
        environments: Collection[str] = (),
        *,
        named: bool = False,
        forced: bool = False,
        naming: str = "",
    ) -> None:
        self.tree = tree
        self.path = path
        self.environments = tuple(environments)
        self.named = named
        """Was the file named itself? Then it must be a prompt; in a folder, other files may lie about."""
        self.forced = forced
        """Was the format named? Then what only looks like it is taken for it."""
        self.naming = naming or path
        """The path that names the prompt: its newest, where an older content is read."""
        self.reads: set[str] = set()
        """Other files that were asked for, found or not."""

    @property
    def file(self) -> str:
        return self.tree.shown(self.path)

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)

    @property
    def base(self) -> str:
        return posixpath.basename(self.path)

    @property
    def name(self) -> str:
        """The prompt's name as the file's place says it."""
        for suffix in _SUFFIXES:
            if self.naming.endswith(suffix):
                return name_of(self.naming.removesuffix(suffix))
        return name_of(str(PurePosixPath(self.naming).with_suffix("")))

    @property
    def folder_name(self) -> str:
        """The prompt's name as the file's folder says it."""
        return name_of(posixpath.dirname(self.naming) or self.tree.name)

    @cached_property
    def text(self) -> FileText:
        return self.tree.text(self.path)

    @cached_property
    def read_document(self) -> tuple[Any, Mapping[yaml_core.Path, int]]:
        """The file as YAML, or as JSON by its ending, and its lines. `FormatError` with file and line."""
        if self.path.endswith(".json"):
            return strict_json.load(self.text.text, self.file)
        return yaml_core.load_with_lines(self.text.text, self.file)

    @property
    def document(self) -> Any:
        """As `read_document`, None where it cannot be read."""
        try:
            return self.read_document[0]
        except FormatError:
            return None

    def beside(self, relative: str) -> str:
        """The path that `relative` means, seen from this file's folder; `FormatError` when it leads out of the top."""
        path = posixpath.normpath(posixpath.join(self.folder, relative.replace("\\", "/")))
        if path.startswith(("../", "/")) or path in ("..", "."):
            raise FormatError(f"{relative!r} leads out of the folder that is read", file=self.file)
        return path

    def has(self, path: str) -> bool:
        self.reads.add(path)
        return self.tree.has(path)

    def other(self, path: str) -> FileText:
        """The text of another file of the tree."""
        self.reads.add(path)
        return self.tree.text(path)
