"""An event loop in a thread of its own for what streams from models: no key waits for calls, no call for drawing."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import Generic, TypeVar

T = TypeVar("T")
BATCHES_A_SECOND = 15
"""How often what came is handed on; a screen is drawn less often."""


class CallLoop:
    """Begins with its first use. All methods are for the app's own thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def soon(self, act: Callable[[], object]) -> None:
        """Does it there, between other things; nobody waits for it."""
        self._started().call_soon_threadsafe(act)

    async def do(self, act: Callable[[], T]) -> T:
        """Does it there; its result or its exception."""

        async def there() -> T:
            return act()

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(there(), self._started()))

    async def batches(self, events: Callable[[], AsyncGenerator[T, None]]) -> AsyncGenerator[list[T], None]:
        """Iterates over `events()` there; here what came since the last time, at most `BATCHES_A_SECOND`.

        What comes first is there at once. Raises what the generator raises. Closing this, or cancelling who waits,
        closes the generator too and waits until it has ended.
        """
        stream = _Stream(events, self._started())
        try:
            while batch := await stream.news():
                yield batch
                await asyncio.sleep(1 / BATCHES_A_SECOND)
        finally:
            stream.cancel()
            await stream.over.wait()
        if stream.error is not None:
            raise stream.error

    def close(self, seconds: float = 1.0) -> None:
        """Ends what is still there and closes its connections; waits at most `seconds`."""
        loop, thread, self._loop = self._loop, self._thread, None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(seconds)

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            # A daemon, so that a call that hangs cannot keep the process alive after the terminal was given back.
            self._thread = threading.Thread(target=_run, args=(self._loop,), name="workbench-calls", daemon=True)
            self._thread.start()
        return self._loop


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


class _Stream(Generic[T]):
    """Between the two loops: pumped on the one, read on the other, on which it is made."""

    def __init__(self, events: Callable[[], AsyncGenerator[T, None]], there: asyncio.AbstractEventLoop) -> None:
        self.over = asyncio.Event()
        self.error: Exception | None = None
        self._events = events
        self._there = there
        self._home = asyncio.get_running_loop()
        self._came: deque[T] = deque()
        self._changed = asyncio.Event()
        self._said = False
        self._task: asyncio.Task[None] | None = None
        there.call_soon_threadsafe(self._begin)

    def cancel(self) -> None:
        self._there.call_soon_threadsafe(self._cancel)

    async def news(self) -> list[T]:
        """What came since the last time; waits for something. Empty at the end."""
        while True:
            # Said again from now on: what comes while this is read is either read too, or said.
            self._said = False
            came = [self._came.popleft() for _ in range(len(self._came))]
            if came or self.over.is_set():
                return came
            await self._changed.wait()
            self._changed.clear()

    # On the other loop

    def _begin(self) -> None:
        self._task = self._there.create_task(self._pump())
        # Not by the task itself: one that is cancelled before its first step never says that it has ended.
        self._task.add_done_callback(self._ended)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _pump(self) -> None:
        try:
            async with aclosing(self._events()) as events:
                async for event in events:
                    self._came.append(event)
                    if not self._said:
                        self._said = True
                        self._tell(self._changed)
        except Exception as error:
            self.error = error

    def _ended(self, _: object) -> None:
        self._tell(self.over)
        self._tell(self._changed)

    def _tell(self, event: asyncio.Event) -> None:
        # A home that has ended needs no word any more.
        with suppress(RuntimeError):
            self._home.call_soon_threadsafe(event.set)
