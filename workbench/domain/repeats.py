"""Several runs of one cell as one: the spread of their figures, and how far their answers agree."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.domain.runs import Run

_DEEPEST = 20


@dataclass(frozen=True)
class Spread:
    """Of one figure over the runs that have it."""

    least: float
    middle: float
    """The median; between the two middle ones where their number is even."""
    most: float


@dataclass(frozen=True)
class Agreement:
    """`distinct` answers after normalising white space, over `answers` that ended well."""

    answers: int
    distinct: int
    commonest: int
    """How many runs gave the commonest answer."""
    groups: tuple[tuple[str, ...], ...] = ()
    """Ids of the runs that gave the same answer, the largest group first."""
    fields: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Where all answers are JSON objects: path of each field → how many distinct values it has (missing is one)."""


@dataclass(frozen=True)
class Folded:
    """Runs of one cell. Figures of failed and cancelled runs are left out of the spreads."""

    runs: tuple[str, ...]
    """Ids, by repeat."""
    finished: int
    failed: int
    cancelled: int
    characters: Spread | None
    tokens: Spread | None
    """Output tokens."""
    seconds: Spread | None
    first_token: Spread | None
    cost: Spread | None
    """Dollars a run; None while no price is known."""
    agreement: Agreement


def fold(runs: Sequence[Run]) -> Folded:
    done = [run for run in runs if run.status == "finished"]
    return Folded(
        tuple(run.id for run in runs),
        len(done),
        sum(run.status == "failed" for run in runs),
        sum(run.status == "cancelled" for run in runs),
        spread(len(run.said) for run in done),
        spread(run.usage.output_tokens for run in done),
        spread(run.duration for run in done),
        spread(run.first_token for run in done),
        spread(run.cost for run in done),
        agreement([(run.id, run.said) for run in done]),
    )


def spread(values: Iterable[float | None]) -> Spread | None:
    """None where no value is known."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    half = len(known) // 2
    middle = known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2
    return Spread(known[0], middle, known[-1])


def agreement(answers: Sequence[tuple[str, str]]) -> Agreement:
    """Of (run id, answer) pairs. JSON that says the same in another layout or order of keys is the same answer."""
    groups: dict[str, list[str]] = {}
    objects = []
    for run_id, answer in answers:
        value = _object(answer)
        objects.append(value)
        same = json.dumps(value, sort_keys=True) if value is not None else " ".join(answer.split())
        groups.setdefault(same, []).append(run_id)
    ordered = sorted(groups.values(), key=len, reverse=True)
    fields: dict[str, int] = {}
    if objects and all(value is not None for value in objects):
        fields = _distinct_by_field([value for value in objects if value is not None])
    return Agreement(
        len(answers), len(groups), len(ordered[0]) if ordered else 0, tuple(tuple(ids) for ids in ordered), fields
    )


def _object(answer: str) -> dict[str, Any] | None:
    if not answer.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(answer)
        json.dumps(value, sort_keys=True)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _distinct_by_field(objects: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    seen: dict[str, Counter[str]] = {}
    for value in objects:
        for path, leaf in _leaves(value, "", 0):
            seen.setdefault(path, Counter())[leaf] += 1
    return {path: len(counts) + (sum(counts.values()) < len(objects)) for path, counts in seen.items()}


def _leaves(value: Mapping[str, Any], path: str, depth: int) -> Iterable[tuple[str, str]]:
    """Objects are walked into; a list is one value, for its items have no names."""
    for key, item in value.items():
        place = f"{path}.{key}" if path else str(key)
        if isinstance(item, Mapping) and item and depth < _DEEPEST:
            yield from _leaves(item, place, depth + 1)
        else:
            yield place, " ".join(json.dumps(item, sort_keys=True).split())
