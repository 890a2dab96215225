"""Running a version against a model: prepare, stream, and record however it ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from workbench.domain.runs import (
    Cancelled,
    Failed,
    Finished,
    Origin,
    Price,
    Run,
    RunEvent,
    RunFilter,
    RunRow,
    Started,
    cost_of,
)
from workbench.errors import BadInput, NotFound
from workbench.services.runs.calls import Call, Prepared
from workbench.services.runs.preparing import prepare
from workbench.services.runs.recording import Recording

if TYPE_CHECKING:
    from workbench.domain.comparisons import CellKey
    from workbench.domain.prompts import Version
    from workbench.models.endpoints import Endpoint
    from workbench.models.gateway import Gateway
    from workbench.store import Store

T = TypeVar("T")
BEGINS = 80
"""Characters of a value that lists tell."""


class StoreCall(Protocol):
    """Runs a function on the store's thread."""

    def __call__(self, act: Callable[[Store], T], /) -> Awaitable[T]: ...


class Running:
    """`prepare`, `runs` and `run` belong to the store's thread; `execute` streams wherever it is iterated and reaches
    the store through `store_call`."""

    def __init__(self, store_call: StoreCall, gateway: Gateway, *, actor: str, store: Store) -> None:
        self._recording = Recording(store_call)
        self._gateway = gateway
        self._actor = actor
        self._store = store

    def prepare(
        self,
        version: Version,
        variables: Mapping[str, Any],
        *,
        input: str | None = None,
        model: str | None = None,
        settings: Mapping[str, Any] | None = None,
        turns: Sequence[Mapping[str, Any]] = (),
        follows: str = "",
        stream: bool = True,
        cells: Sequence[CellKey] = (),
    ) -> Prepared:
        """The exact request. `settings` go over the version's own; None as a value takes one away.

        `turns` are messages behind the version's, `follows` the run whose answer they continue (see `conversing`).
        A draft is run as the version that `Drafting.keep` gives. `stream=False` costs less where nobody watches.
        `cells` are the places in comparisons that the run is recorded for.

        Raises `MissingVariables`, `BadInput`, `TemplateError`, `NotFound` for a model or endpoint that is not known,
        and `StoreReadOnly`, for what is run is also recorded.
        """
        self._store.database.refuse_readonly("the store is read-only: a run could not be recorded")
        return prepare(
            self._gateway,
            version,
            variables,
            input=input,
            model=model,
            settings=settings,
            turns=turns,
            follows=follows,
            stream=stream,
            cells=cells,
        )

    def endpoint_of(self, version: Version, model: str | None, settings: Mapping[str, Any]) -> str:
        """Name of the endpoint that it would be sent to; "" where it cannot be told, which `prepare` then says."""
        wanted = model or settings.get("model") or version.content.settings.get("model")
        try:
            return self._gateway.resolve(wanted)[0].name
        except (NotFound, BadInput, AttributeError):
            return ""

    async def execute(
        self, prepared: Prepared, *, origin: Origin = "run", stop: asyncio.Event | None = None
    ) -> AsyncGenerator[RunEvent, None]:
        """Started, then Waiting and Delta as they come, then exactly one of Finished, Failed, Cancelled.

        The run is recorded before its end is yielded. Setting `stop` ends it as Cancelled; cancelling the task or
        closing the generator records the same and goes its way. A slow reader gets several pieces joined in one Delta.
        Raises `StoreError` when the run cannot be recorded.
        """
        call = Call(prepared, origin, self._actor)
        self._recording.expect(1)
        pump = asyncio.create_task(call.pump(self._gateway))
        pump.add_done_callback(call.end)
        stopper = asyncio.create_task(_cancel_when(stop, pump)) if stop is not None else None
        recorded = False
        try:
            yield Started(call.id, prepared.request)
            while not call.over or call.unread:
                for event in await call.news():
                    yield event
            run = await self._priced(call.run(), prepared.endpoint)
            recorded = True
            await self._recording.record(run, prepared.cells)
            if run.status == "failed":
                yield Failed(run, run.error, call.hint)
            else:
                yield Finished(run) if run.status == "finished" else Cancelled(run)
        finally:
            # Recorded first: who cancels may not give us time for more.
            pump.cancel()
            if stopper is not None:
                stopper.cancel()
            try:
                if not recorded:
                    await self._recording.record(call.run(), prepared.cells)
            finally:
                self._recording.expect(-1)
            if not pump.done():
                await asyncio.wait([pump], timeout=1.0)

    def run_sync(self, prepared: Prepared, on_event: Callable[[RunEvent], None] | None = None) -> Run:
        """`execute` to its end, on an event loop of its own: the recorded run, whatever its status.

        `on_event` sees every event. ctrl+c records the run as cancelled and raises `KeyboardInterrupt`.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self._last(prepared, on_event))
        raise BadInput("an event loop is running already", "iterate over running.execute(prepared) with async for")

    async def _last(self, prepared: Prepared, on_event: Callable[[RunEvent], None] | None) -> Run:
        last: Run | None = None
        async with aclosing(self.execute(prepared)) as events:
            async for event in events:
                if on_event is not None:
                    on_event(event)
                if isinstance(event, Finished | Failed | Cancelled):
                    last = event.run
        assert last is not None  # noqa: S101  `execute` ends with exactly one of them
        return last

    def runs(
        self,
        name: str | None = None,
        *,
        limit: int = 100,
        status: str | None = None,
        number: str | None = None,
        before: str | None = None,
        wanted: RunFilter | None = None,
    ) -> list[RunRow]:
        """Newest first, of one prompt or of all; `wanted` is a filter in place of name, status and number.

        `before` is the id of the last run already seen, for the next page.
        """
        return self._store.runs.rows(name, limit=limit, status=status, number=number, before=before, wanted=wanted)

    def given(self, run_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Id of the run → variable → how its value begins, for lists that tell what each run was given."""
        return self._store.runs.given(run_ids, BEGINS)

    def chain(self, run_id: str) -> list[RunRow]:
        """The conversation that a run is part of, oldest first."""
        return self._store.runs.chain(run_id)

    def run(self, id_or_prefix: str) -> Run:
        """`NotFound` for no such run, `BadInput` where a prefix fits several."""
        wanted = id_or_prefix.strip().lower()
        ids = self._store.runs.ids_beginning(wanted, limit=4) if wanted else []
        if wanted in ids:
            ids = [wanted]
        if not ids:
            raise NotFound(f"there is no run {id_or_prefix!r}", hint="`workbench runs` lists them")
        if len(ids) > 1:
            raise BadInput(f"{id_or_prefix!r} fits several runs", "give more of it: " + ", ".join(ids[:3]))
        found = self._store.runs.get(ids[0])
        if found is None:
            raise NotFound(f"there is no run {id_or_prefix!r}")
        return found

    async def _priced(self, run: Run, endpoint: Endpoint) -> Run:
        from workbench.models.pricing import FREE, price_of

        price: Price | None
        if endpoint.on_this_machine:
            price = FREE
        else:
            try:
                price = await asyncio.to_thread(price_of, endpoint, run.request.model, run.usage)
            except Exception:  # what a run cost must not lose the run
                price = None
        return replace(run, price=price, cost=cost_of(run.usage, price))


async def _cancel_when(stop: asyncio.Event, pump: asyncio.Task[None]) -> None:
    await stop.wait()
    pump.cancel()
