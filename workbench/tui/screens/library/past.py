"""The library as it was at a time: to be read, compared with now, and rolled back to."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.widgets import Static

from workbench.errors import BadInput, NotFound, WorkbenchError
from workbench.settings.actions import BY_ID, key_label, keys_of
from workbench.text import one_line
from workbench.tui.screens.library.finding import LibraryFinding
from workbench.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.domain.prompts import PromptRow, Version, VersionRow
    from workbench.services.past.time_machine import PromptsThen


IN_VIEW = 200
"""Prompts that are read for what is in view."""
PAGE = 500
"""Prompts that are read at a time after that; of the past each is dearer than one of now."""
AT_ONCE = 0.1
"""Seconds that another time waits for what it shows, before it is said which time it is."""


class InView(NamedTuple):
    """What is read first of another time."""

    rows: list[PromptRow]
    prompt: str
    """The one under the cursor."""
    versions: list[VersionRow]
    """Of that one."""


def _page(workbench: Workbench, at: str, after: str, archived: bool) -> list[PromptRow]:
    if not at:
        return workbench.library.page(after=after, limit=IN_VIEW, archived=archived)
    return _page_at(workbench, at, after, IN_VIEW, archived).rows


def _page_at(workbench: Workbench, at: str, after: str, limit: int, archived: bool) -> PromptsThen:
    return workbench.time_machine.page_at(at, after=after, limit=limit, archived=archived)


def question_of_time() -> str:
    from workbench.domain.times import EXAMPLES

    return f"show everything as it was at: {EXAMPLES}"


def problem_of_time(text: str) -> str:
    """What is wrong with a time that was typed, "" for nothing."""
    from workbench.domain.times import moment

    try:
        moment(text)
    except BadInput as error:
        return f"{error.message}; {error.hint}"
    return ""


class LibraryPast(LibraryFinding, inherit_bindings=False):
    """`past` is the time that is shown; nothing can be changed there but by rolling back to it."""

    DEFAULT_CSS = """
    LibraryPast #past {
        height: 1; width: 100%; padding: 0 1; background: $warning; color: $background; text-style: bold; display: none;
    }
    LibraryPast.-past #past { display: block; }
    LibraryPast.-past LineList { border-top: dashed $warning; }
    LibraryPast.-past LineList:focus { border-top: heavy $warning; }
    """

    _in_view: asyncio.Future[InView] | None = None
    """What is still being read."""
    _ahead: InView | None = None
    """What was read before it was asked for."""

    # -- going there and back

    def action_history_time(self) -> None:
        from workbench.domain.times import day_and_time, moment
        from workbench.tui.screens.ask import AskText

        async def asked(text: str | None) -> None:
            if text is not None:
                await self.go_to_time(moment(text))

        typed = day_and_time(self.past) if self.past else ""
        self.app.push_screen(AskText(question_of_time(), typed, problem_of_time, replaced=True), asked)

    async def go_to_time(self, at: str) -> None:
        """`at` as it is stored; "" comes back to now."""
        if at == self.past:
            return
        self.past = at
        reading = asyncio.ensure_future(self._read_in_view(self.show_archived))
        # As a rule the store answers before a frame could be drawn, so that there is one for all of it.
        await asyncio.wait({reading}, timeout=AT_ONCE)
        with self.app.batch_update():
            if at and not self.query("#past"):
                await self.mount(Static(id="past", markup=False), before="#panes")
            self.set_class(bool(at), "-past")
            self.query_one(StatusLine).show_past(bool(at))
            if at:
                self.query_one("#past", Static).update(Content(self._past_told()))
            self.host.say("")
            if reading.done():
                await self._show_in_view(reading)
        if reading.done():
            await self._show_content_too()
        else:
            self._in_view = reading
        self.reload(None)

    async def _show_content_too(self) -> None:
        """Before the rest is read, so that no text of another time stands beside a version of this one."""
        with suppress(WorkbenchError):
            await self.show_content()

    async def _show_in_view(self, reading: asyncio.Future[InView]) -> None:
        """What was read, in the list and in the versions beside it; what went wrong is said of what is read next."""
        if reading.cancelled() or reading.exception() is not None or not reading.result().rows:
            return
        seen = reading.result()
        self.tree_pane.show(seen.rows, self.host.config.environments)
        self._ahead, self._stale = seen, True
        await self.show_prompt()
        self._ahead = None

    def _past_told(self) -> str:
        from workbench.domain.times import day_and_time

        ids = ("version.diff", "version.rollback", "run.list", "app.back")
        # The last key of each: where there are two, the first is for those who type meanwhile.
        diff, back, runs, now = (key_label(keys_of(BY_ID[each], dict(self.host.keymap))[-1]) for each in ids)
        acts = f"{diff} diff to now · {back} roll back to it · {runs} runs · {now} now"
        return one_line(f"PAST {day_and_time(self.past)} · {acts}")

    async def step_back(self) -> None:
        if self.past and not self.query("FilterBar") and not self.has_class("-zoom"):
            await self.go_to_time("")
        else:
            await super().step_back()

    @property
    def unchangeable(self) -> str:
        if self.past:
            return f"this is the past, which nothing can change; {self.host.key_of('app.back')} comes back to now"
        return super().unchangeable

    @property
    def nothing_told(self) -> str:
        if self.past:
            return f" No prompts then.\n\n {self.host.key_of('app.back')}  comes back to now"
        return super().nothing_told

    # -- reading

    async def read_prompts(self, archived: bool) -> list[PromptRow]:
        if (reading := self._in_view) is not None:
            # What is in view comes first, in all panes: all of a large library takes its time.
            self._in_view = None
            await asyncio.wait({reading})
            await self._show_in_view(reading)
            await self._show_content_too()
        at = self.past
        if not at:
            return await super().read_prompts(archived)
        found: list[PromptRow] = []
        after = ""
        while True:
            # In pages, between which the store answers what a key asks for.
            read = partial(_page_at, at=at, after=after, limit=PAGE, archived=archived)
            page = await self.host.call(read)
            found += page.rows
            if page.next is None:
                return found
            after = page.next

    async def _read_in_view(self, archived: bool) -> InView:
        """Of the time that is shown now, what stands where the list is scrolled to."""
        tree, at = self.tree_pane, self.past
        first, height = tree.scroll_offset.y, max(1, tree.size.height)
        name = tree.prompt.name if tree.prompt else ""
        if tree.query_text.strip():
            names = sorted(line.key for line in tree.lines[first : first + height])
            # To a library of now everything has happened already.
            rows = await self.host.call(lambda w: w.time_machine.named_at(names, at or "9", archived=archived))
        else:
            top = next((line.row for line in tree.lines[first:] if line.row >= 0), 0)
            # Beginning a little above, in case some of these are not there; from the very first where that is near.
            after = tree.rows[top - height].name if top > IN_VIEW - 2 * height and top > height else ""
            rows = await self.host.call(lambda w: _page(w, at, after, archived))
        versions = await self.read_versions(name) if any(row.name == name for row in rows) else []
        return InView(rows, name, versions)

    async def read_prompt(self, name: str) -> PromptRow:
        at = self.past
        if not at:
            return await super().read_prompt(name)
        return await self.host.call(lambda w: w.time_machine.prompt_at(name, at))

    async def read_versions(self, name: str) -> list[VersionRow]:
        if self._ahead is not None and self._ahead.prompt == name:
            return self._ahead.versions
        at = self.past
        if not at:
            return await super().read_versions(name)
        try:
            return await self.host.call(lambda w: w.time_machine.versions_at(name, at))
        except NotFound:
            return []  # still shown for a moment, although it was not there yet

    async def version(self, name: str, number: str) -> Version:
        at = self.past
        if not at:
            return await super().version(name, number)
        return await self.host.call(lambda w: w.time_machine.version_at(f"{name}@{number}", at))

    def where_told(self, told: str) -> str:
        return f"past: {told}" if self.past else told

    # -- from there

    async def now_beside(self, name: str, row: VersionRow) -> tuple[str, str] | None:
        """What this version is compared with: what is live now where it was live then, else what is the latest now."""
        prompt = await self.attempt(lambda w: w.library.prompt(name))
        if prompt is None:
            return None
        environments = [e.name for e in reversed(self.host.config.environments)]
        wanted = [e for e in environments if e in row.environments] or environments
        number = next((prompt.live[e] for e in wanted if e in prompt.live), prompt.latest)
        return (name, number) if number else None
