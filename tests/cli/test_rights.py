"""Who else can read or change what matters is told; and with --readonly, or on a medium that is, nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def rights(cli: Cli) -> list[tuple[str, str]]:
    found = cli("doctor", "--offline", "--json").data["findings"]
    return [(one["verdict"], one["detail"]) for one in found if one["what"] == "rights"]


def test_rights_that_are_too_wide_are_told(two_versions: Cli, home: Path) -> None:
    store, config = home / "prompts.db", home / "workbench.yaml"
    config.write_text("theme: workbench-dark\n")
    config.chmod(0o644)
    assert rights(two_versions) == [("ok", "nobody else can read or change the store (600)")]
    store.chmod(0o640)
    assert rights(two_versions) == [("note", f"{store} can be read by its group: chmod go-r it")]
    store.chmod(0o666)
    config.chmod(0o664)
    assert rights(two_versions) == [
        ("problem", f"{store} can be changed by everybody: chmod go-w it"),
        ("note", f"{store} can be read by everybody: chmod go-r it"),
        ("note", f"{config} can be changed by its group: chmod go-w it"),
    ]
    assert two_versions("list").said == f"warning: {store} can be changed by everybody on this machine: chmod o-w it\n"
    store.chmod(0o600)
    config.chmod(0o644)
    assert two_versions("list").said == ""
    home.chmod(0o777)
    (told,) = {detail for _, detail in rights(two_versions)}
    assert told.startswith(f"{home} can be changed by everybody, who could put another file there")
    home.chmod(0o700)


CHANGES = [
    "save support/greet draft.txt -m x",
    "tag support/greet +x",
    "archive support/greet",
    "promote support/greet@1.0.0 dev",
    "rollback support/greet dev",
    "restore support/greet@1.0.0",
    "approve support/greet dev",
    "review support/greet --request-changes -m x",
    "inputs save support/greet pro -v name=Ana",
    "undo",
    "redo",
    "import draft.txt --format plain",
]


@pytest.mark.parametrize("command", CHANGES)
def test_nothing_changes_with_readonly(two_versions: Cli, home: Path, command: str) -> None:
    (home / "draft.txt").write_text("Another text\n")
    assert two_versions("promote", "support/greet@1.1.0", "dev").code == 0
    before = two_versions("history", "--json").data
    refused = two_versions(*command.split(), "--readonly")
    assert refused.code != 0
    assert "Traceback" not in refused.said
    assert two_versions("history", "--json").data == before


def test_reading_works_with_readonly(two_versions: Cli, home: Path) -> None:
    for command in (
        "show support/greet",
        "list",
        "log support/greet",
        "history",
        "changes",
        "blame support/greet",
        "history --at now",
        "undo --dry-run",
        "hooks list",
        "verify",
    ):
        assert two_versions(*command.split(), "--readonly").code == 0, command
