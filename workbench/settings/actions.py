"""Every act of the app in one table: bindings, footer, palette, help, keymap checks and the README are made from it."""

from __future__ import annotations

from workbench.settings.action import Action
from workbench.settings.action import act as _act
from workbench.settings.diff_actions import DIFF_ACTIONS
from workbench.settings.merge_actions import MERGE_ACTIONS
from workbench.settings.release_actions import LIBRARY_ACTIONS, RELEASE_ACTIONS
from workbench.settings.run_actions import COMPARE_ACTIONS, RUN_ACTIONS

__all__ = ["ACTIONS", "BY_ID", "CONTEXTS", "KEY_SIGNS", "NEVER_BOUND", "Action", "actions_of", "key_label", "keys_of"]

CONTEXTS = (
    "app", "list", "library", "diff", "run", "runs", "compare", "setup", "editor", "merge",
    "sheet", "release", "history", "blame",
)  # fmt: skip
"""`app` holds everywhere, `list` in every list, tree and scrolling text; the others name a screen."""

NEVER_BOUND = {
    "ctrl+i": "it is tab",
    "ctrl+m": "it is enter",
    "ctrl+h": "it is backspace",
    "ctrl+s": "the terminal stops its output with it",
    "ctrl+q": "the terminal continues its output with it",
    "ctrl+z": "the shell suspends with it",
    "ctrl+a": "screen's prefix",
    "ctrl+b": "tmux's prefix",
}
"""Keys that cannot be used, and why."""

KEY_SIGNS = {
    "comma": ",",
    "full_stop": ".",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "escape": "esc",
    "vertical_line": "|",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "pagedown": "pgdn",
    "pageup": "pgup",
}


