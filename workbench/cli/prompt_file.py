"""One version as a prompt file's text, and back."""

from __future__ import annotations

from pathlib import Path

from workbench.domain.prompts import Version
from workbench.errors import BadInput
from workbench.formats.model import PromptFile, Record
from workbench.formats.native import write


def written(version: Version) -> str:
    """The native format, which says everything of a version."""
    (raw,) = write(Record(version), version.prompt).files.values()
    return raw.decode()


def stated(path: Path, name: str) -> PromptFile:
    """The one prompt that a file states; `name` tells which, where it states several."""
    from workbench.formats import read

    if not path.is_file():
        raise BadInput(f"there is no file {path}")
    found = read(path)
    if len(found) > 1:
        found = [one for one in found if one.name == name]
    if len(found) != 1:
        raise BadInput(f"{path} does not state one version of {name}", "workbench import takes files with several")
    return found[0]
