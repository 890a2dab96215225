"""The history: deployments and events, and the way to the library as it was at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Static

from workbench.domain.history import HistoryFilter
from workbench.domain.times import day_and_time, moment
from workbench.errors import WorkbenchError
from workbench.text import one_line, shorten, visible, without_addresses
from workbench.tui.bindings import bindings_for
from workbench.tui.history_reading import EXAMPLE, Asked, Line, page_of, problem_of_filter, read_history_filter
from workbench.tui.screens.releases.releasing import Releasing
from workbench.tui.widgets.in_order import SafeInput
from workbench.tui.widgets.line_list import LineList, Part, inks_of
from workbench.tui.widgets.status_line import StatusLine
from workbench.tui.workers import start_worker

if TYPE_CHECKING:
    pass

ENOUGH = 100
"""Rows that are read at once where there are so many: more than any screen shows."""
TABS = ("deployments", "events")


@dataclass(frozen=True)
class AsOf:
    """The library is wanted as it was at this time, as it is stored."""

    at: str


class HistoryList(LineList):
    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: list[Line] = []

    def show(self, lines: list[Line], cursor: int = 0) -> None:
        self.lines = lines
        self.set_count(len(lines), cursor)

    @property
    def line(self) -> Line | None:
        return self.lines[self.cursor] if self.cursor < len(self.lines) else None

    def parts(self, index: int, width: int) -> list[Part]:  # noqa: ARG002 the list gives it
        line, ink = self.lines[index], inks_of(self)
        return [(f" {day_and_time(line.when)}  ", ink.dim), (one_line(without_addresses(line.text)), ink.text)]


class HistoryScreen(Releasing, inherit_bindings=False):
    """`name` None: of all prompts. Dismisses with (prompt, number) when a version is to be shown, with `AsOf` when the
    library is wanted as it was, else with None."""

    CONTEXT = "history"
    # esc closes an open filter first, then the screen; the id lets a remapped key do the same.
    BINDINGS = [*bindings_for("history"), Binding("escape", "history_back", show=False, id="app.back")]
    DEFAULT_CSS = """
    HistoryScreen #tabs { height: 1; padding: 0 1; background: $panel; text-style: bold; }
    HistoryScreen #filter { height: 1; border: none; display: none; }
    HistoryScreen #filter.-open { display: block; }
    HistoryScreen HistoryList { height: 1fr; }
    HistoryScreen #detail { height: auto; max-height: 5; padding: 0 1; border-top: solid $panel; }
    """

    def __init__(self, name: str | None) -> None:
        super().__init__()
        self.prompt = self._of = name
        self.tab = 0
        self._next: int | None = None
        """Where the next page begins; None when all is read."""
        self._asked = Asked(HistoryFilter(name))
        self._reading = 0
        """Counts what was begun to be read: what an older reading brings is not wanted any more."""
        self._list = HistoryList(id="list")
        self._filter = SafeInput(placeholder=EXAMPLE, id="filter", compact=True, select_on_focus=False)

    def compose(self) -> ComposeResult:
        yield Static(id="tabs", markup=False)
        yield self._filter
        yield self._list
        yield Static(id="detail", markup=False)
        yield self.bottom()

    async def on_mount(self) -> None:
        self._filter.cursor_blink = False
        self._list.focus()
        await self.reload()

    # -- reading

    async def reload(self, keep: bool = False) -> None:
        """Read the newest rows of the tab. `keep`: as many as there are, and the cursor stays on its row."""
        line, wanted = (self._list.line, len(self._list.lines)) if keep else (None, 0)
        self._asked = read_history_filter(self._filter.value, self.prompt)
        self._next = None  # until it is known where the rows end that are read now
        self._list.empty_text = "looking …"
        lines = await self._pages([], None, max(wanted, ENOUGH), at_once=not keep)
        if lines is None:
            return
        self._list.empty_text = "nothing is so; esc shows all again" if self._filter.value else "nothing yet"
        self._list.show(lines, lines.index(line) if line in lines else self._list.cursor)
        self._show_tabs()
        self._show_where()

    async def _pages(
        self, lines: list[Line], before: int | None, wanted: int, *, at_once: bool = False
    ) -> list[Line] | None:
        """`lines` and what follows them, at least as many as wanted where there are so many; None: no longer wanted.

        `at_once`: what is found is shown while more is looked for, which where few rows match is all of a long history.
        """
        self._reading += 1
        reading, asked, tab = self._reading, self._asked, self.tab
        looking = False
        while True:
            try:
                more, before = await self.host.call(page_of(asked, tab, before))
            except WorkbenchError as error:
                self.host.say(error.message, error=True)
                more, before = [], None
            if reading != self._reading:
                return None
            lines = [*lines, *more]
            if before is None or len(lines) >= wanted:
                self._next = before
                return lines
            if at_once and (more or not looking):
                looking = True
                self._list.show(lines, self._list.cursor)
                self._show_where(", looking for more …")

    def _show_where(self, more: str = "") -> None:
        rows = f"{self._list.count}{'+' if self._next is not None else ''} row{'s' * (self._list.count != 1)}"
        where = f"history of {self.prompt or 'all prompts'} · {rows}{more}"
        self.query_one(StatusLine).show_status(where, keep_message=True)

    def _show_tabs(self) -> None:
        row = "  ".join(f"[{name}]" if index == self.tab else f" {name} " for index, name in enumerate(TABS))
        self.query_one("#tabs", Static).update(Content(f"{shorten(self.prompt or 'all prompts', 40)}   {row}"))

    async def on_line_list_moved(self, event: LineList.Moved) -> None:
        event.stop()
        line = self._list.line
        self.query_one("#detail", Static).update(Content(visible(line.text.strip()) if line else ""))
        if self._next is not None and self._list.cursor >= self._list.count - 20:
            before, self._next = self._next, None  # until the next page is there
            lines = await self._pages(self._list.lines, before, len(self._list.lines) + ENOUGH)
            if lines is not None:
                self._list.show(lines, self._list.cursor)
                self._show_where()

    def prompt_changed(self, prompt: str | None) -> None:
        if self.prompt is None or prompt in (None, self.prompt):
            self._reload_soon(keep=True)

    def _reload_soon(self, keep: bool) -> None:
        start_worker(self, self.reload, keep, exclusive=True, group="reload", exit_on_error=False)

    # -- acts

    async def _go_to_tab(self, tab: int) -> None:
        self.tab = tab % len(TABS)
        self._list.cursor = 0
        await self.reload()

    async def action_history_next_tab(self) -> None:
        await self._go_to_tab(self.tab + 1)

    async def action_history_previous_tab(self) -> None:
        await self._go_to_tab(self.tab - 1)

    def action_history_filter(self) -> None:
        self._filter.add_class("-open")
        self._filter.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        problem = problem_of_filter(event.value)
        self.host.say(problem, error=bool(problem))
        if not problem:
            self._list.cursor = 0
            self._reload_soon(keep=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if problem := problem_of_filter(event.value):
            self.host.say(problem, error=True)
            return
        self._list.focus()

    def action_history_back(self) -> None:
        if self._filter.has_class("-open"):
            self._filter.value = ""
            self._filter.remove_class("-open")
            self._list.focus()
        else:
            self.dismiss(None)

    def action_history_time(self) -> None:
        """Asks for the time, beginning with that of the row under the cursor."""
        from workbench.tui.screens.ask import AskText
        from workbench.tui.screens.library.past import problem_of_time, question_of_time

        line = self._list.line
        given = day_and_time(line.when) if line else ""

        def asked(text: str | None) -> None:
            if text is not None:
                # Left as it was given it means right after that row, not the end of the minute.
                self.dismiss(AsOf(line.when if line and text == given else moment(text)))

        self.app.push_screen(AskText(question_of_time(), given, problem_of_time, replaced=True), asked)

    async def action_history_all(self) -> None:
        if self._of is None:
            self.host.say("the history of all prompts is shown already", error=True)
            return
        self.prompt = None if self.prompt else self._of
        await self._go_to_tab(self.tab)

    async def meant_version(self) -> tuple[str, str] | None:
        line = self._list.line
        if line is None or not line.prompt or not line.number:
            self.host.say("no version is meant here", error=True)
            return None
        return line.prompt, line.number

    async def action_version_rollback(self) -> None:
        """To the version of the row under the cursor, in its environment."""
        if not self.may_change() or (found := await self.meant_version()) is None:
            return
        line = self._list.line
        await self.open_rollback(found[0], line.environment or None if line else None, found[1])

    def on_line_list_opened(self, event: LineList.Opened) -> None:
        event.stop()
        self.action_history_goto()

    def action_history_goto(self) -> None:
        line = self._list.line
        if line is None or not line.prompt:
            self.host.say("there is no version to go to", error=True)
            return
        self.dismiss((line.prompt, line.number))
