"""The whole input of a comparison: what is judged by cannot be a line that is cut."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.domain.inputs import Case
from workbench.settings.actions import BY_ID, key_label, keys_of
from workbench.text import one_line
from workbench.tui.bindings import bindings_for
from workbench.tui.host import host_of
from workbench.tui.screens.text_sheet import BOX
from workbench.tui.widgets.field_specs import as_text
from workbench.tui.widgets.stream_view import StreamView


class InputSheet(ModalScreen[None], inherit_bindings=False):
    """Each variable under its name. Any key of a sheet closes it."""

    BINDINGS = bindings_for("sheet")
    CONTEXT = "sheet"
    DEFAULT_CSS = BOX.format(name="InputSheet") + "InputSheet StreamView { background: $surface; }"

    def __init__(self, title: str, case: Case) -> None:
        super().__init__()
        self._title, self._case = one_line(title), case
        self._text = StreamView(paced=False)

    def compose(self) -> ComposeResult:
        key = key_label(keys_of(BY_ID["sheet.cancel"], dict(host_of(self).keymap))[0])
        with Vertical():
            yield Static(Content(f"{self._title} · {key} closes"), markup=False)
            yield self._text

    def on_mount(self) -> None:
        for name, value in self._case.values.items():
            self._text.append(f"── {one_line(name)}", "strong")
            self._text.append(as_text(value) or "(empty)", "text")
        if not self._case.values:
            self._text.append("it is empty: no variable is filled in", "dim")
        self._text.flush()
        self._text.focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._text.scroll_home, animate=False)

    def action_sheet_confirm(self) -> None:
        self.dismiss(None)

    def action_sheet_cancel(self) -> None:
        self.dismiss(None)
