"""What the library reads: first what its panes show at once, then all the rest in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.domain.prompts import PromptRow, Version, VersionRow
    from workbench.tui.host import Host

FIRST_PAGE = 200
"""Prompts shown at once while the rest is still read."""
PAGE = 1_000
"""Prompts read at a time after that."""


class FirstLook(NamedTuple):
    """What the three panes show when the app opens."""

    data_version: int
    rows: list[PromptRow]
    versions: list[VersionRow]
    """Of the first of the rows."""
    version: Version | None
    """The first of these, with its content."""


def first_look(workbench: Workbench, archived: bool) -> FirstLook:
    version = workbench.store.data_version()
    rows = workbench.library.page(limit=FIRST_PAGE, archived=archived)
    versions, first = versions_and_first(workbench, rows[0].name) if rows else ([], None)
    return FirstLook(version, rows, versions, first)


def versions_and_first(workbench: Workbench, name: str) -> tuple[list[VersionRow], Version | None]:
    """What two panes show of a prompt, in one go."""
    rows = workbench.library.versions(name)
    return rows, workbench.library.version(f"{name}@{rows[0].number}") if rows else None


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
