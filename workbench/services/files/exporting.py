"""Writing prompts as files; the half of porting that leaves the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench import formats
from workbench.domain.names import near
from workbench.domain.prompts import PromptRow, Version
from workbench.errors import BadInput, FormatError, NotFound, Refused
from workbench.formats import files
from workbench.services.library import Library
from workbench.services.releases.deploying import Deploying

_MAX_ANCESTORS = 1000


@dataclass(frozen=True)
class Exported:
    """`warnings` name what the format could not hold, prompt by prompt."""

    files: tuple[Path, ...]
    warnings: tuple[str, ...] = ()


class Exporting:
    def __init__(self, library: Library, deploying: Deploying) -> None:
        self._library = library
        self._deploying = deploying
        self._environments = tuple(environment.name for environment in deploying.environments)

    def export(
        self,
        target: Path,
        prompts: Sequence[str] | None,
        environment: str | None,
        format: str,
        *,
        all_versions: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Exported:
        """See `Porting.export_report`."""
        formats.check_format(format)
        known = formats.BY_NAME[format]
        if all_versions and not known.holds_versions:
            raise BadInput(f"the {format} layout holds one version of a prompt", "use --format native for all of them")
        if all_versions and environment is not None:
            raise BadInput("all versions and the one that is live are two wishes", "give one of them")
        if target.exists() and not target.is_dir():
            raise Refused(f"{target} is a file, not a folder")
        rows = self.chosen(prompts, environment)
        placed = list(self._placed(rows, environment, known, all_versions=all_versions, progress=progress))
        out: dict[str, bytes] = {}
        warnings: list[str] = []
        for together in [placed] if known.shares_files else [[one] for one in placed]:
            if not together:
                continue
            try:
                written = formats.write_all(together, format)
            except FormatError as error:
                warnings.append(f"{error.message}; left out")
                continue
            out.update(written.files)
            warnings += written.warnings
            name = together[0][0].name if len(together) == 1 else f"of these {len(together)} versions"
            _refuse_foreign(target, written.files, name, known)
        paths = files.write_all(target, out)
        if progress is not None:
            progress(len(rows), len(rows))
        return Exported(tuple(paths), tuple(warnings))

    def _placed(
        self,
        rows: Sequence[PromptRow],
        environment: str | None,
        known: formats.Format,
        *,
        all_versions: bool,
        progress: Callable[[int, int], None] | None,
    ) -> Iterator[formats.Placed]:
        """What is to be written, and where."""
        places: dict[str, int] = {}
        for done, row in enumerate(rows):
            if progress is not None:
                progress(done, len(rows))
            place = _place(row.name, places)
            ever_live = bool(self._deploying.ledger(row.name, None, 1))
            for version in self._versions(row, environment, all_versions=all_versions):
                where = f"{place}/{version.number}" if all_versions and not known.shares_files else place
                yield self._record(row, version, known.name, ever_live=ever_live), where

    def own_format(self, version: Version) -> str:
        """The format that a version or its nearest imported ancestor came from; native where that is only read."""
        seen = 0
        while "format" not in version.source and version.parent is not None and seen < _MAX_ANCESTORS:
            seen += 1
            try:
                version = self._library.version(f"{version.prompt}@{version.parent}")
            except NotFound:
                break
        stated = formats.BY_NAME.get(str(version.source.get("format")))
        return stated.name if stated and stated.write else "native"

    def record(self, row: PromptRow, version: Version, format: str) -> formats.Record:
        """The version with what a file of the format says about its prompt."""
        ever_live = bool(self._deploying.ledger(row.name, None, 1))
        return self._record(row, version, format, ever_live=ever_live)

    def chosen(self, prompts: Sequence[str] | None, environment: str | None = None) -> list[PromptRow]:
        """The prompts that were named, or all. Raises `NotFound`."""
        if environment is not None and environment not in self._environments:
            raise NotFound(f"there is no environment {environment!r}", near(environment, self._environments))
        if prompts:
            rows = [self._library.prompt(name) for name in dict.fromkeys(prompts)]
            if environment is not None:
                for row in rows:
                    if environment not in row.live:
                        raise NotFound(f"nothing of {row.name} is live in {environment}")
            return rows
        return self._library.prompts(environment=environment)

    def _versions(self, row: PromptRow, environment: str | None, *, all_versions: bool) -> Iterator[Version]:
        if all_versions:
            numbers = [version.number for version in reversed(self._library.versions(row.name))]
        elif environment is not None:
            numbers = [row.live[environment]]
        else:
            numbers = [row.latest] if row.latest else []
        for number in numbers:
            yield self._library.version(f"{row.name}@{number}")

    def _record(self, row: PromptRow, version: Version, format: str, *, ever_live: bool) -> formats.Record:
        source = self._source(version, format)
        # Until something is deployed here, what the file said about it is all that is known.
        deployed = version.environments if ever_live else self._said_live(version)
        return formats.Record(version, row.description, row.tags, deployed, source, self._environments)

    def _said_live(self, version: Version) -> tuple[str, ...]:
        said = version.source.get("deployed", ())
        return tuple(said) if isinstance(said, (list, tuple)) else ()

    def _source(self, version: Version, format: str) -> Mapping[str, Any]:
        """Of the version, or of the nearest ancestor that came from a file of this format."""
        seen = 0
        while version.source.get("format") != format and version.parent is not None and seen < _MAX_ANCESTORS:
            seen += 1
            try:
                version = self._library.version(f"{version.prompt}@{version.parent}")
            except NotFound:
                break
        return version.source


def _place(name: str, places: dict[str, int]) -> str:
    """The file's place; a second one for a name that differs from an earlier one only in case."""
    place = files.place_of(name)
    count = places[place.casefold()] = places.get(place.casefold(), 0) + 1
    return place if count == 1 else files.twin(place, count)


def _refuse_foreign(target: Path, written: Mapping[str, bytes], name: str, known: formats.Format) -> None:
    """`Refused` for a file in the way that is something else than this prompt in this format."""
    for relative, data in written.items():
        place = files.inside(target, relative)
        if place.is_symlink() or not place.exists():
            # A link in the way is replaced, never followed.
            continue
        if place.is_dir():
            raise Refused(f"{place} is a folder; a file is to be written there")
        if place.read_bytes() != data and not _is_own(target, relative, name, known):
            raise Refused(
                f"{place} is there already and is not {name} in the {known.name} format",
                "move it away, or export to another folder",
            )


def _is_own(target: Path, relative: str, name: str, known: formats.Format) -> bool:
    """Only the native format says its name inside; without one, and in the layouts, the place is the name."""
    try:
        found = formats.read_paths([target / relative], format=known.name).files
    except (FormatError, NotFound):
        found = ()
    if known.names_files and not found:
        # A text that a config beside it names is that config's own.
        return relative.endswith((".txt", ".md", ".json")) and bool(
            formats.read_tree(formats.DiskTree(target), _configs(target, relative), format=known.name).files
        )
    return bool(found) and (known.name != "native" or f"/{name}".endswith(f"/{found[0].name}"))


def _configs(target: Path, relative: str) -> list[str]:
    """The YAML and JSON files in the folders above a file."""
    folders = [Path(relative).parent, *Path(relative).parent.parents]
    return [
        path.relative_to(target).as_posix()
        for folder in folders
        for path in sorted((target / folder).glob("*"))
        if path.suffix in (".yaml", ".yml", ".json") and path.is_file()
    ]
