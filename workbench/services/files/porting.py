"""Prompt files into the store and out of it. A plan only reads; carrying it out twice adds nothing the second time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from workbench import formats
from workbench.domain.names import check_tag
from workbench.domain.versions import parse_number
from workbench.errors import BadInput, NotFound, Refused, Unchanged, WorkbenchError
from workbench.formats import PromptFile
from workbench.formats.variable_sets import cases_in
from workbench.services.batching import batches
from workbench.services.files.exporting import Exported, Exporting
from workbench.services.files.import_plan import ImportItem, ImportPlan, ImportReport, Progress, converted
from workbench.services.files.planning import KnownPrompts, parent_of, planned, unread
from workbench.services.library import Library
from workbench.services.releases.deploying import Deploying
from workbench.services.runs.inputs import Inputs
from workbench.store import Store


class Porting:
    def __init__(
        self, library: Library, deploying: Deploying, store: Store | None = None, inputs: Inputs | None = None
    ) -> None:
        """With the store, many files are saved in one transaction, else each in its own; `inputs` keeps their sets."""
        self._library = library
        self._deploying = deploying
        self._store = store
        self._inputs = inputs
        self._environments = tuple(environment.name for environment in deploying.environments)

    def plan_import(
        self,
        paths: Sequence[Path | str],
        format: str | None = None,
        *,
        convert: bool = False,
        progress: Progress | None = None,
    ) -> ImportPlan:
        """What importing files and folders would do; changes nothing. `convert` brings templates to jinja where that
        is provably the same.

        A file whose number exists with the same content is `same`, with other content `refused`; without a number it
        is `same` when any version says the same. Files that cannot be read are `refused` with file and line, and do not
        stop the others. Raises `NotFound` for a path that is not there, `BadInput` for an unknown format.
        """
        reading = formats.read_paths(
            [Path(path) for path in paths], format=format, environments=self._environments, progress=progress
        )
        files = [converted(file) for file in reading.files] if convert else reading.files
        items = (*planned(files, KnownPrompts(self._library)), *map(unread, reading.problems))
        return ImportPlan(items, reading.other, tuple(error.message for error in reading.unread))

    def carry_out(self, plan: ImportPlan, deploy: bool = False, *, progress: Progress | None = None) -> ImportReport:
        """Save what the plan calls new or changed; with `deploy`, make live what the files say is live.

        Each file is saved whole or not at all. One that can no longer be saved, because the store moved since the plan
        was made, is `refused` in the report and does not stop the others.
        """
        done: list[ImportItem] = []
        known = KnownPrompts(self._library)
        warnings = list(plan.warnings)
        with batches(self._store) if self._store else nullcontext(lambda: None) as between:
            for index, item in enumerate(plan.items):
                if progress is not None:
                    progress(index, len(plan.items))
                done.append(self._save(item, known, warnings) if item.action in ("new", "changed") else item)
                between()
        if progress is not None:
            progress(len(plan.items), len(plan.items))
        self._describe(done, warnings)
        deployed = self._deploy(done, warnings) if deploy else []
        return ImportReport(tuple(done), tuple(deployed), tuple(warnings))

    def _save(self, item: ImportItem, known: KnownPrompts, warnings: list[str]) -> ImportItem:
        stated = item.stated
        if stated is None:
            return item
        numbers = known.of(item.prompt).numbers
        parent = parent_of(stated.parent, item.number, numbers)
        try:
            version = self._library.save(
                item.prompt,
                stated.content,
                note=stated.note,
                number=item.number,
                parent=parent,
                description=stated.description if not numbers else None,
                source=_source(stated, parent),
                author=stated.author or None,
                created_at=stated.created_at or None,
            )
        except Unchanged as error:
            return item.as_("same", error.message)
        except WorkbenchError as error:
            return item.as_("refused", error.message, error.hint)
        numbers[version.number] = version.digest
        self._tag(version.reference, stated.version_tags, item.file, warnings)
        if self._inputs is not None:
            self._inputs.add_missing(item.prompt, cases_in(stated))
        return item

    def _tag(self, reference: str, tags: Iterable[str], file: str, warnings: list[str]) -> None:
        fit = []
        for tag in tags:
            try:
                fit.append(check_tag(tag, self._environments))
            except BadInput as error:
                warnings.append(f"{file}: {error.message}; left out")
        if fit:
            self._library.tag(reference, fit)

    def _describe(self, done: Sequence[ImportItem], warnings: list[str]) -> None:
        """Description and tags of a prompt are what its highest imported version says."""
        newest: dict[str, ImportItem] = {}
        for item in done:
            if item.action in ("new", "changed"):
                newest[item.prompt] = item
        for name, item in newest.items():
            if item.stated is None:
                continue
            latest = self._library.prompt(name).latest
            if latest == item.number and item.stated.description:
                self._library.describe(name, item.stated.description)
            self._tag(name, item.stated.tags, item.file, warnings)

    def _deploy(self, done: Sequence[ImportItem], warnings: list[str]) -> list[tuple[str, str, str]]:
        """Where several versions name one environment, the highest ends live; where nothing was ever live there, the
        others go before it, so that the ledger tells the story and there is something to roll back to."""
        claims: dict[tuple[str, str], list[ImportItem]] = defaultdict(list)
        for item in done:
            if item.action != "refused":
                for environment in item.deployed:
                    claims[item.prompt, environment].append(item)
        moved: list[tuple[str, str, str]] = []
        order = {environment: place for place, environment in enumerate(self._environments)}
        for (name, environment), items in sorted(
            claims.items(), key=lambda claim: (claim[0][0], order.get(claim[0][1], 0))
        ):
            numbers = sorted({item.number for item in items}, key=parse_number)
            try:
                if self._deploying.live(name).get(environment) == numbers[-1]:
                    continue
                if self._deploying.ledger(name, environment, 1):
                    numbers = numbers[-1:]
                for number in numbers:
                    file = next(item.file for item in items if item.number == number)
                    self._deploying.promote(f"{name}@{number}", environment, f"as {Path(file).name} says")
                    moved.append((name, environment, number))
            except (Refused, NotFound) as error:
                warnings.append(f"{name}: not made live in {environment}: {error.message}")
        return moved

    def export(
        self,
        target: Path | str,
        prompts: Sequence[str] | None = None,
        environment: str | None = None,
        format: str = "native",
        all_versions: bool = False,
    ) -> list[Path]:
        """As `export_report`; only the files."""
        return list(self.export_report(target, prompts, environment, format, all_versions).files)

    def export_report(
        self,
        target: Path | str,
        prompts: Sequence[str] | None = None,
        environment: str | None = None,
        format: str = "native",
        all_versions: bool = False,
        *,
        progress: Progress | None = None,
    ) -> Exported:
        """Write prompts below the folder `target`: those named or all, each in the latest version, in the one that is
        live in `environment`, or (native only) in all versions.

        Raises `NotFound` for an unknown prompt or environment, `Refused` for a file there that is not the prompt's
        own, or a link that leads out of the folder; then nothing has been written.
        """
        exporting = Exporting(self._library, self._deploying)
        return exporting.export(
            Path(target), prompts, environment, format, all_versions=all_versions, progress=progress
        )


def _source(stated: PromptFile, parent: str | None) -> dict[str, Any]:
    """With what the file says and the store does not: what is live before anything was deployed here, and a version
    before that never came along. An export says both again."""
    source = dict(stated.source)
    if stated.deployed:
        source["deployed"] = list(stated.deployed)
    if stated.parent is not None and stated.parent != parent:
        source["parent"] = stated.parent
    return source


__all__ = ["Exported", "ImportItem", "ImportPlan", "ImportReport", "Porting", "Progress"]
