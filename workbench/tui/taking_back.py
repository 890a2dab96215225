"""Undo and redo, whoever did the act: the app or the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.tui.app import WorkbenchApp


async def take_back(app: WorkbenchApp, which: Literal["undo", "redo"]) -> None:
    if app.readonly:
        app.say("opened with --readonly: nothing can be changed", error=True)
        return
    try:
        undone = await app.call(lambda w: w.history.undo() if which == "undo" else w.history.redo())
    except WorkbenchError as error:
        app.say(error.message, error=True)
        return
    app.changed(undone.event.prompt or None)
    other = "history.redo" if which == "undo" else "history.undo"
    app.say(f"{undone.message} · {app.key_of(other)} {'redoes' if which == 'undo' else 'undoes'} it")
