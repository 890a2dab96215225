"""One of a few values, chosen with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from workbench.text import one_line


class Choice(Widget, can_focus=True, inherit_bindings=False):
    """Shows all options in a line where they fit, else the chosen one with its place; ← → and space move,
    ↑ ↓ go to the fields beside it.

    `value` is the chosen option, "" when nothing is chosen.
    """

    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; padding: 0 1; background: $surface; }
    Choice:focus { background: $boost; text-style: bold; }
    """
    # No letters: what is typed belongs to the field after it.
    BINDINGS = [
        Binding(keys, f"list_{act}", show=False)
        for keys, act in (
            ("right,space", "right"), ("left", "left"), ("up", "up"), ("down", "down"),
            ("home", "top"), ("end", "bottom"), ("enter", "open"),
        )
    ]  # fmt: skip
    index: reactive[int] = reactive(-1)

    @dataclass
    class Changed(Message):
        choice: Choice
        value: str

        @property
        def control(self) -> Choice:
            return self.choice

    def __init__(
        self, options: Sequence[str], value: str = "", *, labels: Sequence[str] = (), id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.options = tuple(options)
        self.labels = tuple(labels) or self.options
        self.set_reactive(Choice.index, self.options.index(value) if value in self.options else -1)

    @property
    def value(self) -> str:
        return self.options[self.index] if 0 <= self.index < len(self.options) else ""

    def choose(self, value: str) -> None:
        self.index = self.options.index(value) if value in self.options else -1

    def set_labels(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self.refresh()

    def step(self, step: int) -> None:
        if self.options:
            self.index = (self.index + step) % len(self.options) if self.index >= 0 else 0

    def action_list_right(self) -> None:
        self.step(1)

    def action_list_left(self) -> None:
        self.step(-1)

    def action_list_top(self) -> None:
        self.index = min(0, len(self.options) - 1)

    def action_list_bottom(self) -> None:
        self.index = len(self.options) - 1

    def action_list_up(self) -> None:
        self.screen.focus_previous()

    def action_list_down(self) -> None:
        self.screen.focus_next()

    def action_list_open(self) -> None:
        self.screen.focus_next()

    def watch_index(self) -> None:
        self.post_message(self.Changed(self, self.value))

    def render(self) -> Content:
        labels = [one_line(label) for label in self.labels]
        row = "  ".join(f"{'●' if i == self.index else '○'} {label}" for i, label in enumerate(labels))
        if cell_len(row) > self.size.width:
            chosen = labels[self.index] if self.index >= 0 else "(choose)"
            row = f"‹ {chosen} ›  {self.index + 1} of {len(labels)}"
        return Content(row)
