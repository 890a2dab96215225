"""Finding things in the library, and taking them out of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.tui.fuzzy import fuzzy
from workbench.tui.screens.library.view import LibraryView
from workbench.tui.widgets.content_view import ContentView
from workbench.tui.widgets.prompt_tree import PromptTree
from workbench.tui.widgets.version_list import VersionList
from workbench.tui.workers import start_worker

if TYPE_CHECKING:
    from textual.widgets import Input

    from workbench.domain.prompts import PromptRow, VersionRow

MANY = 5_000
"""Prompts from which filtering would be felt, so that it happens in a thread."""


class LibraryFinding(LibraryView, inherit_bindings=False):
    """Filter, search, copy and export."""

    # -- what is under the cursor, or why nothing can be done

    def _prompt(self) -> PromptRow | None:
        prompt = self.tree_pane.prompt
        if prompt is None:
            self.host.say("put the cursor on a prompt first", error=True)
        return prompt

    async def _row(self) -> tuple[str, VersionRow] | None:
        prompt = self._prompt()
        if prompt is None:
            return None
        # The versions may still be those of the prompt before: keys are quicker than reads.
        await self.show_prompt()
        row = self.versions_pane.version
        if row is None:
            self.host.say(f"{prompt.name} shows no version here", error=True)
            return None
        return prompt.name, row

    async def action_library_filter(self) -> None:
        from workbench.tui.widgets.filter_bar import FilterBar

        pane = self.pane
        self.filtered = pane if isinstance(pane, VersionList | ContentView) else self.tree_pane
        for bar in self.query(FilterBar):
            await bar.remove()
        what = "search this text; n N next, previous" if self.filtered is self.content_pane else "filter"
        bar = FilterBar(self.filtered.query_text, placeholder=f"{what}; enter keeps it, esc clears it")
        bar.cursor_blink = False
        await self.mount(bar, after="#panes")
        bar.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        start_worker(self, self._filter, event.value, group="filter", exclusive=True, description="filter")

    async def _filter(self, query: str) -> None:
        pane = self.filtered
        if isinstance(pane, PromptTree) and query.strip() and len(pane.rows) > MANY:
            rows = pane.rows
            order = await asyncio.to_thread(fuzzy, query, [row.name for row in rows])
            if pane.rows is rows:
                pane.filter(query, order)
                return
        pane.filter(query)

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        self.focus_pane(self.filtered)
        # At once, because a field that goes with the focus hands it on to whatever comes next.
        self.set_focus(self.filtered)
        await event.input.remove()

    async def clear_filter(self) -> bool:
        """True when there was a filter to clear."""
        bars = self.query("FilterBar")
        lists = [pane for pane in (self.tree_pane, self.versions_pane, self.content_pane) if pane.query_text]
        for pane in lists:
            pane.filter("")
        if bars:
            await bars.remove()
            self.focus_pane(self.filtered)
        return bool(bars) or bool(lists)

    async def step_back(self) -> None:
        """`esc`: clear the filter, else show all panes again, else go back to the prompts."""
        if await self.clear_filter():
            return
        if self.has_class("-zoom"):
            self.remove_class("-zoom")
        else:
            self.focus_pane(self.tree_pane)

    def action_library_next_match(self) -> None:
        self._go_to_match(1)

    def action_library_previous_match(self) -> None:
        self._go_to_match(-1)

    def _go_to_match(self, step: int) -> None:
        """In a text, the next match; in a filtered list, the next row. Elsewhere, what `/` last looked through."""
        pane = self.pane if self.pane is self.filtered else self.filtered
        if not pane.query_text:
            self.host.say("nothing is searched for; / filters a list, or searches the text", error=True)
        elif isinstance(pane, ContentView):
            if not pane.go_to_match(step):
                self.host.say(f"{pane.query_text!r} is not in this text", error=True)
        else:
            pane.go(pane.cursor + step)

    def action_library_search(self) -> None:
        from workbench.tui.screens.pick import Choice, Pick

        async def find(query: str) -> list[Choice]:
            hits = await self.attempt(lambda w: w.library.search(query)) or []
            return [
                Choice(
                    f"{h.prompt}@{h.number}",
                    h.snippet,
                    (h.prompt, h.number, h.snippet[h.start : h.end]),
                    h.start,
                    h.end,
                )
                for h in hits
            ]

        def chosen(value: tuple[str, str, str] | None) -> None:
            if value is not None:
                self.show_version(*value)

        self.app.push_screen(Pick("search all texts, names, notes and tags", find=find), chosen)

    def show_version(self, name: str, number: str, match: str = "") -> None:
        """Put the cursors on a version, and on where `match` stands in its text."""

        async def go() -> None:
            reading = [w for w in self.app.workers if w.group in ("load", "load one") and not w.is_finished]
            # One that was cancelled has been replaced by a newer one.
            await asyncio.gather(*(w.wait() for w in reading), return_exceptions=True)
            # A filter that does not hide what is to be shown stays.
            if match or self.versions_pane.query_text or not self.tree_pane.go_to(name):
                await self.clear_filter()
            if not self.tree_pane.go_to(name):
                self.host.say(f"{name} is archived; A shows archived prompts", error=True)
                return
            await self.show_prompt()
            numbers = [row.number for row in self.versions_pane.rows]
            if number in numbers:
                self.versions_pane.go(numbers.index(number))
            if match:
                self.go_tab(0)
                await self.show_content()
                self.filtered = self.content_pane
                self.content_pane.filter(match)

        start_worker(self, go, group="go", exclusive=True)

    # -- out of here

    async def action_library_copy(self) -> None:
        chosen = await self._row()
        if chosen is None:
            return
        name, number = chosen[0], chosen[1].number

        async def text() -> str:
            return (await self.version(name, number)).content.text

        async def rendered() -> str:
            version = await self.version(name, number)
            kept = await self.host.call(lambda w: w.keeping.kept(f"inputs:{name}")) or {}
            messages = version.render(**kept.get("variables", kept))
            return "\n\n".join(f"[{m['role']}]\n{m['content']}" for m in messages)

        choices: list[tuple[str, Callable[[], str | Awaitable[str]]]] = [
            ("text", text),
            ("rendered", rendered),
            ("reference", lambda: f"{name}@{number}"),
            ("command", lambda: f"workbench show {name}@{number}"),
            ("report as Markdown", lambda: self._report(name, as_page=False)),
            ("report as a page", lambda: self._report(name, as_page=True)),
        ]
        self.host.offer_copy(choices)

    async def _report(self, name: str, *, as_page: bool) -> str:
        from workbench.reports.story_html import story_page
        from workbench.reports.story_markdown import story_document

        story = await self.host.call(lambda w: w.reporting.story(name))
        return await asyncio.to_thread(story_page if as_page else story_document, story)

    def action_library_export(self) -> None:
        from workbench.tui.screens.ask import AskText

        prompt = self._prompt()
        if prompt is None:
            return
        if self.past:
            self.host.say(f"this is the past: {self.host.key_of('app.back')} comes back to now to export", error=True)
            return
        name = prompt.name

        async def named(folder: str | None) -> None:
            if not folder:
                return
            target = Path(os.path.expanduser(folder))  # noqa: PTH111 ASYNC240 reads only the environment
            done = await self.attempt(lambda w: w.porting.export_report(target, prompts=[name]))
            if done is not None:
                warned = f"; {done.warnings[0]}" if done.warnings else ""
                self.host.say(f"exported {name} to {target} ({len(done.files)} files){warned}", error=bool(warned))

        self.app.push_screen(AskText(f"export {name} to the folder", "prompts", replaced=True), named)
