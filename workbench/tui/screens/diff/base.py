"""The diff as a screen: what the keys do to the view, what the status says, and what is remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import ComposeResult

from workbench.domain.diffs import Degraded, RowKind, WhiteSpace
from workbench.errors import WorkbenchError
from workbench.tui.bindings import bindings_for
from workbench.tui.screens.base import WorkbenchScreen
from workbench.tui.widgets.asked_line import SearchLine
from workbench.tui.widgets.diff.blocks import CONTEXTS, LAYOUTS, Layout
from workbench.tui.widgets.diff.heads import totals
from workbench.tui.widgets.diff.palette import ASCII, said
from workbench.tui.widgets.diff.view import DiffView
from workbench.tui.widgets.status_line import StatusLine
from workbench.tui.widgets.status_text import SURELY, joined

NARROW = 100
"""Below this width a split view would leave too little for each half."""
KEPT = "ui:diff"
Told = tuple[str, int]
"""(part of the status, what it is worth where not all of them have room)"""
QUIET: frozenset[RowKind] = frozenset({"reflow", "wsdiff"})
MODES = tuple(WhiteSpace)
PENDING = "comparing the words …"
HOW_WHITE = {
    WhiteSpace.TRAILING: "white space at line ends",
    WhiteSpace.AMOUNT: "how much white space",
    WhiteSpace.ALL: "white space",
}
"""What of it does not count, for the status."""


class DiffBase(WorkbenchScreen, inherit_bindings=False):
    CONTEXT = "diff"
    BINDINGS = bindings_for("diff")
    DEFAULT_CSS = """
    DiffBase DiffView { height: 1fr; border-top: heavy $primary; border-title-color: $accent; }
    DiffBase DiffView.-ascii { border-top: ascii $primary; }
    DiffBase SearchLine { dock: bottom; margin-bottom: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.view = DiffView(id="diff")
        self.view.empty_text = "comparing …"
        self.view.layout_at = self.layout_at
        self.view.set_class(self.view.signs is ASCII, "-ascii")
        self.mode = WhiteSpace.EXACT
        self._chosen: dict[str, Layout] = {}
        """wide or narrow → the layout that was chosen there."""
        self._search = SearchLine(self.view, self._searched, "search both sides")

    def compose(self) -> ComposeResult:
        yield self.view
        yield self._search
        yield self.bottom()

    async def on_mount(self) -> None:
        self.view.focus()
        await self._remember()
        self.compare_now()

    def compare_now(self, keep: int | None = None) -> None:
        """Begin to compare what is to be compared. `keep`: the side that is still the same."""
        raise NotImplementedError

    # -- what is remembered

    async def _remember(self) -> None:
        try:
            kept = await self.host.call(lambda w: w.keeping.kept(KEPT))
        except WorkbenchError:
            return
        if not isinstance(kept, Mapping):
            return
        for width in ("wide", "narrow"):
            if kept.get(width) in LAYOUTS:
                self._chosen[width] = kept[width]
        context, hidden = kept.get("context"), kept.get("quiet")
        self.view.set_look(
            layout=self.layout_wanted,
            context=context if context in CONTEXTS else None,
            hidden=QUIET if hidden is True else None,
        )

    async def _keep(self) -> None:
        kept: dict[str, Any] = {**self._chosen, "context": self.view.look.context, "quiet": bool(self.view.look.hidden)}
        try:
            await self.host.call(lambda w: w.keeping.keep(KEPT, kept))
        except WorkbenchError as error:
            self.host.say(error.message, error=True)

    @property
    def layout_wanted(self) -> Layout:
        return self.layout_at(self.size.width)

    def layout_at(self, width: int) -> Layout:
        """The layout for so many columns."""
        chosen = self._chosen.get(_named(width))
        if chosen is not None:
            return chosen
        if width < NARROW or self.one_side_is_empty:
            return "words" if self._chosen.get("wide") == "words" else "unified"
        return "split"

    @property
    def one_side_is_empty(self) -> bool:
        return False

    # -- the status

    def on_line_list_moved(self) -> None:
        self.show_where(keep_message=self.host.said_since_key)

    def on_fitting_rebuilt(self) -> None:
        self.show_where(keep_message=True)

    def show_where(self, keep_message: bool = False) -> None:
        view = self.view
        where = f"change {max(0, view.hunk) + 1}/{view.hunk_count}" if view.hunk_count else "no changes"
        told: list[Told] = [(where, SURELY)]
        if view.count:
            told.append((f"{100 * (view.cursor + 1) // view.count} %", 1))
        if view.needle:
            told.append(("match {}/{}".format(*view.match), SURELY))
        if view.sheet is not None:
            coarse = coarse_told([block for part in view.sheet.parts for block in part.diff.degraded])
            if coarse:
                told.append((coarse, SURELY))
            if coarse != PENDING:
                told.append(("+{} -{} words".format(*totals(view.sheet.parts)), 4))
            told += [(hidden, SURELY) for hidden in self._hidden()]
        told += [(view.look.layout, 2), *self.further_status()]
        line = self.query_one(StatusLine)
        line.show_status(said(joined(told, line.room), view.signs), keep_message)

    def _hidden(self) -> list[str]:
        """What is not shown as a change, and why."""
        view, told = self.view, []
        stats = [part.diff.stats for part in view.sheet.parts] if view.sheet is not None else []
        if self.mode is not WhiteSpace.EXACT:
            lines = sum(s.lines_white_space for s in stats)
            told.append(f"{HOW_WHITE[self.mode]} does not count ({lines} line{'s' if lines != 1 else ''})")
        if view.look.hidden:
            counts = (
                (sum(s.lines_reflowed for s in stats), "re-wrapped"),
                (sum(s.lines_white_space for s in stats), "white-space"),
            )
            folded = [f"{lines} {kind}" for lines, kind in counts if lines]
            if folded:
                plural = "" if folded[-1].startswith("1 ") else "s"
                told.append(f"{' and '.join(folded)} line{plural} folded")
        return told

    def further_status(self) -> list[Told]:
        return []

    # -- moving

    def action_diff_next_hunk(self) -> None:
        if not self.view.go_hunk(1):
            self.host.say("this is the last change")

    def action_diff_previous_hunk(self) -> None:
        if not self.view.go_hunk(-1):
            self.host.say("this is the first change")

    def action_diff_next_word(self) -> None:
        if not self.view.go_word(1):
            self.host.say("this is the last changed word")

    def action_diff_previous_word(self) -> None:
        if not self.view.go_word(-1):
            self.host.say("this is the first changed word")

    def action_diff_follow(self) -> None:
        if not self.view.follow_move():
            self.host.say("nothing was moved here", error=True)

    # -- looking otherwise

    async def action_diff_layout(self) -> None:
        layout = LAYOUTS[(LAYOUTS.index(self.view.look.layout) + 1) % len(LAYOUTS)]
        self._chosen[_named(self.size.width)] = layout
        self.view.set_look(layout=layout)
        # What was said before is no answer to this key; where one is is told once all is laid out.
        self.host.say("")
        await self._keep()

    async def action_diff_more(self) -> None:
        await self._change_context(1)

    async def action_diff_less(self) -> None:
        await self._change_context(-1)

    async def _change_context(self, step: int) -> None:
        changed = self.view.change_context(step)
        lines = self.view.look.context
        some = f"{lines} unchanged lines are shown beside each change"
        self.host.say({CONTEXTS[0]: "only the changes are shown", CONTEXTS[-1]: "everything is shown"}.get(lines, some))
        if changed:
            await self._keep()

    async def action_diff_quiet(self) -> None:
        hidden = frozenset[RowKind]() if self.view.look.hidden else QUIET
        self.view.set_look(hidden=hidden)
        await self._keep()
        self.host.say("re-wrapped and white-space lines are " + ("folded" if hidden else "shown"))

    def action_diff_white(self) -> None:
        self.mode = MODES[(MODES.index(self.mode) + 1) % len(MODES)]
        self.compare_now(keep=1)
        what = HOW_WHITE.get(self.mode)
        self.host.say(f"{what} does not count now" if what else "all white space counts")

    # -- searching

    def action_diff_search(self) -> None:
        self._search.open(self.view.needle)

    def _searched(self, text: str) -> None:
        if text:
            self._go_match(1)
        else:
            self.show_where()

    def action_diff_next_match(self) -> None:
        self._go_match(1)

    def action_diff_previous_match(self) -> None:
        self._go_match(-1)

    def _go_match(self, step: int) -> None:
        if not self.view.go_match(step):
            why = f"{self.view.needle} is on neither side" if self.view.needle else "nothing is searched for; / does"
            self.host.say(why, error=True)
        else:
            self.show_where()


def coarse_told(blocks: Sequence[Degraded]) -> str:
    """What was not compared in full; "" when all of it was."""
    if any(block.reason == "words pending" for block in blocks):
        return PENDING
    count = sum(block.lacks == "words" for block in blocks)
    if count:
        return f"⚠ {count} block{'s' if count > 1 else ''} not refined"
    return "⚠ edited moves not looked for" if blocks else ""


def _named(width: int) -> str:
    return "wide" if width >= NARROW else "narrow"
