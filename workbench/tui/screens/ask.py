"""Two small questions: yes or no, and a line of text."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from workbench.text import one_line
from workbench.tui.bindings import bindings_for
from workbench.tui.widgets.in_order import SafeInput

BOX = """
{name} {{ align: center middle; background: $background 60%; }}
{name} > Vertical {{
    width: 70; max-width: 96%; height: auto; border: round $primary; padding: 0 1; background: $surface;
}}
{name} Static {{ height: auto; }}
"""


class Ask(ModalScreen[bool], inherit_bindings=False):
    BINDINGS = [*bindings_for("sheet"), Binding("y,enter", "sheet_confirm"), Binding("n", "sheet_cancel")]
    DEFAULT_CSS = BOX.format(name="Ask")
    CONTEXT = "sheet"

    def __init__(self, what: str, question: str) -> None:
        super().__init__()
        self._what, self._question = one_line(what), question

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content(self._what))
            yield Static(Content(f"{self._question}   y yes   n no"))

    def action_sheet_confirm(self) -> None:
        self.dismiss(True)

    def action_sheet_cancel(self) -> None:
        self.dismiss(False)


class AskText(ModalScreen[str | None], inherit_bindings=False):
    """Dismisses with the line, or None. `check` says what is wrong with it, "" for nothing; then the line stays.
    With `replaced` the given value is selected, so that what is typed takes its place."""

    BINDINGS = bindings_for("sheet")
    DEFAULT_CSS = BOX.format(name="AskText")
    CONTEXT = "sheet"

    def __init__(
        self, question: str, value: str = "", check: Callable[[str], str] = lambda _: "", *, replaced: bool = False
    ) -> None:
        super().__init__()
        self._replaced = replaced
        self._question, self._value, self._check = one_line(question), value, check

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content(self._question))
            yield SafeInput(self._value, select_on_focus=self._replaced)
            yield Static(id="problem", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False
        self.query_one(Input).focus()

    def on_input_submitted(self) -> None:
        self.action_sheet_confirm()

    def action_sheet_confirm(self) -> None:
        line = self.query_one(Input).value
        problem = self._check(line)
        if problem:
            self.query_one("#problem", Static).update(Content(one_line(f"✗ {problem}")))
        else:
            self.dismiss(line)

    def action_sheet_cancel(self) -> None:
        self.dismiss(None)
