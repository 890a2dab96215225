"""Holding up what is awaited, so that two things overlap exactly as a test wants them to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Self


class Held:
    """In the place of an awaited call: it does what that does, and brings what it found only once it is let go."""

    def __init__(self, real: Callable[..., Awaitable[Any]]) -> None:
        self._real = real
        self.found = asyncio.Event()
        """Something waits to be let go."""
        self._free = asyncio.Event()

    def let_go(self) -> None:
        """From now on nothing is held up."""
        self._free.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Also where the test has failed: an app whose screen waits for ever never ends.
        self.let_go()

    async def __call__(self, *given: Any, **options: Any) -> Any:
        brought = await self._real(*given, **options)
        self.found.set()
        await self._free.wait()
        return brought
