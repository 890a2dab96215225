"""What goes wrong around a terminal program: signals, odd bytes, odd sizes, no terminal, hostile prompts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.stories.conftest import NAME
from tests.support.terminal import DANGEROUS, ESC, Terminal
from workbench import Workbench
from workbench.domain.prompts import Content, Message

App = Callable[..., Terminal]
HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[6n\x1bP$q\x1b\\\x9b6n[/][@click=app.quit]x[/] \u202etxt\r\x00 \x1b]8;;http://x\x07l\x1b]8;;\x07"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back(open_app: App, number: signal.Signals) -> None:
    terminal = open_app()

    terminal.signal(number)

    assert terminal.wait_gone() == 128 + number
    assert terminal.left_behind() == []


@pytest.mark.parametrize("meanwhile", ["nothing", "keys"])
def test_a_terminal_that_is_closed_takes_the_app_with_it(open_app: App, meanwhile: str) -> None:
    terminal = open_app()
    if meanwhile == "keys":
        terminal.write(b"jkd" * 20)

    terminal.hang_up()

    assert terminal.wait_dead(5)


def test_bytes_that_are_not_text_are_ignored(open_app: App) -> None:
    terminal = open_app()

    terminal.write(b"\xff\xfe\xc3")
    terminal.write(b"\x1b[M\xa0\xff\xff")
    terminal.read_for(0.5)
    terminal.press("d")

    terminal.wait_for("Be friendly")


def test_a_storm_of_sizes_ends_well(open_app: App) -> None:
    terminal = open_app()

    for columns, rows in [(1, 1), (20, 5), (500, 200), (3, 60), (160, 45), (1, 1), (80, 24)]:
        terminal.resize(columns, rows)
        terminal.read_for(0.1)

    terminal.wait_for("production 1.0.0")


def test_hostile_data_never_reaches_the_terminal_as_itself(open_app: App, story_store: Path) -> None:
    with Workbench.open(store=story_store, actor=HOSTILE) as workbench:
        content = Content((Message("system", f"Never promise a refund. {HOSTILE}\n{HOSTILE}"),))
        workbench.library.save(NAME, content, note=HOSTILE)
        workbench.library.describe(NAME, HOSTILE)
        workbench.deploying.promote(NAME, "production", HOSTILE)
    terminal = open_app(160, 45)

    with Workbench.open(store=story_store, actor=HOSTILE) as workbench:
        workbench.approving.request_changes(f"{NAME}@1.0.3", HOSTILE, line=1)
    for key in "dPRtHrebp":
        terminal.press(key, pause=0.8)
        terminal.press(ESC, pause=0.8)
    terminal.wait_for("production 1.0.3")

    assert DANGEROUS.findall(bytes(terminal.raw)) == []
    assert "␛" in terminal.text


def test_odd_widths_leave_the_columns_where_they_are(open_app: App, story_store: Path) -> None:
    marks = "e" + "\u0301" * 30
    with Workbench.open(store=story_store, actor=f"{marks}李小龍の名前") as workbench:
        for note in (
            f"{marks} stacked",
            "家族 👨‍👩‍👧‍👦 and 日本語の長い説明文がここに続きます" * 4,
            "e\u0301\u200dx ﷽ wide",
        ):
            text = f"Never promise a refund. {note}"
            workbench.library.save(NAME, Content((Message("system", text),)), note=note)
    terminal = open_app(160, 45)
    terminal.wait_for("stacked")

    borders = [tuple(terminal.column_of("│", row)) for row in range(1, 40)]

    assert len(set(borders)) == 1, borders


def test_without_a_terminal_one_line_says_which_command_to_use(story_store: Path, home: Mapping[str, str]) -> None:
    alone = subprocess.run(
        [sys.executable, "-m", "workbench", "--store", str(story_store)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, **home},
        check=False,
        timeout=30,
    )

    assert alone.returncode == 2
    assert alone.stdout == b""
    assert b"workbench list" in alone.stderr
    assert b"\x1b" not in alone.stderr
