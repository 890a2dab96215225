"""What runs meanwhile, and leaving without losing what it has brought so far."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbench.tui.workers import start_worker

if TYPE_CHECKING:
    from textual.app import App


class Leaving:
    """The jobs that run, and the way out past them."""

    def __init__(self, app: App[int], show_running: Callable[[str], None]) -> None:
        """`show_running` is told how many run whenever that changes."""
        self._app = app
        self._show_running = show_running
        self._jobs: dict[object, str] = {}
        self._begun = False

    @property
    def running(self) -> str:
        return f"{len(self._jobs)} running"

    def started(self, what: str) -> object:
        """A token for `ended`; `what` is named when quitting asks."""
        token = object()
        self._jobs[token] = what
        self._show_running(self.running)
        return token

    def ended(self, token: object) -> None:
        self._jobs.pop(token, None)
        self._show_running(self.running)

    def leave(self, code: int) -> None:
        """Stop what runs so that it is recorded, give the terminal back, exit with `code`; from anywhere."""
        if self._begin():
            start_worker(self._app, self._drain_and_exit, code, group="leaving")

    async def quit(self) -> None:
        """Leave with status 0, after asking while something runs."""
        if not self._jobs:
            if self._begin():
                await self._drain_and_exit(0)
            return
        from workbench.tui.screens.ask import Ask

        def answered(yes: bool | None) -> None:
            if yes:
                self.leave(0)

        what = ", ".join(self._jobs.values())
        self._app.push_screen(Ask(f"Still running: {what}", "Stop it, keep what came, and quit?"), answered)

    def _begin(self) -> bool:
        """True once: a terminal that goes away says so several times, and none may cut short what the first began."""
        first, self._begun = not self._begun, True
        return first

    async def _drain_and_exit(self, code: int) -> None:
        await self.drain()
        self._app.exit(code, return_code=code)

    async def drain(self, seconds: float = 2.0) -> None:
        """Cancel what streams and wait until it has recorded itself."""
        streaming = [w for w in self._app.workers if w.group != "leaving" and not w.is_finished]
        for worker in streaming:
            worker.cancel()
        waits = [asyncio.ensure_future(_settled(worker)) for worker in streaming]
        if waits:
            await asyncio.wait(waits, timeout=seconds)


async def _settled(worker: Any) -> None:
    # A worker that was cancelled or failed has said so where it ran.
    with contextlib.suppress(Exception):
        await worker.wait()
