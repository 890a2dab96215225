"""One typed key at a time: the next one goes out when all that the one before did has been done.

Textual hands a key to whatever has the focus now, although the key before it may be on its way to open a field or a
screen; on a slow line `/sup` then loses its first letters to the list, where they are commands.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.message import Message

from workbench.tui.lean_screen import LeanScreen

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

PATIENCE = 2.0
"""Seconds after which a key is taken as done although its end was not seen: its widget is gone, or waits for more. On
a machine that is busy with other things, opening a screen may take as long as that."""
LONGEST = 20.0
"""Seconds that are waited for a screen which has said that it does not take keys yet."""
STEP = 0.01
QUIET = 0.02
"""Seconds after which it is asked whether a key is done, unless the next one comes first: its paint goes before."""

Typed = events.Key | events.Paste


class KeyDone(Message):
    """Sent after a key to the same widget: it bubbles behind it, so where it arrives the key has been."""

    def __init__(self, ticket: int) -> None:
        super().__init__()
        self.ticket = ticket


class TypedKeys:
    """The keys that wait, and the one that is under way."""

    def __init__(self, app: App[Any], send: Callable[[Typed], Any]) -> None:
        """`send` hands a key on for good; it is awaited in the app's own turn."""
        self._app = app
        self._send = send
        self._waiting: deque[Typed] = deque()
        self._ticket = 0
        self._busy = False
        self._asked = False
        self._until = 0.0
        """When a key goes out although the screen does not stand; 0 as long as it does."""
        self._target: MessagePump = app
        self._timers: list[asyncio.TimerHandle] = []

    async def take(self, event: Typed) -> None:
        self._waiting.append(event)
        if self._busy:
            self._ask(self._ticket)
        else:
            await self._next()

    def done(self, ticket: int) -> None:
        """The key has been everywhere; what it opened may still be on its way to the focus."""
        if self._busy and ticket == self._ticket:
            self._settle(ticket, asyncio.get_running_loop().time() + PATIENCE)

    async def _next(self) -> None:
        if not self._waiting:
            self._busy = False
            return
        self._busy = True
        self._ticket += 1
        ticket = self._ticket
        if not self._may_send():
            self._asked = True
            asyncio.get_running_loop().call_later(STEP, self._app.call_later, self._next)
            return
        self._asked = False
        self._target = self._app.focused or self._app.screen
        self._timers = [asyncio.get_running_loop().call_later(QUIET, self._ask, ticket)]
        self._be_patient(ticket)
        key, screen = self._waiting.popleft(), self._app.screen
        if not self._waiting and isinstance(screen, LeanScreen):
            screen.hurry()
        await self._send(key)
        if self._waiting:
            self._ask(ticket)

    @property
    def _stands(self) -> bool:
        screen = self._app.screen
        return screen.is_running and not (isinstance(screen, LeanScreen) and not screen.takes_keys)

    def _may_send(self) -> bool:
        """What opened by itself, or took longer than there was patience for, gets the keys meant for it too."""
        now = asyncio.get_running_loop().time()
        self._until = 0.0 if self._stands else self._until or now + LONGEST
        return not self._until or now >= self._until

    def _be_patient(self, ticket: int) -> None:
        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(PATIENCE, self._lose_patience, ticket, loop.time() + PATIENCE))

    def _lose_patience(self, ticket: int, due: float) -> None:
        if asyncio.get_running_loop().time() - due > PATIENCE / 2:
            # All was held up meanwhile, and with it what the key does.
            self._be_patient(ticket)
        else:
            self._go_on(ticket)

    def _ask(self, ticket: int) -> None:
        """Send word after the key, to where it went; it comes back when the key has been everywhere."""
        if not self._busy or ticket != self._ticket:
            return
        if not self._target.is_attached:
            # The key has taken away what it was typed into, and no word comes back from there.
            self.done(ticket)
        elif not self._asked:
            self._asked = True
            self._target.post_message(KeyDone(ticket))

    def _settle(self, ticket: int, until: float) -> None:
        """Once the screen stands: behind what it asked for when it was put up, and what that asked of the app."""
        if not self._app.screen_stack:
            return  # the app has ended with this key
        screen = self._app.screen
        if not self._stands and asyncio.get_running_loop().time() < until:
            asyncio.get_running_loop().call_later(STEP, self._settle, ticket, until)
        else:
            screen.call_later(self._app.call_later, self._go_on, ticket)

    def _go_on(self, ticket: int) -> None:
        if not self._busy or ticket != self._ticket:
            return
        for timer in self._timers:
            timer.cancel()
        # So that a late end of this key does not count for the next one.
        self._ticket += 1
        self._app.call_later(self._next)
