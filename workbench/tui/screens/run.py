"""The run screen: a form made from the variables, and the answer as it comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from workbench.domain.prompts import Version
from workbench.domain.runs import Cancelled, Delta, Failed, Finished, Run, RunEvent, Started, Waiting
from workbench.errors import BadInput, MissingVariables, WorkbenchError
from workbench.text import one_line, visible
from workbench.tui.bindings import bindings_for
from workbench.tui.screens.base import WorkbenchScreen
from workbench.tui.widgets.field_specs import INPUT_KEY, SETTINGS, read_setting, setting_specs, variable_specs
from workbench.tui.widgets.forms import Form
from workbench.tui.widgets.run_facts import run_facts, seconds
from workbench.tui.widgets.status_line import StatusLine
from workbench.tui.widgets.stream_view import StreamView

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.services.calls import Prepared
    from workbench.services.running import Running

KEEP_AFTER = 0.4
"""Seconds of rest after which what was typed is kept."""


class RunScreen(WorkbenchScreen):
    """Runs one version. What is filled in is kept under `inputs:NAME` and is there again next time."""

    CONTEXT = "run"
    BINDINGS = bindings_for("run")
    CSS_PATH = "run.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]

    def __init__(self, version: Version, run: Run | None = None) -> None:
        """`run`: an earlier one, whose answer is shown at first."""
        super().__init__()
        self.version = version
        self._earlier = run
        self._form: Form | None = None
        self._stream = StreamView(id="stream")
        self._facts = Static(Content("not run yet"), id="facts", markup=False)
        self._worker: Worker[None] | None = None
        self._stop = asyncio.Event()
        self._began = 0.0
        self._characters = 0
        self._tall = False
        self._waiting_for = ""
        self._clock: Timer | None = None
        self._keeping: Timer | None = None

    # -- life

    def compose(self) -> ComposeResult:
        yield Static(Content(f"run {one_line(self.version.reference)}"), id="title", markup=False)
        with Horizontal(id="body"):
            yield Vertical(id="fields")
            with Vertical(id="answer"):
                yield self._facts
                yield self._stream
        yield self.bottom()

    async def on_mount(self) -> None:
        content = self.version.content
        try:
            kept = await self.host.call(lambda w: w.keeping.kept(self._kept_key))
        except WorkbenchError as error:
            kept = None
            self.host.say(error.message, error=True)
        model = str(getattr(self.host.config, "default_model", "") or "")
        sections = [("variables", variable_specs(content)), ("model and settings", setting_specs(content, model))]
        self._form = Form(sections, kept if isinstance(kept, Mapping) else {}, id="form")
        await self.query_one("#fields").mount(self._form)
        self._form.focus_first()
        if self._earlier is not None:
            self._show_earlier(self._earlier)
        where = " · ".join(f"live in {name}" for name in self.version.environments)
        self.query_one(StatusLine).show_status(f"run {self.version.reference}" + (f" · {where}" if where else ""))

    def _show_earlier(self, run: Run) -> None:
        ended = f"failed: {run.error}" if run.error else ""
        self._say_facts("\n".join(filter(None, (f"earlier run {run.id[:8]}", ended, run_facts(run)))), bool(ended))
        self._stream.append(run.output)
        self._stream.flush()
        self.add_class("-answering")
        self._stream.focus()

    async def on_unmount(self) -> None:
        if self._keeping is not None:
            await self._keep()

    @property
    def _kept_key(self) -> str:
        return f"inputs:{self.version.prompt}"

    @property
    def is_busy(self) -> bool:
        return self._worker is not None and not self._worker.is_finished

    # -- what is filled in

    def on_form_changed(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
        self._keeping = self.set_timer(KEEP_AFTER, self._keep)

    async def _keep(self) -> None:
        self._keeping = None
        form = self._form
        if form is None or self.host.readonly:
            return
        filled = form.to_keep()
        try:
            if filled:
                await self.host.call(lambda w: w.keeping.keep(self._kept_key, filled))
            else:
                await self.host.call(lambda w: w.keeping.forget(self._kept_key))
        except WorkbenchError as error:
            self.host.say(error.message, error=True)

    def action_run_reset(self) -> None:
        form = self._form
        if form is None or not form.to_keep():
            self.host.say("every field is at its default already", error=True)
            return
        from workbench.tui.screens.ask import Ask

        def answered(yes: bool | None) -> None:
            if yes:
                form.reset()
                form.focus_first()

        self.app.push_screen(Ask("What is filled in is forgotten", "Put every field back to its default?"), answered)

    # -- running

    def action_run_send(self) -> None:
        form = self._form
        if form is None:
            return
        if self.is_busy:
            self.host.say("it is running; esc stops it", error=True)
            return
        if self.host.readonly:
            self.host.say("opened with --readonly: a run is recorded, so nothing can be run", error=True)
            return
        settings, problems = self._settings(form)
        if problems:
            self._show_form(problems)
            return
        form.mark({})
        self._stop = asyncio.Event()
        self._worker = self.run_worker(
            self._run(form.filled("variable:"), form.filled(INPUT_KEY).get(""), settings),
            name="run",
            group="runs",
            description=f"run {self.version.reference}",
            exit_on_error=False,
        )

    @staticmethod
    def _settings(form: Form) -> tuple[dict[str, Any], dict[str, str]]:
        """What is set differently for this run, and what cannot be read: key → problem."""
        settings: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for name, text in form.filled("setting:").items():
            try:
                settings[name] = read_setting(name, text) if name in SETTINGS else text.strip()
            except BadInput as error:
                problems[f"setting:{name}"] = error.message
        return settings, problems

    async def _run(self, variables: Mapping[str, str], input: str | None, settings: dict[str, Any]) -> None:
        model = settings.pop("model", None)

        def prepare(workbench: Workbench) -> tuple[Running, Prepared]:
            running = workbench.running
            return running, running.prepare(self.version, variables, input=input, model=model, settings=settings)

        self._say_facts("preparing …")
        try:
            running, prepared = await self.host.call(prepare)
        except MissingVariables as error:
            self._show_form({_key(name): "missing" for name in error.names})
            self._say_facts("not sent: " + error.message)
            return
        except WorkbenchError as error:
            self._blame(error)
            return
        token = self.host.job_started(f"run {self.version.reference}")
        self._start_showing(prepared.warnings)
        ended = False
        try:
            async for event in running.execute(prepared, stop=self._stop):
                ended = self._show(event) or ended
        except asyncio.CancelledError:
            if not ended:
                self._stream.flush()
                self._say_facts(f"stopped after {seconds(time.monotonic() - self._began)} · what came is kept")
            raise
        except WorkbenchError as error:
            self._say_facts(f"failed · {error.message}" + (f"\n{error.hint}" if error.hint else ""), wrong=True)
        finally:
            if self._clock is not None:
                self._clock.stop()
            self.host.job_ended(token)
            self.host.changed(self.version.prompt)

    def _start_showing(self, warnings: tuple[str, ...]) -> None:
        self._began, self._characters, self._waiting_for = time.monotonic(), 0, "waiting for the first token"
        self._stream.clear()
        self.add_class("-answering")
        if self.has_class("-narrow"):
            self._stream.focus()
        if warnings:
            self.host.say("; ".join(warnings), error=True)
        self._tick()
        self._clock = self.set_interval(0.5, self._tick)

    def _tick(self) -> None:
        what = self._waiting_for or f"{self._characters:,} characters"
        self._say_facts(f"running · {time.monotonic() - self._began:.0f} s · {what} · esc stops")

    def _show(self, event: RunEvent) -> bool:
        """True once the run has ended."""
        match event:
            case Delta(text):
                self._waiting_for = ""
                self._characters += len(text)
                self._stream.append(text)
            case Waiting(reason, wait):
                self._waiting_for = one_line(reason) + (f" ({wait:.0f} s)" if wait else "")
                self._tick()
            case Started():
                pass
            case Finished(run) | Cancelled(run):
                self._stream.flush()
                self._say_facts(run_facts(run))
                return True
            case Failed(run, message, hint):
                self._stream.flush()
                self._say_facts("\n".join(filter(None, (f"failed: {message}", hint, run_facts(run)))), wrong=True)
                return True
        return False

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker is self._worker and event.state is WorkerState.ERROR:
            self._say_facts(f"failed · {type(event.worker.error).__name__}: {event.worker.error}", wrong=True)

    def _say_facts(self, text: str, wrong: bool = False) -> None:
        if self.is_attached:
            self._facts.set_class(wrong, "-wrong")
            # Nothing but the tail is laid out anew while it streams: a clock that ticks on one line needs no layout.
            tall = "\n" in text or len(text) >= self._facts.size.width
            self._facts.update(Content(visible(text)), layout=tall or self._tall)
            self._tall = tall

    def _blame(self, error: WorkbenchError) -> None:
        """What could not be prepared stays in the form, at its field where one can be told."""
        self._say_facts(f"not sent: {error.message}" + (f"\n{error.hint}" if error.hint else ""), wrong=True)
        form = self._form
        key = (
            next((k for k, f in form.fields.items() if error.message.startswith(f"variable {f.spec.label}: ")), "")
            if form
            else ""
        )
        self._show_form({key: error.message} if key else {})
        self.host.say(error.message + (f" · {error.hint}" if error.hint else ""), error=True)

    def _show_form(self, problems: Mapping[str, str]) -> None:
        self.remove_class("-answering")
        if self._form is not None:
            self._form.mark(problems)
        if problems:
            self.host.say(
                "; ".join(f"{key.partition(':')[2] or 'input'}: {p}" for key, p in problems.items()), error=True
            )

    # -- acts

    async def action_run_stop(self) -> None:
        if self.is_busy:
            self._stop.set()
            self._say_facts("stopping …")
        elif self.has_class("-narrow") and self.has_class("-answering"):
            self.action_run_switch()
        else:
            await self.host.back()

    def action_run_switch(self) -> None:
        self.toggle_class("-answering")
        if self.has_class("-answering"):
            self._stream.focus()
        elif self._form is not None:
            self._form.focus_first()

    def action_run_copy(self) -> None:
        self.host.offer_copy([("the answer", lambda: self._stream.text)])


def _key(name: str) -> str:
    return INPUT_KEY if name == "input" else f"variable:{name}"
