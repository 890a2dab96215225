"""Runs that end together are written together; each is on the disk before it is said, whatever is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.store.test_runs import a_run
from workbench.domain.prompts import Content
from workbench.errors import NotFound
from workbench.services.library import Library
from workbench.services.runs.recording import Recording
from workbench.store import Store


@pytest.fixture
def digest(library: Library) -> str:
    return library.save("support/x", Content.of_text("Hi")).digest


class Slow:
    """A store thread that takes its time, and counts."""

    def __init__(self, store: Store, seconds: float = 0.02) -> None:
        self.store, self.seconds, self.calls = store, seconds, 0

    async def __call__(self, act: Callable[[Store], Any]) -> Any:
        self.calls += 1
        await asyncio.sleep(self.seconds)
        return act(self.store)


async def test_what_ends_together_is_one_transaction(store: Store, digest: str) -> None:
    slow = Slow(store)
    recording = Recording(slow)
    for _ in range(20):  # each time the writer ends and another begins
        await asyncio.gather(*(recording.record(a_run(digest=digest)) for _ in range(8)))
        await recording.record(a_run(digest=digest))
    assert store.runs.count() == 180
    assert slow.calls == 40


async def test_what_ends_while_others_are_under_way_is_one_transaction_with_what_ends_soon_after(
    store: Store, digest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.services.runs.recording.GATHER", 0.2)
    slow = Slow(store, 0.0)
    recording = Recording(slow)

    async def ends_after(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await recording.record(a_run(digest=digest))
        recording.expect(-1)

    recording.expect(5)  # one of them goes on
    await asyncio.gather(*map(ends_after, (0, 3, 7, 20)))
    assert (store.runs.count(), slow.calls) == (4, 1)
    monkeypatch.setattr("workbench.services.runs.recording.GATHER", 3600)
    await asyncio.wait_for(ends_after(0), 60)  # the last one waits for nobody
    assert (store.runs.count(), slow.calls) == (5, 2)


async def test_one_that_cannot_be_recorded_keeps_no_other_from_it(store: Store, digest: str) -> None:
    recording = Recording(Slow(store))
    runs = [a_run(digest=digest), a_run(number="9.9.9"), a_run(digest=digest)]
    ends = await asyncio.gather(*map(recording.record, runs), return_exceptions=True)
    assert [type(end) for end in ends] == [type(None), NotFound, type(None)]
    assert store.runs.count() == 2


async def test_whoever_is_cancelled_is_recorded_first_and_the_others_too(store: Store, digest: str) -> None:
    recording = Recording(Slow(store, 0.3))
    tasks = [asyncio.create_task(recording.record(a_run(digest=digest))) for _ in range(6)]
    for delay, task in zip((0.001, 0.005, 0.01), tasks, strict=False):
        await asyncio.sleep(delay)
        task.cancel()
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(end, asyncio.CancelledError) for end in ends] == [True] * 3 + [False] * 3
    assert store.runs.count() == 6


def test_the_end_of_the_loop_writes_all_that_waits(store: Store, digest: str) -> None:
    recording = Recording(Slow(store))

    async def leave() -> None:
        for _ in range(5):
            asyncio.create_task(recording.record(a_run(digest=digest)))  # noqa: RUF006  left to the end of the loop
        await asyncio.sleep(0.005)

    asyncio.run(leave())
    assert store.runs.count() == 5
    asyncio.run(recording.record(a_run(digest=digest)))
    assert store.runs.count() == 6
