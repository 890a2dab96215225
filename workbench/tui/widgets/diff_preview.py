"""What changes between two versions, short enough for a sheet: changed lines, then settings and variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.events import Resize
from textual.geometry import Size
from textual.strip import Strip

from workbench.domain.diffs import Change, ContentDiff, Diff, Folded, fold
from workbench.domain.prompts import canonical_json
from workbench.text import one_line, shorten
from workbench.tui.widgets.line_list import inks_of
from workbench.tui.widgets.stream_view import ScrollingText, rows_of
from workbench.tui.widgets.wrap import shown

Line = tuple[str, str]
"""(sign, text): the sign is `+`, `-`, ` `, `#` for a heading or `…` for what is left out."""

CONTEXT = 1
LONGEST = 2000
"""Characters of one line that a preview shows."""


def preview_lines(difference: ContentDiff) -> list[Line]:
    """Every change; unchanged lines only beside one."""
    lines: list[Line] = []
    if difference.format is not None:
        lines.append(("#", _told(difference.format)))
    for message in difference.messages:
        if message.same:
            continue
        state = " (new)" if message.left is None else " (removed)" if message.right is None else ""
        lines.append(("#", f"{message.role}{state}"))
        lines += _text_lines(message.diff)
        lines += [("#", f"{message.role} {_told(change)}") for change in message.extra]
    lines += [("#", f"setting {_told(change)}") for change in difference.settings]
    lines += [("#", f"variable {_told(change)}") for change in difference.variables]
    if difference.variables_used_added:
        lines.append(("#", "now also asks for " + ", ".join(difference.variables_used_added)))
    if difference.variables_used_removed:
        lines.append(("#", "no longer asks for " + ", ".join(difference.variables_used_removed)))
    return lines


def _text_lines(diff: Diff) -> Iterator[Line]:
    for item in fold(diff, CONTEXT):
        if isinstance(item, Folded):
            yield "…", f"{item.count} unchanged line{'s' if item.count != 1 else ''}"
        elif item.kind == "equal":
            for line in diff.left_lines[item.l0 : item.l1]:
                yield " ", line
        else:
            for line in diff.left_lines[item.l0 : item.l1]:
                yield "-", line
            for line in diff.right_lines[item.r0 : item.r1]:
                yield "+", line


def _told(change: Change) -> str:
    if change.kind == "added":
        return f"{change.path}: {_short(change.after)} added"
    if change.kind == "removed":
        return f"{change.path}: {_short(change.before)} removed"
    return f"{change.path}: {_short(change.before)} → {_short(change.after)}"


def _short(value: Any) -> str:
    return shorten(value if isinstance(value, str) else canonical_json(value), 60)


class DiffPreview(ScrollingText):
    """Never has the focus: the sheet that shows it scrolls it by pages."""

    can_focus = False
    DEFAULT_CSS = """
    DiffPreview { height: 1fr; min-height: 3; background: $background; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._rows: list[Line] = []
        self._width = 0

    def show(self, lines: list[Line]) -> None:
        self._lines = lines
        self._lay_out()
        self.scroll_home(animate=False)

    def say(self, text: str) -> None:
        """One plain line in place of a diff."""
        self.show([("…", text)])

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002 Textual passes it by name
        if self.scrollable_content_region.width != self._width:
            self._lay_out()

    def _lay_out(self) -> None:
        self._width = self.scrollable_content_region.width
        self._rows = []
        for sign, text in self._lines:
            cut = text[:LONGEST] + ("…" if len(text) > LONGEST else "")
            for index, row in enumerate(rows_of(shown(one_line(cut))[0], self._width - 3)):
                self._rows.append((sign if index == 0 or sign in "+-" else " ", row) if sign != "#" else (sign, row))
        self.virtual_size = Size(self._width, len(self._rows))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        index = y + int(self.scroll_offset.y)
        base, width = self.rich_style, self.size.width
        if index >= len(self._rows):
            return Strip.blank(width, base)
        sign, text = self._rows[index]
        ink = inks_of(self)
        styles = {"+": ink.new, "-": ink.old, "#": ink.strong, "…": ink.dim}
        style = base + styles.get(sign, Style.null())
        lead = f" {sign} " if sign in "+-…" else "   " if sign == " " else " "
        return Strip([Segment(lead + text, style)]).adjust_cell_length(width, style)
