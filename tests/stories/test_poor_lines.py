"""Terminals that can little and lines that are slow: everything is said without colour, and keys do not pile up."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stories.conftest import NAME
from tests.support.terminal import ESC, Terminal
from workbench import Workbench
from workbench.domain.prompts import Content

App = Callable[..., Terminal]
SLOW = 500_000 // 8
"""Bytes a second of a line of 500 kbit/s."""


def crawl(terminal: Terminal, seconds: float) -> int:
    """Read as a slow line does; the bytes that came."""
    before, began = len(terminal.raw), time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        if len(terminal.raw) - before < SLOW * passed:
            terminal.read_once(0.005, most=512)
        else:
            time.sleep(0.005)
    return len(terminal.raw) - before


def test_a_held_key_on_a_slow_line_does_not_lag(open_app: App, story_store: Path) -> None:
    with Workbench.open(store=story_store, actor="ana") as workbench:
        for number in range(120):
            workbench.library.save(f"team/prompt-{number:03}", Content.of_text(f"Answer as number {number}. " * 30))
    terminal = open_app(160, 45)

    for _ in range(60):
        terminal.write(b"j")
        crawl(terminal, 1 / 30)
    released = time.monotonic()
    quiet = 0
    while quiet < 4 and time.monotonic() - released < 10:
        quiet = quiet + 1 if crawl(terminal, 0.1) == 0 else 0
    lag = time.monotonic() - released - 0.4

    terminal.wait_for("team/prompt-0[5-6]")
    assert lag < 2


def test_a_large_paste_is_one_edit_and_one_undo(open_app: App) -> None:
    terminal = open_app()
    terminal.press("e", pause=0.5)
    terminal.wait_for("into a new version")

    line = "All of the answer in one paragraph, \x1b[31m and nothing else.\n"
    terminal.write(f"{ESC}[200~{line * 1800}{ESC}[201~".encode())
    terminal.wait_for("You are a support agent", timeout=20)
    terminal.press("\x1a", pause=0.5)  # ctrl+z: undo, in a text field
    terminal.press("\n", pause=0.5)

    terminal.wait_for("(?i)nothing (has )?changed|same as|unchanged")


@pytest.mark.parametrize(
    "env",
    [
        {"TERM": "linux", "COLORTERM": ""},
        {"TERM": "screen", "COLORTERM": ""},
        {"NO_COLOR": "1"},
        {"LANG": "C", "LC_ALL": "C"},
    ],
    ids=lambda env: next(iter(env)) + "=" + next(iter(env.values())),
)
def test_nothing_is_said_by_colour_alone(open_app: App, env: dict[str, str]) -> None:
    terminal = open_app(80, 24, **env)

    assert "production 1.0.0" in terminal.text
    terminal.press("l", pause=0.5)
    terminal.wait_for("PRODUCTION")
    terminal.press("d")
    terminal.wait_for("1.0.0 → 1.0.2")
    shown = terminal.wait_for(r"Be friendly")

    changed = [line for line in shown.split("\n") if re.search(r"[-~+] .*Be ", line)]
    assert len(changed) >= 1
    assert NAME in shown
