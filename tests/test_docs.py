"""The README tells the truth: its key table is the action table, and each command is shown in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.key_table import key_table
from workbench.cli.root import COMMANDS

README = (Path(__file__).parent.parent / "README.md").read_text()


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
