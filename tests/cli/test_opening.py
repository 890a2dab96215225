"""The short way into the app says the same as the command-line library does, or leaves the line to it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.cli import app as app_module
from workbench.cli.opening import Opening, read_opening
from workbench.cli.root import run
from workbench.cli.session import current
from workbench.store import open_store

LINES = (
    "",
    "app",
    "--store a.db",
    "--store=a.db app",
    "app --store a.db --readonly",
    "--store a.db app --store b.db",
    "--store a.db --store b.db",
    "--as ana --config w.yaml --readonly app",
    "--as=a=b",
)
OTHERS = (
    "list",
    "--version",
    "-h",
    "app -h",
    "app app",
    "--store",
    "--store=",
    "--store --readonly",
    "--readonly=yes",
    "demo",
    "--stor a.db",
    "-- app",
    "--json",
)


@pytest.mark.parametrize("line", LINES)
def test_the_short_way_reads_what_the_long_way_reads(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Opening] = []

    def look(_instead: str) -> None:
        session = current()
        seen.append(Opening(session.store, session.config_file, session.actor, session.readonly))
        raise KeyboardInterrupt

    monkeypatch.setattr(app_module, "need_terminal", look)
    assert run(shlex.split(line)) == 130
    assert read_opening(shlex.split(line)) == seen[0]


@pytest.mark.parametrize("line", OTHERS)
def test_every_other_line_is_left_to_the_long_way(line: str) -> None:
    assert read_opening(shlex.split(line)) is None


@pytest.mark.parametrize("line", ["", "app", "--store nowhere.db"])
def test_without_a_terminal_it_says_what_to_do(line: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workbench", *shlex.split(line)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "needs a terminal" in done.stderr
    assert "workbench list" in done.stderr


def test_the_way_to_the_first_frame_imports_no_command_line_library_and_no_store(tmp_path: Path) -> None:
    code = (
        "import sys, workbench.tui.app, workbench.tui.screens.library.screen; "
        "heavy = {'click', 'yaml', 'sqlite3', 'pysqlite3', 'jinja2', 'semver', 'sqlite_utils', 'hashlib', "
        "'workbench.store.database', 'workbench.domain.prompts', 'workbench.domain.runs', 'workbench.services'}; "
        "workbench.tui.app.run_app = lambda *_, **__: print(sorted(heavy & set(sys.modules))); "
        "from workbench.cli.opening import carry_out, read_opening; import workbench.cli.opening as o; "
        "o.need_terminal = lambda _: None; carry_out(read_opening(sys.argv[1:]))"
    )
    store = tmp_path / "prompts.db"
    open_store(store).close()
    words = [sys.executable, "-c", code, "--store", str(store)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", done.stderr
