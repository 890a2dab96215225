"""The line in which a list is filtered."""

from __future__ import annotations

from workbench.tui.widgets.in_order import SafeInput


class FilterBar(SafeInput):
    DEFAULT_CSS = """
    FilterBar, FilterBar:focus { height: 1; border: none; background: $panel; padding: 0 1; }
    """
