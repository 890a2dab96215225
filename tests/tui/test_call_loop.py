"""Two event loops: what streams on the one arrives on the other, whole and in order, however it ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

import pytest

from workbench.tui.call_loop import BATCHES_A_SECOND, CallLoop


@pytest.fixture
def calls() -> Iterator[CallLoop]:
    loop = CallLoop()
    yield loop
    loop.close()


class Counting:
    """Counts up; remembers how it ended and where it ran."""

    def __init__(self, most: int, fails: bool = False) -> None:
        self.most = most
        self.fails = fails
        self.ended = False
        self.thread = ""

    async def events(self) -> AsyncGenerator[int, None]:
        self.thread = threading.current_thread().name
        try:
            for number in range(self.most):
                yield number
                await asyncio.sleep(0)
            if self.fails:
                raise ValueError("broken")
        finally:
            # As a run that is recorded before it goes.
            await asyncio.sleep(0.05)
            self.ended = True


async def test_all_arrive_in_order_in_few_batches(calls: CallLoop) -> None:
    counting = Counting(5000)
    began = asyncio.get_running_loop().time()
    batches = [batch async for batch in calls.batches(counting.events)]
    took = asyncio.get_running_loop().time() - began
    assert [number for batch in batches for number in batch] == list(range(5000))
    assert len(batches) <= took * BATCHES_A_SECOND + 2
    assert counting.thread == "workbench-calls"
    assert counting.ended


async def test_an_error_arrives_behind_what_came_before_it(calls: CallLoop) -> None:
    counting, came = Counting(3, fails=True), []
    with pytest.raises(ValueError, match="broken"):
        async for batch in calls.batches(counting.events):
            came += batch
    assert came == [0, 1, 2]
    assert counting.ended


async def test_who_is_cancelled_waits_until_the_other_side_has_ended(calls: CallLoop) -> None:
    counting, begun = Counting(10**9), asyncio.Event()

    async def read() -> None:
        async with aclosing(calls.batches(counting.events)) as batches:
            async for _ in batches:
                begun.set()

    task = asyncio.create_task(read())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert counting.ended


async def test_cancelled_before_the_first_step(calls: CallLoop) -> None:
    held = threading.Event()
    calls.soon(held.wait)  # so that the other side cannot begin
    task = asyncio.create_task(anext(calls.batches(Counting(3).events)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    held.set()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)


async def test_what_is_done_there_answers_here(calls: CallLoop) -> None:
    assert await calls.do(lambda: threading.current_thread().name) == "workbench-calls"
    with pytest.raises(ZeroDivisionError):
        await calls.do(lambda: 1 // 0)


async def test_the_end_ends_what_is_still_there() -> None:
    calls, counting = CallLoop(), Counting(10**9)
    stream = calls.batches(counting.events)
    await anext(stream)
    await asyncio.to_thread(calls.close)
    assert counting.ended
