"""Waiting for models from code that has no event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from workbench.domain.runs import Run, RunEnd, RunEvent
from workbench.errors import BadInput

if TYPE_CHECKING:
    from workbench.models.gateway import Gateway
    from workbench.services.comparisons.sessions import Session


def refuse_in_loop(what: str, instead: str) -> None:
    """`BadInput` where an event loop is running, which would stand still while we wait."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise BadInput(f"{what} waits for the models, and an event loop is running here", f"iterate over {instead}")


def wait_for_run(events: AsyncIterator[RunEvent], gateway: Gateway) -> Run:
    """The recorded run, whatever its status."""

    async def last() -> Run:
        try:
            async for event in events:
                if isinstance(event, RunEnd):
                    return event.run
        finally:
            await gateway.release()
        raise AssertionError("a run always ends with exactly one end event")

    return asyncio.run(last())


def wait_for_all(session: Session, gateway: Gateway) -> None:
    async def all_of_them() -> None:
        try:
            async for _ in session.events():
                pass
        finally:
            await gateway.release()

    asyncio.run(all_of_them())
