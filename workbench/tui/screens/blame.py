"""Who brought each line of a version, when and why; and what happened to a line before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import set_cell_size
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from workbench.domain.blame import BlamedLine, Touch
from workbench.domain.times import day_and_time
from workbench.errors import WorkbenchError
from workbench.text import name_of, one_line, shorten
from workbench.tui.ages import age, now_utc
from workbench.tui.bindings import bindings_for
from workbench.tui.screens.releases.releasing import Releasing
from workbench.tui.widgets.line_list import LineList, Part, inks_of
from workbench.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from workbench.services.past.blaming import Blame

SIGNS = {"brought": "+", "edited": "~", "moved": ">", "rewrapped": "¶", "spaced": "·"}
DID = {
    "brought": "brought it",
    "edited": "changed its words",
    "moved": "moved it",
    "rewrapped": "wrapped it otherwise",
    "spaced": "changed its white space",
}
NUMBER, AUTHOR = 9, 8
"""Cells of the columns."""
NOTE = 300


class BlameList(LineList):
    """The lines of a text, each with what changed its words last; a run of lines of one version names it once."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.blame: Blame | None = None
        self.now = ""

    def show(self, blame: Blame, now: str, cursor: int = 0) -> None:
        self.blame, self.now = blame, now
        self.set_count(len(blame.lines), cursor)

    @property
    def line(self) -> BlamedLine | None:
        return self.blame.lines[self.cursor] if self.blame is not None and self.cursor < self.count else None

    def parts(self, index: int, width: int) -> list[Part]:
        ink, blame = inks_of(self), self.blame
        if blame is None:
            return []
        line = blame.lines[index]
        touch = line.changed
        step = blame.steps[touch.step]
        digits = len(str(self.count))
        goes_on = index > 0 and index != self.cursor and blame.lines[index - 1].changed.step == touch.step
        who = set_cell_size("" if goes_on else one_line(step.number), NUMBER)
        by = set_cell_size("" if goes_on else one_line(name_of(step.author)), AUTHOR) if width >= 60 else ""
        old = "" if goes_on else age(step.at, self.now)
        return [
            (f" {who} ", ink.strong),
            (f"{by} {old:>4} ", ink.dim),
            (SIGNS[touch.kind] + " ", ink.accent),
            (f"{line.line:>{digits}} ", ink.dim),
            (one_line(line.text), ink.text),
        ]


class BlameScreen(Releasing, inherit_bindings=False):
    CONTEXT = "blame"
    BINDINGS = bindings_for("blame")
    DEFAULT_CSS = """
    BlameScreen BlameList { height: 1fr; border-top: heavy $primary; border-title-color: $accent; }
    BlameScreen #touch { height: 8; padding: 0 1; border-top: solid $secondary; }
    """

    def __init__(self, name: str, number: str) -> None:
        super().__init__()
        self.prompt, self.number = name, number
        self._list = BlameList(id="blame")
        self._list.empty_text = "looking through the versions …"
        self._at: tuple[int, int] = (-1, 0)
        """(line, which of its touches is shown, 0 for the newest)"""

    def compose(self) -> ComposeResult:
        yield self._list
        yield Static(id="touch", markup=False)
        yield self.bottom()

    async def on_mount(self) -> None:
        self._list.focus()
        await self._read(self.number)

    async def _read(self, number: str, line: int = 1) -> bool:
        reference = f"{self.prompt}@{number}"
        try:
            blame = await self.host.call(lambda w: w.blaming.blame(reference))
        except WorkbenchError as error:
            self._list.empty_text = error.message
            self.host.say(error.message + (f" · {error.hint}" if error.hint else ""), error=True)
            return False
        self.number = number
        self._list.border_title = Content(one_line(f"Blame of {reference}"))
        self._list.show(blame, (getattr(self.app, "now", None) or now_utc)(), line - 1)
        self._show_touch()
        return True

    # -- the history of one line

    def on_line_list_moved(self) -> None:
        self._show_touch()

    @property
    def touch(self) -> Touch | None:
        """What is shown of the line under the cursor."""
        line = self._list.line
        return line.touches[self._at[1]] if line is not None and self._at[0] == self._list.cursor else None

    def _show_touch(self) -> None:
        line, blame = self._list.line, self._list.blame
        if line is None or blame is None:
            return
        if self._at[0] != self._list.cursor:
            self._at = (self._list.cursor, line.touches.index(line.changed))
        which = self._at[1]
        touch = line.touches[which]
        step = blame.steps[touch.step]
        who = f" by {one_line(step.author)}" if step.author else ""
        parts = [
            f"{which + 1} of {len(line.touches)}  {step.number} {DID[touch.kind]}{who}, {day_and_time(step.at)}",
            f"  {shorten(step.note.replace(chr(10), ' '), NOTE)}" if step.note else "  (no note)",
        ]
        if touch.before and touch.before != touch.text:
            parts.append(f"- {one_line(touch.before)}")
        parts.append(f"{'+' if touch.kind == 'brought' or touch.before != touch.text else ' '} {one_line(touch.text)}")
        self.query_one("#touch", Static).update(Content("\n".join(parts)))
        more = "" if blame.complete else " · older versions were not looked at"
        self.query_one(StatusLine).show_status(
            f"blame of {self.prompt}@{self.number} · line {line.line} of {len(blame.lines)}{more}"
        )

    def action_blame_older(self) -> None:
        self._step(1, "this version brought the line")

    def action_blame_newer(self) -> None:
        self._step(-1, "this is what happened to the line last")

    def _step(self, step: int, otherwise: str) -> None:
        line = self._list.line
        if line is None:
            return
        which = self._at[1] + step
        if 0 <= which < len(line.touches):
            self._at = (self._at[0], which)
            self._show_touch()
        else:
            self.host.say(otherwise)

    async def action_blame_again(self) -> None:
        """From the version before the one that is shown of this line, on the same line."""
        touch, blame = self.touch, self._list.blame
        if touch is None or blame is None:
            return
        if touch.step + 1 >= len(blame.steps) or not touch.before:
            self.host.say("this version brought the line: there is nothing before it", error=True)
            return
        older, text = blame.steps[touch.step + 1].number, touch.before
        if await self._read(older):
            found = next((each.line for each in (self._list.blame or blame).lines if each.text == text), 1)
            self._list.go(found - 1)

    # -- from there

    async def action_blame_diff(self) -> None:
        from workbench.tui.screens.diff.screen import DiffScreen

        touch, blame, name = self.touch, self._list.blame, self.prompt
        if touch is None or blame is None:
            return
        number = blame.steps[touch.step].number
        new = await self.attempt(lambda w: w.library.version(f"{name}@{number}"))
        if new is None:
            return
        parent = new.parent
        if parent is None:
            self.host.say(f"{number} is the first version: there is nothing before it", error=True)
            return
        old = await self.attempt(lambda w: w.library.version(f"{name}@{parent}"))
        if old is not None:
            self.app.push_screen(DiffScreen(old, new))

    async def on_line_list_opened(self, event: LineList.Opened) -> None:
        event.stop()
        await self.action_blame_goto()

    async def action_blame_goto(self) -> None:
        found = await self.meant_version()
        if found is not None:
            self.host.back_to_library()
            self.host.show_version(*found)

    async def meant_version(self) -> tuple[str, str] | None:
        """The version that is shown of the line under the cursor."""
        touch, blame = self.touch, self._list.blame
        if touch is None or blame is None:
            self.host.say("there is no line under the cursor", error=True)
            return None
        return self.prompt, blame.steps[touch.step].number
