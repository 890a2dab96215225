"""The acts of merging versions and of bringing files and the store together, a part of the table of all acts."""

from __future__ import annotations

from workbench.settings.action import Action
from workbench.settings.action import act as _act

MERGE_ACTIONS: tuple[Action, ...] = (
    _act(
        "version.merge",
        "M",
        "merge",
        "Merge the marked version, or one made beside this one, into this one",
        "library",
        changes=True,
    ),
    _act(
        "prompts.import", "I", "import", "Import prompt files: shows the plan before it acts", "library", changes=True
    ),
    _act(
        "prompts.sync",
        "X",
        "sync",
        "Bring a git repository and the store together, both ways: shows the plan before it acts",
        "library",
        changes=True,
    ),
    _act("merge.left", "A", "take left", "Take what the left version says", "merge", footer=True),
    _act("merge.right", "B", "take right", "Take what the right version says", "merge", footer=True),
    _act("merge.both", "=", "both", "Take both, the left one first", "merge", footer=True),
    _act("merge.base", "0", "neither", "Take neither: what it was before both changed it", "merge"),
    _act("merge.write", "e", "write", "Write what is to stand there", "merge", footer=True),
    _act("merge.reopen", "backspace", "reopen", "Take the decision back", "merge"),
    _act("merge.next", "J", "next conflict", "Go to the next conflict", "merge", footer=True),
    _act("merge.previous", "K", "previous conflict", "Go to the conflict before", "merge"),
    _act(
        "merge.save",
        "ctrl+j",
        "save",
        "Save the merged version: shows what changes first",
        "merge",
        changes=True,
        footer=True,
    ),
)