ACTIONS: tuple[Action, ...] = (
    # The order is the order of the footer and of the help.
    _act(
        "version.diff",
        "d",
        "diff",
        "Diff: base or mark against this; else what is live; else the version before",
        "library",
        footer="library past",
    ),
    _act("version.run", "r", "run", "Run this version against a model", "library", footer="library past"),
    _act("version.edit", "e", "edit", "Edit into a new version", "library", changes=True, footer=True),
    *LIBRARY_ACTIONS,
    _act("library.filter", "/", "filter", "Filter this list, fuzzily; esc clears it", "library", footer="library past"),
    _act("version.tag", "t", "tag", "Add and remove tags of this prompt or version", "library", changes=True),
    _act("prompt.new", "o", "new", "Write a new prompt", "library", changes=True),
    _act(
        "prompt.archive",
        "a",
        "archive",
        "Archive this prompt, or take it back from the archive",
        "library",
        changes=True,
    ),
    _act("library.archived", "A", "archived", "Show or hide archived prompts", "library"),
    _act("library.search", "f", "search all", "Search the texts, names, notes and tags of all versions", "library"),
    _act("library.mark", "space", "mark", "Mark this version, to diff it against another", "library"),
    _act("library.base", "W", "base", "Mark this version as the base to diff against", "library"),
    _act(
        "library.copy",
        "y",
        "copy",
        "Copy the text, the reference, the patch or the command; or write it to a file",
        "library",
    ),
    _act("library.export", "x", "export", "Export this prompt to a folder", "library"),
    _act("history.open", "H", "history", "The history of deployments and events", "library"),
    _act("library.next_match", "n", "next match", "The next one that the filter let through", "library"),
    _act("library.previous_match", "N", "previous match", "The previous one that the filter let through", "library"),
    _act("library.pane_1", "1", "prompts", "Go to the prompts", "library"),
    _act("library.pane_2", "2", "versions", "Go to the versions", "library"),
    _act("library.pane_3", "3", "content", "Go to the content", "library"),
    _act("library.pane_4", "4", "runs", "Go to the runs of this prompt", "library"),
    _act("library.pane_5", "5", "history tab", "Go to the history of this prompt", "library"),
    _act("library.previous_tab", "[", "previous tab", "The tab to the left", "library"),
    _act("library.next_tab", "]", "next tab", "The tab to the right", "library"),
    _act("library.zoom", "+", "zoom", "Give the whole screen to this pane", "library"),
    _act("library.unzoom", "_", "unzoom", "Show all panes again", "library"),
    *RELEASE_ACTIONS,
    *DIFF_ACTIONS,
    *RUN_ACTIONS,
    *COMPARE_ACTIONS,
    *MERGE_ACTIONS,
    _act(
        "editor.save",
        "ctrl+j",
        "save",
        "Save as a new version: shows the diff, asks for the note and the bump",
        "editor",
        changes=True,
        footer=True,
    ),
    _act(
        "editor.diff",
        "ctrl+r",
        "review",
        "What this changes in its version; changes can be left out of the draft",
        "editor",
    ),
    _act("editor.run", "f9", "run", "Run what is written here, without saving it", "editor", footer=True),
    _act(
        "editor.compare",
        "ctrl+t",
        "compare",
        "Compare what is written here with what is live, without saving it",
        "editor",
        footer=True,
    ),
    _act("editor.external", "f4", "$EDITOR", "Edit in $EDITOR", "editor", footer=True),
    _act("editor.leave", "escape", "back", "Go back; what was typed is kept as a draft", "editor", footer=True),
    _act("editor.add_message", "f5", "add message", "Add a message", "editor", footer=True),
    _act("editor.remove_message", "f6", "remove message", "Remove this message", "editor"),
    _act(
        "editor.next_section",
        "f3 ctrl+n",
        "next part",
        "Go to the next message, last to the settings",
        "editor",
        footer=True,
    ),
    _act("editor.previous_section", "f2", "previous part", "Go to the message before", "editor"),
    _act("editor.role", "f7", "role", "Change who speaks in this message: system, user, assistant, tool", "editor"),
    _act(
        "editor.discard",
        "f8",
        "discard",
        "Throw the draft away and start from the version again",
        "editor",
        footer=True,
    ),
    _act("sheet.confirm", "ctrl+j", "confirm", "Do what the sheet says", "sheet", footer=True),
    _act("sheet.cancel", "escape", "cancel", "Close the sheet; nothing happens", "sheet", footer=True),
    _act(
        "history.undo",
        "z",
        "undo",
        "Undo the last act, also one of the command line",
        "library",
        changes=True,
        also="history run runs compare diff blame",
        footer=True,
    ),
    _act(
        "history.redo",
        "Z",
        "redo",
        "Redo what was undone",
        "library",
        changes=True,
        also="history run runs compare diff blame",
    ),
    _act("list.down", "j down", "down", "Down", "list"),
    _act("list.up", "k up", "up", "Up", "list"),
    _act("list.left", "h left", "fold", "Fold, or go to the folder; else the pane to the left", "list"),
    _act("list.right", "l right", "unfold", "Unfold; else the pane to the right", "list"),
    _act("list.open", "enter", "open", "Fold or unfold; open; expand what is folded", "list"),
    _act("list.top", "g home", "top", "Top", "list"),
    _act("list.bottom", "G end", "bottom", "Bottom", "list"),
    _act("list.half_down", "ctrl+d", "half a page down", "Half a page down", "list"),
    _act("list.half_up", "ctrl+u", "half a page up", "Half a page up", "list"),
    _act("list.page_down", "pagedown", "page down", "A page down", "list"),
    _act("list.page_up", "pageup", "page up", "A page up", "list"),
    _act("app.next_pane", "tab", "next pane", "The next pane or field", "app"),
    _act("app.previous_pane", "shift+tab", "previous pane", "The previous pane or field", "app"),
    _act("app.palette", ": ctrl+p", "palette", "Find an act by its name", "app"),
    _act("app.back", "escape", "back", "One step back towards the library", "app"),
    _act("app.leave", "q", "leave", "Leave this view; in the library, quit", "app"),
    _act("app.quit", "ctrl+c", "quit", "Quit; asks while something runs", "app"),
    _act("app.redraw", "ctrl+l", "redraw", "Draw the whole screen again, when something else wrote over it", "app"),
    _act("app.help", "? f1", "help", "All keys of what has the focus", "app", footer=True),
)

BY_ID = {action.id: action for action in ACTIONS}


def actions_of(context: str) -> tuple[Action, ...]:
    """The acts of one context, in the order of the table."""
    return tuple(action for action in ACTIONS if context in action.contexts)


def keys_of(action: Action, keymap: dict[str, str] | None = None) -> tuple[str, ...]:
    """The keys as configured: `keymap` is action id → keys with commas between."""
    given = (keymap or {}).get(action.id)
    return tuple(key.strip() for key in given.split(",")) if given else action.keys


def key_label(key: str) -> str:
    """A key as it is written for people: `ctrl+j`, `?`, `esc`."""
    *modifiers, last = key.rsplit("+", 1) if len(key) > 1 else [key]
    return "+".join([*modifiers, KEY_SIGNS.get(last, last)])
