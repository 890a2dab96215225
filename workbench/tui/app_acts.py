"""What the keys do that hold on every screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TypeVar

from textual.app import SuspendNotSupported

from workbench.tui.host import host_of
from workbench.tui.lean_app import LeanApp
from workbench.tui.leaving import Leaving

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.settings.config import Config
    from workbench.tui.store_thread import StoreThread

T = TypeVar("T")


class AppActs(LeanApp, inherit_bindings=False):
    config: Config
    keymap: Mapping[str, str]
    leaving: Leaving
    _store: StoreThread
    _named_act: int | None = None
    """The event of somebody else that undo, or redo, has named."""

    async def call_asking(self, fn: Callable[[Workbench], T]) -> T:
        """Like `call`; where acts are signed, the terminal is the signing program's meanwhile."""
        future: Future[T] | None = None
        if self.config.signing is not None:
            with suppress(SuspendNotSupported), self.suspend():
                # The loop waits too, for nothing may be drawn over what the program asks; and nothing may be raised.
                future = self._store.submit(lambda workbench: _asking(workbench, fn))
                wait([future])
        return future.result() if future is not None else await host_of(self).call(fn)

    async def back(self) -> None:
        if len(self.screen_stack) > 1:
            await self.pop_screen()

    def back_to_library(self) -> None:
        while len(self.screen_stack) > 1:
            # Not awaited: a screen that asks for it would wait for its own end.
            self.pop_screen()

    def key_ctrl_z(self) -> None:
        """The shell's own key, which a terminal that hands out every key no longer gives to it. In a text it undoes."""
        self.action_suspend_process()

    async def action_app_back(self) -> None:
        from workbench.tui.screens.base import WorkbenchScreen

        if isinstance(self.screen, WorkbenchScreen):
            await self.screen.step_back()
        else:
            await self.back()

    async def action_app_leave(self) -> None:
        if len(self.screen_stack) > 1:
            await self.back()
        else:
            await self.action_app_quit()

    async def action_app_quit(self) -> None:
        await self.leaving.quit()

    def action_app_next_pane(self) -> None:
        self._step_pane(1)

    def action_app_previous_pane(self) -> None:
        self._step_pane(-1)

    def _step_pane(self, step: int) -> None:
        from workbench.tui.screens.library.screen import LibraryScreen

        if isinstance(self.screen, LibraryScreen):
            self.screen.step_pane(step)
        elif step > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_app_redraw(self) -> None:
        self.redraw()

    def action_app_help(self) -> None:
        from workbench.tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            return
        self.push_screen(HelpScreen(getattr(self.screen, "CONTEXT", "app"), self.keymap))

    def action_app_palette(self) -> None:
        from workbench.tui.screens.palette import open_palette

        open_palette(self)

    def undo_told(self) -> str:
        """How what was just done is undone from here; of the past one has to come back first."""
        from workbench.tui.screens.base import WorkbenchScreen

        key_of = host_of(self).key_of
        front = next((screen for screen in reversed(self.screen_stack) if isinstance(screen, WorkbenchScreen)), None)
        first = ""
        if front is not None:
            first = "app.back" if front.unchangeable else front.before_letters
        return f" · {key_of(first) + ', then ' if first else ''}{key_of('history.undo')} undoes it"

    async def action_history_undo(self) -> None:
        await self._take_back("undo")

    async def action_history_redo(self) -> None:
        await self._take_back("redo")

    async def _take_back(self, which: Literal["undo", "redo"]) -> None:
        from workbench.tui.screens.base import WorkbenchScreen
        from workbench.tui.taking_back import take_back

        screen = self.screen if isinstance(self.screen, WorkbenchScreen) else None
        if screen is None or screen.may_change():
            within = screen.undone_within if screen is not None else ""
            self._named_act = await take_back(host_of(self), which, within, self._named_act)


def _asking(workbench: Workbench, fn: Callable[[Workbench], T]) -> T:
    """`fn` while the terminal is free for a passphrase to be asked for."""
    signer = workbench.signer
    if signer is None:
        return fn(workbench)
    signer.terminal = True
    try:
        return fn(workbench)
    finally:
        signer.terminal = False
