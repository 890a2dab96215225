"""The library as it was at a time: to be read, compared with now, and rolled back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from workbench.errors import BadInput, NotFound
from workbench.settings.actions import BY_ID, key_label, keys_of
from workbench.text import one_line
from workbench.tui.screens.library.finding import LibraryFinding
from workbench.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from workbench.domain.prompts import PromptRow, Version, VersionRow


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
        if at and not self.query("#past"):
            await self.mount(Static(id="past", markup=False), before="#panes")
        self.set_class(bool(at), "-past")
        self.query_one(StatusLine).show_past(bool(at))
        if at:
            self.query_one("#past", Static).update(Content(self._past_told()))
        self.host.say("")
        self.reload(None)

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
        at = self.past
        if not at:
            return await super().read_prompts(archived)
        return await self.host.call(lambda w: w.time_machine.prompts_at(at, archived=archived))

    async def read_prompt(self, name: str) -> PromptRow:
        at = self.past
        if not at:
            return await super().read_prompt(name)
        return await self.host.call(lambda w: w.time_machine.prompt_at(name, at))

    async def read_versions(self, name: str) -> list[VersionRow]:
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
