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
from workbench.tui.lean_frames import ONE_CELL, SWITCH, with_one_pen

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


def settle(terminal: Terminal) -> None:
    """Until nothing was drawn for half a second."""
    for _ in range(20):
        before = len(terminal.raw)
        terminal.read_for(0.5)
        if len(terminal.raw) == before:
            return


def assert_whole(terminal: Terminal, after: object) -> None:
    """What was sent piece by piece is what a whole redraw shows, colours too."""
    for _ in range(3):
        settle(terminal)
        shown = cells(terminal)
        terminal.press("\x0c", pause=0.3)
        settle(terminal)
        if cells(terminal) == shown:
            return
    different = [(x, y) for y, row in enumerate(shown) for x, cell in enumerate(row) if cell != cells(terminal)[y][x]]
    raise AssertionError(f"after {after} a whole redraw differs at {different[:20]}\n{terminal.text}")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_the_pieces_make_the_whole_screen(store: Path, size: tuple[int, int]) -> None:
    with running(store, True, size) as terminal:
        for keys in STORY:
            terminal.press(*keys, pause=0.3)
            assert_whole(terminal, keys)
        for columns, rows in ((100, 30), (60, 15), (30, 10), size):
            terminal.resize(columns, rows)
            assert_whole(terminal, (columns, rows))


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


def test_a_style_that_goes_on_is_sent_once() -> None:
    at, dim, bold = "\x1b[2;1H", "\x1b[2m", "\x1b[1m"
    sent = f"\x1b[1;1H{dim}one\x1b[0m{at}{dim}two\x1b[0m{bold}three\x1b[0m four {bold}five\x1b[0m{at}"
    assert with_one_pen(sent) == f"\x1b[1;1H{dim}one{at}two\x1b[0;1mthree\x1b[0m four {bold}five{at}\x1b[0m"
    for text in ("", "plain", f"{at}plain"):
        assert with_one_pen(text) == text
