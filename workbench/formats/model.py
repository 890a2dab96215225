"""What the file formats have in common: a prompt as a file states it, and a version as it is to be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.domain.prompts import Content, Version
from workbench.domain.yaml_core import Path
from workbench.errors import FormatError
from workbench.formats.tree import Entry


@dataclass(frozen=True)
class PromptFile:
    """One version as one file states it. What the file leaves unsaid is "" or empty, None for a number or parent."""

    name: str
    content: Content
    file: str
    """The path as people gave it, for messages."""
    number: str | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    version_tags: tuple[str, ...] = ()
    note: str = ""
    author: str = ""
    created_at: str = ""
    parent: str | None = None
    deployed: tuple[str, ...] = ()
    """The environments in which the file says this version is live."""
    source: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """For `Version.source`: format, path, unknown keys, and `raw` where writing anew would give other bytes."""
    lines: Mapping[Path, int] = field(default_factory=dict, hash=False)
    lines_in: str = ""
    """The file that `lines` are of, where it is another than `file`: the metadata beside a text."""
    warnings: tuple[str, ...] = ()

    def line(self, *path: str | int) -> int:
        """The line of the nearest part of `path` that the file has; 0 where lines are unknown."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


@dataclass(frozen=True)
class Record:
    """One version with what a file says about its prompt."""

    version: Version
    description: str = ""
    tags: tuple[str, ...] = ()
    deployed: tuple[str, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The version's own source, or that of the nearest ancestor that came from a file of the format written."""
    environments: tuple[str, ...] = ()
    """All that the store knows; a tag of that name in a file says where it is live."""

    @property
    def name(self) -> str:
        return self.version.prompt

    @property
    def parent(self) -> str | None:
        """The version before: the one that the file named, even where the store has never seen it."""
        stated = self.version.source.get("parent")
        return stated if isinstance(stated, str) else self.version.parent


@dataclass(frozen=True)
class Written:
    """Bytes by path, relative to the export's folder and with `/`; `warnings` name what the format cannot hold."""

    files: Mapping[str, bytes] = field(hash=False)
    warnings: tuple[str, ...] = ()


Placed = tuple[Record, str]
"""A version and its place: a path without ending, relative to the export's folder."""


@dataclass(frozen=True)
class Format:
    """One file format: how it is told from others, read and written."""

    name: str
    about: str
    """What such files look like, for people."""
    claims: Callable[[Entry], bool]
    """Is the file of this format? Reads no more than it must; a `FormatError` is a file that should be and is not."""
    read: Callable[[Entry], Sequence[PromptFile | FormatError]]
    """Errors stand for the parts of a file that cannot be read where others can."""
    write: Callable[[Sequence[Placed]], Written] | None = None
    """None for what is only read. Of a format with `shares_files` it gets all that goes into files together."""
    shares_files: bool = False
    """Does one file hold several prompts or versions?"""
    names_files: bool = False
    """Does it name further files, which are then no prompts of their own?"""
    holds_versions: bool = False
    """Has a prompt more than one version in it?"""


def one_by_one(write: Callable[[Record, str], Written]) -> Callable[[Sequence[Placed]], Written]:
    """For formats with a file a version."""

    def write_all(placed: Sequence[Placed]) -> Written:
        files: dict[str, bytes] = {}
        warnings: list[str] = []
        for record, place in placed:
            written = write(record, place)
            files.update(written.files)
            warnings += written.warnings
        return Written(files, tuple(warnings))

    return write_all


def still_true(stated: PromptFile, record: Record) -> bool:
    """Does the file say of the record what there is to say? Then its own bytes go back."""
    version = record.version
    return (
        stated.name == record.name
        and stated.content.digest == version.digest
        and stated.number in (None, version.number)
        and stated.description == record.description
        and stated.note == version.note
        and sorted(stated.tags) == sorted(record.tags)
        and sorted(stated.version_tags) == sorted(version.tags)
        and sorted(stated.deployed) == sorted(record.deployed)
        and stated.author in ("", version.author)
        and stated.created_at in ("", version.created_at)
        and stated.parent in (None, record.parent)
    )


def as_record(stated: PromptFile) -> Record:
    """The record that the file alone describes."""
    version = Version(
        0,
        stated.name,
        stated.number or "",
        stated.content,
        author=stated.author,
        created_at=stated.created_at,
        note=stated.note,
        parent=stated.parent,
        tags=stated.version_tags,
        source=stated.source,
    )
    return Record(version, stated.description, stated.tags, stated.deployed, stated.source)
