"""An app that sends each frame as lean as it can be, and all again when it is not known what the terminal shows.

It stands on what is Textual's own affair, like `lean_screen`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.filter import LineFilter
from textual.timer import Timer

from workbench.tui import terminal, themes
from workbench.tui.frames import Frames
from workbench.tui.only_ascii import ascii_only

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.screen import Screen
    from textual.theme import Theme

RESIZED_BY = 0.15
"""Seconds after a change of size by which its layout has been drawn."""


class LeanApp(App[int], inherit_bindings=False):
    def __init__(self) -> None:
        super().__init__(driver_class=terminal.driver_class())
        # Messages stand in the status line; the widgets for pop-ups would cost every screen two more.
        self._disable_tooltips = self._disable_notifications = True
        self.animation_level = "none"
        self._frames = Frames()
        plain = (terminal.PLAIN_SIGNS,) if ascii_only() else ()
        self._own_filters: tuple[LineFilter, ...] = (terminal.SAFE_TEXT, *plain)
        self._late: Timer | None = None

    def get_theme(self, theme_name: str) -> Theme | None:
        # Asked for with every line that is drawn; the stock one copies the table of all themes each time.
        return themes.THEMES.get(theme_name) or super().get_theme(theme_name)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self._own_filters]

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        # Textual's own, but its only place where a frame can be made smaller before it is sent.
        super()._display(screen, self._frames.lean(self._driver, screen, renderable))

    def redraw(self) -> None:
        """Send all of the screen again."""
        self._frames.forget()
        self.refresh(repaint=True, layout=True)
        self.screen.refresh(repaint=True)

    def on_resize(self, event: events.Resize) -> None:
        if self._frames.resized(self._driver, event.size == self.size):
            # As a rule the layout at the new size draws all: a frame at the old one would only be in its way. So would
            # one for an earlier size, while the window is being dragged.
            if self._late is not None:
                self._late.stop()
            self._late = self.set_timer(RESIZED_BY, self._redraw_unless_whole)

    def _redraw_unless_whole(self) -> None:
        if self.screen_stack and not self._frames.whole:
            self.redraw()

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        # Textual lays out what lies under the current screen at every change of size, also where nothing of it is seen.
        # It is laid out when it is current again.
        hides_all = any(screen.styles.background.a == 1 for screen in self._screen_stack[-1:])
        return [] if hides_all else super()._background_screens
