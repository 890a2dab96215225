"""What all full screens share: their context's keys, the status line and the way back."""

from __future__ import annotations

from typing import ClassVar

from textual.screen import ModalScreen, Screen

from workbench.tui.bindings import bindings_for
from workbench.tui.host import Host, host_of
from workbench.tui.widgets.status_line import StatusLine


class WorkbenchScreen(Screen[object], inherit_bindings=False):
    """A full screen. Subclasses set `CONTEXT` and `BINDINGS = bindings_for("…")`, and yield `self.bottom()` when composing."""

    CONTEXT: ClassVar[str] = "library"
    AUTO_FOCUS = ""
    ESCAPE_TO_MINIMIZE = False

    @property
    def host(self) -> Host:
        return host_of(self)

    def bottom(self) -> StatusLine:
        return StatusLine(self.CONTEXT, self.host.keymap, self.host.readonly)


class WorkbenchSheet(ModalScreen[bool], inherit_bindings=False):
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
