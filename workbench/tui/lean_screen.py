"""A screen that lays out and draws once for what a key or a new size asks for; the stock one does it several times.

It stands on what is Textual's own affair, like `lean_frames`, and goes with its switch.
"""

from __future__ import annotations

from textual import events
from textual.app import App
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from workbench.tui import lean_frames
from workbench.tui.frame_clock import FrameClock
from workbench.tui.lean_renders import LeanCompositor


class LeanScreen(Screen[object], inherit_bindings=False):
    # The stock one draws the whole screen again whenever the focus goes elsewhere; the two widgets draw themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    _frame_clock: FrameClock | None = None
    _styled_for = -1
    """The width for which all styles were worked out when it was put up."""
    takes_keys = True
    """False while what keys are for is still on its way: what is typed meanwhile waits for it."""

    def __init__(self) -> None:
        super().__init__()
        if lean_frames.enabled():
            self._compositor = LeanCompositor()
            self._frame_clock = FrameClock(self, self._on_timer_update)

    def hurry(self) -> None:
        """A key is on its way."""
        if self._frame_clock is not None:
            self._frame_clock.hurry()

    @property
    def _update_timer(self) -> Timer:
        return self._frame_clock or super()._update_timer

    def _post_register(self, app: App[object]) -> None:
        # What it holds is styled when it is mounted: with the right classes here, that need not be done twice.
        super()._post_register(app)
        # A style sheet of its own is read only after this, and where tasks begin at once (as they do from Python 3.12
        # on) after what it holds was mounted.
        if self._frame_clock is not None and not (self.CSS or self.CSS_PATH):
            self._take_breakpoints()
            self._styled_for = app.size.width

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        event.prevent_default()
        has_other_size = self.is_attached and self._size != self.app.size
        if self._styled_for == self.app.size.width:
            event.refresh_styles = False
        elif has_other_size and event.refresh_styles:
            self._take_breakpoints()
        self._styled_for = -1
        super()._on_screen_resume(event)
        if has_other_size and self._frame_clock is not None:
            # Its layout has just drawn all there is; the stock one goes on to draw all of it again.
            self._layout_required = self._repaint_required = False
            self._repaint_regions.clear()

    def _take_breakpoints(self) -> None:
        """The classes of its size, before all styles are worked out: the stock one takes them with the event of that
        size, works all out a second time, and lays out anew."""
        breakpoints = self.HORIZONTAL_BREAKPOINTS or []
        classes = {name: False for _, name in breakpoints}
        classes |= dict.fromkeys(self._get_breakpoint_classes(self.app.size.width, breakpoints), True)
        self.update_classes(classes, update=False)

    def _on_timer_update(self) -> None:
        if self._frame_clock is not None and self._layout_required and self._repaint_required:
            # One frame for both: the stock one draws what the layout has moved, and then the whole screen once more.
            self._repaint_required = False
            self._dirty_widgets.add(self)
        super()._on_timer_update()

    def _compositor_refresh(self) -> None:
        compositor = self._compositor
        draws_all = compositor.size.region in compositor._dirty_regions and self is self.app.screen
        if draws_all and self._frame_clock is not None:
            for widget in compositor.visible_widgets:
                # What it asked for is drawn with all the rest; the stock one does it again in the next frame.
                widget._repaint_regions.clear()
        super()._compositor_refresh()

    def _screen_resized(self, size: Size) -> None:
        # The layout at a new size tells the screen too that it has another one, and that again lays it out.
        if self._frame_clock is None or size != self._compositor.size:
            super()._screen_resized(size)

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        # It comes from a layout: to ask for another one would draw the whole screen twice.
        return super()._size_updated(size, virtual_size, container_size, layout and self._frame_clock is None)
