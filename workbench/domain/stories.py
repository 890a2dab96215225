"""All that is known of one prompt, gathered for a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workbench.domain.deployments import Deployment
from workbench.domain.diffs import ContentDiff, compare
from workbench.domain.prompts import PromptRow, Version
from workbench.domain.releases.results import Result
from workbench.domain.releases.reviews import Review


@dataclass(frozen=True)
class RunSums:
    """Of the runs of one version. Durations in seconds, costs in dollars."""

    runs: int
    finished: int
    failed: int
    cancelled: int
    input_tokens: int
    output_tokens: int
    cost: float
    """Of the runs whose cost is known."""
    unpriced: int
    """Runs whose cost is not known."""
    duration: float | None
    """The mean of the finished ones; None without any."""
    rating: float | None
    """The mean of the rated ones; None without any."""
    rated: int
    starred: int


@dataclass(frozen=True)
class Chapter:
    """One version, and what it was held against: the one that it was made from, else the one before it."""

    version: Version
    before: Version | None = None
    runs: RunSums | None = None
    results: tuple[Result, ...] = ()

    @cached_property
    def difference(self) -> ContentDiff | None:
        return compare(self.before, self.version) if self.before else None


@dataclass(frozen=True)
class Story:
    prompt: PromptRow
    chapters: tuple[Chapter, ...]
    """The highest number first."""
    deployments: tuple[Deployment, ...] = ()
    """Newest first."""
    reviews: tuple[Review, ...] = ()
    """Newest first; without those that were taken back."""
    drafts: RunSums | None = None
    """The runs of drafts that were never saved."""
    left_out: int = 0
    """Older versions that are not told."""
    made_at: str = ""
    sets: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Variable set → how many variables it has."""
