"""What a config says of releases, and where it is wrong: the file, the line and the nearest right thing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workbench.domain.environments import Environment
from workbench.domain.releases.signing import Signing
from workbench.errors import ConfigError
from workbench.settings.config import Config, load_config


def config(folder: Path, text: str) -> Config:
    file = folder / "workbench.yaml"
    file.write_text(text)
    return load_config(folder, env={"HOME": str(folder)})


def production(folder: Path, checks: str) -> Environment:
    return config(folder, f"environments:\n  - dev\n  - staging\n  - name: production\n{checks}").environments[-1]


def test_all_that_an_environment_can_ask_for(tmp_path: Path) -> None:
    found = production(
        tmp_path,
        """    protected: true
    own_approval: false
    force: true
    checks:
      - validates
      - note
      - tagged: reviewed
      - was_in: staging
      - soaked: 24h
      - approved: 1
      - compared: {min_votes: 20, not_worse: true}
      - command: "pytest -q 'tests/my prompts'"
      - command: {run: [make, check], timeout: 5m, counts_for: 2d}
""",
    )
    assert (found.protected, found.force, found.own_approval) == (True, True, False)
    assert [rule.label for rule in found.checks] == [
        "validates",
        "note",
        "tagged: reviewed",
        "was_in: staging",
        "soaked: 24h",
        "approved: 1",
        "compared: min_votes 20, not_worse true",
        "command: pytest -q 'tests/my prompts'",
        "command: run make check, timeout 5m, counts_for 2d",
    ]
    by_name: dict[str, Any] = {rule.name: dict(rule.wanted) for rule in found.checks[:-1]}
    assert by_name["tagged"] == {"tags": ("reviewed",)}
    assert by_name["soaked"] == {"seconds": 86400.0, "environment": "staging"}
    assert by_name["compared"] == {"min_votes": 20, "not_worse": True}
    assert by_name["command"]["command"] == ("pytest", "-q", "tests/my prompts")
    assert dict(found.checks[-1].wanted) == {"command": ("make", "check"), "timeout": 300.0, "counts_for": 172800.0}


def test_checks_may_be_a_mapping(tmp_path: Path) -> None:
    found = production(
        tmp_path, "    checks: {validates: true, note: false, approved: 2, soaked: {time: 1d 12h, in: dev}}\n"
    )
    assert [rule.label for rule in found.checks] == ["validates", "approved: 2", "soaked: time 1d 12h, in dev"]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("- approvd: 1", "there is no check 'approvd'", "did you mean approved?"),
        ("- validates: 3", "takes no value", "write validates"),
        ("- soaked: long", "soaked must be a time", "30m, 24h or 7d"),
        ("- soaked: {time: 1h, at: dev}", "unknown key 'at'", "known are time, in"),
        ("- was_in: stagging", "there is no environment 'stagging'", "did you mean staging?"),
        ("- was_in: production", "is the environment that it would guard", "before it"),
        ("- approved: 0", "approved must be a whole number", ""),
        ("- approved: yes", "approved must be a whole number", ""),
        ("- compared: {min_vote: 3}", "unknown key 'min_vote'", "did you mean min_votes?"),
        ("- compared: {not_worse: 1}", "must be true or false", ""),
        ("- command: 'say \"it'", "cannot be split", "close the quotes"),
        ("- command: []", "must be a text or a list", "pytest"),
        ("- command: {run: x, time_out: 1m}", "unknown key 'time_out'", "did you mean timeout?"),
        ("- tagged: staging", "is reserved", "promote to staging"),
        ("- 7", "must be text, not a number", ""),
    ],
)
def test_what_is_wrong_with_a_check_is_said_with_its_line(tmp_path: Path, line: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        production(tmp_path, f"    checks:\n      - note\n      {line}\n")
    assert caught.value.line == 7
    assert caught.value.message.startswith(f"{tmp_path / 'workbench.yaml'}:7: ")
    assert caught.value.message.count("workbench.yaml") == 1
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("environments: [dev, {name: dev}]\n", 1, "listed twice"),
        ("environments:\n  - {name: dev, check: [note]}\n", 2, "unknown key 'check'"),
        ("environments:\n  - {name: dev, checks: note}\n", 2, "checks must be a list"),
        ("environments:\n  - {name: dev, force: maybe}\n", 2, "force must be true or false"),
        ("environments:\n  - {name: dev, checks: [{soaked: 1h}]}\n", 2, "no environment before dev"),
        ("environments:\n  - {name: dev, checks: [note, note]}\n", 2, "stands twice"),
        ("signing: gpg\n", 1, "signing must be ssh, not 'gpg'"),
        ("signing: {ssh: {keys: a}}\n", 1, "unknown key 'keys'"),
    ],
)
def test_what_else_can_be_wrong(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        config(tmp_path, text)
    assert caught.value.line == line


def test_signing(tmp_path: Path) -> None:
    assert config(tmp_path, "").signing is None
    assert config(tmp_path, "signing: ssh\n").signing == Signing(str(tmp_path / "allowed_signers"))
    found = config(tmp_path, "signing: {ssh: {key: /keys/ana, allowed_signers: team/signers}}\n").signing
    assert found == Signing(str(tmp_path / "team" / "signers"), "/keys/ana")


def test_commands_run_beside_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / "workbench.yaml").write_text("theme: workbench-dark\n")
    monkeypatch.chdir(below)
    assert load_config(below, env={}).folder == tmp_path
