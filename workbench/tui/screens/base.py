"""What all full screens share: their context's keys, the status line, the way back, and what to say when too small."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events
from textual.content import Content
from textual.screen import ModalScreen

from workbench.errors import WorkbenchError
from workbench.tui.bindings import bindings_for
from workbench.tui.host import Host, host_of
from workbench.tui.lean_screen import LeanScreen
from workbench.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from workbench.composition import Workbench

T = TypeVar("T")
LEAST_WIDTH, LEAST_HEIGHT = 60, 15


class Told:
    """A screen that hears of what was done to the store, by this app or by another process."""

    def prompt_changed(self, prompt: str | None) -> None:
        """Something was done to this prompt (None: perhaps to all); screens that show it read it again."""

    def run_recorded(self) -> None:
        """Another process recorded runs or notes, which change no prompt."""


class WorkbenchScreen(Told, LeanScreen, inherit_bindings=False):
    """A full screen. Subclasses set `CONTEXT` and `BINDINGS = bindings_for("…")` and yield `self.bottom()`."""

    CONTEXT: ClassVar[str] = "library"
    AUTO_FOCUS = ""
    ESCAPE_TO_MINIMIZE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (70, "-narrow"), (100, "-wide")]
    DEFAULT_CSS = """
    WorkbenchScreen.-too-small > * { display: none; }
    WorkbenchScreen > #too-small { display: none; }
    WorkbenchScreen.-too-small > #too-small { display: block; }
    """

    @property
    def host(self) -> Host:
        return host_of(self)

    async def step_back(self) -> None:
        """What escape does: one step towards the library."""
        await self.host.back()

    async def attempt(self, act: Callable[[Workbench], T]) -> T | None:
        """The act's result; None after saying what went wrong."""
        try:
            return await self.host.call(act)
        except WorkbenchError as error:
            self.host.say(error.message + (f" · {error.hint}" if error.hint else ""), error=True)
            return None

    @property
    def unchangeable(self) -> str:
        """Why nothing can be changed here; "" when it can."""
        return "opened for reading only: nothing can be changed" if self.host.readonly else ""

    @property
    def undone_within(self) -> str:
        """Id of the comparison that undo and redo keep to here; "" for whatever was done last, by whomever."""
        return ""

    @property
    def before_letters(self) -> str:
        """Id of the act that leaves the text one is writing in, for a letter would be written there; "" for none."""
        return ""

    def may_change(self) -> bool:
        """False after saying why not."""
        if self.unchangeable:
            self.host.say(self.unchangeable, error=True)
        return not self.unchangeable

    def bottom(self) -> StatusLine:
        return StatusLine(self.CONTEXT, self.host.keymap, self.host.readonly, self.host.actor)

    async def on_resize(self, event: events.Resize) -> None:
        small = event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT
        if small and not self.query("#too-small"):
            from textual.widgets import Static

            text = f"too small: {LEAST_WIDTH}×{LEAST_HEIGHT} is the least"
            await self.mount(Static(Content(text), id="too-small"))
        self.set_class(small, "-too-small")


class WorkbenchSheet(Told, ModalScreen[bool], inherit_bindings=False):
    """A modal sheet; dismisses with True when something was done."""

    BINDINGS = bindings_for("sheet")
    DEFAULT_CSS = """
    WorkbenchSheet { align: center middle; background: $background 60%; }
    """
    CONTEXT: ClassVar[str] = "sheet"
    ESCAPE_TO_MINIMIZE = False

    @property
    def host(self) -> Host:
        return host_of(self)

    def action_sheet_cancel(self) -> None:
        self.dismiss(False)
