"""Keys that take effect in the order they were typed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.widgets import Input

if TYPE_CHECKING:
    from textual.events import Key
    from textual.widget import Widget

    _Widget = Widget
else:
    _Widget = object


class InOrder(_Widget):
    """For text fields. Textual puts a letter in at once but lets a key with a binding travel up to the screen first;
    where several keys arrive together (a fast typist, a slow line) a backspace then deletes the letter behind it."""

    @cached_property
    def _editing_keys(self) -> dict[str, str]:
        """Key → action of the field's own bindings."""
        bindings = (b if isinstance(b, Binding) else Binding(*b) for b in self.BINDINGS)
        return {key.strip(): binding.action for binding in bindings for key in binding.key.split(",")}

    async def on_key(self, event: Key) -> None:
        action = self._editing_keys.get(event.key)
        if action is not None:
            event.prevent_default()
            event.stop()
            await self.run_action(action)


class SafeInput(InOrder, Input):
    """One line of text."""

    BINDINGS = Input.BINDINGS
