"""Comparisons: planned and recorded, judged, and what follows from the verdicts. The calls are in `sessions`."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from workbench.domain.comparisons import (
    LETTERS,
    CellKey,
    Column,
    Comparison,
    Given,
    check_comparison,
    column_of,
    tally,
)
from workbench.domain.enough import Standing, keeps_names, standing
from workbench.domain.inputs import Case
from workbench.domain.releases.results import Result
from workbench.domain.repeats import Folded, fold
from workbench.domain.runs import Run
from workbench.domain.scheduling import Limits
from workbench.domain.templates import check_values
from workbench.errors import BadInput, MissingVariables, NotFound, WorkbenchError
from workbench.services.comparisons.judging import is_hidden_still, put_verdict
from workbench.services.comparisons.results import results_of
from workbench.services.comparisons.sessions import Session
from workbench.services.runs.conversing import answer_message
from workbench.services.runs.running import Running
from workbench.store import Store


@dataclass(frozen=True)
class Compared:
    """A comparison with all its answers."""

    comparison: Comparison
    answers: Mapping[CellKey, Run]

    def runs(self, case: int, column: int) -> list[Run]:
        """The repeats of one cell, those that there are."""
        cells = (CellKey(self.comparison.id, case, column, repeat) for repeat in range(self.comparison.repeats))
        return [self.answers[cell] for cell in cells if cell in self.answers]

    def folded(self, case: int, column: int) -> Folded:
        return fold(self.runs(case, column))


class Comparing:
    """All methods belong to the store's thread; the `Session` that `session` gives belongs to an event loop."""

    def __init__(self, store: Store, running: Running, limits: Limits, actor: str) -> None:
        self._store = store
        self._running = running
        self._limits = limits
        self._actor = actor

    # Before

    def begin(
        self,
        columns: Sequence[Column],
        cases: Sequence[Case],
        *,
        repeats: int = 1,
        blind: bool = False,
        seed: int | None = None,
        id: str = "",
    ) -> Comparison:
        """Records what will be compared; nothing is sent yet. `seed` shuffles the sides when `blind`; None: a new one.
        So with `id`.

        Raises `BadInput`, naming the column and the input, for whatever could not be sent: a missing variable, a value
        that does not fit, a wrong setting, an unknown model. Only the first input is rendered now, the others when they
        are asked; what is wrong then ends that cell alone (`Lost`).
        """
        comparison = check_comparison(
            Comparison(
                id or str(uuid.uuid4()),
                tuple(columns),
                tuple(cases),
                repeats,
                blind,
                secrets.randbelow(2**31) if seed is None else seed,
                self._actor,
                self._store.clock(),
            )
        )
        for position, column in enumerate(comparison.columns):
            self._try(position, column, comparison.cases[0])
            if all(column.version is not before.version for before in comparison.columns[:position]):
                for case in comparison.cases[1:]:
                    self._check(position, column, case)
        with self._store.write():
            self._store.comparisons.add(comparison)
        return comparison

    def changed(self, comparison: Comparison, position: int, column: Column, *, id: str = "") -> Comparison:
        """A new comparison with another column there, which keeps the answers of all other columns.

        The old one stays as it was judged. Hidden sides are shuffled by a new seed: where they were shown already, they
        stand in another order now. `id`: its own, as `Session.will_change` was told; else a new one. Raises as `begin`
        does.
        """
        columns = (*comparison.columns[:position], column, *comparison.columns[position + 1 :])
        with self._store.write():
            new = self.begin(
                columns,
                comparison.cases,
                repeats=comparison.repeats,
                blind=comparison.blind,
                id=id,
            )
            for cell, run_id in self._store.comparisons.runs(comparison.id):
                seq = self._store.runs.seq(run_id)
                if cell.column != position and seq is not None:
                    self._store.comparisons.add_run(replace(cell, comparison=new.id), seq)
        return new

    def session(self, comparison: Comparison, *, ahead: int | None = None, watched: bool = True) -> Session:
        """The calls of a comparison that have no finished answer yet; see `Session`. Nothing is sent before it runs.

        `ahead`: how many inputs behind the one looked at are fetched; None: all. `watched=False`: nobody looks, so
        nothing is streamed.
        """
        done = {cell for cell, run in self.answers(comparison).items() if run.status == "finished"}
        return Session(self._running, comparison, self._limits, done=done, ahead=ahead, watched=watched)

    def _try(self, position: int, column: Column, case: Case) -> None:
        with _placed(position, column, case):
            self._running.prepare(column.version, case.values, model=column.model, settings=column.settings)

    def _check(self, position: int, column: Column, case: Case) -> None:
        with _placed(position, column, case):
            check_values(column.version.content, case.values)

    # Afterwards

    def comparison(self, id_or_prefix: str) -> Comparison:
        """`NotFound` for no such comparison, `BadInput` where a prefix fits several."""
        wanted = id_or_prefix.strip().lower()
        ids = self._store.comparisons.ids_beginning(wanted) if wanted else []
        ids = [wanted] if wanted in ids else ids
        if len(ids) > 1:
            raise BadInput(f"{id_or_prefix!r} fits several comparisons", "give more of it: " + ", ".join(ids[:3]))
        found = self._store.comparisons.get(ids[0]) if ids else None
        if found is None:
            raise NotFound(f"there is no comparison {id_or_prefix!r}", hint="`workbench compare --list` shows them")
        return found

    def newest(self, prompt: str | None = None, limit: int = 50) -> list[Comparison]:
        """Newest first."""
        return self._store.comparisons.newest(prompt, limit)

    def answers(self, comparison: Comparison) -> dict[CellKey, Run]:
        """The newest run of each cell that has one, finished or not."""
        found = {}
        for cell, run_id in self._store.comparisons.runs(comparison.id):
            run = self._store.runs.get(run_id)
            if run is not None:
                found[cell] = run
        return found

    def compared(self, comparison: Comparison) -> Compared:
        return Compared(comparison, self.answers(comparison))

    # Verdicts

    def judge(self, comparison: Comparison, case: int, verdict: str, note: str = "", *, repeat: int = 0) -> Given:
        """Records which answer is better: the letter of its *place on the screen* (`Comparison.order`), tie or neither.

        Another verdict on the same input takes the place of the one before; it is none of hidden sides any more, for
        the first one has shown them. Raises `BadInput` for what is no verdict,
        and where no column has an answer.
        """
        if not 0 <= case < len(comparison.cases):
            raise BadInput(f"there is no input {case + 1}")
        runs = {cell.column: run for cell, run in self._answers_of(comparison, case, repeat)}
        if not any((run := self._store.runs.get(run_id)) and answer_message(run) for run_id in runs.values()):
            raise BadInput("there is no answer to judge yet", "run what is missing first")
        meant = column_of(comparison, case, verdict)
        given = Given(
            case,
            meant,
            note,
            comparison.blind and is_hidden_still(self._store, comparison, case, meant),
            tuple(runs.get(column, "") for column in range(len(comparison.columns))),
            self._actor,
            self._store.clock(),
        )
        self._put(comparison, case, given)
        return given

    def take_back(self, comparison: Comparison, case: int) -> None:
        """The verdict on this input is gone; `Unchanged` where there is none. `History.undo` can do it too."""
        self._put(comparison, case, None)

    def verdicts(self, comparison: Comparison) -> dict[int, Given]:
        """By input."""
        return {given.case: given for given in self._store.comparisons.verdicts(comparison.id)}

    def standing(self, comparison: Comparison, a: int = 0, b: int = 1) -> Standing:
        """Votes, share, interval and whether it is enough, between two columns of one comparison."""
        return standing(tally(self._store.comparisons.verdicts(comparison.id), a, b))

    def standings(self, comparison: Comparison) -> list[Standing]:
        """Of each other column against the first, in their order."""
        verdicts = self._store.comparisons.verdicts(comparison.id)
        return [standing(tally(verdicts, 0, b)) for b in range(1, len(comparison.columns))]

    def keeps_names(self, comparison: Comparison) -> bool:
        """See `domain.enough.keeps_names`."""
        return keeps_names(comparison, len(self.verdicts(comparison)), self.standings(comparison))

    def results(self, prompt: str, number: str) -> list[Result]:
        """See `results_of`."""
        return results_of(self._store, prompt, number)

    def preferences(self, comparison: Comparison) -> Iterator[Mapping[str, Any]]:
        """Rows of `prompt`, `chosen` and `rejected` as messages: the conversational preference format of fine-tuning
        tools (https://huggingface.co/docs/trl/dataset_formats#preference). A tie makes none.

        `prompt` is what the chosen answer was asked; where the rejected one was asked otherwise, that stands in
        `rejected_prompt`. `chosen_run` and `rejected_run` name the records.
        """
        for given in self._store.comparisons.verdicts(comparison.id):
            winner = given.winner
            chosen = self._judged(given, winner) if winner is not None else None
            for column in range(len(comparison.columns)):
                rejected = self._judged(given, column) if chosen is not None and column != winner else None
                if chosen is None or rejected is None:
                    continue
                row = {"prompt": chosen[1], "chosen": [chosen[2]], "rejected": [rejected[2]]}
                if rejected[1] != chosen[1]:
                    row["rejected_prompt"] = rejected[1]
                yield {**row, "chosen_run": chosen[0], "rejected_run": rejected[0], "note": given.note}

    # Inside

    def _judged(self, given: Given, column: int) -> tuple[str, list[Any], Mapping[str, Any]] | None:
        run = self._store.runs.get(given.runs[column]) if column < len(given.runs) else None
        answer = answer_message(run) if run is not None else None
        return (run.id, list(run.request.body["messages"]), answer) if run is not None and answer is not None else None

    def _answers_of(self, comparison: Comparison, case: int, repeat: int) -> Iterator[tuple[CellKey, str]]:
        for cell, run_id in self._store.comparisons.runs(comparison.id):
            if cell.case == case and cell.repeat == repeat:
                yield cell, run_id

    def _put(self, comparison: Comparison, case: int, given: Given | None) -> None:
        put_verdict(self._store, comparison, case, given, self._actor)


@contextmanager
def _placed(position: int, column: Column, case: Case) -> Iterator[None]:
    """What is raised inside says where: the column and the input."""
    try:
        yield
    except (BadInput, NotFound) as error:
        # The only input of a command line has no name of its own.
        given = "its input" if case.name == "input" else f"input {case.name}"
        where = f"column {LETTERS[position].upper()} ({column.version.reference}), {given}: "
        hint = "add it to the input" if isinstance(error, MissingVariables) else error.hint
        raise type_of(error)(where + error.message, hint) from error


def type_of(error: WorkbenchError) -> type[NotFound] | type[BadInput]:
    """The plain kind of an error, whose constructor takes a message and a hint."""
    return NotFound if isinstance(error, NotFound) else BadInput
