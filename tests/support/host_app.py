"""The real app with one screen opened over the library; only the model is a script where one is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from tests.support.scripted import Script, ScriptedGateway
from workbench.composition import Workbench
from workbench.domain.runs import Run
from workbench.settings.actions import BY_ID, keys_of
from workbench.settings.config import Config, load_config
from workbench.tui.app import WorkbenchApp


class HostApp(WorkbenchApp):
    """Remembers what was said and which prompts changed."""

    def __init__(self, factory: Callable[[], Workbench], config: Config, *, readonly: bool = False) -> None:
        super().__init__(factory, config, readonly=readonly)
        self.said: list[str] = []
        self.changes: list[str | None] = []
        self.results: list[Any] = []

    @property
    def screen(self) -> Any:
        """Whichever screen is shown: each test knows which one it opened, and looks into it."""
        return super().screen

    def say(self, message: str, undo: bool = False, error: bool = False) -> None:
        self.said.append(message + (" [undo]" if undo else ""))
        super().say(message, undo, error)

    def changed(self, prompt: str | None) -> None:
        self.changes.append(prompt)
        super().changed(prompt)


def config_of(path: Path) -> Config:
    return load_config(path.parent, env={"WORKBENCH_STORE": str(path), "WORKBENCH_ACTOR": "ana"})


def open_workbench(path: Path, script: Script | None = None, *, readonly: bool = False) -> Workbench:
    """The store at `path`, with the defaults of a machine without configuration."""
    workbench = Workbench(config_of(path), readonly=readonly)
    if script is not None:
        workbench.__dict__["gateway"] = ScriptedGateway(script, path.parent)
    return workbench


async def ran(path: Path, script: Script, reference: str, variables: Any = None, **options: Any) -> Run:
    """A run on record, made before the app is opened; in a thread, for an event loop is running here."""

    def run() -> Run:
        with open_workbench(path, script) as workbench:
            return workbench.run(reference, variables or {}, **options)

    return await asyncio.to_thread(run)


@asynccontextmanager
async def hosting(
    path: Path,
    screen: Screen[Any],
    *,
    script: Script | None = None,
    size: tuple[int, int] = (120, 40),
    readonly: bool = False,
) -> AsyncIterator[tuple[HostApp, Pilot[int]]]:
    app = HostApp(lambda: open_workbench(path, script, readonly=readonly), config_of(path), readonly=readonly)
    try:
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            await app.push_screen(screen, app.results.append)
            await settle(pilot)
            app.said.clear()
            yield app, pilot
            await app.drain()
            gateway = await app.call(lambda workbench: workbench.__dict__.get("gateway"))
            if gateway is not None:
                await gateway.release()
    finally:
        app.close_store()


def app_of(pilot: Pilot[Any]) -> HostApp:
    app = pilot.app
    assert isinstance(app, HostApp)
    return app


async def settle(pilot: Pilot[Any]) -> None:
    """Until messages and calls to the store have come to rest."""
    for _ in range(4):
        await pilot.pause()
        await app_of(pilot).call(lambda workbench: None)
    await pilot.pause()


async def until(pilot: Pilot[Any], holds: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait for something that another task brings about."""
    waited = 0.0
    while not holds():
        assert waited < seconds, f"never came true: {holds}"
        await pilot.pause(0.02)
        waited += 0.02


async def act(pilot: Pilot[Any], action_id: str) -> None:
    """Press the configured key of an act."""
    await pilot.press(keys_of(BY_ID[action_id], dict(app_of(pilot).keymap))[0])
    await settle(pilot)


def screen_text(app: HostApp) -> str:
    """What a person sees."""
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in lines)
