"""What is to be compared, before it is: columns, inputs, repeats; how that is told, and kept for the next time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from workbench.domain.comparisons import LETTERS, MAX_REPEATS, Column
from workbench.domain.inputs import Case
from workbench.services.diffs.sides import values_of_kept
from workbench.services.runs.previewing import Reckoned
from workbench.tui.widgets.field_specs import as_text
from workbench.tui.widgets.run_facts import money

if TYPE_CHECKING:
    from workbench.composition import Workbench

Source = tuple[str, str]
"""("filled", ""), ("set", name), ("file", path) or ("text", the text itself)."""
FILLED: Source = ("filled", "")


@dataclass(frozen=True)
class Setup:
    columns: tuple[Column, ...]
    sources: tuple[Source, ...] = (FILLED,)
    repeats: int = 1
    blind: bool = False
    cases: tuple[Case, ...] = field(default=(), compare=False)
    """What the sources hold, as of the last look."""
    counts: tuple[int, ...] = field(default=(), compare=False)
    """How many of the cases each source holds."""
    default_model: str = field(default="the default model", compare=False)

    @property
    def calls(self) -> int:
        return len(self.columns) * len(self.cases) * self.repeats


def rows_of(setup: Setup, forecast: Sequence[str] = ()) -> list[tuple[str, int, str]]:
    """(kind, index, text) of each row: columns, sources, repeats, blind, forecast."""
    rows = [("column", i, _column_told(column, setup.default_model)) for i, column in enumerate(setup.columns)]
    told = {"filled": "what is filled in for a run", "set": "set ", "file": "file ", "text": "a pasted text"}
    for index, (kind, name) in enumerate(setup.sources):
        what = told[kind] + ("" if kind in ("filled", "text") else name)
        rows.append(("source", index, " · ".join(filter(None, (what, *_held_told(setup, index))))))
    rows.append(("repeats", 0, f"{setup.repeats} run{'s' * (setup.repeats != 1)} of each cell"))
    rows.append(("blind", 0, "sides hidden and shuffled until each verdict" if setup.blind else "sides are shown"))
    rows += [("forecast", index, told) for index, told in enumerate(forecast)]
    return rows


def _held_told(setup: Setup, index: int) -> list[str]:
    """How many inputs a source holds, and what the only one says."""
    if index >= len(setup.counts):
        return []
    count, first = setup.counts[index], sum(setup.counts[:index])
    values = setup.cases[first].values if count == 1 else {}
    return [count_told(count, "input"), ", ".join(f"{name}={as_text(value)}" for name, value in values.items())]


def forecast_told(reckoned: Sequence[Reckoned]) -> list[str]:
    """What a comparison will come to: all of it, and each column where they differ."""
    costs = [_cost_told(one) for one in reckoned]
    whole = Reckoned(
        sum(one.input_tokens for one in reckoned),
        _all_of([one.sent for one in reckoned]),
        _all_of([one.likely for one in reckoned]),
        _all_of([one.most for one in reckoned]),
    )
    told = [f"≈ {whole.input_tokens:,} tokens sent · {_cost_told(whole)}"]
    if len({(one.input_tokens, cost) for one, cost in zip(reckoned, costs, strict=True)}) > 1:
        told += [
            f"{letter.upper()} ≈ {one.input_tokens:,} · {cost}"
            for letter, one, cost in zip(LETTERS, reckoned, costs, strict=False)
        ]
    return told


def _all_of(costs: Sequence[float | None]) -> float | None:
    """Their sum; None where one of them is unknown."""
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _cost_told(reckoned: Reckoned) -> str:
    if reckoned.likely is None:
        return money(None) if reckoned.sent is None else f"{money(reckoned.sent)} and what the answers cost"
    if reckoned.likely == 0 and not reckoned.most:
        return money(0)
    return f"about {money(reckoned.likely)}" + (f", at most {money(reckoned.most)}" if reckoned.most else "")


def _column_told(column: Column, default_model: str) -> str:
    version = column.version
    name = version.reference if version.number else f"draft of {version.prompt} made from {version.parent or 'nothing'}"
    model = column.model_or(default_model)
    settings = " ".join(f"{name}={value}" for name, value in column.settings.items())
    return " · ".join(filter(None, (name, model, settings, *version.environments)))


def columns_told(columns: Sequence[Column]) -> str:
    """The versions, each once and how often: `1.4.0 / 1.3.0 ×2`."""
    counts = Counter(column.version.number or "draft" for column in columns)
    return " / ".join(name + (f" ×{count}" if count > 1 else "") for name, count in counts.items())


def count_told(number: int, what: str) -> str:
    """`1 input`, `20 inputs`."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def cases_of(workbench: Workbench, prompt: str, sources: Sequence[Source]) -> list[list[Case]]:
    """The inputs of each source."""
    all_found = []
    for kind, name in sources:
        found: list[Case] = []
        if kind == "filled":
            kept = workbench.keeping.kept(f"inputs:{prompt}")
            last = workbench.inputs.last_used(prompt) if not kept else None
            found.append(Case("filled in", last.values if last is not None else values_of_kept(kept)))
        elif kind == "set":
            found.append(Case(name, workbench.inputs.set(prompt, name).values))
        else:
            found += workbench.inputs.read_file(name) if kind == "file" else workbench.inputs.read(name)
        all_found.append(found)
    return all_found


def to_keep(setup: Setup) -> Mapping[str, Any]:
    return {"sources": [list(one) for one in setup.sources], "repeats": setup.repeats, "blind": setup.blind}


def with_kept(setup: Setup, kept: Any) -> Setup:
    """What was chosen last time; what cannot be read is left as it was."""
    if not isinstance(kept, Mapping):
        return setup
    sources = tuple(
        (str(one[0]), str(one[1]))
        for one in kept.get("sources", ())
        if isinstance(one, list) and len(one) == 2 and one[0] in ("filled", "set", "file", "text")
    )
    repeats = kept.get("repeats")
    return replace(
        setup,
        sources=sources or setup.sources,
        repeats=repeats if isinstance(repeats, int) and 1 <= repeats <= MAX_REPEATS else setup.repeats,
        blind=kept.get("blind") is True,
    )
