"""Recording runs: all that end together in one transaction, for it is the commit that costs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from workbench.domain.runs import Run
from workbench.errors import StoreError

if TYPE_CHECKING:
    from workbench.domain.comparisons import CellKey
    from workbench.store import Store

GATHER = 0.005
"""Seconds for which a finished run waits for others that are under way, to be written together with them."""
_TRIES = 3
"""The end of an event loop cancels every task, the writing one too, perhaps before it began."""


@dataclass
class _Queue:
    """What waits to be written on one event loop."""

    entries: list[tuple[Run, Sequence[CellKey], asyncio.Future[None]]] = field(default_factory=list)
    writer: asyncio.Task[None] | None = None
    expected: int = 0
    """Runs that are under way, those that wait to be written included."""


class Recording:
    """`store_call` runs a function on the store's thread. Usable from any event loop."""

    def __init__(self, store_call: Callable[[Callable[[Store], Any]], Awaitable[Any]]) -> None:
        self._store_call = store_call
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue] = WeakKeyDictionary()

    def expect(self, more: int) -> None:
        """So many more runs are under way on this loop, or fewer: a commit costs as much for one as for ten."""
        self._queue().expected += more

    async def record(self, run: Run, cells: Sequence[CellKey] = ()) -> None:
        """`cells`: the places in comparisons whose answer it is, as they are when it is written.

        Returns when it is on the disk. Waits for that even while being cancelled, and is cancelled afterwards.

        Twice is harmless: a run is known by its id. Raises what the store raises.
        """
        task = asyncio.current_task()
        before = task.cancelling() if task is not None else 0
        cancelled: asyncio.CancelledError | None = None
        for _ in range(_TRIES):
            written = self._enqueue(run, cells)
            while not written.done():
                try:
                    await asyncio.shield(written)
                except asyncio.CancelledError as error:
                    cancelled = error
                except Exception:  # said below, by the result
                    break
            if not written.cancelled():
                written.result()
                break
        else:
            raise StoreError(f"run {run.id[:8]} could not be recorded: the program is ending")
        # It may have been the writer alone that was cancelled.
        if cancelled is not None and task is not None and task.cancelling() > before:
            raise cancelled

    def _enqueue(self, run: Run, cells: Sequence[CellKey]) -> asyncio.Future[None]:
        loop, queue = asyncio.get_running_loop(), self._queue()
        written = loop.create_future()
        queue.entries.append((run, cells, written))
        if queue.writer is None or queue.writer.done():
            queue.writer = loop.create_task(self._write(queue))
            queue.writer.add_done_callback(lambda writer: _give_up(queue, writer))
        return written

    def _queue(self) -> _Queue:
        return self._queues.setdefault(asyncio.get_running_loop(), _Queue())

    async def _write(self, queue: _Queue) -> None:
        while queue.entries:
            # Whatever else ends meanwhile, or while the last ones are written, comes along.
            await asyncio.sleep(GATHER if queue.expected > len(queue.entries) else 0)
            entries, queue.entries = queue.entries, []
            try:
                await self._put(entries)
            finally:
                for _, _, written in entries:
                    if not written.done():
                        written.cancel()

    async def _put(self, entries: list[tuple[Run, Sequence[CellKey], asyncio.Future[None]]]) -> None:
        try:
            await self._store_call(lambda store: _insert(store, [(run, cells) for run, cells, _ in entries]))
        except Exception as error:
            if len(entries) == 1:
                entries[0][2].set_exception(error)
                return
            # One that cannot be recorded must not keep the others from it.
            for entry in entries:
                await self._put([entry])
            return
        for _, _, written in entries:
            written.set_result(None)


def _give_up(queue: _Queue, writer: asyncio.Task[None]) -> None:
    """The writer was cancelled before it took what came last: whoever waits for it tries again."""
    if queue.writer is not writer:
        return  # another one has begun meanwhile, and takes it
    entries, queue.entries = queue.entries, []
    for _, _, written in entries:
        written.cancel()


def _insert(store: Store, runs: list[tuple[Run, Sequence[CellKey]]]) -> None:
    with store.write():
        for run, cells in runs:
            seq = store.runs.add(run)
            for cell in tuple(cells):
                store.comparisons.add_run(cell, seq)
