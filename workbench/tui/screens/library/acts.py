"""What the keys of the library do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.tui.screens.library.releases import LibraryReleases

if TYPE_CHECKING:
    from textual.screen import Screen

    from workbench.domain.prompts import Version, VersionRow


WARM_AFTER = 0.6
"""Seconds after which is loaded what a key opens, so that the first time is as fast as every other."""
WARM = (
    "workbench.tui.screens.diff.screen",
    "workbench.tui.screens.run.screen",
    "workbench.services.releases.releasing",
    "workbench.tui.screens.releases.promote_sheet",
    "workbench.tui.screens.releases.rollback_sheet",
    "workbench.services.past.history",
    "workbench.tui.screens.history",
    "workbench.services.past.time_machine",
    "workbench.services.past.blaming",
    "workbench.tui.screens.blame",
    "workbench.tui.taking_back",
)
"""Modules, what is opened most often first."""


class LibraryActs(LibraryReleases, inherit_bindings=False):
    """What is done with the version under the cursor."""

    async def on_mount(self) -> None:
        self.set_timer(WARM_AFTER, self._warm)

    async def _warm(self) -> None:
        # Beside the loop, and in pieces: between two of them a key has the interpreter for itself.
        for module in WARM:
            await asyncio.to_thread(import_module, module)
            await asyncio.sleep(0)

    async def _with_version(self, then: Callable[[Version], Screen[Any]]) -> None:
        chosen = await self._row()
        if chosen is None:
            return
        try:
            version = await self.version(chosen[0], chosen[1].number)
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            return
        self.app.push_screen(then(version))

    # -- marks and diff

    async def action_library_mark(self) -> None:
        if chosen := await self._row():
            here = (chosen[0], chosen[1].number)
            if here in self.marks:
                self.marks.remove(here)
            else:
                self.marks.append(here)
            self.show_marks()

    async def action_library_base(self) -> None:
        if chosen := await self._row():
            here = (chosen[0], chosen[1].number)
            self.base = None if self.base == here else here
            self.show_marks()

    async def action_version_diff(self) -> None:
        from workbench.tui.screens.diff.screen import DiffScreen

        chosen = await self._row()
        if chosen is None:
            return
        name, row = chosen
        other = await self.now_beside(name, row) if self.past else self._other(name, row)
        if other is None:
            self.host.say(f"{name} has only {row.number}: mark another version with space to diff against", error=True)
            return
        if self.past:
            here = f"{name}@{row.number}"
            found = await self.attempt(lambda w: (w.library.version(here), w.library.version("@".join(other))))
            if found is not None:
                self.app.push_screen(DiffScreen(*found))
            return
        try:
            left, right = await self.version(*other), await self.version(name, row.number)
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            return
        self.app.push_screen(DiffScreen(left, right, [r.number for r in self.versions_pane.all_rows]))

    def _other(self, name: str, row: VersionRow) -> tuple[str, str] | None:
        """The base, the mark, what is live in the last environment, or the version before; never this one itself."""
        here = (name, row.number)
        for marked in (self.base, *reversed(self.marks)):
            if marked is not None and marked != here:
                return marked
        prompt = self.tree_pane.prompt
        for environment in reversed(self.host.config.environments):
            number = prompt.live.get(environment.name) if prompt and environment.protected else None
            if number and number != row.number:
                return name, number
        numbers = [each.number for each in self.versions_pane.all_rows]
        at = numbers.index(row.number)
        for index in (at + 1, at - 1):
            if 0 <= index < len(numbers):
                return name, numbers[index]
        return None

    # -- screens of their own

    async def action_version_run(self) -> None:
        from workbench.tui.screens.run.screen import RunScreen

        await self._with_version(RunScreen)

    async def action_version_compare(self) -> None:
        """The marked versions and this one; with none marked, this one and what a diff would show beside it."""
        from workbench.domain.comparisons import MOST
        from workbench.tui.screens.compare.setup import CompareSetup

        chosen = await self._row()
        if chosen is None:
            return
        name, row = chosen
        here = (name, row.number)
        wanted = list(self.marks) if here in self.marks else [*self.marks, here]
        if len(wanted) == 1:
            # The same version on two models is compared too, so one alone is no mistake.
            wanted.insert(0, self._other(name, row) or here)
        if len(wanted) > MOST:
            self.host.say(f"at most {MOST} versions can be compared; {len(wanted)} are marked", error=True)
            return
        versions = await self.attempt(lambda w: [w.library.version(f"{one}@{number}") for one, number in wanted])
        if versions is not None:
            self.app.push_screen(CompareSetup(versions))

    async def open_line(self, tab: str, key: str) -> None:
        if tab == "History":
            self.show_version(self.shown_prompt, key)
            self.focus_pane(self.versions_pane)
            return
        from workbench.tui.screens.run.screen import RunScreen

        run = await self.attempt(lambda w: w.running.run(key))
        if run is None:
            return
        version = await self.attempt(lambda w: w.conversing.version_of(run))
        if version is not None:
            self.app.push_screen(RunScreen(version, run))

    async def action_version_edit(self) -> None:
        from workbench.tui.screens.editor.screen import EditorScreen

        if self.may_change():
            await self._with_version(EditorScreen)

    def action_prompt_new(self) -> None:
        from workbench.tui.screens.ask import AskText
        from workbench.tui.screens.editor.screen import EditorScreen

        if not self.may_change():
            return

        def check(name: str) -> str:
            from workbench.domain.names import check_prompt_name

            try:
                check_prompt_name(name.strip())
            except WorkbenchError as error:
                return f"{error.message}; {error.hint}" if error.hint else error.message
            known = any(row.name == name.strip() for row in self.tree_pane.rows)
            return f"{name.strip()} exists already; e in the library edits it" if known else ""

        def named(name: str | None) -> None:
            if name is not None:
                self.app.push_screen(EditorScreen(None, name.strip()))

        line = self.tree_pane.line
        folder = "" if line is None else line.key if line.row < 0 else line.key.rpartition("/")[0]
        start = f"{folder}/" if folder else ""
        self.app.push_screen(AskText("name of the new prompt, with its folder", start, check), named)

    async def action_version_tag(self) -> None:
        from workbench.tui.screens.tag_sheet import TagSheet

        if self.may_change() and (prompt := self._prompt()):
            await self.show_prompt()
            row = None if self.pane is self.tree_pane else self.versions_pane.version
            self.app.push_screen(TagSheet(prompt.name, row.number if row else None))

    async def action_prompt_archive(self) -> None:
        if not self.may_change() or (prompt := self._prompt()) is None:
            return
        name, archived = prompt.name, prompt.archived
        done = await self.attempt(lambda w: w.library.unarchive(name) if archived else w.library.archive(name))
        if done is not None:
            self.host.changed(name)
            self.host.say(f"{name} is back from the archive" if archived else f"archived {name}", undo=True)

    def action_library_archived(self) -> None:
        self.show_archived = not self.show_archived
        self.host.say("archived prompts are shown" if self.show_archived else "archived prompts are hidden")
        self.reload(None)

    # -- panes and tabs

    def action_library_pane_1(self) -> None:
        self.focus_pane(self.tree_pane)

    def action_library_pane_2(self) -> None:
        self.focus_pane(self.versions_pane)

    def action_library_pane_3(self) -> None:
        self.go_tab(0)
        self.focus_pane(self.content_pane)

    def action_library_pane_4(self) -> None:
        self.go_tab(2)
        self.focus_pane(self.content_pane)

    def action_library_pane_5(self) -> None:
        self.go_tab(3)
        self.focus_pane(self.content_pane)

    def action_library_previous_tab(self) -> None:
        self.go_tab(self.tab - 1)

    def action_library_next_tab(self) -> None:
        self.go_tab(self.tab + 1)

    def action_library_zoom(self) -> None:
        self.add_class("-zoom")

    def action_library_unzoom(self) -> None:
        self.remove_class("-zoom")
