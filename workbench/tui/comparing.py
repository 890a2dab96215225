"""What is known of every cell of a comparison while it runs, for the screen to draw."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from workbench.domain.comparisons import CellKey, Comparison
from workbench.domain.repeats import Folded, Spread, fold
from workbench.domain.runs import Cancelled, Failed, Finished, Piece, Run, Started, Waiting
from workbench.services.comparisons.sessions import CellEvent, Lost
from workbench.tui.widgets.run_facts import money, seconds


@dataclass
class CellState:
    status: Literal["waits", "unasked", "asked", "ended", "lost"] = "waits"
    """"unasked": taken back before its turn came; nothing comes until somebody asks again."""
    began: float = 0.0
    """On the monotonic clock."""
    pieces: list[Piece] = field(default_factory=list)
    """What was streamed so far; a whole answer is in the run alone."""
    characters: int = 0
    told: str = ""
    """Why nothing comes yet, or what went wrong."""
    run: Run | None = None


class Board:
    """The cells of one comparison."""

    def __init__(self, comparison: Comparison, answers: Mapping[CellKey, Run]) -> None:
        self.comparison = comparison
        self._changed: dict[str, set[int]] = {}
        """By id of the comparisons that this one was: the columns that were changed since."""
        self.cells: dict[CellKey, CellState] = {cell: CellState() for cell in comparison.cells()}
        for cell, run in answers.items():
            if cell in self.cells:
                self.cells[cell] = CellState("ended", run=run)

    @property
    def asked(self) -> int:
        """Cells whose calls are under way."""
        return sum(state.status == "asked" for state in self.cells.values())

    @property
    def ended(self) -> int:
        return sum(state.run is not None for state in self.cells.values())

    def at(self, case: int, column: int, repeat: int = 0) -> CellState:
        return self.cells[CellKey(self.comparison.id, case, column, repeat)]

    def change(self, comparison: Comparison, column: int) -> None:
        """It is this one now, which has no answer in this column; the other cells are as they were."""
        before, self.comparison = self.comparison.id, comparison
        self._changed[before] = set()
        for changed in self._changed.values():
            changed.add(column)
        others = {replace(c, comparison=comparison.id): state for c, state in self.cells.items() if c.column != column}
        self.cells = {cell: others.get(cell) or CellState() for cell in comparison.cells()}

    def take_back(self, column: int | None = None) -> None:
        """What waits in this column (None: in all) is not asked after all."""
        for cell, state in self.cells.items():
            if state.status == "waits" and column in (None, cell.column):
                state.status = "unasked"

    def ask_again(self, case: int, column: int | None = None) -> None:
        """What was taken back in this input waits for its turn again."""
        for cell, state in self.cells.items():
            if state.status == "unasked" and cell.case == case and column in (None, cell.column):
                state.status = "waits"

    def is_taken_back(self, case: int) -> bool:
        """An answer of this input was never asked, and is not going to be."""
        return any(state.status == "unasked" for cell, state in self.cells.items() if cell.case == case)

    def take(self, cell: CellKey, event: CellEvent) -> None:
        """What is told of a column as it was before it was changed is no news any more."""
        if cell.column in self._changed.get(cell.comparison, ()):
            return
        cell = replace(cell, comparison=self.comparison.id)
        state = self.cells[cell]
        match event:
            case Started():
                self.cells[cell] = CellState("asked", time.monotonic())
            case Waiting(reason):
                state.told = reason
            case Lost(message, hint):
                state.status, state.told = "lost", message + (f" · {hint}" if hint else "")
            case Finished() | Failed() | Cancelled():
                hint = event.hint if isinstance(event, Failed) else ""
                state = self.cells[cell]
                state.status, state.run, state.told = "ended", event.run, hint
            case _:
                state.pieces.append(event)
                state.characters += len(getattr(event, "text", ""))
                state.told = ""

    def runs(self, case: int, column: int) -> list[Run]:
        """Of the repeats that have ended."""
        found = (self.at(case, column, repeat).run for repeat in range(self.comparison.repeats))
        return [run for run in found if run is not None]

    def is_answered(self, case: int) -> bool:
        """Every column has ended its first repeat, however it ended."""
        return all(self.at(case, column).run is not None for column in range(len(self.comparison.columns)))


def facts_of(run: Run, first: Run | None) -> list[str]:
    """Short lines: what it took, and what is different from the first column."""
    asked, got = run.usage.input_tokens, run.usage.output_tokens
    about = "≈" if run.usage.estimated else ""
    sign = {"finished": "✓", "failed": "✗ failed", "cancelled": "◌ cancelled"}[run.status]
    began = f"first {seconds(run.first_token)} · " if run.first_token is not None else ""
    tokens = f"{'?' if asked is None else asked}→{about}{'?' if got is None else got} tokens"
    # Nothing came of most calls that failed, so that there is nothing to count.
    counted = [f"{tokens} · {money(run.cost)}"] if got is not None else []
    again = f" · asked {run.attempts} times" if run.attempts > 1 else ""
    lines = [" ".join((sign, *counted)) + ("" if counted else again), f"{began}{seconds(run.duration)}"]
    if counted:
        lines[1] += again
    if first is not None and first.id != run.id and run.status == first.status == "finished":
        lines.append("to A: " + " · ".join(_differences(run, first)))
    return lines


def _differences(run: Run, first: Run) -> list[str]:
    parts = []
    if run.usage.output_tokens is not None and first.usage.output_tokens is not None:
        parts.append(f"{run.usage.output_tokens - first.usage.output_tokens:+d} tokens")
    # No difference is +0.0, not -0.0.
    parts.append(f"{round(run.duration - first.duration, 1) + 0.0:+.1f} s")
    if run.cost is not None and first.cost is not None and run.cost != first.cost:
        parts.append(f"{'+' if run.cost > first.cost else '-'}{money(abs(run.cost - first.cost))}")
    return parts


def folded_facts(runs: list[Run], repeats: int) -> list[str]:
    """Several runs of one cell as short lines."""
    folded: Folded = fold(runs)
    same = folded.agreement
    ended = f"{folded.finished} of {repeats} runs" + (f", {folded.failed} failed" if folded.failed else "")
    ended += f", {folded.cancelled} cancelled" if folded.cancelled else ""
    lines = [f"{ended} · {same.distinct} distinct answer{'s' * (same.distinct != 1)}"]
    ranges = [_range(folded.characters, "chars"), _range(folded.seconds, "s", 1)]
    if folded.cost is not None and folded.cost.most:
        ranges.append(f"{money(folded.cost.least)}–{money(folded.cost.most)}")
    lines.append(" · ".join(filter(None, ranges)))
    if same.fields:
        differing = [f"{name} {count}" for name, count in same.fields.items() if count > 1]
        lines.append("fields that differ: " + (", ".join(differing) if differing else "none"))
    return lines


def _range(spread: Spread | None, unit: str, digits: int = 0) -> str:
    if spread is None:
        return ""
    least, most = f"{spread.least:.{digits}f}", f"{spread.most:.{digits}f}"
    return f"{least} {unit}" if least == most else f"{least}–{most} {unit}"
