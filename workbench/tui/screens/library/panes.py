"""The three panes of the library: which has the focus, and the tabs of the third."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events
from textual.content import Content

from workbench.tui.screens.base import WorkbenchScreen
from workbench.tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from workbench.tui.widgets.content_view import ContentView
    from workbench.tui.widgets.prompt_tree import PromptTree
    from workbench.tui.widgets.version_list import VersionList

TABS = ("Content", "Settings", "Runs", "History")


class LibraryPanes(WorkbenchScreen, inherit_bindings=False):
    tree_pane: PromptTree
    versions_pane: VersionList
    content_pane: ContentView
    tab: int
    _wake: asyncio.Event

    @property
    def panes(self) -> tuple[LineList, ...]:
        return (self.tree_pane, self.versions_pane, self.content_pane)

    @property
    def pane(self) -> LineList:
        """The pane that has the focus, or had it last."""
        return next((pane for pane in self.panes if not pane.has_class("-behind")), self.tree_pane)

    def focus_pane(self, pane: LineList) -> None:
        for each in self.panes:
            each.set_class(each is not pane, "-behind")
        self.query_one("#right").set_class(pane is self.tree_pane, "-behind")
        pane.focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, LineList) and event.widget is not self.pane:
            self.focus_pane(event.widget)

    def step_pane(self, step: int) -> None:
        index = self.panes.index(self.pane) + step
        self.focus_pane(self.panes[index % len(self.panes)])

    def on_line_list_sideways(self, event: LineList.Sideways) -> None:
        index = self.panes.index(event.list) + event.step
        if 0 <= index < len(self.panes):
            self.focus_pane(self.panes[index])

    async def on_line_list_opened(self, event: LineList.Opened) -> None:
        if event.list is not self.content_pane:
            self.focus_pane(self.panes[self.panes.index(event.list) + 1])
        elif self.content_pane.source_line is not None and self.content_pane.source_line.key:
            await self.open_line(TABS[self.tab], self.content_pane.source_line.key)

    async def open_line(self, tab: str, key: str) -> None:
        """What `enter` does on a line that stands for something: a run, the version of a deployment."""

    def go_tab(self, tab: int) -> None:
        self.tab = tab % len(TABS)
        self._show_tabs()
        self._wake.set()

    def _show_tabs(self) -> None:
        parts: list[Content | tuple[str, str]] = []
        for index, tab in enumerate(TABS):
            parts += [(f"[{tab}]", "bold") if index == self.tab else Content(tab), Content(" │ ")]
        self.content_pane.border_title = Content.assemble(*parts[:-1], " 3")
