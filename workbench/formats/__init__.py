"""Prompt files: one module a format, each from file to domain and back.

`read_paths` finds and reads; `write` gives the bytes of one version. The formats are `native`, `folder` and
`variations`. Nothing here knows the store, and nothing that is read is ever run.
"""

from __future__ import annotations

from pathlib import Path

from workbench.errors import FormatError
from workbench.formats import folder, native, variations
from workbench.formats.detect import NAMES, Reading, check_format, read_paths
from workbench.formats.model import PromptFile, Record, Written

__all__ = ["NAMES", "PromptFile", "Reading", "Record", "Written", "check_format", "read", "read_paths", "write"]


def read(path: Path, format: str | None = None) -> list[PromptFile]:
    """The prompts of a file or folder; the first `FormatError` is raised."""
    reading = read_paths([path], format=format)
    if reading.problems:
        raise reading.problems[0]
    return list(reading.files)


def write(record: Record, place: str, format: str = native.NAME) -> Written:
    """The bytes of one version at `place`, a path without ending. `FormatError` for what the format cannot say."""
    check_format(format)
    if format == folder.NAME:
        return folder.write(record, place)
    if format == variations.NAME:
        return variations.write(record, place)
    if format == native.NAME:
        return native.write(record, place)
    raise FormatError(f"{format} cannot be written")
