"""A screen that lays out and draws once for what a key or a new size asks for; the stock one does it several times.

It stands on what is Textual's own affair, like `lean_frames`, and goes with its switch.
"""

from __future__ import annotations

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

    def __init__(self) -> None:
        super().__init__()
        if lean_frames.enabled():
            self._compositor = LeanCompositor()
            self._frame_clock = FrameClock(self, self._on_timer_update)

    @property
    def _update_timer(self) -> Timer:
        return self._frame_clock or super()._update_timer

    def _on_timer_update(self) -> None:
        if self._frame_clock is not None and self._layout_required and self._repaint_required:
            # One frame for both: the stock one draws what the layout has moved, and then the whole screen once more.
            self._repaint_required = False
            self._dirty_widgets.add(self)
        super()._on_timer_update()

    def _screen_resized(self, size: Size) -> None:
        # The layout at a new size tells the screen too that it has another one, and that again lays it out.
        if self._frame_clock is None or size != self._compositor.size:
            super()._screen_resized(size)

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        # It comes from a layout: to ask for another one would draw the whole screen twice.
        return super()._size_updated(size, virtual_size, container_size, layout and self._frame_clock is None)
