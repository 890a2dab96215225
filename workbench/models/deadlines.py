"""One deadline for many waits: `asyncio.timeout` for each of them costs more than reading a piece of an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Deadline:
    """Made inside the loop in which it is waited on; `close` it in the end."""

    def __init__(self, seconds: float) -> None:
        self._passed = seconds <= 0
        self._waiting: asyncio.Task[object] | None = None
        self._handle = asyncio.get_running_loop().call_later(max(0.0, seconds), self._pass)

    def _pass(self) -> None:
        self._passed = True
        if self._waiting is not None:
            self._waiting.cancel()

    async def wait(self, awaited: Awaitable[T]) -> T:
        """The result; `TimeoutError` once the deadline has passed, before or while waiting."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  a coroutine is awaited in a task
        if self._passed:
            if asyncio.iscoroutine(awaited):
                awaited.close()
            raise TimeoutError
        before = task.cancelling()
        self._waiting = task
        try:
            return await awaited
        except asyncio.CancelledError:
            # Ours unless somebody else cancelled the task too: then theirs goes on, as with `asyncio.timeout`.
            if self._has_passed() and task.uncancel() <= before:
                raise TimeoutError from None
            raise
        finally:
            self._waiting = None

    def _has_passed(self) -> bool:
        return self._passed

    def close(self) -> None:
        self._handle.cancel()
