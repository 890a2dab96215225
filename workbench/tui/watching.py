"""What other processes do to the store while the app is open, seen without reading more than changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from workbench.errors import WorkbenchError
from workbench.text import shorten

if TYPE_CHECKING:
    from workbench.composition import Workbench

EVERY = 0.5
"""Seconds between two looks. A look asks SQLite for one number that it keeps in memory."""
MOST = 20
"""Changed prompts that are read again one by one; from there on the whole list is cheaper."""
MOST_TOLD = 40
"""Characters of what is the matter with a hook."""
EVENTS = 10 * MOST
"""Events that are looked through for their prompts."""


class Seen(NamedTuple):
    """How far the store was read."""

    data_version: int
    """SQLite's own: another number when another connection has written."""
    event: int
    """The newest event, 0 for none."""


class Change(NamedTuple):
    seen: Seen
    prompts: tuple[str, ...] | None
    """Whose events came since; None: more than a few, or of the whole store. Empty: runs and notes, which have none."""
    trouble: str = ""
    """What a hook could not be told, "" for nothing."""


def seen(workbench: Workbench) -> Seen:
    # Both of one moment: a write that only one of them had seen would never be shown.
    with workbench.store.snapshot():
        return Seen(workbench.store.data_version(), workbench.store.newest_event())


def change_since(workbench: Workbench, before: Seen) -> Change | None:
    """None: no other connection has written."""
    if workbench.store.data_version() == before.data_version:
        return None
    now, trouble = seen(workbench), trouble_of_hooks(workbench)
    events = workbench.store.events.page(before.event, EVENTS) if now.event - before.event < EVENTS else []
    names = dict.fromkeys(event.prompt for event in events)
    if now.event > before.event and (not names or "" in names or len(names) > MOST):
        return Change(now, None, trouble)
    return Change(now, tuple(names), trouble)


def trouble_of_hooks(workbench: Workbench) -> str:
    """In a few words; what there is to do about it says `workbench doctor`."""
    if not workbench.config.hooks:
        return ""
    told = workbench.hooks.summary()
    if not told.error:
        return ""
    left = f"{told.given_up} given up" if told.given_up else f"{told.pending} waiting"
    return f"! hook {shorten(told.error, MOST_TOLD)} ({left})"


class Watch:
    """`changed` hears of each prompt, or of None for all; `recorded` of what changed no prompt, and `troubled` of what
    is the matter with hooks."""

    def __init__(
        self,
        call: Callable[[Callable[[Workbench], Change | None]], Awaitable[Change | None]],
        changed: Callable[[str | None], None],
        recorded: Callable[[], None],
        troubled: Callable[[str], None],
    ) -> None:
        self._call, self._changed, self._recorded, self._troubled = call, changed, recorded, troubled
        self.seen: Seen | None = None

    async def look(self) -> None:
        before = self.seen
        if before is None:
            return
        try:
            change = await self._call(lambda workbench: change_since(workbench, before))
        except (WorkbenchError, RuntimeError):
            return  # the store is busy, or closes: there is another look soon
        if change is None or self.seen is not before:
            return
        self.seen = change.seen
        self._troubled(change.trouble)
        if change.prompts is None:
            self._changed(None)
        elif not change.prompts:
            self._recorded()
        else:
            for prompt in change.prompts:
                self._changed(prompt)
