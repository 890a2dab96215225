"""What comparisons found of a version; apart from `comparing`, so that it needs no model client.

An input that was judged in one comparison and again in a later one has one vote, the later: it is no further evidence,
and counting it as such would make the test of `domain.enough` surer than it may be.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.domain.comparisons import Comparison, Given, Tally, tally
from workbench.domain.enough import standing
from workbench.domain.prompts import canonical_json
from workbench.domain.releases.results import Result
from workbench.store import Store

Judged = tuple[Comparison, Sequence[Given]]
"""A comparison with its votes."""


def results_of(store: Store, prompt: str, number: str) -> list[Result]:
    """What was found about a version against each other one, over all comparisons; `a` is the version.

    The pair judged last comes first.
    """
    judged: dict[str, list[Judged]] = {}
    own = f"{prompt}@{number}"
    for comparison_id in store.comparisons.with_version(prompt, number):
        comparison = store.comparisons.get(comparison_id)
        if comparison is None:
            continue
        verdicts = store.comparisons.verdicts(comparison_id)
        for other in dict.fromkeys(column.version.reference for column in comparison.columns):
            if other != own:
                judged.setdefault(other, []).append((comparison, verdicts))
    found = [_result(own, other, of_pair) for other, of_pair in judged.items()]
    return sorted((one for one in found if one.standing.votes), key=lambda one: one.last, reverse=True)


def _result(own: str, other: str, judged: Sequence[Judged]) -> Result:
    votes = [given for _, verdicts in judged for given in verdicts]
    found, kept = Tally(), 0
    for comparison, verdicts in _counted(judged):
        references = [column.version.reference for column in comparison.columns]
        found = found.plus(tally(verdicts, references.index(own), references.index(other)))
        kept += len(verdicts)
    return Result(
        own,
        other,
        standing(found),
        tuple(comparison.id for comparison, _ in judged),
        max((given.at for given in votes), default=""),
        sum(given.hidden for given in votes),
        len(votes) - kept,
    )


def _counted(judged: Sequence[Judged]) -> list[Judged]:
    """The votes that count. One comparison may hold an input several times: the second is the second of another."""
    last: dict[tuple[str, int], tuple[str, int, Given]] = {}
    for place, (comparison, verdicts) in enumerate(judged):
        inputs = [canonical_json(case.values) for case in comparison.cases]
        for given in verdicts:
            key = (inputs[given.case], inputs[: given.case].count(inputs[given.case]))
            if key not in last or (given.at, place) >= last[key][:2]:
                last[key] = (given.at, place, given)
    return [
        (comparison, [given for _, of, given in last.values() if of == place])
        for place, (comparison, _) in enumerate(judged)
    ]
