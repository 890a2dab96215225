"""The diff of two versions: their messages side by side, their settings and variables above."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.content import Content

from workbench.domain.diffs import compare, unified_patch
from workbench.domain.prompts import Version
from workbench.errors import WorkbenchError
from workbench.text import one_line
from workbench.tui.bindings import bindings_for
from workbench.tui.screens.base import WorkbenchScreen
from workbench.tui.widgets.diff_rows import LAYOUTS, Layout
from workbench.tui.widgets.diff_view import DiffView
from workbench.tui.widgets.status_line import StatusLine

NARROW = 100
"""Below this width a split view would leave too little for each half."""


class DiffScreen(WorkbenchScreen, inherit_bindings=False):
    CONTEXT = "diff"
    BINDINGS = bindings_for("diff")
    DEFAULT_CSS = """
    DiffScreen DiffView { height: 1fr; border-top: heavy $primary; border-title-color: $accent; }
    """

    def __init__(self, left: Version, right: Version, numbers: Sequence[str] = ()) -> None:
        """From `left` (older) to `right`. `numbers`: those of the right one's prompt, the highest first."""
        super().__init__()
        self.left, self.right = left, right
        self._numbers = tuple(numbers)
        self._chosen: Layout | None = None
        self.view = DiffView(id="diff")
        self.view.empty_text = " comparing…"

    def compose(self) -> ComposeResult:
        yield self.view
        yield self.bottom()

    def on_mount(self) -> None:
        self.view.focus()
        self._compare()

    def _compare(self) -> None:
        self.run_worker(self._compared(), group="compare", exclusive=True, description="compare two versions")

    async def _compared(self) -> None:
        left, right = self.left, self.right
        title = f"{left.reference} → {right.reference if right.prompt != left.prompt else right.number}"
        self.view.border_title = Content(one_line(f"{title}  {right.author} {right.note}"))
        # Python shares its lock between threads, but gives it up often enough for the screen to stay alive.
        comparison = await asyncio.to_thread(compare, left.content, right.content)
        self.view.show(comparison, self._layout)

    @property
    def _layout(self) -> Layout:
        return self._chosen or ("split" if self.size.width >= NARROW else "unified")

    async def on_resize(self, event: events.Resize) -> None:
        await super().on_resize(event)
        if self.view.layout_now != self._layout:
            self.view.set_layout(self._layout)

    def on_line_list_moved(self) -> None:
        view = self.view
        hunks = f"hunk {max(0, view.hunk) + 1}/{view.hunk_count}" if view.hunk_count else "no changes in the texts"
        share = f"{100 * (view.cursor + 1) // view.count} %" if view.count else ""
        where = f"{self.left.reference} → {self.right.number} · {hunks} · {share} · {view.layout_now}"
        self.query_one(StatusLine).show_status(where)

    # -- acts

    def action_diff_next_hunk(self) -> None:
        if not self.view.go_hunk(1):
            self.host.say("this is the last change")

    def action_diff_previous_hunk(self) -> None:
        if not self.view.go_hunk(-1):
            self.host.say("this is the first change")

    def action_diff_layout(self) -> None:
        self._chosen = LAYOUTS[(LAYOUTS.index(self.view.layout_now) + 1) % len(LAYOUTS)]
        self.view.set_layout(self._chosen)

    def action_diff_more(self) -> None:
        if not self.view.change_context(1):
            self.host.say("everything is shown")

    def action_diff_less(self) -> None:
        if not self.view.change_context(-1):
            self.host.say("only the changes are shown")

    async def action_diff_older_right(self) -> None:
        self.right = await self._step(self.right, 1)

    async def action_diff_newer_right(self) -> None:
        self.right = await self._step(self.right, -1)

    async def action_diff_older_left(self) -> None:
        self.left = await self._step(self.left, 1)

    async def action_diff_newer_left(self) -> None:
        self.left = await self._step(self.left, -1)

    async def _step(self, version: Version, step: int) -> Version:
        """The neighbour of a version, or itself after saying why there is none."""
        if version.number not in self._numbers or version.prompt != self.right.prompt:
            self.host.say(f"{version.reference} is not among the versions that can be stepped through", error=True)
            return version
        index = self._numbers.index(version.number) + step
        if not 0 <= index < len(self._numbers):
            self.host.say(f"{version.number} is the {'oldest' if step > 0 else 'newest'} version")
            return version
        reference = f"{version.prompt}@{self._numbers[index]}"
        try:
            found = await self.host.call(lambda w: w.library.version(reference))
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            return version
        self._compare()
        return found

    def action_diff_copy(self) -> None:
        left, right = self.left, self.right

        async def patch() -> str:
            comparison = await asyncio.to_thread(compare, left.content, right.content)
            return "".join(unified_patch(m.diff, left.reference, right.reference) for m in comparison.messages)

        choices: list[tuple[str, Callable[[], str | Awaitable[str]]]] = [
            ("patch", patch),
            ("right text", lambda: right.content.text),
            ("left text", lambda: left.content.text),
            ("command", lambda: f"workbench diff {left.reference} {right.reference}"),
        ]
        self.host.offer_copy(choices)
