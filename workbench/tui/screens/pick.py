"""A list to choose from while typing: the palette, the copy menu and the search are made of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input
from textual.worker import Worker, WorkerError

from workbench.text import one_line, shorten
from workbench.tui.bindings import bindings_for
from workbench.tui.fuzzy import fuzzy
from workbench.tui.widgets.in_order import SafeInput
from workbench.tui.widgets.line_list import LineList, Part, inks_of
from workbench.tui.workers import start_worker


@dataclass(frozen=True)
class Choice:
    """`label` is what is matched; `start` and `end` mark a match inside `note`."""

    label: str
    note: str = ""
    value: Any = None
    start: int = 0
    end: int = 0


class ChoiceList(LineList, inherit_bindings=False):
    can_focus = True

    def __init__(self) -> None:
        super().__init__()
        self.choices: Sequence[Choice] = ()

    def show(self, choices: Sequence[Choice]) -> None:
        self.choices = choices
        self.set_count(len(choices), 0)

    def parts(self, index: int, width: int) -> list[Part]:
        choice, ink = self.choices[index], inks_of(self)
        column = min(width // 2, 2 + max(len(c.label) for c in self.choices[:200]))
        before, match, after = (
            choice.note[: choice.start],
            choice.note[choice.start : choice.end],
            choice.note[choice.end :],
        )
        room = width - column - 1
        if len(before) + len(match) > room:
            # The match is why the row is there: rather the beginning of the excerpt goes.
            kept = max(0, min(room // 3, room - len(match)))
            before = "…" + before[len(before) - kept + 1 :] if kept > 1 else ""
        label = one_line(choice.label)
        return [
            (" " + (shorten(label, column - 1) if choice.note else label).ljust(column), ink.strong),
            (one_line(before), ink.dim),
            (one_line(match), ink.accent + ink.match),
            (one_line(after), ink.dim),
        ]


class Pick(ModalScreen[Any], inherit_bindings=False):
    """Dismisses with the value of the choice, or None.

    `find` (query → choices) replaces the fuzzy filter where the choices come from elsewhere.
    """

    BINDINGS = [*bindings_for("sheet"), *bindings_for("list")]
    CONTEXT = "sheet"
    DEFAULT_CSS = """
    Pick { align: center middle; background: $background 60%; }
    Pick > Vertical { width: 92%; max-width: 110; height: 80%; max-height: 30; }
    Pick > Vertical { border: round $primary; background: $surface; }
    Pick Input, Pick Input:focus { border: none; height: 1; background: $panel; }
    Pick ChoiceList { height: 1fr; background: $surface; }
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice] = (),
        find: Callable[[str], Awaitable[Sequence[Choice]]] | None = None,
        empty: str = "nothing found",
    ) -> None:
        super().__init__()
        self._prompt = title
        self._choices = choices
        self._find = find
        self._list = ChoiceList()
        self._empty = empty
        self._searching: Worker[None] | None = None
        self._list.empty_text = "type what to look for" if find is not None else empty

    def compose(self) -> ComposeResult:
        with Vertical():
            yield SafeInput(placeholder=one_line(self._prompt))
            yield self._list

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False
        self.query_one(Input).focus()
        self._list.show(self._choices)

    def put(self, choices: Sequence[Choice]) -> None:
        """Other choices; what was typed goes on holding, and the cursor stays on its choice where it still is."""
        self._choices = choices
        before = self.current
        self._filter(self.query_one(Input).value)
        labels = [choice.label for choice in self._list.choices]
        if before is not None and before.label in labels:
            self._list.go(labels.index(before.label))

    @property
    def current(self) -> Choice | None:
        """The choice under the cursor."""
        return self._list.choices[self._list.cursor] if self._list.cursor < self._list.count else None

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._find is not None:
            self._searching = start_worker(
                self, self._search, event.value, exclusive=True, group="search", exit_on_error=False
            )
        else:
            self._filter(event.value)

    def _filter(self, query: str) -> None:
        order = fuzzy(query, [f"{choice.label} {choice.note}" for choice in self._choices])
        self._list.show([self._choices[index] for index in order])

    async def _search(self, query: str) -> None:
        if self._find is not None:
            found = await self._find(query) if query.strip() else ()
            self._list.empty_text = self._empty if query.strip() else "type what to look for"
            self._list.show(found)

    async def on_input_submitted(self) -> None:
        await self.action_list_open()

    async def on_line_list_opened(self) -> None:
        await self.action_list_open()

    async def action_list_open(self) -> None:
        if self._searching is not None and not self._searching.is_finished:
            # What is chosen is among what was typed for, not what the letter before it has found.
            with suppress(WorkerError):
                await self._searching.wait()
        if self._list.count:
            self.dismiss(self._list.choices[self._list.cursor].value)

    async def action_sheet_confirm(self) -> None:
        await self.action_list_open()

    def action_sheet_cancel(self) -> None:
        self.dismiss(None)

    def action_list_down(self) -> None:
        self._list.action_list_down()

    def action_list_up(self) -> None:
        self._list.action_list_up()

    def action_list_page_down(self) -> None:
        self._list.action_list_page_down()

    def action_list_page_up(self) -> None:
        self._list.action_list_page_up()
