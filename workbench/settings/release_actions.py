"""The acts of promoting, reviewing, and looking at what was, a part of the table of all acts."""

from __future__ import annotations

from workbench.settings.action import Action
from workbench.settings.action import act as _act

MOVING = "diff history runs compare blame"
"""Where else a version is shown that can be moved."""

LIBRARY_ACTIONS: tuple[Action, ...] = (
    _act(
        "version.promote",
        "P",
        "promote",
        "Promote this version to an environment, or all marked prompts as one act",
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
        also=f"{MOVING} run",
        footer="library history past",
    ),
)

RELEASE_ACTIONS: tuple[Action, ...] = (
    _act(
        "version.review",
        "p",
        "review",
        "Approve this version, request changes, or comment on it",
        "library",
        changes=True,
        also="diff blame",
        footer="diff",
    ),
    _act(
        "diff.comment",
        "i",
        "comment",
        "Comment on this line, or request that it is changed",
        "diff",
        changes=True,
        footer=True,
    ),
    _act(
        "version.blame",
        "b",
        "blame",
        "Who brought each line of this version, when and why",
        "library",
        also="diff",
        footer="past",
    ),
    _act(
        "release.checks",
        "f9",
        "run checks",
        "Run the commands that must pass before this promotion",
        "release",
        changes=True,
        footer=True,
    ),
    _act("release.diff", "ctrl+r", "diff", "The whole diff to what is live", "release", footer=True),
    _act("release.rendered", "f3", "rendered", "The texts as templates, or as a model receives them", "release"),
    _act("release.values", "f5", "variables", "Choose the variable set that both are rendered with", "release"),
    _act(
        "release.review",
        "f6",
        "review",
        "Approve, request changes or comment, without leaving the sheet",
        "release",
        changes=True,
        footer=True,
    ),
    _act(
        "release.force",
        "f8",
        "force",
        "Promote past checks that do not hold, where the config allows it",
        "release",
        changes=True,
    ),
    _act("blame.older", "comma", "older", "Back through the history of this line", "blame", footer=True),
    _act("blame.newer", ".", "newer", "Forth through the history of this line", "blame", footer=True),
    _act("blame.diff", "d", "diff", "What the version that touched this line changed", "blame", footer=True),
    _act("blame.goto", "enter", "open", "Show the version that touched this line in the library", "blame", footer=True),
    _act("blame.again", "b", "blame older", "Blame the version before the one that touched this line", "blame"),
    _act("history.goto", "enter", "open", "Show this version in the library", "history", footer=True),
    _act(
        "history.time",
        "T",
        "time machine",
        "Show the whole library as it was at a time",
        "library",
        also="history",
        footer="history past",
    ),
    _act("history.previous_tab", "[", "previous tab", "Deployments or events: the tab to the left", "history"),
    _act("history.next_tab", "]", "next tab", "Deployments or events: the tab to the right", "history", footer=True),
    _act(
        "history.filter",
        "/",
        "filter",
        "Filter by words, notes too, by:ana env:production since:2d; esc clears it",
        "history",
        footer=True,
    ),
    _act("history.all", "A", "all prompts", "The history of this prompt, or of all", "history", footer=True),
)
"""`history.time` is done by whichever of the two screens is open."""
