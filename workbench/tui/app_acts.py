"""What the keys do that hold on every screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from textual.app import App

from workbench.tui.host import host_of
from workbench.tui.leaving import Leaving


class AppActs(App[int], inherit_bindings=False):
    keymap: Mapping[str, str]
    leaving: Leaving

    def forget_frame(self) -> None:
        """The next frame is sent whole."""
        raise NotImplementedError

    async def back(self) -> None:
        if len(self.screen_stack) > 1:
            await self.pop_screen()

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
        from workbench.tui.screens.library import LibraryScreen

        if isinstance(self.screen, LibraryScreen):
            self.screen.step_pane(step)
        elif step > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_app_redraw(self) -> None:
        self.forget_frame()
        self.refresh(repaint=True, layout=True)
        self.screen.refresh(repaint=True)

    def action_app_help(self) -> None:
        from workbench.tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            return
        self.push_screen(HelpScreen(getattr(self.screen, "CONTEXT", "app"), self.keymap))

    def action_app_palette(self) -> None:
        from workbench.tui.screens.palette import open_palette

        open_palette(self)

    async def action_history_undo(self) -> None:
        await self._take_back("undo")

    async def action_history_redo(self) -> None:
        await self._take_back("redo")

    async def _take_back(self, which: Literal["undo", "redo"]) -> None:
        from workbench.tui.screens.base import WorkbenchScreen
        from workbench.tui.taking_back import take_back

        if not isinstance(self.screen, WorkbenchScreen) or self.screen.may_change():
            await take_back(host_of(self), which)
