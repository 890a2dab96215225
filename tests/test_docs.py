"""The README tells the truth: its key table is the action table, and each command is shown in it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.key_table import key_table
from workbench import Workbench
from workbench.cli.root import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_the_key_table_is_the_action_table() -> None:
    between = re.search(r"<!-- keys -->\n(.*?)<!-- end -->", README, re.DOTALL)

    assert between is not None
    assert between.group(1) == key_table(), "run: python -m tests.support.key_table"


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"app"}))
def test_each_command_is_shown(name: str) -> None:
    assert f"workbench {name}" in README


def test_each_endpoint_preset_is_named() -> None:
    from workbench.models.presets import PRESETS

    assert [name for name in PRESETS if name not in README] == []


def examples() -> list[str]:
    """The commands of the README that need no model and no run of before, in its order."""
    section = README.split("## On the command line", 1)[1].split("```sh", 1)[1].split("```", 1)[0]
    commands = [command for line in section.splitlines() for command in re.split(r"\s+(?=workbench )", line.strip())]
    of_a_run = re.compile(r"workbench (run |compare|runs (replay|rate|continue|export|keep))")
    return [command for command in commands if command and not of_a_run.match(command)]


def test_the_examples_work_on_the_sample_prompts(tmp_path: Path) -> None:
    # Whoever has a store of their own finds nothing of this in it.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("WORKBENCH_", "XDG_"))}
    env |= {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "WORKBENCH_ACTOR": "ana"}

    def done(command: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", *shlex.split(command)]
        return subprocess.run(argv, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    shutil.copytree(ROOT / "sample_prompts", tmp_path / "prompts")
    (tmp_path / "draft.txt").write_text("You answer customers softly.\n")
    assert done("workbench import prompts --deploy").returncode == 0

    failed = {command: result.stderr for command in examples() if (result := done(command)).returncode}

    assert failed == {}


def test_the_example_for_python_works_on_the_sample_prompts(tmp_path: Path) -> None:
    with Workbench.open(store=tmp_path / "prompts.db", actor="ana") as workbench:
        workbench.porting.carry_out(workbench.porting.plan_import([ROOT / "sample_prompts"]), deploy=True)
        version = workbench.get("support/customer-support@production")
        assert 'version.render(customer_name="Ana", tier="enterprise")' in README
        assert "Ana" in version.render(customer_name="Ana", tier="enterprise")[0]["content"]
