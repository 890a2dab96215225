"""What the compare screen shows: columns side by side, paged where there is no room, one input at a time."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.css.query import QueryType
from textual.widget import Widget
from textual.widgets import Static

from workbench.domain.comparisons import LETTERS, Column, Comparison, Given
from workbench.domain.enough import Standing
from workbench.domain.runs import Run
from workbench.text import one_line, shorten
from workbench.tui.comparing import Board, CellState, facts_of, folded_facts
from workbench.tui.screens.run.acts import RunActs
from workbench.tui.screens.run.told import values_told
from workbench.tui.widgets.compare_column import CompareColumn, progress
from workbench.tui.widgets.status_line import StatusLine
from workbench.tui.workers import start_worker

LEAST_COLUMN = 36
"""Cells; narrower columns are shown on further pages."""
DRAWS_A_SECOND = 12
HIDDEN = "the sides are hidden until the verdict is given"


class CompareView(RunActs):
    CONTEXT = "compare"
    DEFAULT_CSS = """
    CompareView #case { height: 1; padding: 0 1; text-style: bold; background: $panel; width: 100%; }
    CompareView #case { text-wrap: nowrap; text-overflow: ellipsis; }
    CompareView #columns { height: 1fr; }
    CompareView #standing { height: auto; max-height: 2; padding: 0 1; color: $accent; width: 100%; }
    """

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self.comparison = comparison
        self.board = Board(comparison, {})
        self.case = 0
        self.repeat = 0
        self.place = 0
        """The column on the screen that keys are for."""
        self.verdicts: dict[int, Given] = {}
        self.standings: list[Standing] = []
        """Of each other column against the first; none is known before the store was asked."""
        self.keeps_names = comparison.blind
        """The result is told without names yet; see `domain.enough.keeps_names`."""
        self.notes: dict[int, str] = {}
        """By input: written before its verdict, which takes it along."""
        self._columns = [CompareColumn(place) for place in range(len(comparison.columns))]
        self._case_line = Static(id="case", markup=False)
        self._standing_line = Static(id="standing", markup=False)
        self._standing_wraps = False

    def compose(self) -> ComposeResult:
        yield self._case_line
        with Horizontal(id="columns"):
            yield from self._columns
        yield self._standing_line
        yield self.bottom()

    # -- which column is where

    @property
    def order(self) -> tuple[int, ...]:
        """Columns in the order of the screen."""
        return self.comparison.order(self.case)

    def column_at(self, place: int) -> int:
        return self.order[place]

    def state_at(self, place: int) -> CellState:
        return self.board.at(self.case, self.column_at(place), self.repeat)

    @property
    def is_hidden(self) -> bool:
        """Names and figures of this input are not shown until it is judged."""
        return self.comparison.blind and self.case not in self.verdicts

    @property
    def focused_column(self) -> CompareColumn:
        return self._columns[self.place]

    async def meant_run(self) -> Run | None:
        run = self.state_at(self.place).run
        if run is None or (self.is_hidden and not self.board.is_answered(self.case)):
            self.host.say(f"{LETTERS[self.place].upper()} has no answer yet", error=True)
            return None
        found: Run | None = await self.attempt(lambda w: w.running.run(run.id))
        return found

    async def meant_version(self) -> tuple[str, str] | None:
        """What is promoted, reviewed, …: the version of the column; its sheet would say which one it is."""
        if self.is_hidden:
            self.host.say(HIDDEN, error=True)
            return None
        return await super().meant_version()

    # -- paging

    async def on_resize(self, event: events.Resize) -> None:
        await super().on_resize(event)
        self.show_page(event.size.width)

    def show_page(self, width: int | None = None) -> None:
        """As many columns as there is room for, among them the one that keys are for."""
        room = max(1, (width or self.size.width) // LEAST_COLUMN)
        first = self.place // room * room
        first = min(first, max(0, len(self._columns) - room))
        for column in self._columns:
            shown = first <= column.place < first + room
            if column.display is not shown:
                column.display = shown
        self.show_names()
        self.show_case_line(width)

    def focus_place(self, place: int) -> None:
        self.place = place % len(self._columns)
        self.show_page()
        if self.standings[1:] and self.verdicts:
            self.show_standing()
        # Not by the widget's own `focus`, which draws it anew.
        self.set_focus(self.focused_column.answer, scroll_visible=False)

    def focus_next(self, selector: str | type[QueryType] = "*") -> Widget | None:  # noqa: ARG002 Textual's own
        """Also to a column that is on another page."""
        self.focus_place(self.place + 1)
        return self.focused

    def focus_previous(self, selector: str | type[QueryType] = "*") -> Widget | None:  # noqa: ARG002
        self.focus_place(self.place - 1)
        return self.focused

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        for column in self._columns:
            if event.widget is column.answer and column.place != self.place:
                self.focus_place(column.place)

    # -- drawing

    def show_case(self) -> None:
        """Everything of the input that is looked at."""
        self.show_case_line()
        self.show_names()
        self.draw(facts=True)

    def show_case_line(self, width: int | None = None) -> None:
        case = self.comparison.cases[self.case]
        shown = [column.place for column in self._columns if column.display]
        paged = len(shown) < len(self._columns)
        page = f"columns {_letters(shown)} of {_letters(range(len(self._columns)))}" if paged and shown else ""
        repeat = f"run {self.repeat + 1} of {self.comparison.repeats}" if self.comparison.repeats > 1 else ""
        given = self.verdicts.get(self.case)
        judged = f"judged: {self.said(given)}" if given is not None else ""
        noted = "a note waits for the verdict" if self.case in self.notes and given is None else ""
        # First what the person said: that is what the answers are judged by.
        said = {name: case.values[name] for name in ("input",) if name in case.values}
        values = values_told({**said, **case.values}, [other.values for other in self.comparison.cases])
        where = f"input {self.case + 1} of {len(self.comparison.cases)}"
        parts = [where, judged, noted, page, repeat, one_line(values), one_line(case.name)]
        told, room = " · ".join(filter(None, parts)), (width or self.size.width) - 2
        if cell_len(told) > room:
            whole = f" · {self.host.key_of('compare.input')} all of it"
            told = shorten(told, max(1, room - len(whole))) + whole
        self._case_line.update(Content(told), layout=False)

    def show_names(self) -> None:
        for column in self._columns:
            letter = LETTERS[column.place].upper()
            name = "hidden until it is judged" if self.is_hidden else self.name_of(self.column_at(column.place))
            best = self.verdicts.get(self.case)
            won = "★ " if best is not None and best.winner == self.column_at(column.place) else ""
            column.head.show_name(f"{won}{letter} {name}", column.place == self.place)

    @property
    def _default_model(self) -> str:
        return str(self.host.config.default_model or "")

    def name_of(self, column: int) -> str:
        return column_name(self.comparison.columns[column], self.comparison, self._default_model)

    def said(self, given: Given) -> str:
        winner = given.winner
        what = given.verdict if winner is None else self.short_name(winner) + " is better"
        return what + (f" ({given.note})" if given.note else "")

    def short_name(self, column: int) -> str:
        return short_name(self.comparison.columns[column], self.comparison, self._default_model)

    def draw(self, *, facts: bool) -> None:
        """What is new in the columns, and with `facts` the lines above them."""
        waiting = self.comparison.blind and not self.board.is_answered(self.case)
        first = self.state_at(0).run
        for column in self._columns:
            state = self.state_at(column.place)
            if column.show_state(state, hidden=waiting):
                start_worker(self, column.lay_out, self.is_hidden, group="layout", exit_on_error=False)
                self.say_facts(column, state, first)
            elif facts or state.run is not None:
                self.say_facts(column, state, first)

    def say_facts(self, column: CompareColumn, state: CellState, first: Run | None) -> None:
        if self.is_hidden:
            told = "answered" if self.board.is_answered(self.case) else "waits for all answers"
            if self.board.is_taken_back(self.case):
                told = f"not all were asked · {self.host.key_of('compare.rerun_all')} asks"
            column.head.show_facts([told])
            return
        runs = self.board.runs(self.case, self.column_at(column.place))
        if state.run is None:
            column.head.show_facts(progress(state), wrong=state.status == "lost")
        elif self.comparison.repeats > 1:
            column.head.show_facts(folded_facts(runs, self.comparison.repeats))
        else:
            lines = facts_of(state.run, first)
            failed = state.run.status == "failed"
            column.head.show_facts([lines[0], state.run.error, state.told] if failed else lines, wrong=failed)

    def show_standing(self) -> None:
        told = self._standing_told()
        # Its interval is why the line is there: where it is narrow it takes a second row, which moves what is above.
        wraps = cell_len(told) > self.size.width - 2
        self._standing_line.update(Content(told), layout=wraps is not self._standing_wraps)
        self._standing_wraps = wraps

    def _standing_told(self) -> str:
        cases, judged = len(self.comparison.cases), len(self.verdicts)
        told = f"judged {judged} of {cases}"
        if not judged or not self.standings:
            keys = " ".join(LETTERS[place].upper() for place in range(len(self._columns)))
            return f"{told} · which is better: {keys}  = tie  0 neither"
        if self.keeps_names:
            # Of several, what is said of a pair could be about the column on the screen.
            only = self.standings[0] if len(self.standings) == 1 else None
            return f"{told} · {only.said()}" if only is not None else told
        # The first against the one that keys are for, where that does not say which one it is.
        other = (0 if self.is_hidden else self.column_at(self.place)) or 1
        found, a, b = self.standings[other - 1], self.short_name(0), self.short_name(other)
        tally = found.tally
        share = (
            f"share of {a} {found.share:.0%} ({found.low:.0%} to {found.high:.0%})" if found.share is not None else ""
        )
        even = f", {tally.ties} tie{'s' * (tally.ties != 1)}" if tally.ties else ""
        even += f", {tally.neither} neither" if tally.neither else ""
        votes = f"{a} {tally.a} : {tally.b} {b}{even}"
        return one_line(" · ".join(filter(None, (told, votes, found.said(a, b), share))))

    def show_status(self) -> None:
        running = self.board.asked
        told = [f"compare {self.comparison.prompt}", f"{self.board.ended} of {len(self.board.cells)} answers"]
        told += [f"{running} under way"] if running else []
        told += ["blind"] if self.comparison.blind else []
        self.query_one(StatusLine).show_status(" · ".join(told), keep_message=True)


def column_name(column: Column, comparison: Comparison, default_model: str) -> str:
    """Its version, and of model and settings what is not the same in all columns."""

    def model(one: Column) -> str:
        return one.model_or(default_model)

    prompts = {one.version.prompt for one in comparison.columns}
    parts = [column.version.reference if len(prompts) > 1 else _number(column)]
    differing = (what for what in (model, _settings) if len({what(one) for one in comparison.columns}) > 1)
    parts += [what(column) for what in differing]
    return " · ".join(filter(None, parts))


def short_name(column: Column, comparison: Comparison, default_model: str) -> str:
    """What tells it from the others: its version; its model where they are of one version; its letter else."""
    others = comparison.columns
    for what in (_number, lambda one: one.model_or(default_model), lambda one: one.version.reference):
        names = [what(one) for one in others]
        if len(set(names)) == len(names) and all(names):
            return what(column)
    return LETTERS[list(others).index(column)].upper()


def _settings(column: Column) -> str:
    return " ".join(f"{name}={value}" for name, value in column.settings.items())


def _number(column: Column) -> str:
    return column.version.number or f"draft {column.version.digest[:7]}"


def _letters(places: Iterable[int]) -> str:
    return "".join(LETTERS[place].upper() for place in places)
