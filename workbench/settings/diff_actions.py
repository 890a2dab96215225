"""The acts of the diff, a part of the table of all acts."""

from __future__ import annotations

from workbench.settings.action import Action
from workbench.settings.action import act as _act

DIFF_ACTIONS: tuple[Action, ...] = (
    _act("diff.next_hunk", "J", "next change", "Go to the next change", "diff", footer=True),
    _act("diff.previous_hunk", "K", "previous change", "Go to the change before", "diff"),
    _act("diff.next_word", "]", "next word", "Go to the next changed word, also inside a long paragraph", "diff"),
    _act("diff.previous_word", "[", "previous word", "Go to the changed word before", "diff"),
    _act("diff.follow", "m", "follow move", "Go to the other end of what was moved", "diff"),
    _act("diff.layout", "|", "layout", "Split, then unified, then words inline", "diff", footer=True),
    _act("diff.less", "{", "less", "Show less of what is unchanged", "diff"),
    _act("diff.more", "}", "more", "Show more of what is unchanged", "diff", footer=True),
    _act(
        "diff.white",
        "w",
        "white space",
        "Let white space count: all of it, not at line ends, not its amount, none",
        "diff",
        footer=True,
    ),
    _act("diff.quiet", "-", "fold noise", "Fold what is only re-wrapped or differs in white space only", "diff"),
    _act("diff.search", "/", "search", "Search both sides; an empty search ends it", "diff"),
    _act("diff.next_match", "n", "next match", "Go to the next match of the search", "diff"),
    _act("diff.previous_match", "N", "previous match", "Go to the match before", "diff"),
    _act(
        "diff.refine", "u", "refine", "Compare the words of a block that took too long, however long it takes", "diff"
    ),
    _act("diff.refine_all", "U", "refine all", "Compare the words of all such blocks, however long it takes", "diff"),
    _act("diff.older_right", "comma", "older right", "Take an older version on the right", "diff", footer=True),
    _act("diff.newer_right", ".", "newer right", "Take a newer version on the right", "diff"),
    _act("diff.older_left", "<", "older left", "Take an older version on the left", "diff"),
    _act("diff.newer_left", ">", "newer left", "Take a newer version on the left", "diff"),
    _act(
        "diff.right",
        "s",
        "other right",
        "Choose what stands on the right: version, environment, draft, file, git revision, pasted text, answer",
        "diff",
    ),
    _act("diff.left", "S", "other left", "Choose what stands on the left", "diff"),
    _act(
        "diff.rendered",
        "v",
        "rendered",
        "The templates, or what a model receives with its variables filled in",
        "diff",
        footer=True,
    ),
    _act("diff.values", "V", "variables", "Choose what the variables are filled in with: a set, a file, a run", "diff"),
    _act("diff.take", "space", "take/leave", "Leave this change out of the draft, or take it again", "diff"),
    _act(
        "diff.keep",
        "ctrl+j",
        "keep draft",
        "Make a draft of exactly the changes that are taken, and edit it",
        "diff",
        changes=True,
    ),
    _act("diff.copy", "y", "copy", "Copy the patch or one side; or write it to a file", "diff", footer=True),
)
