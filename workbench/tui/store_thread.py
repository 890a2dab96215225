"""The one thread that owns the Workbench: a store connection never crosses threads."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from workbench.composition import Workbench

T = TypeVar("T")
_Job = tuple[Callable[["Workbench"], Any], "Future[Any]"]


class Lookup(Generic[T]):
    """A service call that only reads: it is broken off when nobody waits for it any more, as one for a filter that the
    next letter has changed."""

    def __init__(self, read: Callable[[Workbench], T]) -> None:
        self._read = read

    def __call__(self, workbench: Workbench) -> T:
        return self._read(workbench)


class StoreThread:
    """Runs whole service calls, one after the other, in the order in which they were asked for."""

    def __init__(self, factory: Callable[[], Workbench]) -> None:
        self._factory = factory
        self._turn = threading.Lock()
        """Held while the call under way changes, so that only the one that was meant is broken off."""
        self._under_way: tuple[Workbench, Future[Any]] | None = None
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        # A daemon, so that a call that hangs cannot keep the process alive after the terminal was given back.
        self._thread = threading.Thread(target=self._work, name="workbench-store", daemon=True)
        self._closed = False
        self.failed: BaseException | None = None
        """Why there is no Workbench; every call raises it."""
        self._thread.start()

    async def call(self, fn: Callable[[Workbench], T]) -> T:
        """The result of `fn`, or its exception. A cancelled waiter does not stop a call that has begun, unless it is a
        `Lookup`."""
        future = self.submit(fn)
        try:
            return cast(T, await asyncio.wrap_future(future))
        except asyncio.CancelledError:
            if isinstance(fn, Lookup):
                self._break_off(future)
            raise

    def _break_off(self, future: Future[Any]) -> None:
        with self._turn:
            if self._under_way is not None and self._under_way[1] is future:
                self._under_way[0].store.database.interrupt()

    def submit(self, fn: Callable[[Workbench], T]) -> Future[T]:
        future: Future[Any] = Future()
        if self._closed:
            future.set_exception(RuntimeError("the store thread has ended"))
        else:
            self._jobs.put((fn, future))
        return future

    def close(self, timeout: float = 5.0) -> None:
        """Ends after the calls asked for before; closes the Workbench, which ends the local model's process."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            self._thread.join(timeout)

    def _work(self) -> None:
        workbench: Workbench | None = None
        try:
            while (job := self._jobs.get()) is not None:
                fn, future = job
                if not future.set_running_or_notify_cancel():
                    continue
                if workbench is None and self.failed is None:
                    try:
                        workbench = self._factory()
                    except BaseException as error:
                        self.failed = error
                if workbench is None:
                    future.set_exception(self.failed or RuntimeError("no workbench"))
                    continue
                with self._turn:
                    self._under_way = workbench, future
                try:
                    found = fn(workbench)
                except BaseException as error:
                    self._end_turn()
                    future.set_exception(error)
                else:
                    self._end_turn()
                    future.set_result(found)
        finally:
            if workbench is not None:
                workbench.close()

    def _end_turn(self) -> None:
        with self._turn:
            self._under_way = None
