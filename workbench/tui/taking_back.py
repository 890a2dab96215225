"""Undo and redo, whoever did the act: the app or the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.services.past.history import Undone
    from workbench.tui.host import Host

Which = Literal["undo", "redo"]


class Named(NamedTuple):
    """The last act, which is somebody else's: it is taken back only once it was shown who did what."""

    event: int
    told: str


async def take_back(host: Host, which: Which, comparison: str = "", named: int | None = None) -> int | None:
    """`comparison`, an id: only what was done in it. `named`: the event of somebody else that was named here before.

    The event that is named now, and is not taken back before it is asked for again; None for none.
    """
    try:
        done = await host.call(lambda w: _take(w, which, comparison, named))
    except WorkbenchError as error:
        host.say(error.message + (f" · {error.hint}" if error.hint else ""), error=True)
        return None
    if isinstance(done, Named):
        again = host.key_of(f"history.{which}")
        host.say(f"{done.told} · {again} again {'takes it back' if which == 'undo' else 'does it again'}", error=True)
        return done.event
    host.changed(done.event.prompt or None)
    other = "history.redo" if which == "undo" else "history.undo"
    host.say(f"{done.message} · {host.key_of(other)} {'redoes' if which == 'undo' else 'undoes'} it")
    return None


def _take(workbench: Workbench, which: Which, comparison: str, named: int | None) -> Undone | Named:
    """Exactly the act that is looked at here: where somebody does another one meanwhile, it is refused."""
    history = workbench.history
    act = history.next_acts(comparison)[0 if which == "undo" else 1]
    if act is not None and act.actor != workbench.actor and act.id != named:
        if which == "undo":
            return Named(act.id, f"the last act: {history.next_undo(comparison)}")
        return Named(act.id, f"undone by {act.actor or 'somebody'}: {history.next_redo(comparison)}")
    expected = act.id if act is not None else None
    if which == "undo":
        return history.undo(expected=expected, comparison=comparison)
    return history.redo(expected=expected, comparison=comparison)
