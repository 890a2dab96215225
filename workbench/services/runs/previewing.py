"""Before sending: the exact request, its tokens, what it will cost, and what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.domain.overrides import Difference, differences
from workbench.domain.runs import Price, Request, Usage, cost_of
from workbench.domain.tokens import Counted, estimate_request
from workbench.errors import MissingVariables, ModelError
from workbench.services.runs.calls import Prepared

if TYPE_CHECKING:
    from workbench.domain.comparisons import Column
    from workbench.domain.inputs import Case
    from workbench.domain.prompts import Version
    from workbench.models.gateway import Gateway
    from workbench.services.runs.running import Running
    from workbench.store import Store

SAMPLE = 50
"""Inputs from which the tokens of a whole comparison are reckoned."""


@dataclass(frozen=True)
class Forecast:
    """Dollars. None is unknown, 0 is free."""

    input_cost: float | None
    output_tokens: int | None
    """What the answer is reckoned at; None where nothing says how long it will be."""
    reckoned_from: str
    """"earlier runs" (their median), "max_tokens" or ""."""
    likely: float | None
    """With an answer of `output_tokens`."""
    most: float | None
    """With an answer of max_tokens; None where there is no such limit."""
    price: Price | None


@dataclass(frozen=True)
class Preview:
    """What would be sent. `prepared` is None while variables are missing; nothing of it reaches the network."""

    prepared: Prepared | None
    missing: tuple[str, ...] = ()
    differs: tuple[Difference, ...] = ()
    """Settings that are not the version's."""
    tokens: Counted | None = None
    forecast: Forecast | None = None
    typical_output: int | None = None

    @property
    def request(self) -> Request | None:
        return self.prepared.request if self.prepared is not None else None


@dataclass(frozen=True)
class Reckoned:
    """All calls of one column of a comparison. Dollars; None is unknown, 0 is free."""

    input_tokens: int
    """Estimated."""
    sent: float | None
    """For what is sent alone, which is all that is known where nothing says how long the answers are."""
    likely: float | None
    most: float | None
    """With every answer as long as max_tokens lets it be."""


class Previewing:
    """`preview` belongs to the store's thread and never waits; `counted` asks a tokenizer, on an event loop."""

    def __init__(self, store: Store, running: Running, gateway: Gateway) -> None:
        self._store = store
        self._running = running
        self._gateway = gateway

    def preview(
        self,
        version: Version,
        variables: Mapping[str, Any],
        *,
        input: str | None = None,
        model: str | None = None,
        settings: Mapping[str, Any] | None = None,
        stream: bool = True,
    ) -> Preview:
        """With estimated tokens. Lists missing variables; raises whatever else `Running.prepare` raises."""
        differs = differences(version.content.settings, {**(settings or {}), **({"model": model} if model else {})})
        try:
            prepared = self._running.prepare(
                version, variables, input=input, model=model, settings=settings, stream=stream
            )
        except MissingVariables as error:
            return Preview(None, error.names, differs)
        return self.of(prepared, differs)

    def of(self, prepared: Prepared, differs: tuple[Difference, ...] = ()) -> Preview:
        """Of a request that is ready, such as a replay; with estimated tokens."""
        version = prepared.version
        typical = self._store.runs.typical_output(version.prompt, version.number, prepared.request.model)
        return Preview(prepared, (), differs, estimate_request(prepared.request.body), None, typical)

    async def counted(self, preview: Preview) -> Preview:
        """With the tokens counted exactly where the endpoint has a tokenizer to ask, and with the forecast.

        Never raises and sends the prompt to no other endpoint than its own: where counting fails the estimate stays.
        """
        prepared, tokens = preview.prepared, preview.tokens
        if prepared is None or tokens is None:
            return preview
        with suppress(ModelError):
            tokens = await self._gateway.count_tokens(prepared.request) or tokens
        price = await asyncio.to_thread(_price, prepared, tokens)
        return replace(preview, tokens=tokens, forecast=forecast(prepared, tokens, price, preview.typical_output))

    def sample(self, columns: Sequence[Column], cases: Sequence[Case]) -> list[list[Preview]]:
        """For each column, of at most `SAMPLE` inputs evenly spread over all of them; see `reckon`.

        Raises what `preview` raises; an input that lacks something counts as one that is not sent.
        """
        step = max(1, -(-len(cases) // SAMPLE))
        return [
            [
                self.preview(column.version, case.values, model=column.model, settings=column.settings)
                for case in cases[::step]
            ]
            for column in columns
        ]


def reckon(sample: Sequence[Sequence[Preview]], cases: int, repeats: int) -> list[Reckoned]:
    """What each column of a comparison will come to. Finding prices may take a moment: not for an event loop."""
    return [_reckoned(of_column, cases, repeats) for of_column in sample]


def _reckoned(previews: Sequence[Preview], cases: int, repeats: int) -> Reckoned:
    found = [one for one in previews if one.prepared is not None and one.tokens is not None]
    if not found:
        return Reckoned(0, None, None, None)
    scale = repeats * cases / len(previews)
    prices: dict[str, Price | None] = {}
    tokens, sent, likely, most = 0, list[float | None](), list[float | None](), list[float | None]()
    for one in found:
        if one.prepared is None or one.tokens is None:
            continue
        request = one.prepared.request
        place = f"{request.endpoint}/{request.model}"
        if place not in prices:
            prices[place] = _price(one.prepared, one.tokens)
        told = forecast(one.prepared, one.tokens, prices[place], one.typical_output)
        tokens += one.tokens.total
        sent.append(told.input_cost)
        likely.append(told.likely)
        most.append(told.most)
    return Reckoned(round(tokens * scale), _sum(sent, scale), _sum(likely, scale), _sum(most, scale))


def _sum(costs: Sequence[float | None], scale: float) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) * scale if len(known) == len(costs) else None


def forecast(prepared: Prepared, tokens: Counted, price: Price | None, typical: int | None) -> Forecast:
    body = prepared.request.body
    limit = body.get("max_completion_tokens", body.get("max_tokens"))
    limit = limit if isinstance(limit, int) and not isinstance(limit, bool) else None
    output = typical if typical is not None else limit
    return Forecast(
        cost_of(Usage(tokens.total, 0), price),
        output,
        "earlier runs" if typical is not None else "max_tokens" if limit is not None else "",
        cost_of(Usage(tokens.total, output), price),
        cost_of(Usage(tokens.total, limit), price),
        price,
    )


def _price(prepared: Prepared, tokens: Counted) -> Price | None:
    from workbench.models.pricing import FREE, price_of

    if prepared.endpoint.on_this_machine:
        return FREE
    try:
        return price_of(prepared.endpoint, prepared.request.model, Usage(tokens.total, None))
    except Exception:  # a price that cannot be found must not keep a request from being shown
        return None
