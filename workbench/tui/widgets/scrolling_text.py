"""Text that is drawn line by line and scrolled with the keys of lists."""

from __future__ import annotations

from workbench.tui.bindings import bindings_for
from workbench.tui.lean_scrollbar import LeanScrollView


class ScrollingText(LeanScrollView, can_focus=True, inherit_bindings=False):
    BINDINGS = bindings_for("list")
    DEFAULT_CSS = """
    ScrollingText { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """

    def action_list_down(self) -> None:
        self.scroll_down(animate=False)

    def action_list_up(self) -> None:
        self.scroll_up(animate=False)

    def action_list_top(self) -> None:
        self.scroll_home(animate=False)

    def action_list_bottom(self) -> None:
        self.scroll_end(animate=False)

    def action_list_half_down(self) -> None:
        self.scroll_relative(y=max(1, self.size.height // 2), animate=False)

    def action_list_half_up(self) -> None:
        self.scroll_relative(y=-max(1, self.size.height // 2), animate=False)

    def action_list_page_down(self) -> None:
        self.scroll_page_down(animate=False)

    def action_list_page_up(self) -> None:
        self.scroll_page_up(animate=False)
