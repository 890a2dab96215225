"""The commands of a team that must pass before a promotion: run from the sheet, watched, stopped."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from workbench.domain.releases.plans import PromotionPlan, ReleasePlan
from workbench.errors import WorkbenchError
from workbench.text import shorten
from workbench.tui.screens.sheets import Sheet
from workbench.tui.workers import start_worker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.composition import Workbench
    from workbench.domain.releases.checks import CommandResult

P = TypeVar("P", PromotionPlan, ReleasePlan)
TICK = 0.5
"""Seconds between two lines of progress."""


class CheckRunning(Sheet, Generic[P]):
    DEFAULT_CSS = """
    CheckRunning #progress { height: 1; color: $accent; text-style: bold; display: none; }
    CheckRunning #progress.-on { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.shown: P | None = None
        self.progress = Static(id="progress", markup=False)
        self._stop: threading.Event | None = None
        self._said = ("", "")
        self._begun = 0.0
        self._ticking: Timer | None = None

    async def look_again(self, keep: bool = False) -> None:
        raise NotImplementedError

    @property
    def is_checking(self) -> bool:
        return self._stop is not None

    def action_release_checks(self) -> None:
        if self.host.readonly:
            self.problem("opened for reading only: what a check found could not be kept")
        elif self.shown is None or not self.shown.to_run:
            self.problem("no check is a command that has yet to be run")
        else:
            self.run_checks()

    def run_checks(self) -> None:
        if self._stop is None and self.shown is not None:
            self.problem("")
            self._stop = threading.Event()
            start_worker(
                self,
                self._run,
                self.shown,
                self._stop,
                group="checks",
                description="run the checks",
                exit_on_error=False,
            )

    async def _run(self, plan: P, stop: threading.Event) -> None:
        token = self.host.job_started("the checks of a promotion")
        self._said, self._begun = ("starting", ""), time.monotonic()
        self._ticking = self.set_interval(TICK, self._show_progress)
        self._show_progress()
        self.progress.add_class("-on")
        try:
            runner = await self.host.call(lambda w: w.releasing.commands(plan))
            results = await asyncio.to_thread(runner.run, stop.is_set, self._hear)
            await self.host.call(lambda w: _keep(w, results))
        except WorkbenchError as error:
            self.problem(error.message + (f" · {error.hint}" if error.hint else ""))
        finally:
            # Also where the app is left meanwhile: the thread ends with the command it waits for.
            stop.set()
            self._stop = None
            self._ticking.stop()
            self.progress.remove_class("-on")
            self.host.job_ended(token)
        await self.look_again(keep=True)

    def _hear(self, label: str, text: str) -> None:
        """From the thread that runs the command."""
        line = text.rstrip().rpartition("\n")[2]
        self._said = (label, line or (self._said[1] if self._said[0] == label else ""))

    def _show_progress(self) -> None:
        label, line = self._said
        seconds = time.monotonic() - self._begun
        stops = f"{self.host.key_of('sheet.cancel')} stops it"
        self.progress.update(Content(shorten(f"⋯ {label} · {seconds:.0f} s · {stops} · {line}", self.size.width)))

    def action_sheet_cancel(self) -> None:
        if self._stop is None:
            super().action_sheet_cancel()
        else:
            self._stop.set()
            self._said = ("stopping", "")
            self._show_progress()


def _keep(workbench: Workbench, results: Sequence[CommandResult]) -> None:
    workbench.releasing.keep(results)
