"""The history: deployments and events, and the way to the library as it was at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Static

from workbench.domain.deployments import Deployment
from workbench.domain.events import Event
from workbench.domain.times import day_and_time, moment
from workbench.errors import WorkbenchError
from workbench.text import one_line, shorten, visible
from workbench.tui.bindings import bindings_for
from workbench.tui.fuzzy import fuzzy
from workbench.tui.screens.releasing import Releasing
from workbench.tui.widgets.in_order import SafeInput
from workbench.tui.widgets.line_list import LineList, Part, inks_of
from workbench.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from workbench.composition import Workbench

PAGE = 200
TABS = ("deployments", "events")


@dataclass(frozen=True)
class AsOf:
    """The library is wanted as it was at this time, as it is stored."""

    at: str


@dataclass(frozen=True)
class Line:
    """One row as it is shown; `prompt` and `number` are where `enter` leads, "" for nowhere."""

    when: str
    text: str
    prompt: str = ""
    number: str = ""
    environment: str = ""


def of_deployment(row: Deployment) -> Line:
    verb = {"promote": "promoted", "rollback": "rolled back"}[row.kind]
    move = f"{row.before or 'nothing'} → {row.after or 'nothing'}"
    who = f" by {row.actor}" if row.actor else ""
    why = f" · {row.reason}" if row.reason else ""
    text = f"{row.environment:<10} {row.prompt}  {move}  {verb}{who}{why}"
    return Line(row.at, text, row.prompt, row.after or "", row.environment)


def of_event(event: Event) -> Line:
    from workbench.services.history import told

    sign = "↶ undo: " if event.undoes is not None else "↷ redo: " if event.redoes is not None else ""
    number = event.details.get("number") or event.details.get("after") or ""
    why = event.details.get("reason") or event.details.get("note") or ""
    text = f"{event.id:>5}  {sign}{told(event)}" + (f" by {event.actor}" if event.actor else "")
    environment = str(event.details.get("environment") or "")
    number = number if isinstance(number, str) else ""
    return Line(event.at, text + (f" · {why}" if why else ""), event.prompt, number, environment)


class HistoryList(LineList):
    """Rows that match the filter; `lines` holds all that were read."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: list[Line] = []
        self.shown: list[int] = []

    def show(self, lines: list[Line], query: str, cursor: int = 0) -> None:
        self.lines = lines
        found = fuzzy(query, [f"{line.when} {line.text}" for line in lines]) if query else range(len(lines))
        self.shown = sorted(found)  # newest first, whatever fits best
        self.set_count(len(self.shown), cursor)

    @property
    def line(self) -> Line | None:
        return self.lines[self.shown[self.cursor]] if self.shown else None

    def parts(self, index: int, width: int) -> list[Part]:  # noqa: ARG002 the list gives it
        line, ink = self.lines[self.shown[index]], inks_of(self)
        return [(f" {day_and_time(line.when)}  ", ink.dim), (one_line(line.text), ink.text)]


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
        self._read = PAGE
        self._complete = False
        self._list = HistoryList(id="list")
        self._filter = SafeInput(placeholder="filter", id="filter", compact=True, select_on_focus=False)

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

    async def reload(self, cursor: int = 0) -> None:
        """Read the newest rows of the tab again; also called when something was changed elsewhere."""
        name, tab, limit = self.prompt, self.tab, self._read
        try:
            lines = await self.host.call(lambda w: _lines(w, name, tab, limit))
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            lines = []
        if tab != self.tab:
            return
        self._complete = len(lines) < limit
        self._list.empty_text = "nothing yet"
        self._list.show(lines, self._filter.value, cursor)
        self._show_tabs()
        rows = f"{len(self._list.shown)} of {len(lines)}{'' if self._complete else '+'}"
        self.query_one(StatusLine).show_status(f"history of {name or 'all prompts'} · {rows}")

    def _show_tabs(self) -> None:
        row = "  ".join(f"[{name}]" if index == self.tab else f" {name} " for index, name in enumerate(TABS))
        self.query_one("#tabs", Static).update(Content(f"{shorten(self.prompt or 'all prompts', 40)}   {row}"))

    async def on_line_list_moved(self, event: LineList.Moved) -> None:
        event.stop()
        line = self._list.line
        self.query_one("#detail", Static).update(Content(visible(line.text.strip()) if line else ""))
        near_end = self._list.cursor >= self._list.count - 20
        if near_end and not self._complete and not self._filter.value:
            self._complete = True  # until the next page is there
            self._read += PAGE * 5
            await self.reload(self._list.cursor)

    def prompt_changed(self, prompt: str | None) -> None:
        if self.prompt is None or prompt in (None, self.prompt):
            self.run_worker(self.reload(self._list.cursor), exclusive=True, group="reload", exit_on_error=False)

    # -- acts

    async def _go_to_tab(self, tab: int) -> None:
        self.tab, self._read = tab % len(TABS), PAGE
        await self.reload()

    async def action_history_next_tab(self) -> None:
        await self._go_to_tab(self.tab + 1)

    async def action_history_previous_tab(self) -> None:
        await self._go_to_tab(self.tab - 1)

    def action_history_filter(self) -> None:
        self._filter.add_class("-open")
        self._filter.focus()

    async def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value and self._read < PAGE * 10:
            self._read = PAGE * 10  # a filter that sees one page only would look like an answer
            await self.reload()
        else:
            self._list.show(self._list.lines, event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
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
        from workbench.tui.screens.library_past import problem_of_time, question_of_time

        line = self._list.line
        given = day_and_time(line.when) if line else ""

        def asked(text: str | None) -> None:
            if text is not None:
                # Left as it was given it means right after that row, not the end of the minute.
                self.dismiss(AsOf(line.when if line and text == given else moment(text)))

        self.app.push_screen(AskText(question_of_time(), given, problem_of_time), asked)

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


def _lines(workbench: Workbench, name: str | None, tab: int, limit: int) -> list[Line]:
    if tab == 0:
        return [of_deployment(row) for row in workbench.deploying.ledger(name, limit=limit)]
    return [of_event(event) for event in workbench.history.events(name, limit=limit)]
