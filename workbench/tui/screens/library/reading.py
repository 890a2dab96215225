"""What the library reads: first what its panes show at once, then all the rest in pages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from workbench.tui.watching import Seen, seen, trouble_of_hooks

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.domain.prompts import PromptRow, Version, VersionRow
    from workbench.tui.host import Host
    from workbench.tui.widgets.content_view import TextLine

FIRST_PAGE = 200
"""Prompts shown at once while the rest is still read."""
PAGE = 1_000
"""Prompts read at a time after that."""
KEPT_VERSIONS = 64


class FirstLook(NamedTuple):
    """What the three panes show when the app opens."""

    seen: Seen
    rows: list[PromptRow]
    versions: list[VersionRow]
    """Of the first of the rows."""
    version: Version | None
    """The first of these, with its content."""


def first_look(workbench: Workbench, archived: bool) -> FirstLook:
    read = seen(workbench)
    rows = workbench.library.page(limit=FIRST_PAGE, archived=archived)
    versions, first = versions_and_first(workbench, rows[0].name) if rows else ([], None)
    return FirstLook(read, rows, versions, first)


def who_and_trouble(workbench: Workbench) -> tuple[str, str]:
    """Who acts, which git may have to be asked for; and what a hook could not be told, "" for nothing."""
    return workbench.actor, trouble_of_hooks(workbench)


def versions_and_first(workbench: Workbench, name: str) -> tuple[list[VersionRow], Version | None]:
    """What two panes show of a prompt, in one go."""
    rows = workbench.library.versions(name)
    return rows, _version(workbench, name, rows[0].number) if rows else None


def _version(workbench: Workbench, name: str, number: str) -> Version:
    # Both are as the store has them: as one text they would have to be read apart and checked again.
    from workbench.domain.references import Reference

    return workbench.library.version(Reference(name, "number", number))


class Recent:
    """What was read of the last few versions. A save never changes them, but acts change what is said about them."""

    def __init__(self) -> None:
        self._versions: OrderedDict[tuple[str, str], Version] = OrderedDict()
        self._rows_ahead: dict[str, list[VersionRow]] = {}

    def forget(self, name: str | None) -> None:
        """Of this prompt; None for all."""
        for kept in [key for key in self._versions if name in (None, key[0])]:
            del self._versions[kept]
        if name is None or name in self._rows_ahead:
            self._rows_ahead.clear()

    def take(self, first: FirstLook) -> None:
        """What was read before it was asked for."""
        if first.rows:
            self._rows_ahead = {first.rows[0].name: first.versions}
            self._keep(first.rows[0].name, first.version)

    async def rows(self, host: Host, name: str) -> list[VersionRow]:
        """The versions of a prompt; the first of them is read with its content, because it is shown next."""
        if name in self._rows_ahead:
            return self._rows_ahead.pop(name)
        rows, first = await host.call(lambda w: versions_and_first(w, name))
        self._keep(name, first)
        return rows

    async def version(self, host: Host, name: str, number: str) -> Version:
        """With its content."""
        known = self._versions.get((name, number))
        if known is not None:
            return known
        version = await host.call(lambda w: _version(w, name, number))
        self._keep(name, version)
        return version

    def _keep(self, name: str, version: Version | None) -> None:
        if version is None:
            return
        self._versions[name, version.number] = version
        if len(self._versions) > KEPT_VERSIONS:
            self._versions.popitem(last=False)


def text_lines(tab: str, version: Version) -> list[TextLine]:
    from workbench.tui.widgets import version_texts

    return version_texts.content_lines(version) if tab == "Content" else version_texts.settings_lines(version)


def records_of(tab: str, name: str, number: str, now: str, until: str) -> Callable[[Workbench], list[TextLine]]:
    """Reads the Runs or the History of a prompt; `until`: only what had happened by then, "" for all."""

    def runs(workbench: Workbench) -> list[TextLine]:
        from workbench.domain.runs import RunFilter
        from workbench.services.comparisons.results import results_of
        from workbench.tui.widgets.result_texts import result_lines
        from workbench.tui.widgets.version_texts import run_lines

        rows = workbench.store.runs.rows(wanted=RunFilter(name, until=until or None))
        return [*([] if until else result_lines(results_of(workbench.store, name, number))), *run_lines(rows, now)]

    def history(workbench: Workbench) -> list[TextLine]:
        from workbench.domain.history import HistoryFilter
        from workbench.tui.widgets.version_texts import history_lines

        wanted = HistoryFilter(prompt=name, until=until or None)
        deployments, events = workbench.history.deployment_page(wanted).rows, workbench.history.event_page(wanted).rows
        return history_lines(deployments, events, now)

    return runs if tab == "Runs" else history


async def all_prompts(host: Host, archived: bool) -> list[PromptRow]:
    """By name. Page by page, so that what a key asks of the store meanwhile need not wait for all of them."""
    rows: list[PromptRow] = []
    while True:
        page = await _page(host, rows[-1].name if rows else "", archived)
        rows += page
        if len(page) < PAGE:
            return rows


async def _page(host: Host, after: str, archived: bool) -> list[PromptRow]:
    return await host.call(lambda w: w.library.page(after=after, limit=PAGE, archived=archived))
