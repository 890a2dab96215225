"""A deadline over many waits is kept as `asyncio.timeout` keeps it over one."""

from __future__ import annotations

import asyncio
import time

import pytest

from workbench.models.deadlines import Deadline


async def test_waits_go_through_until_it_passes() -> None:
    deadline = Deadline(1.0)
    began = time.monotonic()
    assert [await deadline.wait(asyncio.sleep(0, number)) for number in range(3)] == [0, 1, 2]
    with pytest.raises(TimeoutError):
        await deadline.wait(asyncio.sleep(30))
    assert 0.9 < time.monotonic() - began < 20
    with pytest.raises(TimeoutError):
        await deadline.wait(asyncio.sleep(0))
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_it_passes_while_nothing_waits_and_disturbs_nobody() -> None:
    deadline = Deadline(0.01)
    await asyncio.sleep(0.05)
    with pytest.raises(TimeoutError):
        await deadline.wait(asyncio.sleep(0))
    closed = Deadline(0.01)
    closed.close()
    assert await closed.wait(asyncio.sleep(0.05, "fine")) == "fine"


async def test_a_cancellation_from_outside_stays_one() -> None:
    deadline = Deadline(0.05)

    async def waits() -> None:
        await deadline.wait(asyncio.sleep(30))

    for delay in (0.0, 0.05):
        deadline = Deadline(0.05)
        task = asyncio.create_task(waits())
        await asyncio.sleep(delay)
        task.cancel()
        with pytest.raises((asyncio.CancelledError, TimeoutError)) as caught:
            await task
        if not delay:
            assert caught.type is asyncio.CancelledError
