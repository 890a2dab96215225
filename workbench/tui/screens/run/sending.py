"""The exact request before it is sent, sending it, and what is shown while it streams."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

from textual.timer import Timer
from textual.worker import Worker, WorkerState

from workbench.domain.prompts import INPUT, Version
from workbench.domain.runs import (
    Cancelled,
    Delta,
    Failed,
    Finished,
    Origin,
    Reasoning,
    Refusal,
    Run,
    RunEvent,
    Started,
    ToolCall,
    Waiting,
)
from workbench.errors import MissingVariables, WorkbenchError
from workbench.text import one_line
from workbench.tui.screens.run.reading import RunReading
from workbench.tui.widgets.field_specs import INPUT_KEY
from workbench.tui.widgets.request_lines import request_lines
from workbench.tui.widgets.run_facts import seconds
from workbench.tui.workers import start_worker

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.services.runs.calls import Prepared

WARM_AFTER = 1.0
"""Seconds after which the client of the first call is imported, once the screen stands and nobody types."""
Prepare = Callable[["Workbench"], "Prepared"]
DOING = {Delta: "", Reasoning: "thinking", Refusal: "refusing", ToolCall: "calling a tool"}
"""What is told while such pieces come; "" tells how much has come."""


class RunSending(RunReading):
    def __init__(self, version: Version, run: Run | None = None) -> None:
        super().__init__(version, run)
        self._worker: Worker[None] | None = None
        self._stop = asyncio.Event()
        self._began = 0.0
        self._characters = 0
        self._doing = ""
        """What is told while nothing can be counted."""
        self._again_at = 0.0
        """When it is sent once more, on the monotonic clock."""
        self._clock: Timer | None = None

    async def on_mount(self) -> None:
        # Textual calls the other classes' own. Who only reads an earlier answer need not carry a client.
        if self.shown_run is None and not self.host.readonly:
            self.set_timer(WARM_AFTER, self._warm)

    async def _warm(self) -> None:
        if self._keeping is not None:
            # Something was typed just now, and more may be: beside an import a key takes a third longer.
            self.set_timer(WARM_AFTER, self._warm)
            return
        # Without a store there is nothing to run either; whoever tries is told.
        with suppress(WorkbenchError):
            await self.host.call(lambda w: w.gateway.import_client())

    @property
    def is_busy(self) -> bool:
        return self._worker is not None and not self._worker.is_finished

    # -- before sending

    async def action_run_request(self) -> None:
        """Show the exact request, or the answer again."""
        if self.has_class("-asking"):
            self.remove_class("-asking")
            self._stream.focus()
            return
        settings, problems = self.read_settings()
        if problems:
            self.show_form(problems)
            return
        self.add_class("-asking")
        self.add_class("-answering")
        self._request.focus()
        start_worker(self, self._preview, settings, group="preview", exclusive=True, exit_on_error=False)

    async def _preview(self, settings: dict[str, Any]) -> None:
        version, values = self.version, self.values
        model = settings.pop("model", None)
        try:
            previewing, preview = await self.host.call(
                lambda w: (w.previewing, w.previewing.preview(version, values, model=model, settings=settings))
            )
            self._request.show(request_lines(preview))
            self._request.show(request_lines(await previewing.counted(preview), counted=True), keep=True)
        except WorkbenchError as error:
            self.remove_class("-asking")
            self.blame(error)

    # -- sending

    def action_run_send(self) -> None:
        if self._form is None or not self.may_run():
            return
        settings, problems = self.read_settings()
        if problems:
            self.show_form(problems)
            return
        self._form.mark({})
        version, values = self.version, self.values
        model = settings.pop("model", None)
        self.send(lambda w: w.running.prepare(version, values, model=model, settings=settings))

    def may_run(self) -> bool:
        """Says why not where it answers no."""
        if self.is_busy:
            self.host.say("it is running; esc stops it", error=True)
        elif self.host.readonly:
            self.host.say("opened for reading only: a run is recorded, so nothing can be run", error=True)
        else:
            return True
        return False

    def send(self, prepare: Prepare, origin: Origin = "run") -> None:
        self._stop = asyncio.Event()
        self._worker = start_worker(
            self,
            self._run,
            prepare,
            origin,
            name="run",
            group="runs",
            description=f"run {self.version.reference}",
            exit_on_error=False,
        )

    async def _run(self, prepare: Prepare, origin: Origin) -> None:
        self.say_facts("preparing …")
        try:
            running, prepared = await self.host.call(lambda w: (w.running, prepare(w)))
        except MissingVariables as error:
            self.show_form({key_of_variable(name): "missing" for name in error.names})
            self.say_facts("not sent: " + error.message)
            return
        except WorkbenchError as error:
            self.blame(error)
            return
        token = self.host.job_started(f"run {self.version.reference}")
        self._start_showing(prepared)
        ended = False
        try:
            stop = self._stop
            streamed = self.host.calls.batches(lambda: running.execute(prepared, origin=origin, stop=stop))
            async with aclosing(streamed) as batches:
                async for batch in batches:
                    for event in batch:
                        ended = await self._show(event) or ended
        except asyncio.CancelledError:
            if not ended:
                self._stream.flush()
                self.say_facts(f"cancelled after {seconds(time.monotonic() - self._began)} · what came is kept")
            raise
        except WorkbenchError as error:
            self.say_facts(f"failed · {error.message}" + (f"\n{error.hint}" if error.hint else ""), wrong=True)
        finally:
            if self._clock is not None:
                self._clock.stop()
            self.host.job_ended(token)
            self.host.changed(self.version.prompt)

    def _start_showing(self, prepared: Prepared) -> None:
        self._began, self._characters, self._doing = time.monotonic(), 0, "waiting for the first token"
        self.shown_run = None
        self._stream.start(prepared.turns)
        self.remove_class("-asking")
        self.add_class("-answering")
        if self.has_class("-narrow"):
            self._stream.focus()
        # Whatever was said before is not about this run.
        self.host.say("; ".join(prepared.warnings), error=bool(prepared.warnings))
        self._tick()
        self._clock = self.set_interval(0.5, self._tick)

    def _tick(self) -> None:
        what, now = self._doing or f"{self._characters:,} characters", time.monotonic()
        if self._doing and now < self._again_at:
            what += f" · {self._again_at - now:.0f} s left"
        self.say_facts(f"running · {now - self._began:.0f} s · {what} · esc stops")

    async def _show(self, event: RunEvent) -> bool:
        """True once the run has ended."""
        match event:
            case Delta() | Reasoning() | Refusal() | ToolCall():
                self._characters += len(event.text) if isinstance(event, Delta) else 0
                self._stream.add(event)
                if self._doing != DOING[type(event)]:
                    self._doing = DOING[type(event)]
                    self._stream.flush()
                    self._tick()
            case Waiting(reason, wait):
                self._doing, self._again_at = one_line(reason), time.monotonic() + wait
                self._tick()
            case Started():
                pass
            case Finished(run) | Cancelled(run) | Failed(run):
                if self._clock is not None:
                    self._clock.stop()
                self.shown_run = run
                hint = event.hint if isinstance(event, Failed) else ""
                self._stream.flush()
                self.say_run(run, hint=hint)
                check = await self._stream.ended(run)
                self.say_run(run, check, hint=hint)
                return True
        return False

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker is self._worker and event.state is WorkerState.ERROR:
            self.say_facts(f"failed · {type(event.worker.error).__name__}: {event.worker.error}", wrong=True)

    def blame(self, error: WorkbenchError) -> None:
        """What could not be prepared stays in the form, at its field where one can be told."""
        self.say_facts(f"not sent: {error.message}" + (f"\n{error.hint}" if error.hint else ""), wrong=True)
        fields = self._form.fields if self._form is not None else {}
        key = next((k for k, f in fields.items() if error.message.startswith(f"variable {f.spec.label}: ")), "")
        self.show_form({key: error.message} if key else {})
        self.host.say(error.message + (f" · {error.hint}" if error.hint else ""), error=True)

    async def action_run_stop(self) -> None:
        if self.is_busy:
            self.host.calls.soon(self._stop.set)
            self.say_facts("stopping …")
        elif self.has_class("-asking"):
            await self.action_run_request()
        elif self.has_class("-narrow") and self.has_class("-answering") and self.has_shown_fields:
            self.show_fields()
        else:
            await self.host.back()


def key_of_variable(name: str) -> str:
    """Of its field in the form."""
    return INPUT_KEY if name == INPUT else f"variable:{name}"
