"""What was compared earlier, in one line each: when, how far it is, what it says, and on which models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.domain.comparisons import Comparison
from workbench.domain.enough import Standing
from workbench.domain.times import day_and_time
from workbench.text import one_line
from workbench.tui.screens.compare.view import short_name
from workbench.tui.screens.pick import Choice
from workbench.tui.setting_up import columns_told

if TYPE_CHECKING:
    from workbench.composition import Workbench


@dataclass(frozen=True)
class Earlier:
    comparison: Comparison
    judged: int
    standing: Standing
    """Of the second column against the first."""
    keeps_names: bool


def earlier(workbench: Workbench, comparison: Comparison) -> Earlier:
    comparing = workbench.comparing
    judged = len(comparing.verdicts(comparison))
    return Earlier(comparison, judged, comparing.standing(comparison), comparing.keeps_names(comparison))


def choice_of(found: Earlier, default_model: str) -> Choice:
    one, standing = found.comparison, found.standing
    names = [short_name(one.columns[position], one, default_model) for position in (0, 1)]
    tells = standing.votes and (standing.answer == "open" or not found.keeps_names)
    models = dict.fromkeys(column.model_or(default_model) for column in one.columns)
    parts = (
        day_and_time(one.started_at),
        f"{found.judged} of {len(one.cases)} judged",
        "blind" if one.blind else "",
        standing.said(*names) if tells else "",
        ", ".join(filter(None, models)),
    )
    return Choice(columns_told(one.columns), one_line(" · ".join(filter(None, parts))), one)
