"""When a screen draws: once all that a key asked for has been done, and then all of it in one frame.

Textual's own timer fires as soon as one widget has something to draw. What hears of the key a moment later, such as the
status line, then waits for one or two periods and goes out as a frame of its own. It stands on what is Textual's own
affair, like `lean_frames`, and goes with its switch.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from textual.constants import MAX_FPS
from textual.message_pump import MessagePump
from textual.timer import Timer

PERIOD = 1 / MAX_FPS
"""Seconds between two frames, at least."""
TURNS = 4
"""Turns of the loop that the others have before a frame: from the widget that had the key to the screen, from there to
its status line, and what that wants drawn back to the screen."""


class FrameClock(Timer):
    """Stands for the timer of a screen; `draw` is what the stock one calls."""

    def __init__(self, screen: MessagePump, draw: Callable[[], None]) -> None:
        super().__init__(screen, PERIOD, name="frames", pause=True)
        self._screen = screen
        self._draw = draw
        self._waiting: asyncio.Handle | None = None
        self._drawn = self._hurried = -math.inf

    def hurry(self) -> None:
        """A key is on its way: its frame does not wait because a stream has just had one. Once in a period at most, so
        that a key that is held down draws no more often than a stream."""
        now = asyncio.get_running_loop().time()
        if now - self._hurried >= PERIOD:
            self._hurried, self._drawn = now, -math.inf

    def resume(self) -> None:
        """There is something to draw."""
        loop = asyncio.get_running_loop()
        due = self._drawn + PERIOD
        if isinstance(self._waiting, asyncio.TimerHandle) and due <= loop.time():
            self.pause()
        if self._waiting is None:
            self._waiting = (
                loop.call_soon(self._turn, TURNS) if due <= loop.time() else loop.call_at(due, self._turn, TURNS)
            )

    def pause(self) -> None:
        """All has been drawn."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _turn(self, left: int) -> None:
        loop = asyncio.get_running_loop()
        if left:
            self._waiting = loop.call_soon(self._turn, left - 1)
            return
        self._waiting = None
        if not self._screen.is_running or self._screen.app._exit:
            return
        self._drawn = loop.time()
        try:
            self._draw()
        except Exception as error:  # as the stock timer does: the app ends with a report
            self._screen.app._handle_exception(error)
