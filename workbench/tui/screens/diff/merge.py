"""Merging two versions: conflicts side by side, decided from the keyboard, saved as a version that was made of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.content import Content as Shown

from workbench.domain import yaml_core
from workbench.domain.merging import Conflict, Pick, messages_of
from workbench.domain.prompts import Content, Version
from workbench.errors import WorkbenchError
from workbench.services.diffs.merging import Proposal
from workbench.text import one_line
from workbench.tui.bindings import bindings_for
from workbench.tui.merging import rows_of
from workbench.tui.screens.base import WorkbenchScreen
from workbench.tui.screens.editor.save_sheet import SaveSheet
from workbench.tui.screens.text_sheet import TextSheet
from workbench.tui.widgets.merge_view import MergeView
from workbench.tui.widgets.status_line import StatusLine

_TAKES = ("ours", "theirs", "both", "base")


class MergeScreen(WorkbenchScreen, inherit_bindings=False):
    CONTEXT = "merge"
    BINDINGS = bindings_for("merge")
    DEFAULT_CSS = """
    MergeScreen MergeView { height: 1fr; border-top: heavy $primary; border-title-color: $accent; }
    """

    def __init__(self, proposal: Proposal, latest: str) -> None:
        """`latest`: the prompt's highest version now."""
        super().__init__()
        self.proposal = proposal
        self.picks: dict[int, Pick] = {}
        self.view = MergeView(id="merge")
        self._latest = latest
        ours, theirs = proposal.ours, proposal.theirs
        self._names = (ours.reference, theirs.number if theirs.prompt == ours.prompt else theirs.reference)
        self._kept_as = f"merge:{proposal.base.digest[:16]}:{ours.digest[:16]}:{theirs.digest[:16]}"

    def compose(self) -> ComposeResult:
        title = f"{self._names[1]} into {self._names[0]}, both made of {self.proposal.base.number}"
        self.view.border_title = Shown(one_line(title))
        yield self.view
        yield self.bottom()

    async def on_mount(self) -> None:
        self.view.focus()
        try:
            kept = await self.host.call(lambda w: w.keeping.kept(self._kept_as))
        except WorkbenchError:
            kept = None
        self.picks = _picks(kept, len(self.conflicts))
        self._show(next((one.number for one in self.conflicts if one.number not in self.picks), 0))

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        return self.proposal.merge.conflicts

    @property
    def undecided(self) -> list[int]:
        return [one.number for one in self.conflicts if one.number not in self.picks]

    # -- what is shown

    def _show(self, conflict: int = -1) -> None:
        width = self.view.scrollable_content_region.width or self.size.width
        self.view.show(rows_of(self.proposal.merge, self.picks, self._names, width), conflict if self.conflicts else -1)
        self._show_status()

    def on_merge_view_resized(self) -> None:
        if self.view.count:
            self._show(self.view.conflict)

    def on_line_list_moved(self) -> None:
        self._show_status(keep_message=True)

    def _show_status(self, keep_message: bool = False) -> None:
        count, left = len(self.conflicts), len(self.undecided)
        if not count:
            told = "nothing to decide: all of it goes together"
        elif left:
            told = f"conflict {self.view.conflict + 1}/{count} · {left} to decide"
        else:
            told = f"all {count} decided"
        save = self.host.key_of("merge.save")
        status = f"merge {self._names[0]} · {told}" + ("" if left else f" · {save} saves")
        self.query_one(StatusLine).show_status(status, keep_message)

    # -- deciding

    @property
    def _current(self) -> Conflict | None:
        return self.conflicts[self.view.conflict] if self.conflicts else None

    async def _decide(self, pick: Pick | None) -> None:
        one = self._current
        if one is None:
            self.host.say("there is no conflict: all of it goes together")
            return
        if pick is None:
            self.picks.pop(one.number, None)
            self._show(one.number)
        else:
            self.picks[one.number] = pick
            later = [number for number in self.undecided if number > one.number]
            self._show((later or self.undecided or [one.number])[0])
        kept = {str(number): {"take": each.take, "text": each.text} for number, each in self.picks.items()}
        try:
            await self.host.call(lambda w: w.keeping.keep(self._kept_as, kept))
        except WorkbenchError as error:
            self.host.say(error.message, error=True)

    async def action_merge_left(self) -> None:
        await self._decide(Pick("ours"))

    async def action_merge_right(self) -> None:
        await self._decide(Pick("theirs"))

    async def action_merge_base(self) -> None:
        await self._decide(Pick("base"))

    async def action_merge_both(self) -> None:
        if (one := self._current) is not None and not one.can_take_both:
            why = "it is one value" if one.kind == "value" else "one side has nothing here"
            self.host.say(f"both cannot be taken: {why}; {self.host.key_of('merge.write')} writes it", error=True)
            return
        await self._decide(Pick("both"))

    async def action_merge_reopen(self) -> None:
        await self._decide(None)

    def action_merge_write(self) -> None:
        one = self._current
        if one is None:
            self.host.say("there is no conflict: all of it goes together")
            return
        pick = self.picks.get(one.number, Pick("ours" if one.ours else "theirs"))
        start = (
            pick.text if pick.text is not None else {"theirs": one.theirs, "base": one.base}.get(pick.take, one.ours)
        )
        # What separates it from what stands before is no text to be written.
        lead = start[: len(start) - len(start.lstrip())] if one.kind == "text" else ""

        async def written(text: str | None) -> None:
            if text is None:
                return
            try:
                if one.kind == "value" and text.strip():
                    yaml_core.load(text, one.where)
                elif one.kind == "messages":
                    messages_of(text, ())
            except WorkbenchError as error:
                self.host.say(error.message, error=True)
                return
            await self._decide(Pick(text=lead + text if text.strip() else ""))

        self.app.push_screen(TextSheet(f"what stands in {one.where}", "takes it", start[len(lead) :]), written)

    def action_merge_next(self) -> None:
        self._go(1)

    def action_merge_previous(self) -> None:
        self._go(-1)

    def _go(self, step: int) -> None:
        here = self.view.row_of(self.view.conflict)
        at = self.view.conflict + (step if step < 0 or here <= self.view.cursor else 0)
        if not 0 <= at < len(self.conflicts):
            self.host.say("this is the last conflict" if step > 0 else "this is the first conflict")
            return
        self.view.go(self.view.row_of(at))

    # -- saving

    def action_merge_save(self) -> None:
        if self.host.readonly:
            self.host.say("opened for reading only: nothing can be changed", error=True)
            return
        if self.undecided:
            count = len(self.undecided)
            self.view.go(self.view.row_of(self.undecided[0]))
            self.host.say(f"{count} conflict{'s' * (count != 1)} to decide first", error=True)
            return
        try:
            content = self.proposal.merge.content(self.picks)
        except WorkbenchError as error:
            self.host.say(f"{error.message}; {error.hint}" if error.hint else error.message, error=True)
            return
        sheet = MergeSheet(self.proposal, content, self._latest)

        async def closed(saved: bool | None) -> None:
            if saved:
                await self.host.call(lambda w: w.keeping.forget(self._kept_as))
                name, number, said = self.proposal.ours.prompt, sheet.number, sheet.after
                await self.host.back()
                self.host.show_version(name, number)
                self.host.say(said, undo=True)

        self.app.push_screen(sheet, closed)


class MergeSheet(SaveSheet):
    """As every version is saved, but with both parents."""

    def __init__(self, proposal: Proposal, content: Content, latest: str) -> None:
        super().__init__(proposal.ours.prompt, content, proposal.ours, latest or None)
        self._proposal = proposal

    def save(self, workbench: Any, note: str, bump: str, latest: str | None) -> Version:
        saved: Version = workbench.merging.save(
            self._proposal, content=self._content, note=note, bump=bump, expect_latest=latest
        )
        return saved


def _picks(kept: Any, count: int) -> dict[int, Pick]:
    """What was decided the last time that these two were merged; nothing of what another program kept."""
    if not isinstance(kept, Mapping):
        return {}
    found = {}
    for number in range(count):
        one = kept.get(str(number))
        if isinstance(one, Mapping) and one.get("take") in _TAKES and isinstance(one.get("text"), str | None):
            found[number] = Pick(one["take"], one.get("text"))
    return found
