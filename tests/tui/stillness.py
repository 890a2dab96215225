"""Waiting for the app to have done what was asked of it, however long the machine takes."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.pilot import Pilot

from workbench.tui.app import WorkbenchApp

_ROUND = 0.05
_ROUNDS = 4
_LONGEST = 600
_AWAITED = ("reckon",)
"""Groups of workers that draw once, whenever they have their answer."""


def picture(app: WorkbenchApp) -> tuple[object, ...]:
    """What is on the screen, and where the focus is."""
    screen = app.screen
    return (screen, app.focused, *(tuple(strip) for strip in screen._compositor.render_strips()))


async def rest(pilot: Pilot[Any], seconds: float = _ROUND) -> None:
    """The messages that are there are handled, and so is what was asked of the store (unless a test holds it up)."""
    await pilot.pause(seconds)
    app = pilot.app
    assert isinstance(app, WorkbenchApp)
    try:
        async with asyncio.timeout(0.5):
            await app.call(lambda workbench: None)
    except TimeoutError:
        return
    await pilot.pause()


async def still(pilot: Pilot[Any]) -> None:
    """The screen is the same for a while, with nothing left to be read. Not for an app that shows a clock."""
    app = pilot.app
    assert isinstance(app, WorkbenchApp)
    before: tuple[object, ...] = ()
    same = 0
    for _ in range(_LONGEST):
        await rest(pilot)
        if any(worker.group in _AWAITED and not worker.is_finished for worker in app.workers):
            continue
        now = picture(app)
        same = same + 1 if now == before else 0
        before = now
        if same >= _ROUNDS:
            return
    raise AssertionError("the screen never came to rest")
