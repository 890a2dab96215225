"""The way back is open whatever is wrong with the config, and it is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def deployed(two_versions: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Two versions were live in production, in a store that only the config names."""
    monkeypatch.delenv("WORKBENCH_STORE")
    (home / "workbench.yaml").write_text("store: prompts.db\nenvironments: [canary, production]\n")
    for number in ("1.0.0", "1.1.0"):
        for environment in ("canary", "production"):
            assert two_versions("promote", f"support/greet@{number}", environment, "-m", f"try {number}").code == 0
    return two_versions


@pytest.mark.parametrize(
    ("config", "warning"),
    [
        ("store: prompts.db\nenvironmets: [production]\n", "workbench.yaml:2: unknown key 'environmets' in the config"),
        (
            "store: prompts.db\nenvironments: []\n",
            "workbench.yaml:2: environments must be a list with at least one name",
        ),
        ("store: prompts.db\nendpoints: {x: {base_url: no}}\ndefault_model: 3\n", "workbench.yaml:2: 'no' is not an"),
        ('store: "prompts.db"  # here\nenvironments: [production\n', "workbench.yaml"),
        (
            "store: prompts.db\nhooks: {ci: {url: 'http://x', environments: [nowhere]}}\n",
            "names the unknown environment",
        ),
    ],
)
def test_no_mistake_in_the_config_stands_in_the_way(deployed: Cli, home: Path, config: str, warning: str) -> None:
    (home / "workbench.yaml").write_text(config)
    assert deployed("promote", "support/greet@1.0.0", "production", "-m", "x", "--yes").code == 2

    back = deployed("rollback", "support/greet", "production", "-m", "worse")

    assert back.code == 0
    assert f"warning: {home / 'workbench.yaml'}" in back.said
    assert warning in back.said
    assert "rolled back support/greet: production 1.1.0 → 1.0.0" in back.said


def test_an_environment_that_is_configured_no_more_can_still_be_rolled_back(deployed: Cli, home: Path) -> None:
    (home / "workbench.yaml").write_text("store: prompts.db\n")
    assert deployed("rollback", "support/greet", "canary").code == 0
    assert deployed("history", "--env", "canary", "--json").data[0]["after"] == "1.0.0"
    refused = deployed("rollback", "support/greet", "canaries")
    assert (refused.code, "there is no environment 'canaries'" in refused.said) == (3, True)


def test_what_can_be_gone_back_to_is_listed(deployed: Cli) -> None:
    assert deployed("save", "support/greet", "-", "-m", "third", input="Third\n").code == 0
    assert deployed("promote", "support/greet", "production", "-m", "third").code == 0
    rows = deployed("rollback", "support/greet", "production", "--list", "--json").data
    assert [(row["after"], row["reason"]) for row in rows] == [("1.1.0", "try 1.1.0"), ("1.0.0", "try 1.0.0")]
    assert deployed("rollback", "support/greet", "production", "--to", "1.0.0").code == 0
    assert deployed("show", "support/greet@production").out.startswith("Hello")


def test_what_was_taken_back_as_a_whole_is_passed_by(deployed: Cli) -> None:
    assert deployed("save", "support/greet", "-", "-m", "third", input="Third\n").code == 0
    assert deployed("promote", "support/greet", "production", "-m", "third").code == 0
    for environment in ("canary", "production"):
        events = deployed("history", "--env", environment, "--json").data
        assert events[0]["environment"] == environment
    assert deployed("rollback", "support/greet", "canary").code == 0
    save = next(
        event["id"]
        for event in deployed("history", "--kind", "version.save", "--json").data
        if event["details"]["number"] == "1.1.0"
    )
    assert deployed("undo", "--event", str(save)).code == 0
    refused = deployed("rollback", "support/greet", "production", "--to", "1.1.0")
    assert (refused.code, "support/greet@1.1.0 was withdrawn" in refused.said) == (1, True)
    assert "production 1.1.1 → 1.0.0" in deployed("rollback", "support/greet", "production").said


def test_what_was_live_at_a_time_comes_back(deployed: Cli) -> None:
    ledger = deployed("history", "--env", "production", "--json").data
    first = next(row["at"] for row in ledger if row["after"] == "1.0.0")
    assert "production 1.1.0 → 1.0.0" in deployed("rollback", "support/greet", "production", "--at", first).said
    refused = deployed("rollback", "support/greet", "production", "--at", "2001-01-01")
    assert (refused.code, "nothing of support/greet was live in production at 2001-01-01" in refused.said) == (3, True)
    assert deployed("rollback", "support/greet", "production", "--at", "now").said.startswith(
        "workbench: support/greet@1.0.0 is already live in production"
    )
    assert deployed("rollback", "support/greet", "production", "--at", "now", "--to", "1.0.0").code == 2
