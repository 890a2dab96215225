"""Prompt files: one module a format, each from file to domain and back; `known` lists them.

`read_paths` finds and reads; `write` gives the bytes of one version, `write_all` of many that may share files. Nothing
here knows the store, and nothing that is read is ever run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbench.errors import FormatError
from workbench.formats.detect import Reading, read_paths, read_tree
from workbench.formats.known import BY_NAME, FORMATS, NAMES, check_format
from workbench.formats.model import Format, Placed, PromptFile, Record, Written
from workbench.formats.tree import DiskTree
from workbench.formats.verifying import unheld

__all__ = [
    "BY_NAME",
    "FORMATS",
    "NAMES",
    "DiskTree",
    "Format",
    "Placed",
    "PromptFile",
    "Reading",
    "Record",
    "Written",
    "check_format",
    "read",
    "read_paths",
    "read_tree",
    "write",
    "write_all",
]


def read(path: Path, format: str | None = None) -> list[PromptFile]:
    """The prompts of a file or folder; the first `FormatError` is raised."""
    reading = read_paths([path], format=format)
    if reading.problems:
        raise reading.problems[0]
    return list(reading.files)


def write(record: Record, place: str, format: str = "native") -> Written:
    """The bytes of one version at `place`, a path without ending. `FormatError` for what the format cannot say."""
    return write_all([(record, place)], format)


def write_all(placed: Sequence[Placed], format: str = "native") -> Written:
    """The bytes of several versions. What a format that shares files cannot say is a warning, not an error."""
    check_format(format)
    known = BY_NAME[format]
    if known.write is None:
        raise FormatError(f"{format} cannot be written", "it is only read")
    written = known.write(placed)
    return (
        written if format == "native" else Written(written.files, (*written.warnings, *unheld(placed, written, known)))
    )
