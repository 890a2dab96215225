"""The app in a real pseudo-terminal: broken input, signals, and what is left behind."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.terminal import DANGEROUS, Terminal
from tests.tui.conftest import fill
from workbench.composition import Workbench
from workbench.settings.config import Config

START = """
import sys
from pathlib import Path
from workbench.composition import Workbench
from workbench.settings.config import Config
from workbench.tui.app import run_app
config = Config(store=Path(sys.argv[1]), actor="ana")
sys.exit(run_app(lambda: Workbench(config), config))
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    store = tmp_path / "prompts.db"
    with Workbench(Config(store=store, actor="ana")) as workbench:
        fill(workbench)
    root = str(Path(__file__).parent.parent.parent)
    homes = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
    inherited = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    env = {**inherited, **homes, "PYTHONPATH": root}
    with Terminal([sys.executable, "-c", START, str(store)], env=env) as opened:
        opened.wait_for("Give the invoice")
        yield opened


def test_quit_restores_the_terminal(terminal: Terminal) -> None:
    terminal.press("q")
    assert terminal.wait_gone() == 0
    assert terminal.left_behind() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_signals_restore_the_terminal(terminal: Terminal, number: signal.Signals) -> None:
    terminal.signal(number)
    assert terminal.wait_gone() == 128 + number
    assert terminal.left_behind() == []


def test_it_is_suspended_by_the_key_of_the_shell_and_comes_back(terminal: Terminal) -> None:
    terminal.wait_for("as ana")
    before = 0
    while before < (before := len(terminal.raw)):
        terminal.read_for(0.5)  # until it rests: what was still to be drawn would hide that nothing is drawn again
    terminal.press("\x1a")
    terminal.wait_stopped()
    assert terminal.left_behind() == []
    terminal.raw.clear()
    terminal.signal(signal.SIGCONT)
    for _ in range(20):
        terminal.read_for(0.5)
        if b"Give the invoice" in terminal.raw:
            break
    assert b"Give the invoice" in terminal.raw, "it was not drawn again"
    terminal.press("?")
    terminal.wait_for("Promote this version")


def test_a_signal_that_comes_again_does_not_keep_it(terminal: Terminal) -> None:
    for _ in range(5):
        terminal.signal(signal.SIGHUP)
        time.sleep(0.02)
    assert terminal.wait_gone() == 128 + signal.SIGHUP
    assert terminal.left_behind() == []


@pytest.mark.parametrize("junk", [b"\xff", b"\xc3", b"\x1b[M\xff\xff\xff", b"\xe6\xbc", b"\x80\x81"])
def test_bytes_that_are_not_utf8_do_no_harm(terminal: Terminal, junk: bytes) -> None:
    terminal.write(junk)
    terminal.read_for(0.3)
    terminal.press("j", "j")
    terminal.wait_for("production 1.0.0")
    terminal.press("q")
    assert terminal.wait_gone() == 0


def test_a_resize_storm(terminal: Terminal) -> None:
    for size in ((1, 1), (20, 5), (300, 100), (59, 14), (60, 15), (80, 24)) * 3:
        terminal.resize(*size)
        terminal.read_for(0.03)
    terminal.wait_for("Give the invoice")
    terminal.press("q")
    assert terminal.wait_gone() == 0


def test_nothing_is_sent_and_no_time_is_used_while_idle(terminal: Terminal) -> None:
    hertz = os.sysconf("SC_CLK_TCK")
    for _ in range(60):
        # What keys open is loaded first, which takes as long as the machine is busy.
        ticks = _ticks(terminal.pid)
        terminal.read_for(1.0)
        if (_ticks(terminal.pid) - ticks) / hertz < 0.04:
            break
    before, ticks = len(terminal.raw), _ticks(terminal.pid)
    terminal.read_for(5.0)
    assert len(terminal.raw) == before
    # Input thread and the look at the store: under 3 % of one core.
    assert (_ticks(terminal.pid) - ticks) / hertz < 0.15


def _ticks(pid: int) -> int:
    path = Path(f"/proc/{pid}/stat")
    if not path.exists():
        pytest.skip("needs /proc")
    fields = path.read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_a_move_sends_little_and_nothing_dangerous(terminal: Terminal) -> None:
    terminal.read_for(0.5)
    before = len(terminal.raw)
    terminal.press("j", pause=1.0)
    assert len(terminal.raw) - before < 12_000
    assert not DANGEROUS.search(bytes(terminal.raw))


def test_ctrl_c_quits(terminal: Terminal) -> None:
    terminal.press("\x03")
    assert terminal.wait_gone() == 0


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (b"/esca", r"^ esca\s"),
        (b"fagent", r"agent\s+│"),
        (b":pal", r"pal\s+│"),
        (b"oabc", r"abc"),
        (b"jjeXYZ ", r"XYZ You are"),
        (b"/cust\rd", r"change 1/1"),
        (b"jjd\x1b", r"production 1\.0\.0"),
        (b"jjrZed\x1b[BYou", r"^\s+AcmeZed\s(.*\n)*\s+You\s"),
    ],
)
def test_keys_that_arrive_at_once_go_where_they_were_meant(terminal: Terminal, typed: bytes, shown: str) -> None:
    terminal.write(typed)
    terminal.wait_for(f"(?m){shown}", timeout=10)
