"""A text of any length, typed or pasted; and one for each of several questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.settings.actions import BY_ID, key_label, keys_of
from workbench.text import one_line
from workbench.tui.bindings import bindings_for
from workbench.tui.host import host_of
from workbench.tui.widgets.field_specs import FieldSpec
from workbench.tui.widgets.forms import Form
from workbench.tui.widgets.template_area import SafeArea

BOX = """
{name} {{ align: center middle; background: $background 60%; }}
{name} > Vertical {{ width: 90%; height: 80%; border: round $primary; background: $surface; padding: 0 1; }}
{name} Static {{ height: auto; }}
"""


def keys_told(screen: ModalScreen[Any], does: str) -> str:
    keymap = dict(host_of(screen).keymap)
    confirm, cancel = (key_label(keys_of(BY_ID[each], keymap)[0]) for each in ("sheet.confirm", "sheet.cancel"))
    return f"{confirm} {does} · {cancel} leaves"


class TextSheet(ModalScreen[str | None], inherit_bindings=False):
    """Dismisses with the text, or None."""

    BINDINGS = bindings_for("sheet")
    CONTEXT = "sheet"
    DEFAULT_CSS = BOX.format(name="TextSheet") + "TextSheet SafeArea { height: 1fr; }"

    def __init__(self, title: str, does: str, text: str = "") -> None:
        """`does`: what the confirming key does with it."""
        super().__init__()
        self._title, self._does = one_line(title), does
        self._area = SafeArea(text)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content(f"{self._title} · {keys_told(self, self._does)}"), markup=False)
            yield self._area

    def on_mount(self) -> None:
        self._area.focus()
        self._area.move_cursor(self._area.document.end)

    def action_sheet_confirm(self) -> None:
        self.dismiss(self._area.value)

    def action_sheet_cancel(self) -> None:
        self.dismiss(None)


class TextsSheet(ModalScreen[dict[str, str] | None], inherit_bindings=False):
    """Dismisses with key → text of every field, or None."""

    BINDINGS = bindings_for("sheet")
    CONTEXT = "sheet"
    DEFAULT_CSS = BOX.format(name="TextsSheet") + "TextsSheet Form { height: 1fr; }"

    def __init__(self, title: str, does: str, specs: Sequence[FieldSpec]) -> None:
        super().__init__()
        self._title, self._does = one_line(title), does
        self._form = Form([("", specs)], {})
        self._told: set[str] = set()

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content(f"{self._title} · {keys_told(self, self._does)}"), markup=False)
            yield self._form

    def on_mount(self) -> None:
        self._form.focus_first()

    def action_sheet_confirm(self) -> None:
        """A text that is empty may be meant so, or not be reached yet: each is asked about once."""
        empty = [key for key, field in self._form.fields.items() if not field.value]
        for key, field in self._form.fields.items():
            field.mark(f"empty; {self._key} again {self._does} so" if key in empty else "")
        unasked = [key for key in empty if key not in self._told]
        if unasked:
            self._told.update(empty)
            self._form.fields[unasked[0]].editor.focus()
            return
        self.dismiss({key: field.value for key, field in self._form.fields.items()})

    @property
    def _key(self) -> str:
        return key_label(keys_of(BY_ID["sheet.confirm"], dict(host_of(self).keymap))[0])

    def action_sheet_cancel(self) -> None:
        self.dismiss(None)
