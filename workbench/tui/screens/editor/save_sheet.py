"""Before a version is saved: what changed, why, and which number it gets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content as Shown
from textual.widgets import Static

from workbench.domain.diffs import compare
from workbench.domain.prompts import Content, Version
from workbench.domain.versions import BUMPS, propose
from workbench.errors import MovedMeanwhile, WorkbenchError
from workbench.text import one_line
from workbench.tui.screens.sheets import Sheet
from workbench.tui.widgets.choice import Choice
from workbench.tui.widgets.diff_preview import DiffPreview, preview_lines
from workbench.tui.widgets.field_specs import FieldSpec
from workbench.tui.widgets.forms import Field

if TYPE_CHECKING:
    from workbench.composition import Workbench


class SaveSheet(Sheet):
    """`parent` None: the first version of a new prompt. `latest`: what was the highest when editing began."""

    CONFIRM = "save"
    PREVIEWS = True

    def __init__(self, name: str, content: Content, parent: Version | None, latest: str | None) -> None:
        super().__init__()
        self._prompt, self._content, self._made_from, self._latest = name, content, parent, latest
        self.number = ""
        """What was saved, once it was."""
        self._preview = DiffPreview(id="preview")
        self._note = Field(FieldSpec("note", "note", "what changed, and why"))
        self._bump = Choice(BUMPS, "patch", id="bump")

    def compose_sheet(self) -> ComposeResult:
        made_from = f"{self._prompt}, made from {self._made_from.number}" if self._made_from else f"{self._prompt}, new"
        yield Static(Shown(f"Save {one_line(made_from)}"), classes="heading", markup=False)
        yield self._preview
        yield self._note
        with Vertical(classes="row"):
            yield Static(Shown("number"), classes="label", markup=False)
            yield self._bump

    async def on_mount(self) -> None:
        self._note.editor.focus()
        await self._propose()
        await self._show_changes(self._made_from)

    async def _propose(self) -> None:
        name, exists = self._prompt, self._made_from is not None
        if exists:
            numbers = await self.host.call(lambda w: [w.library.next_number(name, bump) for bump in BUMPS])
        else:
            numbers = [propose((), None, bump) for bump in BUMPS]
        self._bump.set_labels([f"{bump} {number}" for bump, number in zip(BUMPS, numbers, strict=True)])

    async def _show_changes(self, parent: Version | None) -> None:
        before = parent.content if parent else Content(())
        difference = await asyncio.to_thread(compare, before, self._content)
        self._preview.show(preview_lines(difference))

    async def carry_out(self) -> bool:
        name, note, bump, latest = self._prompt, self._note.value.strip(), self._bump.value, self._latest
        try:
            saved = await self.host.call(lambda w: self.save(w, note, bump, latest or None))
        except MovedMeanwhile:
            await self._moved()
            return False
        self.host.changed(name)
        self.number = saved.number
        self.after = f"saved {saved.reference}"
        return True

    def save(self, workbench: Workbench, note: str, bump: str, latest: str | None) -> Version:
        """On the store's thread."""
        parent = self._made_from.number if self._made_from else None
        return workbench.library.save(
            self._prompt, self._content, note=note, bump=bump, parent=parent, expect_latest=latest
        )

    async def _moved(self) -> None:
        """Somebody saved while this was written: their version is shown against ours before anything happens."""
        name = self._prompt
        try:
            other = await self.host.call(lambda w: w.library.version(name))
        except WorkbenchError as error:
            self.problem(error.message)
            return
        self._latest = other.number
        await self._propose()
        await self._show_changes(other)
        who = f" by {other.author}" if other.author else ""
        self.problem(
            f"{other.number} was saved meanwhile{who}; above is what yours changes in it. Your text is kept: "
            "confirm again to save it on top, or go back"
        )
