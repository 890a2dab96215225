"""The calls of the comparison that is on the screen: started together, drawn at a steady pace, each stoppable alone."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from contextlib import aclosing

from textual.worker import Worker

from workbench.domain.comparisons import CellKey, Column, Comparison
from workbench.domain.runs import Run
from workbench.errors import WorkbenchError
from workbench.services.comparisons.sessions import Session
from workbench.tui.column_choosing import ask_column
from workbench.tui.screens.compare.view import DRAWS_A_SECOND, HIDDEN, CompareView
from workbench.tui.workers import start_worker

AHEAD = 2
"""Inputs behind the one looked at that are fetched meanwhile."""
READONLY = "opened for reading only: a run is recorded, so nothing can be run"


def calls_told(number: int) -> str:
    return f"{number} call{'s' * (number != 1)}"


class CompareRunning(CompareView):
    def __init__(self, comparison: Comparison) -> None:
        super().__init__(comparison)
        self._session: Session | None = None
        self._worker: Worker[None] | None = None
        self._job: object | None = None
        self._ticks = 0
        self._fresh = False
        """Something came since the last drawing."""

    async def on_mount(self) -> None:
        self.show_names()
        self.focus_place(0)
        await self.begin_session(self.comparison)
        self.set_interval(1 / DRAWS_A_SECOND, self._tick)

    async def begin_session(self, comparison: Comparison) -> None:
        """Take over what is on record and ask for the rest."""
        readonly = self.host.readonly
        found = await self.attempt(
            lambda w: (
                w.comparing.answers(comparison),
                w.comparing.verdicts(comparison),
                w.comparing.standings(comparison),
                w.comparing.keeps_names(comparison),
                None if readonly else w.comparing.session(comparison, ahead=AHEAD),
            )
        )
        if found is None:
            return
        answers, self.verdicts, self.standings, self.keeps_names, self._session = found
        self.comparison = comparison
        self.board = type(self.board)(comparison, answers)
        if self._session is not None:
            self._look_at(self._session, self.case)
            self._worker = start_worker(
                self, self._follow, self._session, group="compare", exit_on_error=False, description="compare"
            )
        self.show_case()
        self.show_standing()
        self.show_status()
        if answers and self._session is not None:
            self._tell_missing(answers)

    def _tell_missing(self, answers: Mapping[CellKey, Run]) -> None:
        """What is asked for now although nobody has just said so: the rest of a comparison that was begun earlier."""
        counts = Counter(run.status for run in answers.values())
        missing = len(self.comparison.cells()) - counts["finished"]
        ended = ", ".join(f"{counts[one]} {one}" for one in ("failed", "cancelled") if counts[one])
        if missing:
            of_these = f" ({ended})" if ended else ""
            stop = self.host.key_of("compare.stop")
            self.host.say(f"asking for {missing} answer{'s' * (missing != 1)} that it lacks{of_these} · {stop} stops")

    async def _follow(self, session: Session) -> None:
        board = self.board
        try:
            async with aclosing(self.host.calls.batches(lambda: session.events(stay=True))) as batches:
                async for batch in batches:
                    for cell, event in batch:
                        board.take(cell, event)
                    self._fresh = True
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
        finally:
            self._show_job(False)

    # -- drawing

    def _look_at(self, session: Session, case: int) -> None:
        self.host.calls.soon(lambda: session.focus(case))

    def _tick(self) -> None:
        running = self._session is not None and self._session.is_busy
        self._show_job(running)
        self._ticks += 1
        seldom = self._ticks % (DRAWS_A_SECOND // 2) == 0
        if self._fresh or (running and seldom):
            fresh, self._fresh = self._fresh, False
            self.draw(facts=seldom)
            if seldom or fresh:
                self.show_status()

    def _show_job(self, running: bool) -> None:
        if running and self._job is None:
            self._job = self.host.job_started(f"compare {self.comparison.prompt}")
        elif not running and self._job is not None:
            self.host.job_ended(self._job)
            self._job = None

    def on_unmount(self) -> None:
        self._show_job(False)

    # -- the calls

    async def action_compare_stop(self) -> None:
        session, due = self._session, self._is_due

        def stop() -> int | None:
            return session.stop() if session is not None and (session.active or (due and session.waiting)) else None

        stopped = await self.host.calls.do(stop)
        if stopped is None:
            await self.host.back()
        else:
            self._fresh = True
            self.board.take_back()
            self.host.say(f"stopped {calls_told(stopped)}; what came is kept, r asks again")

    @property
    def _is_due(self) -> bool:
        """Something has not been asked that would be asked for by itself."""
        near = range(self.case, min(self.case + AHEAD + 1, len(self.comparison.cases)))
        return any(state.status == "waits" for cell, state in self.board.cells.items() if cell.case in near)

    async def action_compare_stop_column(self) -> None:
        session, column = self._session, self.column_at(self.place)
        if session is None:
            self.host.say(READONLY, error=True)
            return
        stopped = await self.host.calls.do(lambda: session.stop(column=column))
        self.board.take_back(column)
        self._fresh = True
        if stopped:
            self.host.say(f"stopped {calls_told(stopped)} of this column; what came is kept, r asks again")
        else:
            self.host.say("nothing runs in this column", error=True)

    async def action_compare_rerun(self) -> None:
        """This column of this input, all its repeats."""
        session, column, case = self._session, self.column_at(self.place), self.case
        if session is None:
            self.host.say(READONLY, error=True)
            return
        if not await self.host.calls.do(lambda: session.rerun(column=column, case=case)):
            self.host.say("it is running; s stops this column", error=True)
        self.board.ask_again(case, column)
        self._fresh = True

    async def action_compare_rerun_all(self) -> None:
        session, case = self._session, self.case
        if session is None:
            self.host.say(READONLY, error=True)
        else:
            await self.host.calls.do(lambda: session.rerun(case=case))
            self.board.ask_again(case)
            self._fresh = True

    async def action_compare_change(self) -> None:
        """Another version, model or settings in this column; the answers of the others stay."""
        if self._session is None:
            self.host.say(READONLY, error=True)
            return
        if self.is_hidden:
            self.host.say(HIDDEN, error=True)
            return
        position = self.column_at(self.place)

        async def changed(column: Column) -> None:
            old, session, new_id = self.comparison, self._session, str(uuid.uuid4())
            if session is None:
                return
            await self.host.calls.do(lambda: session.will_change(new_id, position))
            new = await self.attempt(lambda w: w.comparing.changed(old, position, column, id=new_id))
            if new is None:
                return
            votes = bool(self.verdicts)
            self.comparison, self.verdicts, self.standings, self.keeps_names = new, {}, [], new.blind
            self.board.change(new, position)
            stopped = await self.host.calls.do(lambda: session.change(new, position))
            self.show_case()
            self.show_standing()
            self.show_status()
            told = ["its answers are asked anew" + (f", {calls_told(stopped)} stopped" if stopped else "")]
            told += ["all sides are shuffled anew"] if new.blind else []
            told += ["the votes stay with what it was"] if votes else []
            self.host.say(" · ".join(told))

        await ask_column(self, self.comparison.columns[position], changed)

    # -- the inputs

    def action_compare_next_input(self) -> None:
        self._go(self.case + 1)

    def action_compare_previous_input(self) -> None:
        self._go(self.case - 1)

    def _go(self, case: int) -> None:
        if not 0 <= case < len(self.comparison.cases):
            self.host.say(
                f"this is the {'last' if case else 'first'} input" if case >= 0 else "this is the first input"
            )
            return
        self.go_to(case)

    def go_to(self, case: int) -> None:
        self.case, self.repeat = case, 0
        if self._session is not None:
            self._look_at(self._session, case)
        self.show_case()

    def action_compare_next_repeat(self) -> None:
        self._go_repeat(1)

    def action_compare_previous_repeat(self) -> None:
        self._go_repeat(-1)

    def _go_repeat(self, step: int) -> None:
        if self.comparison.repeats == 1:
            self.host.say("every cell is run once here", error=True)
            return
        self.repeat = (self.repeat + step) % self.comparison.repeats
        self.show_case()
