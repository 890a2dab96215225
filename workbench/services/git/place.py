"""What a repository has of the store's prompts: as it is committed, as it lies there, and which version that is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from workbench import formats
from workbench.domain.merging import ancestors
from workbench.domain.prompts import PromptRow, Version
from workbench.domain.versions import FIRST, parse_number
from workbench.errors import Refused
from workbench.formats import PromptFile
from workbench.formats.git.repository import Blobs, CommitTree
from workbench.services.library import Library
from workbench.store import Store


class Place:
    """A folder of a repository; read as prompts once, when that is asked."""

    def __init__(self, top: Path, folder: str, head: str, blobs: Blobs) -> None:
        self.top = top
        self.folder = folder
        self.prefix = f"{folder}/" if folder else ""
        self._head = head
        self._blobs = blobs

    def committed(self, path: str) -> bytes | None:
        """Of a path from the top."""
        return self._blobs.get(f"{self._head}:{path}")

    def stated(self, name: str) -> PromptFile | None:
        """What its file says, as it lies there, else as it is committed."""
        return self.stated_on_disk(name) or self.stated_in_commit(name)

    def stated_on_disk(self, name: str) -> PromptFile | None:
        return _highest(one for one in self.on_disk if one.name == name)

    def stated_in_commit(self, name: str) -> PromptFile | None:
        return _highest(one for one in self.in_commit if one.name == name)

    @cached_property
    def on_disk(self) -> tuple[PromptFile, ...]:
        place = self.top / self.folder
        return formats.read_paths([place]).files if place.exists() else ()

    @cached_property
    def in_commit(self) -> tuple[PromptFile, ...]:
        tree = CommitTree(self.top, self._blobs, self._head, self.folder)
        return formats.read_tree(tree, list(tree.below(""))).files


def _highest(files: Iterable[PromptFile]) -> PromptFile | None:
    """A prompt with a file a version is where its highest one is."""
    return max(files, key=lambda one: parse_number(one.number or FIRST), default=None)


class Lines:
    """Which versions of a prompt led to its latest one, and which of them a file says."""

    def __init__(self, library: Library, store: Store) -> None:
        self._library = library
        self._store = store

    def of(self, row: PromptRow) -> list[Version]:
        """The latest version and those that it was made of, by their parents, oldest first."""
        parents = self._store.versions.parents(row.id)
        numbers = [row.latest] if row.latest else []
        while numbers and (above := parents.get(numbers[-1], ())[:1]) and above[0] not in numbers:
            numbers += above
        known = [number for number in reversed(numbers) if number in parents]
        return [self._library.version(f"{row.name}@{number}") for number in known]

    def known(self, row: PromptRow, digest: str, versions: Sequence[Version] = ()) -> str:
        """The number of the version that says this, the newest of the line first; "" for none."""
        on_line = next((one.number for one in reversed(versions) if one.digest == digest), "")
        others = (one.number for one in self._library.versions(row.name) if one.digest == digest)
        return on_line or next(others, "")

    def leads_to_latest(self, row: PromptRow, number: str) -> bool:
        return number in ancestors(self._store.versions.parents(row.id), row.latest)

    def place_of(self, row: PromptRow, versions: Sequence[Version], stated: PromptFile) -> tuple[int, str]:
        """How many versions of the line a file is ahead of its first, and the number of what it says.

        Raises `Refused` for what the store does not know, and for what the latest was not made of.
        """
        number = self.known(row, stated.content.digest, versions)
        if not number:
            raise Refused("its file says something that the store does not know", "import it first")
        parents = self._store.versions.parents(row.id)
        newer = next(
            (index for index, one in enumerate(versions) if number in ancestors(parents, one.number)), len(versions)
        )
        if newer == len(versions):
            raise Refused(
                f"its file says {number}, of which {row.latest} was not made",
                f"workbench merge {row.name}@{row.latest} {number}",
            )
        return (newer, number) if versions[newer].number == number else (newer - 1, number)
