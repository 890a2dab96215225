"""Hooks from the config to the receiver, as a person sees them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.support.receiver import Receiver


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    found = Receiver()
    yield found
    found.close()


def settle(cli: Cli) -> list[dict[str, object]]:
    """What was told, once nothing is pending; a process of its own does it."""
    ends = time.monotonic() + 60
    while True:
        found: list[dict[str, object]] = cli("hooks", "list", "--json").data["deliveries"]
        if all(one["state"] != "pending" for one in found) or time.monotonic() > ends:
            return found
        time.sleep(0.05)


def test_each_move_is_told_without_anybody_waiting(two_versions: Cli, home: Path, receiver: Receiver) -> None:
    cli = two_versions
    (home / "workbench.yaml").write_text(f"hooks: {{ci: {{url: '{receiver.url}', environments: [staging]}}}}\n")

    for number in ("1.0.0", "1.1.0"):
        assert cli("promote", f"support/greet@{number}", "staging").code == 0
    assert cli("promote", "support/greet", "dev").code == 0
    assert cli("rollback", "support/greet", "staging", "-m", "worse").code == 0
    assert cli("undo").code == 0

    assert [(one["kind"], one["state"]) for one in settle(cli)] == [
        ("deployment.rollback", "delivered"),
        ("deployment.rollback", "delivered"),
        ("deployment.promote", "delivered"),
        ("deployment.promote", "delivered"),
    ]
    after = {sent.data["data"]["event"]: sent.data["data"]["after"] for sent in receiver.received}
    assert [after[event] for event in sorted(after)] == ["1.0.0", "1.1.0", "1.0.0", "1.1.0"]


def test_a_receiver_that_is_down_is_seen_in_doctor_and_told_later(
    two_versions: Cli, home: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = two_versions
    # Nothing is started here, so that it is this test alone that delivers.
    monkeypatch.setattr("workbench.services.releases.hooks.start_detached", lambda words: None)
    (home / "workbench.yaml").write_text(
        f"hooks:\n  ci: {{url: '{receiver.url}', secret_env: CI_SECRET}}\nenvironments: [dev, staging, production]\n"
    )
    assert cli("promote", "support/greet", "dev").code == 0

    failed = cli("hooks", "deliver")
    assert (failed.code, failed.said) == (
        1,
        "ci: event 3 pending: the environment variable CI_SECRET is not set here\n",
    )
    findings = {one["what"]: one for one in cli("doctor", "--offline", "--json").data["findings"]}
    assert findings["hook ci"] == {
        "what": "hook ci",
        "verdict": "problem",
        "detail": "127.0.0.1; CI_SECRET is not set here",
    }
    assert findings["deliveries"]["detail"].startswith("1 pending, 0 given up; ci: the environment variable CI_SECRET")
    monkeypatch.setenv("CI_SECRET", "so secret")
    assert cli("hooks", "deliver", "--json").data[0]["state"] == "delivered"
    assert receiver.received[0].headers["webhook-signature"].startswith("v1,")
    assert cli("hooks", "deliver").said == "nothing is pending\n"
    row = cli("hooks", "list").out.split("\t")
    assert row[:4] == ["3", "ci", "delivered", "2"]


def test_without_hooks(two_versions: Cli) -> None:
    assert two_versions("hooks", "list").said.startswith("no hooks; ")
    assert two_versions("hooks", "deliver").code == 2
    assert "deliveries" not in two_versions("doctor", "--offline").out


@pytest.mark.parametrize(
    ("hooks", "message"),
    [
        ("{ci: {url: 'ftp://x'}}", "1: url is not an address"),
        ("{ci: {}}", "1: hook ci goes to nothing"),
        ("{ci: {url: 'http://x', command: y}}", "1: hook ci goes to url and command"),
        ("{ci: {url: 'http://x', onn: [promote]}}", "1: unknown key 'onn' in hook ci\n  did you mean on?"),
        ("{ci: {url: 'http://x', on: [promot]}}", "1: a hook cannot be on 'promot'\n  did you mean promote?"),
        (
            "{ci: {url: 'http://x', secret_env: 'my secret!'}}",
            "1: secret_env is not the name of an environment variable",
        ),
        ("{ci: {command: 'say \"'}}", "1: command cannot be split into words: No closing quotation"),
        ("{ci: {url: 'http://x', timeout: 0}}", "1: timeout must be a number of seconds up to 600"),
        ("{ci: {url: 'http://x', environments: [prod]}}", "1: hook ci names the unknown environment 'prod'"),
        ("[ci]", "1: hooks must be a mapping, not a list"),
    ],
)
def test_a_wrong_hook_is_named_with_its_line(cli: Cli, home: Path, hooks: str, message: str) -> None:
    (home / "workbench.yaml").write_text(f"hooks: {hooks}\n")
    failed = cli("list")
    assert failed.code == 2
    assert f"workbench.yaml:{message}" in failed.said
    assert "secret!" not in failed.said
