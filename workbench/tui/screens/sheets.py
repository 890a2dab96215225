"""What all sheets that act share: a box that fits 80×24, one line for problems, confirm once, leave without acting."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Static

from workbench.errors import WorkbenchError
from workbench.text import one_line
from workbench.tui.bindings import bindings_for
from workbench.tui.screens.base import WorkbenchSheet
from workbench.tui.widgets.choice import Choice
from workbench.tui.widgets.diff_preview import DiffPreview
from workbench.tui.widgets.forms import GrowingArea

# A modal screen hides the app's keys; these are wanted in it all the same.
_OF_THE_APP = ("app.next_pane", "app.previous_pane", "app.help", "app.quit")
_OF_LISTS = ("list.page_down", "list.page_up")


def _bindings() -> list[BindingType]:
    of_app = [b for b in bindings_for("app") if isinstance(b, Binding) and b.id in _OF_THE_APP]
    # Before the fields, which are too small for pages of their own: what changes is read while the reason is written.
    of_lists = [replace(b, priority=True) for b in bindings_for("list") if isinstance(b, Binding) and b.id in _OF_LISTS]
    return [*of_app, *of_lists]


class Sheet(WorkbenchSheet):
    """Subclasses compose the middle (`compose_sheet`) and act (`carry_out`)."""

    BINDINGS = _bindings()

    DEFAULT_CSS = """
    Sheet { align: center middle; }
    Sheet > #box { width: 96%; max-width: 120; height: 92%; max-height: 36; border: round $primary;
                   background: $surface; padding: 0 1; }
    Sheet .heading { height: auto; max-height: 2; text-style: bold; }
    Sheet .row { height: auto; margin-bottom: 1; }
    Sheet .label { height: 1; text-style: bold; }
    Sheet #problem { height: auto; max-height: 4; color: $error; text-style: bold; display: none; }
    Sheet #problem.-wrong { display: block; }
    Sheet #keys { height: 1; color: $primary; }
    Sheet GrowingArea { max-height: 4; }
    Sheet Field { margin-bottom: 1; }
    """
    AUTO_FOCUS = ""
    CONFIRM = "confirm"
    """The verb of the confirming key."""
    UNDOES = True
    PREVIEWS = False
    """Shows what changes, in a `DiffPreview`."""
    CHOOSING: ClassVar[tuple[type[Widget], ...]] = (Choice,)
    """What is chosen in with the arrow keys alone."""

    def __init__(self) -> None:
        super().__init__()
        self._acting = False
        self.after = ""
        """What the status line says once it was done."""

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield from self.compose_sheet()
            yield Static(id="problem", markup=False)
            yield Static(Content(self.keys_told()), id="keys", markup=False)

    def keys_told(self) -> str:
        confirm, cancel = (self.host.key_of(each) for each in ("sheet.confirm", "sheet.cancel"))
        pages = " · pgup pgdn scroll" if self.PREVIEWS else ""
        return f"{confirm} {self.CONFIRM} · tab next field{pages} · {cancel} leave"

    def compose_sheet(self) -> ComposeResult:
        raise NotImplementedError

    async def carry_out(self) -> bool:
        """Do it. True: the sheet closes and `after` is said. False: it stays and has said why."""
        raise NotImplementedError

    def problem(self, text: str) -> None:
        """One message that stays in the sheet; "" takes it away."""
        line = self.query_one("#problem", Static)
        line.update(Content(one_line(text)))
        line.set_class(bool(text), "-wrong")

    def action_list_page_down(self) -> None:
        for preview in self.query(DiffPreview):
            preview.scroll_page_down(animate=False)

    def action_list_page_up(self) -> None:
        for preview in self.query(DiffPreview):
            preview.scroll_page_up(animate=False)

    async def action_sheet_confirm(self) -> None:
        if self._acting:
            return
        if self.host.readonly:
            self.problem("opened for reading only: nothing can be changed")
            return
        self._acting = True
        self.problem("")
        try:
            done = await self.carry_out()
        except WorkbenchError as error:
            self.problem(error.message + (f" · {error.hint}" if error.hint else ""))
            done = False
        finally:
            self._acting = False
        if done:
            self.dismiss(True)
            self.host.say(self.after, undo=self.UNDOES)

    def on_key(self, event: Key) -> None:
        """A letter typed where one chooses is the beginning of the text below it, and never chooses anything else."""
        if isinstance(self.focused, self.CHOOSING) and event.is_printable and event.character != " ":
            areas = [area for area in self.query(GrowingArea) if area.display and area.parent and area.parent.display]
            if areas and event.character:
                event.stop()
                areas[0].focus()
                areas[0].insert(event.character)

    def on_growing_area_entered(self, event: GrowingArea.Entered) -> None:
        event.stop()
        self.focus_next()
