"""Running over a real endpoint on this machine, for tests of what runs do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.domain.runs import Cancelled, Delta, Failed, Finished, RunEvent
from workbench.models.endpoints import Endpoint
from workbench.models.gateway import Gateway
from workbench.services.runs.calls import Prepared
from workbench.services.runs.running import Running
from workbench.store import Store

KEY = "sk-fake-9f8e7d6c5b4a39281706"
Prepare = Callable[..., Prepared]
"""The fixture that gives a call of a small prompt: `prepare(model, **settings)`."""
END = (Finished, Failed, Cancelled)


def running_with(store: Store, endpoint: Endpoint, folder: Path) -> Running:
    gateway = Gateway({endpoint.name: endpoint}, {}, f"{endpoint.name}/whole", folder / "data", folder / "log")

    async def direct(act: Any) -> Any:
        return act(store)

    return Running(direct, gateway, actor="ana", store=store)


async def events_of(running: Running, prepared: Prepared) -> list[Any]:
    return [event async for event in running.execute(prepared)]


def text_of(events: list[RunEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))
