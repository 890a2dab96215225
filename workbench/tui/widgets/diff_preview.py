"""What changes between two versions, short enough for a sheet: changed lines, then settings and variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.events import Resize
from textual.geometry import Size
from textual.strip import Strip

from workbench.domain.diffs import Change, ContentDiff, Diff, Folded, Seg, Segs, fold
from workbench.domain.prompts import canonical_json
from workbench.text import shorten
from workbench.tui.widgets.diff.blocks import moved_told
from workbench.tui.widgets.diff.palette import colours_of, inks
from workbench.tui.widgets.scrolling_text import ScrollingText
from workbench.tui.widgets.wrap import Span, pieces, shown, wrap

Line = tuple[str, str, tuple[Span, ...]]
"""(sign, text, changed words): `+`, `-`, ` `, `#` for a heading, `…` for what is left out, `✓ ✗ ? ⚠` for what holds,
does not, is not known and is to be heeded. Without changed words the whole line is what its sign says."""

CONTEXT = 1
LONGEST = 2000
"""Characters of one line that a preview shows."""
AROUND = 60
"""Characters on either side of a changed word that are shown of a long line."""


def preview_lines(difference: ContentDiff) -> list[Line]:
    """Every change; unchanged lines only beside one."""
    lines = text_lines(difference)
    lines += [_heading(f"setting {_told(change)}") for change in difference.settings]
    lines += [_heading(f"variable {_told(change)}") for change in difference.variables]
    lines += [_heading(f"asks for {one.names[1]} in place of {one.names[0]}") for one in difference.renamed]
    if added := difference.not_renamed(difference.variables_used_added):
        lines.append(_heading("now also asks for " + ", ".join(added)))
    if removed := difference.not_renamed(difference.variables_used_removed):
        lines.append(_heading("no longer asks for " + ", ".join(removed)))
    return lines


def text_lines(difference: ContentDiff) -> list[Line]:
    """The changes of format and messages only."""
    lines: list[Line] = []
    if difference.format is not None:
        lines.append(_heading(_told(difference.format)))
    for message in difference.messages:
        if message.same:
            continue
        state = " (new)" if message.left is None else " (removed)" if message.right is None else ""
        lines.append(_heading(f"{message.role}{state}"))
        # Of a message that is on one side only, the other side has one line that is empty.
        missing = "-" if message.left is None else "+" if message.right is None else ""
        lines += [line for line in _text_lines(message.diff) if line[0] != missing]
        lines += [_heading(f"{message.role} {_told(change)}") for change in message.extra]
    return lines


def _text_lines(diff: Diff) -> Iterator[Line]:
    for item in fold(diff, CONTEXT):
        if isinstance(item, Folded):
            yield _left_out(f"{item.count} unchanged line{'s' if item.count != 1 else ''}")
        elif item.kind == "equal":
            for line in diff.left_lines[item.l0 : item.l1]:
                yield " ", line, ()
        elif item.kind == "reflow":
            count = item.r1 - item.r0
            yield _left_out(f"{count} line{'s' if count != 1 else ''} re-wrapped, no word changed")
        else:
            if item.move >= 0:
                yield _left_out(moved_told(diff, item))
            has_words = item.kind in ("change", "reflow_edit")
            yield from _side("-", diff.left_lines[item.l0 : item.l1], item.lsegs, has_words)
            yield from _side("+", diff.right_lines[item.r0 : item.r1], item.rsegs, has_words)


def _side(sign: str, lines: Sequence[str], segs: Segs | None, has_words: bool) -> Iterator[Line]:
    for index, line in enumerate(lines):
        if segs is None:
            yield sign, line, ()
            continue
        text, marks = excerpt(line, segs[index])
        # Words that were only put in leave nothing to say of the line as it was.
        if marks or not has_words:
            yield sign, text, marks


def excerpt(line: str, segs: Sequence[Seg]) -> tuple[str, tuple[Span, ...]]:
    """A line with its changed words marked; of a long one only what is around them."""
    text = ""
    spans: list[Span] = []
    for index, seg in enumerate(segs):
        part = line[seg.start : seg.end]
        if seg.kind in ("equal", "ws"):
            before = f"{part[:AROUND]} " if index else ""
            after = f" {part[-AROUND:]}" if index < len(segs) - 1 else ""
            text += part if len(part) <= 2 * AROUND + 3 else f"{before}…{after}"
        else:
            spans.append((len(text), len(text) + len(part), "old_word" if seg.kind == "delete" else "new_word"))
            text += part
    return text, tuple(spans)


def _heading(text: str) -> Line:
    return "#", text, ()


def _left_out(text: str) -> Line:
    return "…", text, ()


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
        self._rows: list[tuple[str, list[tuple[str, str]], bool]] = []
        """(sign, pieces with the ink of each, are only words of it changed?)"""
        self._starts: list[int] = []
        """The first row of each line."""
        self._width = 0
        """The cells that the rows are wrapped for; 0 before anybody knows."""

    def show(self, lines: list[Line], keep: bool = False) -> None:
        """`keep`: much the same as before, so what is read stays where it is."""
        self._lines = lines
        self._lay_out()
        if not keep:
            self.scroll_home(animate=False)

    def go_to(self, heading: str) -> None:
        """Scroll to the first heading that begins with this."""
        rows = zip(self._lines, self._starts, strict=False)  # none yet as long as it has no size
        found = (row for (sign, text, _), row in rows if sign == "#" and text.startswith(heading))
        self.scroll_to(y=next(found, 0), animate=False)

    def say(self, text: str) -> None:
        """One plain line in place of a diff."""
        self.show([_left_out(text)])

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002 Textual passes it by name
        if self.scrollable_content_region.width != self._width:
            self._lay_out()
        else:
            # Drawn at this width already, before it was told of it.
            self.virtual_size = Size(self._width, len(self._rows))

    def _lay_out(self) -> None:
        self._wrap()
        self.virtual_size = Size(self._width, len(self._rows))
        self.refresh()

    def _wrap(self) -> None:
        self._width = self.scrollable_content_region.width
        self._rows, self._starts = [], []
        if not self._width:
            return
        for sign, text, spans in self._lines:
            self._starts.append(len(self._rows))
            text = text.replace("\n", "⏎")
            cut = text[:LONGEST] + ("…" if len(text) > LONGEST else "")
            drawn, marks = shown(cut, [span for span in spans if span[1] <= LONGEST])
            starts = (*wrap(drawn, self._width - 3), len(drawn))
            for index, (start, end) in enumerate(pairwise(starts)):
                row = pieces(drawn, start, end, marks)
                self._rows.append((sign if index == 0 or sign in "+-#" else " ", row, bool(spans)))

    def render_line(self, y: int) -> Strip:
        if not self._width:
            # The first frame with this on it is drawn before it is told its size.
            self._wrap()
        index = y + int(self.scroll_offset.y)
        base, width = self.rich_style, self.size.width
        if index >= len(self._rows):
            return Strip.blank(width, base)
        sign, row, has_words = self._rows[index]
        ink = inks(colours_of(self.app), self.app.current_theme.dark)
        marks = {"✓": ink.new_sign, "✗": ink.old_sign, "?": ink.warning, "⚠": ink.warning}
        signs = {"+": ink.new_sign, "-": ink.old_sign, "#": ink.strong, "…": ink.dim, **marks}
        fills = {"+": ink.new, "-": ink.old, "#": ink.strong, "…": ink.dim, "⚠": ink.warning}
        style = base if has_words else base + fills.get(sign, Style.null())
        lead = "   " if sign == " " else " " if sign == "#" else f" {sign} "
        segments = [Segment(lead, base + signs.get(sign, Style.null()))]
        segments += [Segment(text, style + (getattr(ink, kind) if kind else Style.null())) for text, kind in row]
        return Strip(segments).adjust_cell_length(width, style)
