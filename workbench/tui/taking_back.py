"""Undo and redo, whoever did the act: the app or the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.tui.host import Host


async def take_back(host: Host, which: Literal["undo", "redo"], comparison: str = "") -> None:
    """`comparison`, an id: only what was done in it."""
    try:
        undone = await host.call(
            lambda w: (w.history.undo if which == "undo" else w.history.redo)(comparison=comparison)
        )
    except WorkbenchError as error:
        host.say(error.message, error=True)
        return
    host.changed(undone.event.prompt or None)
    other = "history.redo" if which == "undo" else "history.undo"
    host.say(f"{undone.message} · {host.key_of(other)} {'redoes' if which == 'undo' else 'undoes'} it")
