"""Choosing a model: what the endpoints serve, the favourites first, and why an endpoint cannot be asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import ModelError
from workbench.store import Store

if TYPE_CHECKING:
    from workbench.models.endpoints import Endpoint
    from workbench.models.gateway import Gateway

_KEY = "favourite-models"


@dataclass(frozen=True)
class Offer:
    """One endpoint's answer. `problem` says why it could not be asked, with `hint`; then there are no models."""

    endpoint: str
    models: tuple[str, ...] = ()
    """`endpoint/model`, as a run takes it."""
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Choice:
    model: str
    """As a run takes it: `endpoint/model`, or a short name of the config."""
    favourite: bool = False
    note: str = ""
    """What a short name stands for, or why this model cannot be asked now."""


class Choosing:
    """`favourites` and `mark` belong to the store's thread; `offers` to an event loop."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store = store
        self._gateway = gateway

    def favourites(self) -> tuple[str, ...]:
        """In the order in which they were marked."""
        kept = self._store.kept.get(_KEY)
        return tuple(str(one) for one in kept) if isinstance(kept, list) else ()

    def mark(self, model: str, favourite: bool = True) -> tuple[str, ...]:
        """The favourites then."""
        others = [one for one in self.favourites() if one != model]
        found = [*others, model] if favourite else others
        with self._store.write():
            self._store.kept.keep(_KEY, found, self._store.clock())
        return tuple(found)

    async def offers(self) -> AsyncIterator[Offer]:
        """Of the embedded model, every configured endpoint and every preset whose key is set, as they answer.

        All are asked at once; one that cannot be reached holds up no other and raises nothing.
        """
        asked = [asyncio.create_task(self._ask(endpoint)) for endpoint in self._gateway.listable()]
        try:
            for answer in asyncio.as_completed(asked):
                yield await answer
        finally:
            for task in asked:
                task.cancel()

    async def _ask(self, endpoint: Endpoint) -> Offer:
        try:
            names = await self._gateway.list_models(endpoint)
        except ModelError as error:
            return Offer(endpoint.name, (), error.message, error.hint)
        missing = self._gateway.local.missing() if endpoint.is_local else None
        models = tuple(f"{endpoint.name}/{name}" for name in names)
        return Offer(endpoint.name, models, missing.message if missing else "", missing.hint if missing else "")

    def choices(self, offers: Sequence[Offer], favourites: Sequence[str]) -> list[Choice]:
        """One list to choose from: the favourites, the short names of the config, then the rest by name.

        A favourite on an endpoint that could not be asked is listed with the reason; nothing is left out silently.
        """
        offered = {model for offer in offers for model in offer.models}
        problems = {offer.endpoint: offer.problem for offer in offers if offer.problem}
        short = self._gateway.models
        listed = list(dict.fromkeys([*favourites, *short, *sorted(offered)]))
        return [
            Choice(model, model in favourites, _note(model, short.get(model, ""), offered, problems))
            for model in listed
        ]


def _note(model: str, target: str, offered: set[str], problems: dict[str, str]) -> str:
    meant = target or model
    problem = problems.get(meant.partition("/")[0], "")
    parts = [f"short for {target}" if target else "", problem]
    if not problem and meant not in offered and not target:
        parts.append("not among the models that its endpoint names")
    return "; ".join(part for part in parts if part)
