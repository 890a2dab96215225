"""The house keeps its floors: imports point downwards, rooms stay small, the top level stays bare."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "workbench").rglob("*.py"))
TOP_LEVEL = {"pyproject.toml", "workbench", "tests", "sample_prompts", "README.md"}


def test_imports_point_downwards() -> None:
    linted = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_outgrows_its_room(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= 320


def test_only_screens_lead_to_one_another() -> None:
    """Everything else can be read from the bottom up: no module needs one that needs it, not even later on."""
    graph = grimp.build_graph("workbench", exclude_type_checking_imports=True, cache_dir=None)
    users = {module: graph.find_downstream_modules(module) for module in graph.modules}
    circles = {module for module in graph.modules if any(module in users[user] for user in users[module])}

    assert {module for module in circles if not module.startswith("workbench.tui.screens.")} == set()


def test_every_package_says_what_belongs_there() -> None:
    silent = [
        str(init.relative_to(ROOT))
        for init in (ROOT / "workbench").rglob("__init__.py")
        if not init.read_text().startswith('"""')
    ]

    assert silent == []


def test_the_top_level_holds_nothing_else() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.split("/")[0] for line in listed.splitlines()}

    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL
