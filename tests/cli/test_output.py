"""What stands on a terminal, and that nothing of a finding is cut there."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import pytest

from workbench.cli import output

PATH = "/home/ana/" + "a-folder-with-a-long-name/" * 3 + "workbench.yaml:2:"
ROWS = [
    ("file", "ok", "sound"),
    ("config", "FAILED", f"{PATH} unknown key 'keymapp' in the config; did you mean keymap?"),
]


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch, show: Callable[..., None]) -> list[str]:
    """The lines on forty columns, without colour."""
    written = io.BytesIO()
    terminal = Terminal(written, "utf-8")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(sys, "stdout", terminal)
        show(("what", "", "detail"), ROWS)
    return written.getvalue().decode().splitlines()


def test_findings_go_on_below_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_terminal(monkeypatch, output.findings) == [
        "what            detail",
        "file    ok      sound",
        f"config  FAILED  {PATH}",
        "                unknown key 'keymapp' in",
        "                the config; did you mean",
        "                keymap?",
    ]


def test_a_table_is_cut_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = on_terminal(monkeypatch, output.table)
    assert max(map(len, shown)) == 40
    assert shown[-1].startswith("config  FAILED  /home/ana/")


def test_in_a_pipe_both_are_fields(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    for show in (output.findings, output.table):
        show(("what", "", "detail"), ROWS)
        assert capfdbinary.readouterr().out.decode() == "".join("\t".join(row) + "\n" for row in ROWS)
