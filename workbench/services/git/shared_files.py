"""Versions back into a file that holds several prompts: each is a commit, in the order in which they were saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workbench import formats
from workbench.domain.prompts import PromptRow, Version
from workbench.errors import NotFound, Refused
from workbench.formats import PromptFile, files
from workbench.services.files.exporting import Exporting
from workbench.services.git.place import Lines, Place
from workbench.services.library import Library


@dataclass(frozen=True)
class Act:
    """One commit that is to be made; paths are from the top of the repository."""

    files: Mapping[str, bytes]
    message: str
    author: str
    time: str


def act_of(changed: Mapping[str, bytes], version: Version, before: str) -> Act:
    """`before` is the number that the file says so far, "" for none."""
    arrow = f"{before} -> {version.number}" if before else version.number
    note = f": {version.note.splitlines()[0]}" if version.note.strip() else ""
    return Act(changed, f"prompt({version.prompt}): {arrow}{note}\n", version.author, version.created_at)


class SharedFile:
    """A file of a format that holds several prompts, and perhaps several versions of each."""

    def __init__(
        self, library: Library, exporting: Exporting, lines: Lines, place: Place, format: str, path: str
    ) -> None:
        """`path` as seen from the folder that is brought up to date."""
        self._library = library
        self._exporting = exporting
        self._lines = lines
        self._place = place
        self._format = formats.BY_NAME[format]
        self._path = path
        self._in_file: dict[str, list[Version]] = {}
        """What the file says of each prompt; one version where it holds no more."""
        self._numbers: dict[str, str] = {}
        """The version that it is at, also one that the latest was merged from."""

    def acts(self, rows: Sequence[PromptRow]) -> tuple[list[Act], list[str]]:
        """The commits that bring these prompts up to date, and what the format has no place for.

        Raises `Refused` while the file says anything that the store does not know, of these prompts or of others.
        """
        waiting: list[Version] = []
        wanted = {row.name: row for row in rows}
        stated = [one for one in self._place.in_commit if self._is_here(one)]
        for name in dict.fromkeys([*(one.name for one in stated), *wanted]):
            row = wanted.get(name) or self._row(name)
            line = self._lines.of(row)
            said = [one for one in stated if one.name == name]
            at = self._begin(row, line, said) if said else len(line) - 2
            if name in wanted:
                waiting += line[at + 1 :]
        self._refuse_unknown_on_disk()
        acts: list[Act] = []
        warnings: dict[str, None] = {}
        now: dict[str, bytes | None] = {}
        for version in sorted(waiting, key=lambda one: (one.created_at, one.id)):
            before = self._in_file.get(version.prompt, [])
            self._in_file[version.prompt] = [*before, version] if self._format.holds_versions else [version]
            written = self._written()
            changed = {
                path: data
                for path, data in written.files.items()
                if now.setdefault(path, self._place.committed(path)) != data
            }
            if changed:
                acts.append(act_of(changed, version, self._numbers.get(version.prompt, "")))
                now.update(changed)
            self._numbers[version.prompt] = version.number
            warnings |= dict.fromkeys(one for one in written.warnings if one.startswith(f"{version.prompt}:"))
        return acts, list(warnings)

    def _is_here(self, one: PromptFile) -> bool:
        return one.source.get("format") == self._format.name and one.source.get("path") == self._path

    def _row(self, name: str) -> PromptRow:
        try:
            return self._library.prompt(name)
        except NotFound as error:
            raise Refused(f"{self._path} holds {name}, which the store does not know", "import it first") from error

    def _begin(self, row: PromptRow, line: Sequence[Version], said: Sequence[PromptFile]) -> int:
        """Notes what the file says of a prompt; gives how far along its line that is."""
        at, number = -1, ""
        for one in said:
            try:
                here = self._lines.place_of(row, line, one)
            except Refused as error:
                raise Refused(f"of {row.name} {error.message}", error.hint) from error
            if here[0] >= at:
                at, number = here
        digests = {one.content.digest for one in said}
        # It may be beside the line, as what was merged into the latest is.
        newest = self._library.version(f"{row.name}@{number}")
        older = [one for one in line[: at + 1] if one.digest in digests and one.number != number]
        self._numbers[row.name] = number
        self._in_file[row.name] = [*older, newest] if self._format.holds_versions else [newest]
        return at

    def _refuse_unknown_on_disk(self) -> None:
        path = self._place.prefix + self._path
        lying = files.inside(self._place.top, path)
        if lying.is_symlink() or not lying.is_file():
            raise Refused(f"{path} is no file", "put it back")
        if lying.read_bytes() == self._place.committed(path):
            return
        for one in self._place.on_disk:
            if not self._is_here(one):
                continue
            row = self._row(one.name)
            number = self._lines.known(row, one.content.digest)
            if not number or not self._lines.leads_to_latest(row, number):
                raise Refused(f"{path} has changes that are not committed", "commit and import them, or take them back")

    def _written(self) -> formats.Written:
        placed = []
        for name, versions in self._in_file.items():
            row, here = self._library.prompt(name), self._place.stated(name)
            for version in versions:
                record = self._exporting.record(row, version, self._format.name)
                if here is not None and self._is_here(here) and version.source.get("format") != self._format.name:
                    record = replace(record, source=here.source)
                placed.append((record, files.place_of(name)))
        made = formats.write_all(placed, self._format.name)
        return formats.Written({self._place.prefix + path: data for path, data in made.files.items()}, made.warnings)
