"""One visual line of a diff: only the segments under it are looked at, however long its line and its block are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.style import Style

from workbench.domain.diffs import Row, Seg
from workbench.tui.widgets.diff.blocks import LEFT, WOVEN, Block, moved_told
from workbench.tui.widgets.diff.heads import Sheet
from workbench.tui.widgets.diff.layout import LaidOut
from workbench.tui.widgets.diff.lines import Drawn, hang_of
from workbench.tui.widgets.diff.palette import Inks, Signs, sign_of
from workbench.tui.widgets.line_list import Part
from workbench.tui.widgets.wrap import wrap

Mark = tuple[int, int, str]
"""(start, end, ink) in the drawn text of a line, in order and apart from each other."""
Marks = Callable[[int, int, int, int, int], Sequence[Mark]]
"""What is marked over a text: (part, side, line, start, end) → matches of a search, and the word that was jumped to."""
_WHOLE = ("delete", "insert", "replace", "moved_from", "moved_to")
"""Kinds of rows of which all the text is marked."""


class Pen:
    """Draws visual lines of what is laid out, in one set of colours and signs."""

    def __init__(self, sheet: Sheet, laid_out: LaidOut, inks: Inks, signs: Signs, marks: Marks) -> None:
        self._sheet, self._laid_out, self._inks, self._signs, self._marks = sheet, laid_out, inks, signs, marks
        widths = laid_out.widths
        self._split, self._whole, self._gutter = widths.split, widths.whole, widths.gutter
        self._half_width, self._room, self._note_width = widths.half, widths.text, widths.note
        self._words = {"delete": inks.old_word, "insert": inks.new_word}
        self._here = inks.dim + inks.cursor

    def line(self, y: int, here: bool) -> list[Part]:
        """Visual line `y`; `here`: the cursor is on it. Exactly as wide as was laid out."""
        index, within = self._laid_out.at(y)
        block = self._laid_out.blocks[index]
        if block.kind in ("note", "fold"):
            return self._note(block, within, here)
        if block.right is None:
            return self._half(index, 0, within, self._whole, here)
        left = self._half(index, 0, within, self._half_width, here)
        right = self._half(index, 1, within, self._whole - self._half_width - 1, here)
        return [*left, (self._signs.bar, self._inks.dim), *right]

    def _note(self, block: Block, within: int, here: bool) -> list[Part]:
        text, ink = block.note
        starts = (*wrap(text, self._note_width), len(text))
        style: Style = getattr(self._inks, ink or "text")
        row, cells = _clipped(text[starts[within] : starts[within + 1]], self._whole - 1)
        lead = self._signs.cursor if here else " "
        return [(lead + row, style + self._inks.cursor if here else style), (" " * (self._whole - 1 - cells), style)]

    def _half(self, index: int, which: int, within: int, width: int, here: bool) -> list[Part]:
        inks, block = self._inks, self._laid_out.blocks[index]
        gutter = self._here if here else inks.dim
        column = self._laid_out.column(index, which)
        if within >= column.tops[-1]:
            return self._blank(block, which, within, width, gutter)
        entry = bisect_right(column.tops, within) - 1
        side, line = column.entry(entry)
        again = within - column.tops[entry]
        numbers = self._numbers(block, side, line, again)
        sign, sign_ink = self._sign(block, side)
        used = len(numbers) + 2
        text = self._text(block, side, line, again, width - used)
        out: list[Part] = [(numbers, gutter), (sign + " ", sign_ink + inks.cursor if here else sign_ink)]
        return [*out, *text]

    def _blank(self, block: Block, which: int, within: int, width: int, ink: Style) -> list[Part]:
        """Opposite nothing; opposite lines that moved, where to."""
        row = block.row
        if row is not None and row.move >= 0:
            told = moved_told(self._sheet.parts[block.part].diff, row)
            indent = " " * (self._gutter + 1)
            starts = (*wrap(told, self._room), len(told))
            if within < len(starts) - 1:
                shown = told[starts[within] : starts[within + 1]].rstrip()
                return [(indent, ink), (shown.ljust(width - len(indent)), self._inks.moved_sign)]
        return [(" " * width, ink if which else self._inks.text)]

    def _numbers(self, block: Block, side: int, line: int, again: int) -> str:
        row, g = block.row, self._gutter
        if self._split:
            return f"{self._signs.again if again else line + 1:>{g}} "
        if again:
            return f"{'':>{g}} {self._signs.again:>{g}} "
        left: int | str = line + 1 if side == LEFT else ""
        right: int | str = "" if side == LEFT else line + 1
        if row is not None and side == WOVEN:
            left, right = (row.l0 + line + 1 if row.l0 + line < row.l1 else ""), row.r0 + line + 1
        elif row is not None and block.kind == "equal":
            left = line - row.r0 + row.l0 + 1
        return f"{left:>{g}} {right:>{g}} "

    def _sign(self, block: Block, side: int) -> tuple[str, Style]:
        inks, kind = self._inks, block.kind
        if block.coarse:
            return self._signs.degraded, inks.warning
        if kind == "equal":
            return " ", inks.dim
        sign = sign_of(kind, self._signs)
        if sign == "~" and not self._split and side != WOVEN:
            # In one column the two sides of an edit stand below each other.
            sign = "-" if side == LEFT else "+"
        if kind.startswith("moved"):
            return sign, inks.moved_sign
        if kind == "reflow":
            return sign, inks.dim
        if side == WOVEN:
            return sign, inks.warning
        return sign, inks.old_sign if side == LEFT else inks.new_sign

    # -- the text

    def _text(self, block: Block, side: int, line: int, again: int, width: int) -> list[Part]:
        inks, laid_out = self._inks, self._laid_out
        lines = laid_out.texts.lines(block.part, side, block.row)
        drawn = lines.drawn(line)
        starts = lines.starts(line, self._room)
        start = starts[again]
        end = starts[again + 1] if again + 1 < len(starts) else len(drawn.text)
        fill = self._fill(block, side)
        out: list[Part] = []
        cells = 0
        if again and (hang := min(hang_of(drawn.text), self._room // 2)):
            out.append((" " * hang, fill))
            cells = hang
        pieces = self._pieces(block, side, line, drawn, start, end, fill)
        marks = self._marks(block.part, side, line, start, end)
        for text, style in _marked(pieces, start, marks, inks) if marks else pieces:
            wide = len(text) if text.isascii() else cell_len(text)
            if cells + wide > width:
                # Spaces may hang over the edge.
                text, wide = _clipped(text, width - cells)
            if text:
                out.append((text, style))
                cells += wide
        if cells < width:
            out.append((" " * (width - cells), fill if fill.bgcolor is not None else inks.text))
        return out

    def _fill(self, block: Block, side: int) -> Style:
        if block.kind.startswith("moved"):
            return self._inks.moved
        if block.kind in _WHOLE:
            return self._inks.old if side == LEFT else self._inks.new
        return self._inks.text

    def _pieces(
        self, block: Block, side: int, line: int, drawn: Drawn, start: int, end: int, fill: Style
    ) -> list[Part]:
        if side == WOVEN and block.row is not None:
            segs: Sequence[Seg] | None = self._laid_out.texts.woven(block.part, block.row)[0][line].segs
        else:
            segs = segs_of(block.row, side, line)
        if segs is None:
            return [(drawn.text[start:end], fill)]
        return self._segmented(segs, drawn, start, end, block, fill)

    def _segmented(
        self, segs: Sequence[Seg], drawn: Drawn, start: int, end: int, block: Block, fill: Style
    ) -> list[Part]:
        inks, styles = self._inks, self._words
        visible = block.kind in ("wsdiff", "change")
        out: list[Part] = []
        index = max(0, bisect_right(segs, start, key=lambda seg: drawn.moved(seg.start)) - 1)
        while index < len(segs) and (left := drawn.moved(segs[index].start)) < end:
            seg = segs[index]
            index += 1
            left, right = max(left, start), min(drawn.moved(seg.end), end)
            if left >= right:
                continue
            text = drawn.text[left:right]
            if seg.kind == "equal":
                out.append((text, fill))
            elif seg.kind == "ws":
                out.append((self._white(drawn, left, right), inks.white) if visible else (text, fill))
            else:
                out.append((self._white(drawn, left, right) if text.isspace() else text, styles[seg.kind]))
        return out

    def _white(self, drawn: Drawn, start: int, end: int) -> str:
        """White space as signs."""
        signs = self._signs
        text = drawn.text[start:end].replace("\u00a0", signs.no_break_space)
        tabs = [tab for tab in drawn.tabs if start - 3 <= tab < end]
        if not tabs:
            return text.replace(" ", signs.space)
        chars = [signs.space if char == " " else char for char in text]
        for tab in tabs:
            for place in range(max(tab, start), min(tab + 4, end)):
                chars[place - start] = signs.tab if place == tab else " "
        return "".join(chars)


def segs_of(row: Row | None, side: int, line: int) -> Sequence[Seg] | None:
    if row is None:
        return None
    segs, first = (row.lsegs, row.l0) if side == LEFT else (row.rsegs, row.r0)
    return None if segs is None else segs[line - first]


def _marked(pieces: Sequence[Part], start: int, marks: Sequence[Mark], inks: Inks) -> list[Part]:
    """The pieces of a row that begins at `start` of its line, with the marks laid over them."""
    if not marks:
        return list(pieces)
    out: list[Part] = []
    at = start
    for text, style in pieces:
        end = at + len(text)
        done = at
        for left, right, ink in marks:
            left, right = max(left, done), min(right, end)
            if left >= right:
                continue
            if left > done:
                out.append((text[done - at : left - at], style))
            over: Style = getattr(inks, ink)
            out.append((text[left - at : right - at], style + over))
            done = right
        if done < end:
            out.append((text[done - at :], style))
        at = end
    return out


def _clipped(text: str, width: int) -> tuple[str, int]:
    while text and cell_len(text) > width:
        text = text[:-1]
    return text, cell_len(text)
