"""The two lines at the bottom: where am I, what is live, what is running; and at most eight keys."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from workbench.settings.actions import actions_of, key_label, keys_of
from workbench.text import one_line, shorten

MOST_KEYS = 8


def footer_keys(context: str, keymap: Mapping[str, str], readonly: bool = False) -> list[tuple[str, str]]:
    """(key, verb) of at most eight acts; help is always the last of them."""
    chosen = [a for a in actions_of(context) if a.context != "app" and a.footer and not (readonly and a.changes_state)]
    if not chosen:
        chosen = [a for a in actions_of("app") if a.id == "app.back"]
    shown = chosen[: MOST_KEYS - 1] + [a for a in actions_of("app") if a.footer]
    return [(key_label(keys_of(action, dict(keymap))[0]), action.verb) for action in shown]


class StatusLine(Widget):
    """Draws itself as two strips; a change repaints one line and lays nothing out."""

    DEFAULT_CSS = """
    StatusLine { dock: bottom; height: 2; width: 100%; background: $panel; color: $foreground; }
    """
    can_focus = False

    def __init__(self, context: str, keymap: Mapping[str, str], readonly: bool = False) -> None:
        super().__init__()
        self._keys = footer_keys(context, keymap, readonly)
        self._status = ""
        self._running_text = ""
        self._said = ""
        self._is_error = False

    def show_status(self, status: str, keep_message: bool = False) -> None:
        """Where one is and what is live there; takes the place of the last message unless that is to be kept."""
        status, said = one_line(status), self._said if keep_message else ""
        if (status, said) != (self._status, self._said):
            self._status, self._said = status, said
            self.refresh()

    def show_running(self, running: str) -> None:
        if running != self._running_text:
            self._running_text = one_line(running)
            self.refresh()

    def show_message(self, message: str, error: bool = False) -> None:
        """Stays until the next message or a move."""
        self._said, self._is_error = one_line(message), error
        self.refresh()

    def render_line(self, y: int) -> Strip:
        style = self.rich_style
        width = self.size.width
        segments = [Segment(" ", style)]
        if y == 0:
            segments += self._first_line(style, width - 2)
        else:
            segments += self._second_line(style, width)
        return Strip(segments).adjust_cell_length(width, style)

    def _first_line(self, style: Style, width: int) -> list[Segment]:
        if self._said:
            sign = "! " if self._is_error else "✓ "
            return [Segment(sign + self._said, style + Style(bold=True))]
        # What runs is never cut: rather the end of a long list of environments.
        running = f" · {self._running_text}" if self._running_text else ""
        return [Segment(shorten(self._status, width - cell_len(running)) + running, style)]

    def _second_line(self, style: Style, width: int) -> list[Segment]:
        segments: list[Segment] = []
        used = 1
        *others, help_key = self._keys
        room = width - len(" ".join(help_key)) - 4
        for key, verb in others:
            used += len(key) + len(verb) + 3
            if used > room:
                break
            segments += [Segment(key, style + Style(bold=True)), Segment(f" {verb}  ", style + Style(dim=True))]
        key, verb = help_key
        return [*segments, Segment(key, style + Style(bold=True)), Segment(f" {verb}", style + Style(dim=True))]
