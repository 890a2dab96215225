"""A line that is hidden until something is to be typed into it: what to look for, what to filter by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from textual.events import Key
from textual.widgets import Input

from workbench.tui.host import host_of
from workbench.tui.widgets.in_order import SafeInput


class Searchable(Protocol):
    """A text that can be searched."""

    def search(self, needle: str, /) -> int:
        """How often it is there; "" ends the search."""

    def focus(self) -> object: ...


class AskedLine(SafeInput):
    """Enter submits what was typed, escape submits nothing."""

    DEFAULT_CSS = """
    AskedLine, AskedLine:focus { display: none; border: none; height: 1; background: $panel; padding: 0 1; }
    AskedLine.-open { display: block; }
    """

    def __init__(self, placeholder: str, *, id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, id=id, select_on_focus=False)
        self.cursor_blink = False

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    def open(self, text: str) -> None:
        self.add_class("-open")
        self.value = text
        self.focus()

    def shut(self) -> None:
        self.remove_class("-open")

    async def on_key(self, event: Key) -> None:
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted(self, ""))
            return
        await super().on_key(event)


class SearchLine(AskedLine):
    """Searches a text while it is typed, says how often it is there, and gives the focus back to the text."""

    def __init__(
        self, where: Searchable, done: Callable[[str], None], placeholder: str, *, id: str | None = None
    ) -> None:
        """`done` is called with what is searched for in the end, "" for nothing."""
        super().__init__(placeholder, id=id)
        self._where = where
        self._done = done

    def open(self, text: str) -> None:
        super().open(text)
        # What is typed takes the place of the last search; enter repeats it.
        self.select_all()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            count = self._where.search(event.value)
            host_of(self).say(f"{count} match{'es' if count != 1 else ''}" if event.value else "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.shut()
        self._where.focus()
        if not event.value:
            self._where.search("")
        self._done(event.value)
