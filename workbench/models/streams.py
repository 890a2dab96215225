"""A chat stream read in batches: all that one read of the network brought, parsed in one go.

The SDK hands each chunk through seven generators and a model builder, which costs more than parsing it. Its requests,
connections and errors stay in use; only the reading of the body is ours. Imported with `openai`, so never at start.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import openai

from workbench.models.sse import EventReader

_DRAIN_SECONDS = 0.25
"""After the end of a stream, for the end of its body: a connection that was read to its end is used again."""


@dataclass(frozen=True)
class Batch:
    """Chunks as JSON, unchecked. `error`: what could not be read behind them; nothing comes after it."""

    chunks: list[Any]
    error: Exception | None = None


class BatchStream(openai.AsyncStream[Any]):
    """Yields `Batch`. Raises what the HTTP client raises."""

    def batches(self) -> AsyncIterator[Batch]:
        """As iterating over it, without the SDK's own layers."""
        return self.__stream__()

    async def __stream__(self) -> AsyncIterator[Any]:
        reader = EventReader()
        pieces = self.response.aiter_bytes()
        try:
            async for piece in pieces:
                batch, done = _parsed(reader.feed(piece))
                if batch.chunks or batch.error:
                    yield batch
                if batch.error:
                    return
                if done:
                    await _drain(pieces)
                    return
            with suppress(ValueError):
                # The last event of a server that leaves out the empty line; half of one is nothing.
                batch, _ = _parsed(reader.end())
                if batch.chunks:
                    yield Batch(batch.chunks)
        finally:
            await self.response.aclose()


def _parsed(events: list[bytes]) -> tuple[Batch, bool]:
    """The batch, and whether the stream said that it is done."""
    chunks: list[Any] = []
    for data in events:
        if data.startswith(b"[DONE]"):
            return Batch(chunks), True
        try:
            chunks.append(json.loads(data.decode()))
        except (ValueError, RecursionError) as error:
            return Batch(chunks, error), False
    return Batch(chunks), False


async def _drain(pieces: AsyncIterator[bytes]) -> None:
    with suppress(Exception):
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in pieces:
                pass
