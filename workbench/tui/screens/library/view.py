"""What the library shows: prompts, versions of the one under the cursor, and what the one under that cursor says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container

from workbench.errors import NotFound, WorkbenchError
from workbench.tui.ages import now_utc
from workbench.tui.screens.library.panes import TABS, LibraryPanes
from workbench.tui.screens.library.reading import (
    Recent,
    all_prompts,
    first_look,
    records_of,
    text_lines,
    who_and_trouble,
)
from workbench.tui.widgets.content_view import ContentView, TextLine
from workbench.tui.widgets.line_list import LineList
from workbench.tui.widgets.prompt_tree import PromptTree
from workbench.tui.widgets.status_line import StatusLine
from workbench.tui.widgets.version_list import VersionList
from workbench.tui.workers import start_worker

if TYPE_CHECKING:
    from workbench.domain.prompts import PromptRow, Version, VersionRow

SETTLE = 0.03
"""Seconds of quiet before the other panes follow a held key."""
EMPTY = " No prompts yet.\n\n o  writes a new one\n I  imports your files,\n    or workbench import"


class LibraryView(LibraryPanes, inherit_bindings=False):
    """Three panes that follow one another; what the keys do is in `LibraryFinding` and `LibraryActs`."""

    CONTEXT = "library"
    AUTO_FOCUS = "#prompts"
    DEFAULT_CSS = """
    LibraryView #panes { layout: horizontal; height: 1fr; }
    LibraryView #prompts { width: 30%; min-width: 24; max-width: 40; height: 1fr; }
    LibraryView #right { width: 1fr; layout: horizontal; height: 1fr; }
    LibraryView LineList { border-top: solid $secondary; border-title-color: $foreground; }
    LibraryView LineList:focus { border-top: heavy $primary; border-title-color: $accent; }
    LibraryView #versions { width: 5fr; height: 1fr; border-left: solid $panel; }
    LibraryView #content { width: 6fr; height: 1fr; border-left: solid $panel; }
    LibraryView.-narrow #right { layout: vertical; }
    LibraryView.-narrow #prompts { width: 26; }
    LibraryView.-narrow #versions, LibraryView.-narrow #content { width: 1fr; }
    LibraryView.-narrow #versions { height: 2fr; }
    LibraryView.-narrow #content { height: 3fr; }
    LibraryView.-tiny .-behind, LibraryView.-zoom .-behind { display: none; }
    LibraryView.-tiny #panes LineList, LibraryView.-zoom #panes LineList { width: 1fr; max-width: 100%; height: 1fr; }
    """

    def __init__(self, now: Callable[[], str] | None = None) -> None:
        super().__init__()
        self.now = now or now_utc
        self.tree_pane = PromptTree(id="prompts")
        self.versions_pane = VersionList(id="versions")
        self.content_pane = ContentView(id="content")
        self.tree_pane.empty_text = " reading…"
        self.filtered: PromptTree | VersionList | ContentView = self.tree_pane
        self.show_archived = False
        self.tab = 0
        self.marks: list[tuple[str, str]] = []
        """In the order in which they were marked."""
        self.base: tuple[str, str] | None = None
        self.past = ""
        """The time that everything is shown as of; "" is now."""
        self._recent = Recent()
        self._wake = asyncio.Event()
        self.shown_prompt = ""
        self._shown_content: tuple[object, ...] = ()
        self._stale = False
        self._changes = 0
        """How often what is shown has become stale."""
        self._loads = 0
        self._renewed: set[str] = set()
        """Prompts that were read again one by one since the list was last begun to be read."""

    def compose(self) -> ComposeResult:
        with Container(id="panes"):
            yield self.tree_pane
            with Container(id="right"):
                yield self.versions_pane
                yield self.content_pane
        yield self.bottom()

    async def on_mount(self) -> None:
        self.tree_pane.show_title("Prompts 1", "")
        self.versions_pane.show_title("Versions 2", "")
        self._show_tabs()
        self.focus_pane(self.tree_pane)
        self.query_one(StatusLine).show_running("0 running")
        # The frame first: opening the store and reading it would hold it up.
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        start_worker(self, self._follow, group="follow", exit_on_error=True, description="follow the cursor")
        self.reload(None)

    # -- reading

    async def read_prompts(self, archived: bool) -> list[PromptRow]:
        return await all_prompts(self.host, archived)

    async def read_prompt(self, name: str) -> PromptRow:
        return await self.host.call(lambda w: w.library.prompt(name))

    async def read_versions(self, name: str) -> list[VersionRow]:
        return await self._recent.rows(self.host, name)

    def reload(self, prompt: str | None) -> None:
        """Read the list again, and the panes of `prompt` (None: whatever is shown)."""
        if prompt in (None, self.shown_prompt):
            self._stale = True
            self._changes += 1
        self._recent.forget(prompt)
        known = prompt is not None and self._loads > 0
        work = partial(self._load_one, prompt) if known and prompt else self._load
        start_worker(
            self, work, group="load one" if known else "load", exclusive=not known, description="read the prompts"
        )

    async def _load_one(self, name: str) -> None:
        """One prompt of maybe very many changed: its row and its panes are read again, and nothing else."""
        try:
            row = await self.read_prompt(name)
        except NotFound:
            # Its creation was undone.
            row = None
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            return
        hidden = row is None or (row.archived and not self.show_archived)
        if row is None or hidden or not self.tree_pane.replace(row):
            await self._load()
            return
        self._renewed.add(name)
        self._loads += 1
        self._wake.set()

    async def _load(self) -> None:
        try:
            archived = self.show_archived
            environments = self.host.config.environments
            if not self._loads:
                await self._first_look(archived)
            self._renewed.clear()
            rows = await self.read_prompts(archived)
        except WorkbenchError as error:
            self.tree_pane.empty_text = " not read: see below"
            self.tree_pane.refresh()
            self.host.say(error.message, error=True)
            return
        self.tree_pane.empty_text = " nothing matches" if rows else self.nothing_told
        self.tree_pane.show(rows, environments)
        self._loads += 1
        self._wake.set()
        self.host.stands()
        for name in self._renewed:
            # A page of the list may be older than what was read of this one meanwhile.
            start_worker(self, self._load_one, name, group="load one", description="read the prompts")

    @property
    def nothing_told(self) -> str:
        """What stands in place of the list where there is no prompt at all, and what to do then."""
        return EMPTY

    async def _first_look(self, archived: bool) -> None:
        """Fill all three panes with one read, and let them be drawn before the rest is read."""
        first = await self.host.call(lambda w: first_look(w, archived))
        if first.rows:
            self._recent.take(first)
            self.tree_pane.show(first.rows, self.host.config.environments)
            await self.show_prompt()
            await self.show_content()
            await self.wait_for_refresh()
        self.host.opened(first.seen, *await self.host.call(who_and_trouble))

    def prompt_changed(self, prompt: str | None) -> None:
        self.reload(prompt)

    def run_recorded(self) -> None:
        if TABS[self.tab] == "Runs":
            self._loads += 1
            self._wake.set()

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        if event.list is not self.content_pane:
            self._wake.set()

    async def _follow(self) -> None:
        """Let the other panes follow the cursor: at once when it rests, and only to where it is when it runs."""
        loop = asyncio.get_running_loop()
        last = 0.0
        while True:
            await self._wake.wait()
            if loop.time() - last < 0.15:
                await asyncio.sleep(SETTLE)
            else:
                # The row that moved is drawn first; it is what the eye waits for.
                await self.wait_for_refresh()
            last = loop.time()
            self._wake.clear()
            try:
                await self.show_prompt()
                await self.show_content()
            except WorkbenchError as error:
                self.host.say(error.message, error=True)

    async def show_prompt(self) -> None:
        prompt = self.tree_pane.prompt
        name = prompt.name if prompt else ""
        if name == self.shown_prompt and not self._stale:
            return
        changes = self._changes
        rows = await self.read_versions(name) if name else []
        if name == self.shown_prompt and not self._stale:
            # Shown meanwhile by whoever else was reading it.
            return
        keep, reread = name == self.shown_prompt, self._stale
        # What has changed since it was asked for is read once more: whoever said so wakes who follows.
        self.shown_prompt, self._stale = name, changes != self._changes
        self._shown_content = ()
        self.versions_pane.empty_text = (
            " no versions" if name else " a folder; enter folds it" if self.tree_pane.line else ""
        )
        self.versions_pane.show(
            rows,
            self.host.config.environments,
            self.now(),
            keep,
            self.marks_here,
            self.number_here(self.base),
        )
        # What an act said about itself stays when only its own effect moved things, and when it was quicker than this.
        self._show_status(prompt, keep_message=reread or self.host.said_since_key)

    @property
    def marks_here(self) -> frozenset[str]:
        return frozenset(number for name, number in self.marks if name == self.shown_prompt)

    def show_marks(self) -> None:
        self.versions_pane.show_marks(self.marks_here, self.number_here(self.base))
        self.tree_pane.show_marks(frozenset(name for name, _ in self.marks))

    def number_here(self, marked: tuple[str, str] | None) -> str:
        return marked[1] if marked and marked[0] == self.shown_prompt else ""

    def _show_status(self, prompt: PromptRow | None, keep_message: bool) -> None:
        if prompt is None:
            line = self.tree_pane.line
            self.query_one(StatusLine).show_status(self.where_told(line.key if line else "no prompts"), keep_message)
            return
        live = [f"{e.name} {prompt.live[e.name]}" for e in self.host.config.environments if e.name in prompt.live]
        live.reverse()
        told = self.where_told(" · ".join([prompt.name, *(live or ["live nowhere"])]))
        self.query_one(StatusLine).show_status(told, keep_message)

    def where_told(self, told: str) -> str:
        """What the status line says of where one is."""
        return told

    @property
    def _wanted_content(self) -> tuple[str, str, int, int]:
        row = self.versions_pane.version
        return self.shown_prompt, row.number if row else "", self.tab, self._loads

    async def show_content(self) -> None:
        wanted = self._wanted_content
        if wanted == self._shown_content:
            return
        same = wanted[:3] == self._shown_content[:3]
        lines = await self._tab_lines(*wanted[:2]) if wanted[1] else []
        if wanted != self._wanted_content == self._shown_content:
            return  # whoever asked for it later had it sooner
        self._shown_content = wanted
        self.content_pane.show(lines, keep=same)

    async def _tab_lines(self, name: str, number: str) -> list[TextLine]:
        tab = TABS[self.tab]
        if tab in ("Runs", "History"):
            return await self.host.call(records_of(tab, name, number, self.now(), self.past))
        return text_lines(tab, await self.version(name, number))

    async def version(self, name: str, number: str) -> Version:
        return await self._recent.version(self.host, name, number)
