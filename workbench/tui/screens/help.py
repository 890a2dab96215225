"""All keys of what has the focus, made from the action table."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult

from workbench.settings.actions import actions_of, key_label, keys_of
from workbench.tui.only_ascii import ascii_only
from workbench.tui.screens.base import WorkbenchScreen
from workbench.tui.widgets.content_view import ContentView, TextLine
from workbench.tui.widgets.diff.palette import ASCII, UNICODE

SIGNS = {
    "library": (
        "Signs: d s P beside a prompt are the environments in which it is live, by their first letters, protected ones",
        "as capitals; ○ and ● beside a version are the environments themselves; ✓ is marked, ◆ the base of a diff.",
    ),
}
"""Context → what is drawn there without saying what it is."""
DESCRIBED_AT = 15
"""The column at which what a key does is told."""
TITLES = {"app": "everywhere", "list": "in lists and texts"}


def signs_told(context: str) -> tuple[str, ...]:
    """What is drawn there without saying what it is."""
    if context != "diff":
        return SIGNS.get(context, ())
    signs = ASCII if ascii_only() else UNICODE
    return (
        "Signs: - removed, + added, ~ changed, < moved away from here, > moved to here, "
        f"{signs.reflow} only re-wrapped, {signs.white} only other white space, "
        f"{signs.degraded} words not compared yet, {signs.again} the line goes on.",
        f"The column at the right edge is the whole diff, {signs.thumb} what of it is on the screen.",
    )


def help_lines(context: str, keymap: Mapping[str, str]) -> list[TextLine]:
    lines: list[TextLine] = []
    shown: set[str] = set()
    for part in dict.fromkeys((context, "list", "app")):
        lines += [TextLine(""), TextLine(TITLES.get(part, f"in {part}"), "strong")]
        for action in actions_of(part):
            if action.id not in shown:
                shown.add(action.id)
                keys = " ".join(key_label(key) for key in keys_of(action, dict(keymap)))
                text = f"{keys:<{DESCRIBED_AT - 1}} {action.description}"
                lines.append(TextLine(text, "", ((0, len(keys), "accent"),), hang=DESCRIBED_AT))
    return [*lines[1:], TextLine(""), *(TextLine(line, "dim") for line in signs_told(context))]


class HelpScreen(WorkbenchScreen):
    CONTEXT = "app"

    def __init__(self, context: str, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._lines = help_lines(context, keymap)

    def compose(self) -> ComposeResult:
        yield ContentView(id="help")
        yield self.bottom()

    def on_mount(self) -> None:
        view = self.query_one(ContentView)
        view.show(self._lines)
        view.focus()
