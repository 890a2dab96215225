"""The calls of a comparison while they last: all of them as one stream of events."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from workbench.domain.comparisons import CellKey, Comparison
from workbench.domain.runs import RunEnd, RunEvent
from workbench.domain.scheduling import Limits, in_order, in_window, startable
from workbench.errors import Refused, WorkbenchError
from workbench.services.runs.calls import Prepared
from workbench.services.runs.running import Running

STARTS = 4
"""Calls that are started before anything else on the loop, as a key of the screen, has its turn."""
ROOM = 256
"""Events that wait for a slow reader; a call that has more joins its pieces meanwhile."""


@dataclass(frozen=True)
class Lost:
    """The cell's call has no record: it could not be prepared, or its run could not be written. Others go on."""

    message: str
    hint: str = ""


CellEvent = RunEvent | Lost


@dataclass(eq=False)
class _Asked:
    """A call under way."""

    cell: CellKey
    endpoint: str
    stop: asyncio.Event
    cells: list[CellKey] = field(default_factory=list)
    """Where its run is recorded; see `Prepared.cells`."""
    task: asyncio.Task[None] | None = None


class Session:
    """One comparison running. `events` is iterated once; the other methods are called meanwhile, on the same loop;
    `is_busy` from anywhere.

    Every cell that is asked yields `Started` … and then exactly one of `Finished`, `Failed`, `Cancelled` and `Lost`.
    Runs are recorded with their cell before their end is yielded: closing the generator in the middle keeps all that
    came. Hidden sides (`Comparison.blind`) stay hidden here already: the answers of an input are yielded together, in
    the order of the screen, when the last of them has ended, and nothing before that.
    """

    def __init__(
        self,
        running: Running,
        comparison: Comparison,
        limits: Limits,
        *,
        done: Collection[CellKey] = (),
        ahead: int | None = None,
        watched: bool = True,
    ) -> None:
        self.comparison = comparison
        self._running = running
        self._limits = limits
        self._ahead = ahead
        self._watched = watched
        self._focus = 0
        self._queue: asyncio.Queue[tuple[CellKey, CellEvent] | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(ROOM)
        self._waiting: dict[str, dict[CellKey, None]] = {}
        """By endpoint, in the order in which they will be asked."""
        self._active: dict[CellKey, _Asked] = {}
        self._leaving: set[_Asked] = set()
        """Calls of a column that was changed, until they have ended."""
        self._next: tuple[str, int] | None = None
        """The comparison that this one is about to become, and the column that is changed then."""
        self._unsaid = 0
        """Cells that were asked and whose end was not yielded yet."""
        self._telling: set[CellKey] = set()
        """Cells whose end has come and was not yielded yet."""
        self._held: dict[int, list[tuple[CellKey, CellEvent]]] = {}
        self._endpoints = [running.endpoint_of(one.version, one.model, one.settings) for one in comparison.columns]
        self._open = self._over = False
        finished = set(done)
        self._wait_for(cell for cell in comparison.cells() if cell not in finished)

    # What is going on

    @property
    def active(self) -> frozenset[CellKey]:
        """Cells whose calls are under way."""
        return frozenset(self._active)

    @property
    def is_busy(self) -> bool:
        """Whether a call is under way."""
        return bool(self._active)

    @property
    def waiting(self) -> int:
        """Cells that were not asked yet."""
        return sum(map(len, self._waiting.values()))

    def expects(self, case: int) -> bool:
        """Whether an answer of this input is still to come; true until the end of its last call was yielded."""
        return any(cell.case == case for cell in chain(self._active, self._telling, *self._waiting.values()))

    async def events(self, *, stay: bool = False) -> AsyncGenerator[tuple[CellKey, CellEvent], None]:
        """Until all that is to be fetched has ended; with `stay` until `close`, so that cells can be rerun later."""
        self._open = stay
        self._fill()
        try:
            while self._open or self._unsaid or not self._queue.empty():
                item = await self._queue.get()
                if item is None:
                    continue
                if not self.comparison.blind:
                    self._room.release()
                if isinstance(item[1], RunEnd | Lost):
                    self._unsaid -= 1
                    self._telling.discard(item[0])
                yield item
        finally:
            self._open, self._over = False, True
            asked_now = chain(self._active.values(), self._leaving)
            tasks = [asked.task for asked in asked_now if asked.task is not None]
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)

    def close(self) -> None:
        """Ends `events` when what is under way has ended; `stop` ends that too."""
        self._open = False
        self._queue.put_nowait(None)

    def focus(self, case: int, ahead: int | None = None) -> None:
        """This input is looked at now: it and those behind it are fetched first. `ahead` None: as before."""
        self._focus = case
        if ahead is not None:
            self._ahead = ahead
        self._wait_for(())
        self._fill()

    def stop(self, column: int | None = None, case: int | None = None) -> int:
        """Ends the calls of this column and input (None: of all) and takes back what was not asked. How many it ended.

        What came is kept: each call that was under way ends as `Cancelled`.
        """
        for queue in self._waiting.values():
            for cell in [cell for cell in queue if _fits(cell, column, case)]:
                del queue[cell]
        stopped = [asked.stop for cell, asked in self._active.items() if _fits(cell, column, case)]
        for stop in stopped:
            stop.set()
        for held in list(self._held):
            self._tell_held(held)
        return len(stopped)

    def rerun(self, column: int | None = None, case: int | None = None, *, cells: Collection[CellKey] = ()) -> int:
        """Asks again for the cells of this column and input, or for `cells`; those under way are left. How many.

        The new answer takes the place of the old one, which stays on record.
        """
        wanted = cells or [cell for cell in self.comparison.cells() if _fits(cell, column, case)]
        again = [cell for cell in wanted if cell not in self._active and not self._waits(cell)]
        self._wait_for(again)
        self._fill()
        return len(again)

    def will_change(self, comparison: str, column: int) -> None:
        """From now on what the other columns answer is recorded for the comparison of this id too, once there is one:
        to be called before `Comparing.changed`, so that no answer falls between the two. `change` comes after it."""
        self._next = (comparison, column)
        for asked in self._active.values():
            asked.cells += self._also(asked.cell)

    def change(self, comparison: Comparison, column: int) -> int:
        """Goes on as the comparison that `Comparing.changed` gave. Only this column is stopped and asked anew; the
        calls of the others go on, and tell of themselves as cells of the new comparison. How many calls it ended."""
        self.comparison, self._next = comparison, None
        one = comparison.columns[column]
        active, self._active = self._active, {}
        for cell, asked in active.items():
            if cell.column == column:
                asked.stop.set()
                self._leaving.add(asked)
            else:
                asked.cell = replace(cell, comparison=comparison.id)
                self._active[asked.cell] = asked
        ended = len(active) - len(self._active)
        left = [c for c in chain.from_iterable(self._waiting.values()) if c.column != column]
        self._endpoints[column] = self._running.endpoint_of(one.version, one.model, one.settings)
        self._waiting = {}
        self._wait_for(replace(cell, comparison=comparison.id) for cell in left)
        self._wait_for(cell for cell in comparison.cells() if cell.column == column)
        self._fill()
        return ended

    # Inside

    def _also(self, cell: CellKey) -> list[CellKey]:
        """Where else its run is recorded."""
        if self._next is None or cell.column == self._next[1]:
            return []
        return [replace(cell, comparison=self._next[0])]

    def _fill(self) -> None:
        """Starts what may start now."""
        if self._over:
            return
        counts = Counter(asked.endpoint for asked in chain(self._active.values(), self._leaving))
        if sum(counts.values()) >= self._limits.overall:
            return
        due = {
            endpoint: list(
                islice((c for c in queue if in_window(c.case, self._focus, self._ahead)), self._limits.overall)
            )
            for endpoint, queue in self._waiting.items()
        }
        startable_now = startable(due, counts, self._limits)
        if len(startable_now) > STARTS:
            asyncio.get_running_loop().call_soon(self._fill)
        for endpoint, cell in startable_now[:STARTS]:
            del self._waiting[endpoint][cell]
            self._unsaid += 1
            asked = self._active[cell] = _Asked(cell, endpoint, asyncio.Event(), [cell, *self._also(cell)])
            asked.task = asyncio.create_task(self._ask(asked))

    def _wait_for(self, more: Iterable[CellKey]) -> None:
        """Puts these to those that wait, and all in their order again."""
        cells = in_order((*more, *chain.from_iterable(self._waiting.values())), self._focus)
        self._waiting = {endpoint: {} for endpoint in self._endpoints}
        for cell in cells:
            self._waiting[self._endpoints[cell.column]][cell] = None

    def _waits(self, cell: CellKey) -> bool:
        return cell in self._waiting[self._endpoints[cell.column]]

    async def _ask(self, asked: _Asked) -> None:
        end: CellEvent = Lost("it was not asked")
        try:
            prepared = self._prepared(asked)
            async with aclosing(self._running.execute(prepared, origin="compare", stop=asked.stop)) as events:
                async for event in events:
                    if isinstance(event, RunEnd):
                        end = event
                    else:
                        await self._tell(asked.cell, event)
        except WorkbenchError as error:
            end = Lost(error.message, error.hint)
        except Exception as error:  # one cell must not take the others with it
            end = Lost(f"unexpected {type(error).__name__}")
        finally:
            cell = asked.cell
            self._telling.add(cell)
            self._active.pop(cell, None)
            self._leaving.discard(asked)
            self._fill()
        await self._tell(cell, end)

    def _prepared(self, asked: _Asked) -> Prepared:
        cell = asked.cell
        if asked in self._leaving:
            # It would be asked as what the column is now, and recorded for what it was.
            raise Refused("its column was changed before it was asked")
        column, case = self.comparison.columns[cell.column], self.comparison.cases[cell.case]
        # Somebody may look at the first repeat of the input that is shown; no one at the others while they come.
        streamed = self._watched and not self.comparison.blind and cell.case == self._focus and cell.repeat == 0
        prepared = self._running.prepare(
            column.version, case.values, model=column.model, settings=column.settings, stream=streamed
        )
        return replace(prepared, cells=asked.cells)

    async def _tell(self, cell: CellKey, event: CellEvent) -> None:
        if not self.comparison.blind:
            await self._room.acquire()
            self._queue.put_nowait((cell, event))
        elif isinstance(event, RunEnd | Lost):
            self._held.setdefault(cell.case, []).append((cell, event))
            self._tell_held(cell.case)

    def _tell_held(self, case: int) -> None:
        """Yields the answers of an input whose sides are hidden, once none of them is still to come."""
        if any(cell.case == case for cell in chain(self._active, *self._waiting.values())):
            return
        order = self.comparison.order(case)
        for item in sorted(self._held.pop(case, []), key=lambda one: (one[0].repeat, order.index(one[0].column))):
            self._queue.put_nowait(item)


def _fits(cell: CellKey, column: int | None, case: int | None) -> bool:
    return (column is None or cell.column == column) and (case is None or cell.case == case)
