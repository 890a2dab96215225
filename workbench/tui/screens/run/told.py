"""Runs and inputs as one line of a list to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.runs import RunRow
from workbench.domain.times import day_and_time
from workbench.tui.widgets.field_specs import as_text


def told_row(run: RunRow) -> str:
    marks = ("★ " if run.starred else "") + (f"{run.rating}/5 " if run.rating else "")
    told = [f"{run.endpoint}/{run.model}", run.status, day_and_time(run.started_at), run.note]
    return marks + " · ".join(part for part in told if part)


def values_told(values: Mapping[str, Any], among: Sequence[Mapping[str, Any]] = ()) -> str:
    """First what is not the same in all of those `among` which it is listed."""
    shown = {name: " ".join(as_text(value).split())[:60] for name, value in values.items()}
    same = same_in_all(values, among)
    return ", ".join(f"{name}={shown[name]}" for name in sorted(shown, key=lambda name: name in same))


def same_in_all(values: Mapping[str, Any], among: Sequence[Mapping[str, Any]]) -> set[str]:
    return {name for name in values if len(among) > 1 and all(other.get(name) == values[name] for other in among)}


def differing_told(values: Mapping[str, Any], among: Sequence[Mapping[str, Any]]) -> str:
    """Only what is not the same in all of them; "" where all are alike."""
    same = same_in_all(values, among)
    return values_told({name: value for name, value in values.items() if name not in same})
