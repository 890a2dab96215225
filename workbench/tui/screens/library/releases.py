"""What the library's keys do to releases: promote one or all marked, roll back, look at what was."""

from __future__ import annotations

from collections import Counter

from workbench.tui.screens.library.past import LibraryPast
from workbench.tui.screens.releases.releasing import Releasing


class LibraryReleases(LibraryPast, Releasing, inherit_bindings=False):
    async def meant_version(self) -> tuple[str, str] | None:
        chosen = await self._row()
        return (chosen[0], chosen[1].number) if chosen is not None else None

    async def action_version_promote(self) -> None:
        """The version under the cursor; all marked ones, where versions of several prompts are marked."""
        if not self.may_change():
            return
        counts = Counter(name for name, _ in self.marks)
        if len(counts) < 2:
            await super().action_version_promote()
            return
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            self.host.say(f"two versions of {twice[0]} are marked; space takes a mark away", error=True)
            return
        from workbench.tui.screens.releases.promote_many_sheet import PromoteManySheet

        def closed(done: bool | None) -> None:
            if done:
                self.marks.clear()
                self.show_marks()

        self.app.push_screen(PromoteManySheet(tuple(self.marks)), closed)

    async def action_version_rollback(self) -> None:
        """In the past: to what was live then."""
        if not self.past:
            if self.may_change() and (prompt := self._prompt()):
                await self.open_rollback(prompt.name, None)
            return
        if self.host.readonly:
            self.host.say("opened for reading only: nothing can be changed", error=True)
            return
        prompt = self._prompt()
        if prompt is None:
            return
        await self.show_prompt()
        row = None if self.pane is self.tree_pane else self.versions_pane.version
        environments = [e.name for e in reversed(self.host.config.environments) if e.name in prompt.live]
        wanted = [name for name in environments if row is not None and name in row.environments] or environments
        if not wanted:
            self.host.say(f"{prompt.name} was live nowhere then", error=True)
            return
        live = await self.attempt(lambda w: w.deploying.live(prompt.name))
        if live is None:
            return
        moved = [name for name in wanted if live.get(name) != prompt.live[name]]
        if not moved:
            then = ", ".join(f"{prompt.live[name]} in {name}" for name in wanted)
            self.host.say(f"what was live then is live now: {then}; there is nothing to roll back to", error=True)
            return
        await self.open_rollback(prompt.name, moved[0], prompt.live[moved[0]])

    def action_history_open(self) -> None:
        from workbench.tui.screens.history import AsOf, HistoryScreen

        async def chosen(found: object) -> None:
            if isinstance(found, AsOf):
                await self.go_to_time(found.at)
            elif isinstance(found, tuple):
                self.show_version(*found)

        prompt = self.tree_pane.prompt
        self.app.push_screen(HistoryScreen(prompt.name if prompt else None), chosen)

    def action_run_list(self) -> None:
        """In the past: what had run until then."""
        from workbench.domain.times import day_and_time
        from workbench.tui.screens.run.runs import RunsScreen

        prompt = self.tree_pane.prompt
        wanted = f'until:"{day_and_time(self.past)}"' if self.past else ""
        self.app.push_screen(RunsScreen(prompt.name if prompt else None, self.now, wanted))
