"""Which files under a path are prompts, in which format, and what they say."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.domain import yaml_core
from workbench.domain.names import near
from workbench.domain.versions import is_number
from workbench.errors import BadInput, FormatError, NotFound
from workbench.formats import folder, native, variations
from workbench.formats.files import FileText, name_of, read_text
from workbench.formats.model import PromptFile

NAMES = (native.NAME, folder.NAME, variations.NAME)
_YAML = (".yaml", ".yml")
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True)
class Candidate:
    """A file that may be a prompt. For the folder layout it is the text file."""

    path: Path
    root: Path
    """What names are relative to."""
    named: bool
    """Was it named itself? Then it must be a prompt; in a folder, other YAML files may lie about."""


@dataclass(frozen=True)
class Reading:
    """What was found under the paths; `problems` are files that should be prompts and cannot be read."""

    files: tuple[PromptFile, ...]
    problems: tuple[FormatError, ...]
    other: tuple[str, ...]
    """YAML files that are no prompts."""


def check_format(format: str | None) -> str | None:
    """The format's name itself; `BadInput` with the nearest for an unknown one. None is: look at the file."""
    if format is not None and format not in NAMES:
        close = near(format, NAMES, 1)
        raise BadInput(
            f"unknown format {format!r}", f"did you mean {close[0]}?" if close else "use one of " + ", ".join(NAMES)
        )
    return format


def read_paths(
    paths: Sequence[Path],
    *,
    format: str | None = None,
    environments: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Reading:
    """All prompts in files and folders, in the order of their paths. Raises `NotFound` for a path that is not there."""
    check_format(format)
    problems: list[FormatError] = []
    candidates = list(dict.fromkeys(c for path in paths for c in _candidates(path, problems)))
    files: list[PromptFile] = []
    other: list[str] = []
    for done, candidate in enumerate(candidates):
        if progress is not None:
            progress(done, len(candidates))
        try:
            found = read_candidate(candidate, format, environments)
        except FormatError as error:
            problems.append(error)
            continue
        if found is None:
            other.append(str(candidate.path))
        else:
            files.append(found)
    if progress is not None:
        progress(len(candidates), len(candidates))
    return Reading(tuple(files), tuple(problems), tuple(other))


def _candidates(path: Path, problems: list[FormatError]) -> Iterator[Candidate]:
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
        yield Candidate(path, _above(path.parent) if inner else path.parent, named=True)
    elif _is_prompt_folder(path):
        yield from _walk(path, _above(path), problems)
    else:
        yield from _walk(path, path, problems)


def _above(path: Path) -> Path:
    return path.absolute().parent if path == path.parent or path.name in ("", "..") else path.parent


def _is_prompt_folder(path: Path) -> bool:
    return (path / folder.TEXT).exists() or (path / folder.METADATA).exists()


def _walk(top: Path, root: Path, problems: list[FormatError]) -> Iterator[Candidate]:
    """In the order of names. Links to folders are not followed; links to files are checked when they are read."""

    def failed(error: OSError) -> None:
        problems.append(FormatError(f"cannot be read: {error.strerror}", file=str(error.filename or top)))

    for where, folders, names in os.walk(top, onerror=failed):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED_FOLDERS)
        here = Path(where)
        if folder.TEXT in names or folder.METADATA in names:
            yield Candidate(here / folder.TEXT, root, named=True)
        for name in sorted(names):
            if name.endswith(_YAML) and not name.startswith("."):
                yield Candidate(here / name, root, named=False)


def read_candidate(candidate: Candidate, format: str | None, environments: Collection[str]) -> PromptFile | None:
    """None for a YAML file that is no prompt and was not named itself."""
    if candidate.path.name == folder.TEXT:
        return _read_folder(candidate, environments) if format in (None, folder.NAME) else None
    file = str(candidate.path)
    if not file.endswith(_YAML):
        raise FormatError(
            "is in no format that can be read", f"prompts are .yaml files, or folders with {folder.TEXT}", file=file
        )
    if format == folder.NAME:
        if candidate.named:
            raise FormatError(f"is not a {folder.TEXT}", file=file)
        return None
    return _read_yaml(candidate, format, environments)


def _read_yaml(candidate: Candidate, format: str | None, environments: Collection[str]) -> PromptFile | None:
    file = str(candidate.path)
    text = read_text(candidate.path, candidate.root)
    try:
        document, lines = yaml_core.load_with_lines(text.text, file)
    except FormatError:
        if candidate.named or format is not None or _looks_like_prompt(text.text):
            raise
        return None
    reader: Any = native if native.recognises(document) else variations if variations.recognises(document) else None
    if format is not None and (reader is None or format != reader.NAME):
        if not candidate.named:
            return None
        reader = native if format == native.NAME else variations
    if reader is None:
        if candidate.named:
            raise FormatError(
                "is not a prompt: it has neither messages nor system_prompt",
                "write messages: with a role and a content each",
                file=file,
                line=1,
            )
        return None
    relative = candidate.path.relative_to(candidate.root)
    stem = relative.with_suffix("")
    if reader is native and is_number(stem.name) and stem.parent.parts:
        stem = stem.parent
    found: PromptFile = reader.read(
        document,
        lines,
        file=file,
        path=relative.as_posix(),
        name=name_of(stem.as_posix()),
        text=text,
        environments=environments,
    )
    return found


def _looks_like_prompt(text: str) -> bool:
    """A broken YAML file in a folder is reported only where it was a prompt."""
    return any(line.startswith(("messages:", "system_prompt:")) for line in text.splitlines())


def _read_folder(candidate: Candidate, environments: Collection[str]) -> PromptFile:
    text_path = candidate.path
    metadata_path = text_path.with_name(folder.METADATA)
    metadata: FileText | None = None
    if metadata_path.exists() or metadata_path.is_symlink():
        metadata = read_text(metadata_path, candidate.root)
    if not text_path.exists() and not text_path.is_symlink():
        raise FormatError(f"has no {folder.TEXT} beside it", file=str(metadata_path))
    relative = text_path.parent.relative_to(candidate.root).as_posix()
    return folder.read(
        read_text(text_path, candidate.root),
        metadata,
        text_file=str(text_path),
        metadata_file=str(metadata_path),
        path=relative,
        name=name_of(text_path.parent.absolute().name if relative == "." else relative),
        environments=environments,
    )
