"""Reading what is about to be written, so that nothing that a format cannot hold is lost without a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.domain.prompts import Content
from workbench.formats.detect import read_tree
from workbench.formats.model import Format, Placed, PromptFile, Written
from workbench.formats.tree import MemoryTree


def unheld(placed: Sequence[Placed], written: Written, known: Format) -> tuple[str, ...]:
    """A warning for each version whose content would come back otherwise, naming the parts."""
    if not written.files:
        return ()
    top = next(iter(written.files)).split("/")[0] if len(written.files) == 1 else "files"
    environments = placed[0][0].environments if placed else ()
    reading = read_tree(
        MemoryTree(written.files, top), sorted(written.files), format=known.name, environments=environments
    )
    by_key: dict[tuple[str, str], PromptFile] = {}
    by_name: dict[str, PromptFile] = {}
    for file in reading.files:
        by_key[file.name, file.number or ""] = file
        by_name[file.name] = file
    warnings = [f"what is written cannot be read back: {problem.message}" for problem in reading.problems]
    for record, place in placed:
        name = record.name
        number = record.version.number if known.holds_versions else ""
        found = by_key.get((name, number)) or (None if number else by_name.get(name)) or by_name.get(place)
        if found is None:
            found = reading.files[0] if len(reading.files) == len(placed) == 1 else None
        if found is None:
            if reading.files or not reading.problems:
                warnings.append(f"{name}: does not come back from the {known.name} format")
            continue
        parts = list(differences(record.version.content, found.content))
        if parts:
            warnings.append(f"{name}: the {known.name} format gives back otherwise: {', '.join(parts)}")
    return tuple(warnings)


def differences(wanted: Content, found: Content) -> Iterator[str]:
    """The parts of two contents that differ, in words."""
    if wanted.digest == found.digest:
        return
    if wanted.messages != found.messages:
        yield "messages"
    if wanted.format != found.format:
        yield f"the template format ({wanted.format}, {found.format})"
    if wanted.variables != found.variables:
        yield "variables"
    for key in sorted(wanted.settings.keys() | found.settings.keys()):
        if wanted.settings.get(key) != found.settings.get(key) or (key in wanted.settings) != (key in found.settings):
            yield f"the setting {key}"
