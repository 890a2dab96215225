"""Lean frames show the same as stock frames, cell for cell, and send a fraction of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyte.screens import Char

from tests.support.terminal import ENTER, ESC, Terminal
from tests.tui.conftest import fill
from tests.tui.test_terminal import START
from workbench.composition import Workbench
from workbench.domain.prompts import Content, Message
from workbench.settings.config import Config
from workbench.tui.lean_frames import ONE_CELL, SWITCH

STORY: tuple[tuple[str, ...], ...] = (
    ("j", "j", "j", "j", "k"),
    ("G", "3", "\x04", "j", "G", "g"),
    ("]", "]", "[", "1", "g"),
    ("j", "j", "j", "j", "2", "d"),
    ("|", "|", "J", "}", "y"),
    (ESC, "?", "G"),
    (ESC, ESC, "/", "s", "u", "p"),
    (ENTER, ESC, "f", "a", "g"),
    (ESC, "+", "_", ":"),
    (ESC, "P"),
    (ESC, "e"),
    (ESC, "\x0c"),
)
# Wide and combining characters on whose widths the emulator and Textual agree.
WIDE = "漢字かな交じり文 🚀 e\u0301a zero\u200bwidth tab\there ＦＵＬＬ " * 3


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.db"
    with Workbench(Config(store=path, actor="ana")) as workbench:
        fill(workbench)
        for n in range(3):
            text = "\n".join(f"{WIDE} {n} {line}" for line in range(30))
            workbench.library.save("wide/one", Content((Message("system", text),)), note=WIDE)
    return path


@contextmanager
def running(store: Path, lean: bool, size: tuple[int, int]) -> Iterator[Terminal]:
    root = str(Path(__file__).parent.parent.parent)
    inherited = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    env = {**inherited, "PYTHONPATH": root, "XDG_CONFIG_HOME": str(store.parent), SWITCH: "1" if lean else "0"}
    with Terminal([sys.executable, "-c", START, str(store)], env=env, columns=size[0], rows=size[1]) as terminal:
        terminal.wait_for("Give the invoice")
        yield terminal


def cells(terminal: Terminal) -> list[list[Char]]:
    """Every cell with its colours and attributes."""
    screen = terminal._screen
    return [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]


def assert_same(lean: Terminal, stock: Terminal, after: object) -> None:
    for _ in range(20):
        lean.read_for(0.1)
        stock.read_for(0.1)
        if cells(lean) == cells(stock):
            return
    for y, (ours, theirs) in enumerate(zip(lines(lean), lines(stock), strict=True)):
        assert ours == theirs, (after, y)
    different = [
        (x, y) for y, row in enumerate(cells(lean)) for x, cell in enumerate(row) if cell != cells(stock)[y][x]
    ]
    x, y = different[0]
    raise AssertionError(f"{after}: {different[:9]} {cells(lean)[y][x]} {cells(stock)[y][x]} {lines(lean)[y]}")


def lines(terminal: Terminal) -> list[str]:
    return ["".join(cell.data for cell in row) for row in cells(terminal)]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_the_same_screen_for_less(store: Path, size: tuple[int, int]) -> None:
    sent = []
    with running(store, True, size) as lean, running(store, False, size) as stock:
        for keys in STORY:
            for terminal in (lean, stock):
                terminal.press(*keys, pause=0.12)
            assert_same(lean, stock, keys)
        sent = [len(lean.raw), len(stock.raw)]
    assert sent[0] * 2 < sent[1]


def test_after_resizing_the_screen_is_what_a_fresh_one_would_be(store: Path) -> None:
    with running(store, True, (160, 45)) as terminal:
        terminal.press("G", "3", "j", pause=0.4)
        for columns, rows in ((100, 30), (60, 15), (30, 10), (59, 14), (160, 45), (80, 24)):
            terminal.resize(columns, rows)
            terminal.read_for(0.8)
            before = lines(terminal)
            terminal.press("\x0c", pause=0.5)
            assert lines(terminal) == before, (columns, rows)


def test_a_move_in_the_view_sends_under_a_kilobyte(store: Path) -> None:
    with running(store, True, (160, 45)) as terminal:
        terminal.press("j", "j", "3", "j", pause=0.5)
        before = len(terminal.raw)
        terminal.press("j", pause=0.6)
        assert 0 < len(terminal.raw) - before < 1024


@pytest.mark.parametrize("text", ["漢", "👩‍🚀", "e\u0301", "\ufe0f", "\u00ad", "☎", "🇩🇪"])
def test_uncertain_widths_are_never_cut(text: str) -> None:
    assert not ONE_CELL.fullmatch(text)


def test_signs_of_our_own_are_certain() -> None:
    assert ONE_CELL.fullmatch("─━│┌▾▸●○◆…↪⋯→×·▌▎␛⟨202E⟩✓")
