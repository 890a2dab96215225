"""The runs on record: filtered, read, marked, diffed, sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from textual.app import ComposeResult
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input

from workbench.domain.runs import Run, RunFilter, RunRow
from workbench.errors import BadInput, WorkbenchError
from workbench.tui.ages import now_utc
from workbench.tui.bindings import bindings_for
from workbench.tui.run_filter import read_filter
from workbench.tui.screens.pick import Choice, Pick
from workbench.tui.screens.run.acts import RunActs
from workbench.tui.store_thread import Lookup
from workbench.tui.widgets.answer_view import AnswerView
from workbench.tui.widgets.asked_line import AskedLine
from workbench.tui.widgets.run_list import RunList
from workbench.tui.widgets.status_line import StatusLine
from workbench.tui.workers import start_worker

PAGE = 200
SETTLE = 0.08
"""Seconds of quiet before the answer below follows a held key."""
NONE_YET = "no runs yet; r in the library runs a version"
NONE_LET_THROUGH = "no run is so; esc shows all of them again"


class RunsScreen(RunActs, inherit_bindings=False):
    CONTEXT = "runs"
    BINDINGS = bindings_for("runs")
    DEFAULT_CSS = """
    RunsScreen RunList { height: 2fr; border-top: heavy $primary; border-title-color: $accent; }
    RunsScreen AnswerView { height: 1fr; border-top: solid $secondary; border-title-color: $foreground; padding: 0 1; }
    """

    def __init__(self, prompt: str | None, now: Callable[[], str] = now_utc, wanted: str = "") -> None:
        """Of one prompt, or of all. `wanted`: the filter, as it is typed."""
        super().__init__()
        self._prompt = prompt
        self._everywhere = prompt is None
        self._now = now
        self._typed = wanted
        self._list = RunList(id="runs")
        self._answer = AnswerView(id="preview")
        self._answer.can_focus = False
        self._field = AskedLine("text version:1.3.0 model:mini status:failed rating:4 origin:replay starred draft")
        self._settling: Timer | None = None
        self._reading = asyncio.Lock()

    def compose(self) -> ComposeResult:
        yield self._list
        yield self._answer
        yield self._field
        yield self.bottom()

    async def on_mount(self) -> None:
        self._list.focus()
        await self._read()

    # -- reading

    def _wanted(self) -> RunFilter:
        return read_filter(self._typed, None if self._everywhere else self._prompt)

    async def _read(self, keep: str = "") -> None:
        try:
            wanted = self._wanted()
            rows = await self.host.call(Lookup(lambda w: w.running.runs(limit=PAGE, wanted=wanted)))
        except WorkbenchError as error:
            self.host.say(error.message + (f" · {error.hint}" if error.hint else ""), error=True)
            return
        self._list.with_prompt = self._everywhere
        self._list.empty_text = NONE_LET_THROUGH if self._typed else NONE_YET
        self._list.show(rows, self._now(), keep)
        self._show_where()

    async def on_run_list_wanted(self) -> None:
        """The next page; one at a time, so that none comes twice."""
        async with self._reading:
            if len(self._list.rows) % PAGE or not self._list.rows:
                return
            wanted, last = self._wanted(), self._list.rows[-1].id
            rows = await self.attempt(lambda w: w.running.runs(limit=PAGE, wanted=wanted, before=last))
            if rows and self._list.rows and self._list.rows[-1].id == last:
                self._list.add(rows)
                self._show_where()

    def _show_where(self) -> None:
        shown, more = len(self._list.rows), "+" if len(self._list.rows) and not len(self._list.rows) % PAGE else ""
        where = "all prompts" if self._everywhere else str(self._prompt)
        filtered = f" · {self._typed}" if self._typed else ""
        self._list.border_title = Content(f"Runs of {where}{filtered}")
        self.query_one(StatusLine).show_status(f"runs of {where} · {shown}{more}{filtered}", keep_message=True)

    def prompt_changed(self, prompt: str | None) -> None:
        if self._everywhere or prompt in (None, self._prompt):
            row = self._list.run
            start_worker(self, self._read, row.id if row else "", group="read", exclusive=True, exit_on_error=False)

    def run_recorded(self) -> None:
        self.prompt_changed(None)

    def on_line_list_moved(self) -> None:
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLE, self._show_answer)

    async def _show_answer(self) -> None:
        self._settling = None
        row = self._list.run
        if row is None:
            self._answer.start()
            self._answer.border_title = Content("")
            return
        run = await self.attempt(lambda w: w.running.run(row.id))
        if run is None or self._list.run is None or self._list.run.id != row.id:
            return
        given = ", ".join(f"{k}={' '.join(str(v).split())[:40]}" for k, v in run.variables.items())
        self._answer.border_title = Content(given[:200] or "no variables")
        await self._answer.show_run(run)
        if run.error:
            self._answer.append(f"failed: {run.error}", "error")
            self._answer.flush()
        self._answer.scroll_home(animate=False)

    # -- filtering

    def action_runs_filter(self) -> None:
        self._field.open(self._typed)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        try:
            read_filter(event.value, None)
            self.host.say("")
        except BadInput as error:
            self.host.say(error.message + (f" · {error.hint}" if error.hint else ""), error=True)
            return
        if self._field.is_open:
            self._typed = event.value.strip()
            start_worker(self, self._read, group="read", exclusive=True, exit_on_error=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._field.shut()
        self._list.focus()
        if self._typed != event.value.strip():
            self._typed = event.value.strip()
            start_worker(self, self._read, group="read", exclusive=True, exit_on_error=False)

    async def action_runs_all(self) -> None:
        if self._prompt is None:
            self.host.say("the runs of all prompts are shown already", error=True)
            return
        self._everywhere = not self._everywhere
        await self._read(self._list.run.id if self._list.run else "")

    async def step_back(self) -> None:
        if self._typed:
            self._typed = ""
            await self._read(self._list.run.id if self._list.run else "")
        else:
            await super().step_back()

    async def action_runs_same(self) -> None:
        """What became of one input: every run of it, the newest first."""
        row = self._row()
        if row is None:
            return
        self._typed = "" if self._typed.startswith("same:") else f"same:{row.id[:8]}"
        await self._read(row.id)

    # -- one run

    def _row(self) -> RunRow | None:
        if self._list.run is None:
            self.host.say("there is no run under the cursor", error=True)
        return self._list.run

    async def meant_run(self) -> Run | None:
        row = self._row()
        found: Run | None = await self.attempt(lambda w: w.running.run(row.id)) if row is not None else None
        return found

    async def run_marked(self, run: Run) -> None:
        for row in self._list.rows:
            if row.id == run.id:
                self._list.replace_row(replace(row, starred=run.starred, rating=run.rating, note=run.note))
                return

    async def on_line_list_opened(self) -> None:
        await self._open(replay=False)

    async def action_runs_open(self) -> None:
        await self._open(replay=False)

    async def action_runs_replay(self) -> None:
        await self._open(replay=True)

    async def _open(self, *, replay: bool) -> None:
        from workbench.tui.screens.run.screen import RunScreen

        run = await self.meant_run()
        version = await self.attempt(lambda w: w.conversing.version_of(run)) if run is not None else None
        if run is not None and version is not None:
            self.app.push_screen(RunScreen(version, run, replay=replay))

    async def action_runs_replay_on(self) -> None:
        """Choose a version; a model is chosen in the run screen, where the input is filled in then."""
        from workbench.tui.screens.run.model_pick import ModelPick

        run = await self.meant_run()
        rows = await self.attempt(lambda w: w.library.versions(run.prompt)) if run is not None else None
        if run is None or rows is None:
            return
        choices = [Choice("another model", "the same version", "")]
        choices += [
            Choice(row.number, " · ".join(filter(None, (*row.environments, row.created_at[:10], row.note))), row.number)
            for row in rows
        ]

        async def chosen(number: str | None) -> None:
            if number:
                await self._replay_with(run, f"{run.prompt}@{number}", None)
            elif number == "":
                self.app.push_screen(ModelPick(run.model), on_model)

        async def on_model(model: str | None) -> None:
            if model is not None:
                await self._replay_with(run, None, model)

        self.app.push_screen(Pick("send this input to", choices), chosen)

    async def _replay_with(self, run: Run, reference: str | None, model: str | None) -> None:
        from workbench.tui.screens.run.screen import RunScreen

        version = await self.attempt(
            lambda w: w.library.version(reference) if reference else w.conversing.version_of(run)
        )
        if version is not None:
            other = version if reference else None
            self.app.push_screen(
                RunScreen(version, run, replay=lambda w: w.conversing.replay(run, version=other, model=model))
            )

    def action_runs_mark(self) -> None:
        row = self._row()
        if row is not None:
            self._list.mark = "" if self._list.mark == row.id else row.id
            self._list.refresh()

    async def action_run_diff(self) -> None:
        marked, row = self._list.mark, self._row()
        if not marked or row is None or row.id == marked:
            await super().action_run_diff()
            return
        left, right = await self.attempt(lambda w: w.running.run(marked)), await self.meant_run()
        if left is not None and right is not None:
            self.open_diff(left, right)
