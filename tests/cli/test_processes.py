"""The command as a process: bytes, exit codes, terminals, crashes."""

from __future__ import annotations

import errno
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

HOSTILE = "before \x1b]52;c;aGFjaw==\x07 \x1b[31mred \x9b2J \u202ereversed\x7f [bold]x[/] \x00 end\r\nnext\tline\n"
_SGR = re.compile(rb"\x1b\[[0-9;]*m")


def on_pty(arguments: list[str], typed: bytes = b"", **env: str) -> tuple[int, bytes]:
    """Exit code and every byte that reached the terminal."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", *arguments],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "TERM": "xterm-256color", **env},
        start_new_session=True,
    )
    os.close(follower)
    seen, ends = b"", time.monotonic() + 60
    while time.monotonic() < ends:
        ready, _, _ = select.select([leader], [], [], 0.1)
        if ready:
            try:
                piece = os.read(leader, 65536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                break
            if not piece:
                break
            seen += piece
            if typed and b"confirm" in seen:
                os.write(leader, typed)
                typed = b""
        elif process.poll() is not None:
            break
    code = process.wait(10)
    os.close(leader)
    return code, seen


@pytest.fixture
def hostile(cli: Cli) -> Cli:
    saved = cli("save", "bad/text", "-", "--format", "literal", "-m", f"note {HOSTILE}", "--as", HOSTILE, input=HOSTILE)
    assert saved.code == 0
    assert cli("save", "bad/text", "-", "-m", HOSTILE, input=HOSTILE.replace("before", "after")).code == 0
    assert cli("promote", "bad/text", "dev", "-m", HOSTILE).code == 0
    return cli


@pytest.mark.parametrize(
    "command",
    [
        "list",
        "log bad/text",
        "show bad/text",
        "show bad/text --json",
        "show bad/text --file",
        "render bad/text",
        "diff bad/text 1.0.0 1.0.1 --split",
        "diff bad/text 1.0.0 1.0.1 --unified",
        "diff bad/text 1.0.0 1.0.1 --words",
        "diff bad/text 1.0.0 1.0.1 --patch",
        "diff bad/text 1.0.0 1.0.1 --json",
        "search before",
        "history",
        "history --json",
        "history --env dev",
        "undo --dry-run",
        "show \x1b[31mred",
        "promote bad/text staging -m \x1b[2J",
    ],
)
def test_no_control_character_reaches_a_terminal(hostile: Cli, command: str) -> None:
    _, seen = on_pty(command.split(" "), NO_COLOR="1")
    assert seen
    text = seen.replace(b"\r\n", b"\n").decode()
    assert not re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    _, coloured = on_pty(command.split(" "))
    assert b"\x1b" not in _SGR.sub(b"", coloured)
    assert b"\x1b[31mred" not in coloured


def test_a_pipe_gets_the_exact_bytes(hostile: Cli, process: Cli) -> None:
    assert process("show", "bad/text@1.0.0").raw == HOSTILE.encode()


def test_a_pipe_is_utf_8_in_any_locale(cli: Cli, process: Cli) -> None:
    cli("save", "snow", "-", input="☃ ä")
    answer = process("show", "snow", env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert answer.raw == "☃ ä".encode()


def test_a_protected_environment_is_confirmed_by_its_name(two_versions: Cli) -> None:
    command = ["promote", "support/greet", "production", "-m", "why"]
    code, seen = on_pty(command, typed=b"staging\n")
    assert code == 1
    assert b"not confirmed" in seen
    code, _ = on_pty(command, typed=b"production\n")
    assert code == 0
    assert two_versions("list", "--json").data[0]["live"] == {"production": "1.1.0"}


@pytest.mark.parametrize("arguments", [(), ("app",), ("demo",)])
def test_the_app_without_a_terminal_says_what_to_use(process: Cli, arguments: tuple[str, ...]) -> None:
    answer = process(*arguments)
    assert answer.code == 2
    assert answer.raw == b""
    assert "terminal" in answer.said
    assert "\x1b" not in answer.said


def test_a_reader_that_goes_away_is_no_traceback(cli: Cli, home: Path) -> None:
    cli("save", "long", "-", "--format", "literal", input="x" * 2_000_000)
    shell = f"{sys.executable} -m workbench show long | head -c 10"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, timeout=60)
    assert done.stdout == b"x" * 10
    assert done.stderr == b""


def test_a_crash_leaves_a_report_without_secrets(home: Path, tmp_path: Path) -> None:
    script = (
        "import os, sys, workbench.cli.root as root\n"
        "def broken(arguments):\n"
        "    raise RuntimeError('lost ' + os.environ['MY_API_KEY'] + ' and ' + arguments[2] + ' at http://u:pw99@h/')\n"
        "root.run = broken\n"
        "from workbench.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "run", "-v", "card=4111-1111"],
        capture_output=True,
        timeout=60,
        env={**os.environ, "MY_API_KEY": "topsecret99"},
    )
    assert done.returncode == 70
    said = done.stderr.decode()
    assert "Traceback" not in said
    (report,) = (tmp_path / "xdg").rglob("crash-*.txt")
    assert str(report) in said
    written = report.read_text()
    assert "RuntimeError" in written
    assert "broken" in written
    for secret in ("topsecret99", "4111-1111", "pw99"):
        assert secret not in written
        assert secret not in said
    assert report.stat().st_mode & 0o077 == 0


def test_python_dash_m_and_version(process: Cli) -> None:
    from workbench import __version__

    assert process("--version").out == f"workbench {__version__}\n"


@pytest.mark.parametrize("broken", [b"", b"this is not a database at all, not in the least\n" * 50])
def test_a_file_that_is_no_store_is_refused_and_kept(process: Cli, home: Path, broken: bytes) -> None:
    (home / "prompts.db").write_bytes(broken)
    answer = process("list")
    assert answer.code == 2
    assert "prompts.db" in answer.said
    assert (home / "prompts.db").read_bytes() == broken
