"""What comparisons found of a version; apart from `comparing`, so that it needs no model client."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.domain.comparisons import Given, Tally, tally
from workbench.domain.enough import standing
from workbench.domain.releases.results import Result
from workbench.store import Store


def results_of(store: Store, prompt: str, number: str) -> list[Result]:
    """What was found about a version against each other one, over all comparisons; `a` is the version.

    The pair judged last comes first.
    """
    found: dict[str, Result] = {}
    own = f"{prompt}@{number}"
    for comparison_id in store.comparisons.with_version(prompt, number):
        comparison = store.comparisons.get(comparison_id)
        if comparison is None:
            continue
        verdicts = store.comparisons.verdicts(comparison_id)
        references = [column.version.reference for column in comparison.columns]
        a = references.index(own)
        for b, other in enumerate(references):
            if other != own:
                found[other] = _added(found.get(other), own, other, comparison_id, verdicts, tally(verdicts, a, b))
    return sorted((one for one in found.values() if one.standing.votes), key=lambda one: one.last, reverse=True)


def _added(
    known: Result | None, own: str, other: str, comparison: str, verdicts: Sequence[Given], counted: Tally
) -> Result:
    last = max((given.at for given in verdicts), default="")
    hidden = sum(given.hidden for given in verdicts)
    if known is None:
        return Result(own, other, standing(counted), (comparison,), last, hidden)
    return Result(
        own,
        other,
        standing(known.standing.tally.plus(counted)),
        tuple(dict.fromkeys((*known.comparisons, comparison))),
        max(known.last, last),
        known.hidden + hidden,
    )
