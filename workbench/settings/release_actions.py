"""The acts of promoting, reviewing, and looking at what was, a part of the table of all acts."""

from __future__ import annotations

from workbench.settings.action import Action
from workbench.settings.action import act as _act

MOVING = "diff history runs compare"
"""Where else a version is shown that can be moved."""

LIBRARY_ACTIONS: tuple[Action, ...] = (
    _act(
        "version.promote",
        "P",
        "promote",
        "Promote this version to an environment",
        "library",
        changes=True,
        also=MOVING,
        footer="library",
    ),
    _act(
        "version.rollback",
        "R",
        "roll back",
        "Roll back to what was live before, or to any earlier deployment",
        "library",
        changes=True,
        also=MOVING,
        footer="library history",
    ),
)

RELEASE_ACTIONS: tuple[Action, ...] = (
    _act("history.goto", "enter", "open", "Show this version in the library", "history", footer=True),
    _act(
        "history.time",
        "T",
        "time machine",
        "Show the whole library as it was at a time",
        "library",
        also="history",
        footer="history",
    ),
    _act("history.previous_tab", "[", "previous tab", "Deployments or events: the tab to the left", "history"),
    _act("history.next_tab", "]", "next tab", "Deployments or events: the tab to the right", "history", footer=True),
    _act("history.filter", "/", "filter", "Filter by words, notes too; esc clears it", "history", footer=True),
    _act("history.all", "A", "all prompts", "The history of this prompt, or of all", "history", footer=True),
)
"""`history.time` is done by whichever of the two screens is open."""
