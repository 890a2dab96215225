"""The two lines at the bottom: where am I, what is live, what is running; and at most eight keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from workbench.settings.actions import actions_of, key_label, keys_of
from workbench.text import one_line
from workbench.tui.only_ascii import ascii_only, in_ascii
from workbench.tui.widgets.status_text import room_for_where, status_text
from workbench.tui.widgets.wrap import wrap

MOST_KEYS = 8
TYPED_IN = ("run", "editor")
"""Contexts in which mostly text is typed: their footer names the keys that work meanwhile."""


def footer_keys(
    context: str, keymap: Mapping[str, str], readonly: bool = False, past: bool = False
) -> list[tuple[str, str]]:
    """(key, verb) of at most eight acts; help is always the last of them."""
    footer = "past" if past else context
    chosen = [
        a
        for a in actions_of(context)
        if a.context != "app" and footer in a.footer and not (readonly and a.changes_state)
    ]
    if not chosen:
        chosen = [a for a in actions_of("app") if a.id == "app.back"]
    shown = chosen[: MOST_KEYS - 1] + [a for a in actions_of("app") if "app" in a.footer]
    return [(key_label(_key(keys_of(action, dict(keymap)), context)), action.verb) for action in shown]


def _key(keys: Sequence[str], context: str) -> str:
    while_typing = [key for key in keys if len(key_label(key)) > 1]
    return while_typing[0] if context in TYPED_IN and while_typing else keys[0]


class StatusLine(Widget):
    """Draws itself as two strips; a change repaints one line and lays nothing out."""

    DEFAULT_CSS = """
    StatusLine { dock: bottom; height: 2; width: 100%; background: $panel; color: $foreground; }
    """
    can_focus = False

    def __init__(self, context: str, keymap: Mapping[str, str], readonly: bool = False, actor: str = "") -> None:
        super().__init__()
        self._actor = one_line(actor)
        self._footer = partial(footer_keys, context, keymap, readonly)
        self._keys = self._footer()
        self._status = ""
        self._running_text = ""
        self._trouble = ""
        self._said = ""
        self._is_error = False
        self._is_ascii = ascii_only()

    def show_status(self, status: str, keep_message: bool = False) -> None:
        """Where one is and what is live there; takes the place of the last message unless that is to be kept."""
        status, said = one_line(status), self._said if keep_message else ""
        if (status, said) != (self._status, self._said):
            self._status, self._said = status, said
            self.refresh()

    @property
    def room(self) -> int:
        """Cells of where one is that are surely seen."""
        return room_for_where(self._running_text, self._actor, self.size.width - 2)

    def show_running(self, running: str, trouble: str = "") -> None:
        """`trouble`: what is the matter although nothing here failed, "" for nothing."""
        running, trouble = one_line(running), one_line(trouble)
        if (running, trouble) != (self._running_text, self._trouble):
            self._running_text, self._trouble = running, trouble
            self.refresh()

    def show_actor(self, actor: str) -> None:
        if one_line(actor) != self._actor:
            self._actor = one_line(actor)
            self.refresh()

    def show_past(self, past: bool) -> None:
        """Only the keys that can be used there."""
        self._keys = self._footer(past=past)
        self.refresh()

    def show_message(self, message: str, error: bool = False) -> None:
        """Stays until the next message, a move, or `hush`."""
        self._said, self._is_error = one_line(message), error
        self.refresh()

    def hush(self) -> None:
        """The message has been read."""
        if self._said:
            self._said = ""
            self.refresh()

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:  # noqa: ARG002
        # It comes from a layout, and nothing of this widget asks for another one.
        return super()._size_updated(size, virtual_size, container_size, layout=False)

    def render_line(self, y: int) -> Strip:
        style = self.rich_style
        width = self.size.width
        segments = [Segment(" ", style)]
        said = self._said_rows(width - 2)
        if y < len(said):
            segments.append(Segment(said[y], style + Style(bold=True)))
        elif y == 0:
            segments.append(self._where(style, width - 2))
        else:
            segments += self._key_line(style, width)
        return Strip(segments).adjust_cell_length(width, style)

    def _said_rows(self, width: int) -> list[str]:
        """The message, over the keys too where one line is too short for it: a hint that is cut is none."""
        if not self._said:
            return []
        done = "" if self._is_ascii else "✓ "
        text = ("! " if self._is_error else done) + (in_ascii(self._said) if self._is_ascii else self._said)
        starts = [0, *wrap(text, width)[1:2]]
        return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]

    def _where(self, style: Style, width: int) -> Segment:
        text = status_text(self._status, self._running_text, self._trouble, self._actor, width)
        return Segment(in_ascii(text) if self._is_ascii else text, style)

    def _key_line(self, style: Style, width: int) -> list[Segment]:
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
