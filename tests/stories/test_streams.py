"""The embedded model streams into the app, and the app is stopped in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.stories.conftest import NAME
from tests.support.local_model import data_dir_with_weights
from tests.support.terminal import ESC, Terminal
from workbench import Workbench
from workbench.domain.runs import RunRow

App = Callable[..., Terminal]
pytestmark = pytest.mark.xdist_group("local_model")
SEND = "\n"


@pytest.fixture
def streaming(open_app: App, home: Mapping[str, str]) -> Terminal:
    """The run screen, a long answer arriving."""
    own = Path(home["XDG_DATA_HOME"]) / "workbench"
    own.mkdir(parents=True)
    (own / "models").symlink_to(data_dir_with_weights() / "models")
    terminal = open_app(160, 45)
    terminal.press("r")
    terminal.wait_for("company_name")
    terminal.press(*"Acme", "\t", pause=0.05)
    # Without a question the model sometimes ends after a word or two.
    terminal.press("Write a very long story about a shop that sells speakers.")
    terminal.press(SEND)
    terminal.wait_for(r"running · \d+ s · \d{2,} characters", timeout=60)
    return terminal


def recorded(store: Path) -> list[RunRow]:
    with Workbench.open(store=store) as workbench:
        return workbench.running.runs(NAME)


def model_processes(home: Mapping[str, str]) -> list[str]:
    """Command lines of local models that belong to this test's home."""
    listed = subprocess.run(["ps", "-e", "-ww", "-o", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if "local_server" in line and home["XDG_DATA_HOME"] in line]


def gone_within(seconds: float, home: Mapping[str, str]) -> bool:
    deadline = time.monotonic() + seconds
    while model_processes(home) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not model_processes(home)


def test_esc_stops_and_keeps_what_came(streaming: Terminal, story_store: Path) -> None:
    streaming.press(ESC)
    streaming.wait_for("(?i)stopped|cancelled")

    (row,) = recorded(story_store)
    assert row.status == "cancelled"
    assert row.output_tokens is None or row.output_tokens > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_records_the_run_and_orphans_nobody(
    streaming: Terminal, story_store: Path, home: Mapping[str, str], number: signal.Signals
) -> None:
    assert model_processes(home)

    streaming.signal(number)

    assert streaming.wait_gone() == 128 + number
    assert streaming.left_behind() == []
    assert [row.status for row in recorded(story_store)] == ["cancelled"]
    assert gone_within(5, home)


def test_a_kill_leaves_no_half_run_and_no_orphan(
    streaming: Terminal, story_store: Path, home: Mapping[str, str]
) -> None:
    assert model_processes(home)

    os.kill(streaming.pid, signal.SIGKILL)
    streaming.wait_gone()

    # Whole where the answer had just ended, else absent.
    assert [row.status for row in recorded(story_store)] in ([], ["finished"])
    assert gone_within(5, home)
