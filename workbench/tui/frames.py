"""The frames between the app and its terminal: made lean, and whole again whenever it is not known what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.tui import lean_frames
from workbench.tui.terminal import TolerantDriver

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.screen import Screen


class Frames:
    def __init__(self) -> None:
        self._lean = lean_frames.enabled()
        self._shown = lean_frames.Shown()
        self._starts = -1
        self._resizes = 0

    def forget(self) -> None:
        """The next frame is sent whole."""
        self._shown.forget()

    @property
    def whole(self) -> bool:
        """Has all of the screen been sent since it was last forgotten?"""
        return self._shown.whole

    def lean(self, driver: object, screen: Screen[Any], frame: RenderableType | None) -> RenderableType | None:
        """What is to be sent of a frame."""
        if not self._lean or not isinstance(driver, TolerantDriver):
            return frame
        if self._starts != driver.starts:
            # The terminal was somebody else's meanwhile: suspended, or an editor ran in it.
            self._starts = driver.starts
            self.forget()
        # The size it was laid out for: the terminal's own changes before the layout does.
        return self._shown.lean(frame, (screen.size.width, screen.size.height))

    def resized(self, driver: object, same_size: bool) -> bool:
        """Whether all must be drawn again, at the latest when it is known that no layout does it.

        Terminals move and lose lines when they are resized, also when they are back at the old size before we look:
        then nothing is laid out anew, and by itself nothing would be drawn. Nor would it when the terminal was somebody
        else's meanwhile, for its size is told then too, and is the same as a rule.
        """
        resizes, starts = (driver.resizes, driver.starts) if isinstance(driver, TolerantDriver) else (0, self._starts)
        if same_size and resizes == self._resizes and starts == self._starts:
            return False
        self._resizes = resizes
        self.forget()
        return True
