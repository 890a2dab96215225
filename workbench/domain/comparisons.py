"""Comparisons: the same inputs run on two to six columns, and what people say of the answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.domain.inputs import Case
from workbench.domain.prompts import Version
from workbench.errors import BadInput

FEWEST, MOST = 2, 6
MAX_REPEATS = 100
LETTERS = "abcdef"
TIE, NEITHER = "tie", "neither"


@dataclass(frozen=True)
class Column:
    """One side: a version or draft, on a model, with settings that go over the version's."""

    version: Version
    model: str | None = None
    """`endpoint/model` or a short name; None: the version's own."""
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """None as a value takes the version's setting away."""

    def model_or(self, default: str) -> str:
        """What it runs on: its own model, else that of its settings, of the version, `default`."""
        return str(
            self.model or self.settings.get("model") or self.version.content.settings.get("model") or default or ""
        )


@dataclass(frozen=True, order=True)
class CellKey:
    """One answer of a comparison. All count from 0. `case` is the input; `repeat` counts the repeats of one cell."""

    comparison: str
    case: int
    column: int
    repeat: int = 0


@dataclass(frozen=True)
class Comparison:
    id: str
    columns: tuple[Column, ...]
    cases: tuple[Case, ...]
    repeats: int = 1
    blind: bool = False
    seed: int = 0
    """Of the order in which the sides are shown when they are hidden."""
    actor: str = ""
    started_at: str = ""

    @property
    def prompt(self) -> str:
        """Of the first column; the others are nearly always of the same one."""
        return self.columns[0].version.prompt

    def order(self, case: int) -> tuple[int, ...]:
        """The columns in the order in which they stand on the screen."""
        return shuffled(self.seed, case, len(self.columns)) if self.blind else tuple(range(len(self.columns)))

    def cells(self) -> list[CellKey]:
        """Every cell, case by case."""
        return [
            CellKey(self.id, case, column, repeat)
            for case in range(len(self.cases))
            for column in range(len(self.columns))
            for repeat in range(self.repeats)
        ]


def check_comparison(comparison: Comparison) -> Comparison:
    """The comparison itself, or `BadInput` for too few or many columns, no input, and columns that are the same."""
    count = len(comparison.columns)
    if not FEWEST <= count <= MOST:
        raise BadInput(f"a comparison has {FEWEST} to {MOST} columns, not {count}", "name versions or models")
    if not comparison.cases:
        raise BadInput("there is nothing to compare on", "give at least one input, which may be empty")
    if not 1 <= comparison.repeats <= MAX_REPEATS:
        raise BadInput(f"a cell is run 1 to {MAX_REPEATS} times, not {comparison.repeats}")
    return comparison


def columns_of(
    versions: Sequence[Version], models: Sequence[str] = (), settings: Mapping[str, Any] | None = None
) -> tuple[Column, ...]:
    """Each version on each model (its own where none is named), with the same settings over it."""
    return tuple(Column(version, model, dict(settings or {})) for version in versions for model in (models or (None,)))


def shuffled(seed: int, case: int, count: int) -> tuple[int, ...]:
    """A permutation of the columns that only the seed and the case decide, the same on every machine and release.

    Sorting by a hash is a shuffle: each order is as likely as any other, up to the quality of SHA-256.
    """

    def place(column: int) -> bytes:
        return hashlib.sha256(f"{seed}:{case}:{column}".encode()).digest()

    return tuple(sorted(range(count), key=place))


def column_of(comparison: Comparison, case: int, verdict: str) -> str:
    """What was said of the screen as what it means: the letter of a place becomes the letter of the column there.

    Raises `BadInput` for what is no verdict. `tie` and `neither` stay what they are.
    """
    said = verdict.strip().lower()
    if said in (TIE, NEITHER):
        return said
    places = LETTERS[: len(comparison.columns)]
    if len(said) != 1 or said not in places:
        raise BadInput(f"{verdict!r} is no verdict", "use " + ", ".join(places) + f", {TIE} or {NEITHER}")
    return LETTERS[comparison.order(case)[places.index(said)]]


@dataclass(frozen=True)
class Given:
    """A verdict. `verdict` is the letter of the better column as it was compared (never of its place on the screen),
    `tie` or `neither`."""

    case: int
    verdict: str
    note: str = ""
    hidden: bool = False
    """The sides were hidden when it was given."""
    runs: tuple[str, ...] = ()
    """Ids of the runs that were judged, by column; "" where there was none."""
    actor: str = ""
    at: str = ""

    @property
    def winner(self) -> int | None:
        return LETTERS.index(self.verdict) if len(self.verdict) == 1 else None


@dataclass(frozen=True)
class Tally:
    """Votes between two columns, `a` and `b`."""

    a: int = 0
    b: int = 0
    ties: int = 0
    neither: int = 0

    @property
    def votes(self) -> int:
        return self.a + self.b + self.ties + self.neither

    @property
    def even(self) -> int:
        """Votes that prefer none: ties, and neither being good."""
        return self.ties + self.neither

    def with_verdict(self, verdict: str, a: int = 0, b: int = 1) -> Tally:
        """Counted between the columns `a` and `b`; a vote for a third one says nothing of these two."""
        if verdict == TIE:
            return replace(self, ties=self.ties + 1)
        if verdict == NEITHER:
            return replace(self, neither=self.neither + 1)
        if verdict == LETTERS[a]:
            return replace(self, a=self.a + 1)
        if verdict == LETTERS[b]:
            return replace(self, b=self.b + 1)
        return self

    def plus(self, other: Tally) -> Tally:
        return Tally(self.a + other.a, self.b + other.b, self.ties + other.ties, self.neither + other.neither)

    def turned(self) -> Tally:
        """The same seen from the other side."""
        return Tally(self.b, self.a, self.ties, self.neither)


def tally(verdicts: Sequence[Given], a: int = 0, b: int = 1) -> Tally:
    """The votes between two columns of one comparison."""
    found = Tally()
    for given in verdicts:
        found = found.with_verdict(given.verdict, a, b)
    return found
