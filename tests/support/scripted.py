"""A model that follows a script: for timing and faults that no real endpoint gives on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.domain.runs import Request, Usage, Waiting
from workbench.models.chunks import Chunk, Reply
from workbench.models.endpoints import Endpoint
from workbench.models.gateway import Gateway

Step = str | float | Exception | asyncio.Event | Waiting
"""A text to stream, seconds to wait, an error to raise, an event to wait for, or a `Waiting` to tell."""


@dataclass
class Script:
    """What the next call does, and all requests that were sent."""

    steps: Sequence[Step] = ("Hello ", "world.")
    usage: Usage = field(default_factory=lambda: Usage(12, 3))
    finish_reason: str = "stop"
    requests: list[Request] = field(default_factory=list)
    closed: int = 0
    """How many streams were closed, however they ended."""
    client_wanted: bool = False
    """What the first call needs was to be imported before it."""


class ScriptedGateway(Gateway):
    """The real resolving of models, and a scripted stream; one endpoint named `test`."""

    def __init__(self, script: Script, folder: Path, default_model: str = "test/parrot") -> None:
        endpoint = Endpoint("test", "http://127.0.0.1:9/v1")
        super().__init__({"test": endpoint}, {}, default_model, folder, folder)
        self.script = script

    def import_client(self) -> None:
        self.script.client_wanted = True

    async def warm(self, request: Request) -> None:
        """A script needs nothing."""

    async def stream(self, request: Request, *, deadline: float | None = None) -> AsyncGenerator[Waiting | Chunk, None]:
        self.script.requests.append(request)
        reply = Reply()
        first = True
        try:
            for step in self.script.steps:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    # Not waited for: it is set on another event loop than that of the calls.
                    while not step.is_set():
                        await asyncio.sleep(0.005)
                elif isinstance(step, Waiting):
                    yield step
                elif isinstance(step, str):
                    yield Chunk(step, reply=reply if first else None)
                    first = False
                else:
                    await asyncio.sleep(step)
            reply.finish_reason, reply.usage = self.script.finish_reason, self.script.usage
        finally:
            self.script.closed += 1
