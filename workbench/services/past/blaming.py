"""Who brought each line of a version, and when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.domain.blame import BlamedLine, Step, trace
from workbench.domain.environments import Environment
from workbench.domain.prompts import Version, content_from_dict
from workbench.errors import BadInput
from workbench.services.library import Library
from workbench.store import Store


@dataclass(frozen=True)
class Blame:
    version: Version
    lines: tuple[BlamedLine, ...]
    """Of `version.content.text`."""
    steps: tuple[Step, ...]
    """The versions that the touches name by index, newest first."""
    complete: bool
    """False when there were more versions than are looked at."""

    def line(self, number: int) -> BlamedLine:
        """Counted from 1. Raises `BadInput`."""
        if not 1 <= number <= len(self.lines):
            raise BadInput(f"{self.version.reference} has no line {number}", f"it has {len(self.lines)}")
        return self.lines[number - 1]


class Blaming:
    """Reads only."""

    def __init__(self, store: Store, environments: Sequence[Environment]) -> None:
        self._store = store
        self._library = Library(store, environments, "")

    def blame(self, reference: str) -> Blame:
        """Each line with what every version before did to it. Raises `NotFound`, `BadReference`."""
        with self._store.snapshot():
            version = self._library.version(reference)
            traced = trace(self._way_back(version))
        return Blame(version, traced.lines, traced.steps, traced.complete)

    def _way_back(self, version: Version) -> Iterator[tuple[Step, str]]:
        prompt = self._library.prompt(version.prompt)
        for number, author, at, note, body in self._store.past.ancestors(prompt.id, version.number):
            yield Step(number, author, at, note), content_from_dict(json.loads(body)).text
