"""What the checks of a promotion ask about, read from the store when they ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from workbench.domain.comparisons import Tally
from workbench.domain.enough import Standing, standing
from workbench.domain.environments import Environment
from workbench.domain.prompts import PromptRow, Version, VersionRow
from workbench.domain.releases.checks import CommandResult, Stay
from workbench.domain.releases.results import Result
from workbench.domain.releases.reviews import Approvals, Review, approvals_of
from workbench.domain.rules import Rules
from workbench.services.comparisons.results import results_of
from workbench.store import Store

if TYPE_CHECKING:
    from workbench.services.releases.signing import Signer


class ReleaseFacts:
    """Of one promotion. Used inside one snapshot or transaction; nothing is read before it is asked for."""

    def __init__(
        self,
        store: Store,
        prompt: PromptRow,
        version: Version,
        live: Version | None,
        environment: Environment,
        rows: Sequence[VersionRow],
        *,
        rules: Rules | None,
        signer: Signer | None,
    ) -> None:
        self.prompt = prompt
        self.version = version
        self.live = live
        self.environment = environment.name
        self.now = store.clock()
        self._store = store
        self._wants = environment
        self._rows = rows
        """The versions whose reviews matter: those between what is live and what is to be promoted."""
        self._rules = rules
        self._signer = signer
        self._stays: dict[str, tuple[Stay, ...]] = {}

    def faults(self) -> Sequence[str]:
        from workbench.domain.releases.faults import faults_of

        return faults_of(self.prompt, self.version, self._rules or Rules())

    def stays(self, environment: str) -> Sequence[Stay]:
        if environment not in self._stays:
            found = [
                Stay(*row) for row in self._store.deployments.stays(self.prompt.id, environment, self.version.digest)
            ]
            self._stays[environment] = _joined(found)
        return self._stays[environment]

    def approvals(self) -> Approvals:
        return self._approvals

    def standing(self) -> Standing | None:
        if self.live is None or self.live.digest == self.version.digest:
            return None
        found = [result.standing for result in self.results if result.b == self.live.reference]
        return found[0] if found else standing(Tally())

    def result(self, command: Sequence[str]) -> CommandResult | None:
        name, digest = self.prompt.name, self.version.digest
        return self._store.reviews.result(name, self.prompt.id, digest, self.environment, command)

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """What comparisons found of the version, those against what is live first."""
        live = self.live.reference if self.live else ""
        return tuple(sorted(results_of(self._store, self.prompt.name, self.version.number), key=lambda r: r.b != live))

    @cached_property
    def reviews(self) -> tuple[Review, ...]:
        """Of the versions that matter here, oldest first, withdrawn ones left out."""
        digests = {self.version.digest, *(row.digest for row in self._rows)}
        return tuple(
            self._proved(review) if review.kind == "approve" and review.digest == self.version.digest else review
            for review in self._store.reviews.of_prompt(self.prompt.id)
            if review.digest in digests and not review.withdrawn and review.environment in ("", self.environment)
        )

    def _proved(self, review: Review) -> Review:
        if self._signer is None:
            return review
        from workbench.services.releases.signatures import state_of_review

        return replace(review, signature=state_of_review(self._store, self._signer, review.id))

    @cached_property
    def _approvals(self) -> Approvals:
        digest = self.version.digest
        authors = [row.author for row in self._rows if row.digest == digest] + [self.version.author]
        return approvals_of(
            self.reviews,
            digest,
            self.environment,
            authors=authors,
            own_approval=self._wants.own_approval,
            signed=self._signer is not None,
        )


def _joined(stays: Sequence[Stay]) -> tuple[Stay, ...]:
    """A content that is promoted again under another number has not left."""
    found: list[Stay] = []
    for stay in stays:
        if found and found[-1].until == stay.since:
            found[-1] = Stay(found[-1].since, stay.until)
        else:
            found.append(stay)
    return tuple(found)
