"""Frames that send only the cells that changed: what Textual repaints is whole widgets, some 17 KB for one key.

It stands on `CompositorUpdate`, which is Textual's own affair, so a test holds the screens of both ways equal, and
`WORKBENCH_LEAN=0` turns it off.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import cast

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from workbench.tui.lean_styles import change_of_style

SWITCH = "WORKBENCH_LEAN"
GAP = 10
"""Unchanged cells between two changes that are cheaper to send again than to jump over."""
ONE_CELL = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u02af\u2010-\u2027\u2190-\u21ff"
    "\u2200-\u22ff\u2400-\u2426\u2500-\u25fc\u2713\u27e8\u27e9]*"
)
"""Texts of which every character is surely one cell on every terminal; others are sent whole."""
STYLE = re.compile(r"\x1b\[([\d;]*)m")
MOVES = re.compile(r"(?:\x1b\[\d+;\d+H)*")

Cell = tuple[str, str]
"""(character, its style as an escape sequence)"""
OPAQUE: Cell = ("", "")
"""A cell of a text of uncertain widths."""


def enabled() -> bool:
    return os.environ.get(SWITCH) != "0"


class Shown:
    """What the terminal shows now, cell by cell; None where that is not known."""

    def __init__(self) -> None:
        self.size = (0, 0)
        self.lines: list[list[Cell | None]] = []
        self.uncertain: set[int] = set()
        """Lines that hold text of uncertain widths: they are sent as Textual repaints them."""

    def forget(self) -> None:
        """Something else wrote to the terminal: the next frame is sent whole."""
        self.size = (0, 0)
        self.lines = []
        self.uncertain.clear()

    @property
    def whole(self) -> bool:
        """Is it known of every cell what the terminal shows there?"""
        return bool(self.lines) and all(None not in line for line in self.lines)

    def lean(self, update: RenderableType | None, size: tuple[int, int]) -> RenderableType | None:
        """`update` in its lean form; `size` is the screen's (width, height)."""
        if not isinstance(update, ChopsUpdate | LayoutUpdate):
            return update
        if size != self.size:
            width, height = self.size = size
            self.lines = [[None] * width for _ in range(height)]
            self.uncertain.clear()
        return cast("RenderableType", LeanUpdate(update, self))

    def put(self, x: int, y: int, strip: Strip, console: Console) -> str:
        """What must be sent for the strip to stand at (x, y), "" for nothing."""
        if not 0 <= y < len(self.lines):
            return ""
        line = self.lines[y]
        cells = _cells(strip, console)
        if cells is None or y in self.uncertain:
            return self._put_whole(x, y, strip, cells, console)
        cells = cells[: max(0, len(line) - x)]
        out = [
            _at(x + start, y) + _written(cells[start:end]) for start, end in _changes(line[x : x + len(cells)], cells)
        ]
        line[x : x + len(cells)] = cells
        return "".join(out)

    def _put_whole(self, x: int, y: int, strip: Strip, cells: list[Cell] | None, console: Console) -> str:
        """As the stock update does it: where widths are uncertain, so is what stands beside them."""
        line = self.lines[y]
        room = max(0, len(line) - x)
        new: list[Cell | None] = [OPAQUE] * strip.cell_length if cells is None else list(cells)
        line[x : x + len(new)] = new[:room]
        if OPAQUE in line:
            self.uncertain.add(y)
        else:
            # Only this strip is surely right; what the uncertain text spilled beside it may still be there.
            self.uncertain.discard(y)
            self.lines[y] = [None] * len(line)
            self.lines[y][x : x + len(new)] = new[:room]
        return _at(x, y) + strip.render(console)


class LeanUpdate(CompositorUpdate):
    """Stands for an update of Textual's and writes what of it is new."""

    def __init__(self, update: ChopsUpdate | LayoutUpdate, shown: Shown) -> None:
        self._update = update
        self._shown = shown

    def render_segments(self, console: Console) -> str:
        strips = _layout(self._update) if isinstance(self._update, LayoutUpdate) else _chops(self._update)
        sent = "".join(self._shown.put(x, y, strip, console) for x, y, strip in strips)
        return with_one_pen(sent)


def with_one_pen(sent: str) -> str:
    """The same, but a style that goes on is not ended and begun again: of a page of text that is a third.

    In `sent` each style begins after a reset and ends with one.
    """
    out, held, wanted = [], "", ""
    # Texts and, between them, the styles that are taken up.
    for index, part in enumerate(STYLE.split(sent)):
        if index % 2:
            wanted = "" if part == "0" else part
            continue
        if wanted != held and not MOVES.fullmatch(part):
            if codes := change_of_style(held, wanted):
                out.append(f"\x1b[{codes}m")
            held = wanted
        out.append(part)
    return "".join(out) + ("\x1b[0m" if held else "")


def _layout(update: LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    for y, line in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in line:
            yield x, y, strip
            x += strip.cell_length


def _chops(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """The same pieces, cropped in the same way, as the stock update writes."""
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > x2 or end <= x1:
                continue
            yield x, y, strip if x >= x1 and x < x2 and end <= x2 else strip.crop(0, min(end, x2) - x)


def _cells(strip: Strip, console: Console) -> list[Cell] | None:
    """One a cell; None for text whose widths are uncertain, and for links."""
    system = console._color_system or ColorSystem.TRUECOLOR
    cells: list[Cell] = []
    for text, style, _ in strip:
        if not ONE_CELL.fullmatch(text) or (style is not None and style._link):
            return None
        ansi = "" if style is None else style._ansi or Strip.render_ansi(style, system)
        cells.extend([(char, ansi) for char in text])
    return cells


def _changes(old: Iterable[Cell | None], new: list[Cell]) -> Iterator[tuple[int, int]]:
    """Half-open ranges to send again; those near each other are one."""
    start = end = -1
    for index, (before, after) in enumerate(zip(old, new, strict=True)):
        if before == after:
            continue
        if start >= 0 and index - end > GAP:
            yield start, end
            start = -1
        if start < 0:
            start = index
        end = index + 1
    if start >= 0:
        yield start, end


def _at(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H"


def _written(cells: list[Cell]) -> str:
    out, run, style = [], "", cells[0][1]
    for char, ansi in [*cells, ("", "end")]:
        if ansi != style:
            out.append(f"\x1b[{style}m{run}\x1b[0m" if style else run)
            run, style = "", ansi
        run += char
    return "".join(out)
