"""Signatures by real ssh-keygen: made, believed, and found out when anything about them is not true."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.ssh_keys import allow, make_key
from workbench.domain.environments import CheckRule, Environment
from workbench.domain.prompts import Content
from workbench.domain.releases.signing import Signing, principal
from workbench.errors import Refused, StoreReadOnly, Unchanged
from workbench.services.library import Library
from workbench.services.maintenance import VerifyReport, verify
from workbench.services.releases.approving import Approving
from workbench.services.releases.releasing import Releasing
from workbench.services.releases.signing import Signer
from workbench.store import Store, open_store

NAME = "support/x"
ANA = "Ana <ana@example.org>"
BEN = "Ben <ben@example.org>"
ENVIRONMENTS = (
    Environment("dev"),
    Environment("production", checks=(CheckRule("approved", "approved: 1", {"count": 1}),)),
)


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`ana` and `ben` may sign; `eve` has a key that nobody knows."""
    folder = tmp_path / "keys"
    people = {name: make_key(folder, name) for name in ("ana", "ben", "eve")}
    allow(folder / "allowed", ana=people["ana"], ben=people["ben"])
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return folder


def signer(keys: Path, actor: str, key: str) -> Signer:
    return Signer(Signing(str(keys / "allowed"), str(keys / key) if key else ""), actor)


@pytest.fixture(autouse=True)
def version(store: Store) -> None:
    Library(store, ENVIRONMENTS, ANA).save(NAME, Content.of_text("Hello"), note="first")


@pytest.fixture
def signed(store: Store, keys: Path) -> Store:
    """Ben's approval and Ana's promotion."""
    Approving(store, ENVIRONMENTS, BEN, signer(keys, BEN, "ben")).approve(NAME, "production", "fine")
    service = Releasing(store, ENVIRONMENTS, ANA, signer=signer(keys, ANA, "ana"))
    service.promote(service.plan(NAME, "production"), "go")
    return store


def states(report: VerifyReport) -> list[str]:
    return [one.state for one in report.signatures]


def test_approvals_and_promotions_are_signed_and_verified(signed: Store, keys: Path) -> None:
    report = verify(signed, signer(keys, ANA, "ana"))
    assert report.ok
    assert [(one.of, one.signer, one.state) for one in report.signatures] == [
        ("review", "ben@example.org", "valid"),
        ("deployment", "ana@example.org", "valid"),
    ]
    said = json.loads(signed.reviews.signatures()[1].payload)
    assert (said["act"], said["version"], said["before"], said["reason"]) == ("promote", "1.0.0", None, "go")


def test_no_key_is_asked_for_where_nothing_may_be_written(store: Store, store_path: Path, keys: Path) -> None:
    stranger = signer(keys, ANA, "eve")
    reading = open_store(store_path, readonly=True)
    releasing = Releasing(reading, ENVIRONMENTS, ANA, signer=stranger)
    with pytest.raises(StoreReadOnly):
        releasing.promote(releasing.plan(NAME, "dev"), "go")
    with pytest.raises(StoreReadOnly):
        Approving(reading, ENVIRONMENTS, BEN, stranger).approve(NAME, "production", "fine")
    reading.close()


def test_what_was_approved_before_approvals_were_signed_can_be_approved_again(store: Store, keys: Path) -> None:
    Approving(store, ENVIRONMENTS, BEN).approve(NAME, "production", "fine")
    by_ben = Approving(store, ENVIRONMENTS, BEN, signer(keys, BEN, "ben"))
    releasing = Releasing(store, ENVIRONMENTS, ANA, signer=signer(keys, ANA, "ana"))
    assert not releasing.plan(NAME, "production").allowed
    by_ben.approve(NAME, "production", "still fine")
    assert releasing.plan(NAME, "production").allowed
    with pytest.raises(Unchanged, match="approved this already"):
        by_ben.approve(NAME, "production", "and again")


def test_without_signing_in_the_config_a_signature_need_only_be_sound(signed: Store) -> None:
    report = verify(signed)
    assert report.ok
    assert states(report) == ["unknown", "unknown"]


def test_a_signer_that_is_not_allowed_any_more_is_unknown(signed: Store, keys: Path) -> None:
    allow(keys / "allowed", ana=keys / "ana")
    report = verify(signed, signer(keys, ANA, "ana"))
    assert (report.ok, states(report)) == (False, ["unknown", "valid"])
    assert "is not allowed for ben@example.org" in report.signatures[0].detail


def test_one_persons_key_is_not_anothers(signed: Store, keys: Path) -> None:
    allow(keys / "allowed", ana=keys / "ben", ben=keys / "ana")
    assert states(verify(signed, signer(keys, ANA, "ana"))) == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE reviews SET comment = 'splendid' WHERE id = 1", [0]),
        ("UPDATE reviews SET actor = 'Eve <eve@example.org>' WHERE id = 1", [0]),
        ("UPDATE reviews SET environment = 'dev' WHERE id = 1", [0]),
        ("UPDATE deployments SET reason = 'because' WHERE id = 1", [1]),
        ("UPDATE signatures SET payload = replace(payload, 'fine', 'good') WHERE id = 1", [0]),
        ("UPDATE signatures SET signature = replace(signature, 'U1NI', 'U1NJ') WHERE id = 1", [0]),
        ("UPDATE signatures SET signer = 'ana@example.org' WHERE id = 1", [0]),
        ("DELETE FROM reviews", [0]),
        (
            "UPDATE signatures SET of = 'review', row_id = 7 WHERE id = 2; UPDATE signatures SET of = 'deployment', "
            "row_id = 1 WHERE id = 1; UPDATE signatures SET row_id = 1 WHERE id = 2",
            [0, 1],
        ),
    ],
)
def test_whatever_is_changed_breaks_it(
    signed: Store, store_path: Path, keys: Path, statement: str, broken: list[int]
) -> None:
    with sqlite3.connect(store_path) as connection:
        for table in ("reviews", "deployments", "signatures"):
            for verb in ("update", "delete", "replace"):
                connection.execute(f"DROP TRIGGER {table}_no_{verb}")
        connection.executescript(statement)
    connection.close()
    report = verify(signed, signer(keys, ANA, "ana"))
    assert not report.ok
    assert [at for at, state in enumerate(states(report)) if state == "broken"] == broken
    assert next(check for check in report.checks if check.name == "rows").ok is False


def test_only_approvals_with_a_valid_signature_count(store: Store, keys: Path) -> None:
    Approving(store, ENVIRONMENTS, BEN).approve(NAME, "production")
    service = Releasing(store, ENVIRONMENTS, ANA, signer=signer(keys, ANA, "ana"))
    plan = service.plan(NAME, "production")
    assert not plan.allowed
    assert [why for _, why in plan.approvals.not_counted] == ["not signed"]
    Approving(store, ENVIRONMENTS, BEN, signer(keys, BEN, "ben")).withdraw(NAME)
    Approving(store, ENVIRONMENTS, BEN, signer(keys, BEN, "ben")).approve(NAME, "production")
    assert service.plan(NAME, "production").allowed
    allow(keys / "allowed", ana=keys / "ana")
    later = Releasing(store, ENVIRONMENTS, ANA, signer=signer(keys, ANA, "ana"))
    assert [why for _, why in later.plan(NAME, "production").approvals.not_counted] == ["signed with an unknown key"]


def test_a_signature_that_nobody_would_believe_is_not_made(store: Store, keys: Path) -> None:
    with pytest.raises(Refused, match=r"is not allowed for ben@example\.org") as caught:
        Approving(store, ENVIRONMENTS, BEN, signer(keys, BEN, "eve")).approve(NAME, "production")
    assert "ben@example.org" in caught.value.hint
    with pytest.raises(Refused, match="is not allowed for eve"):
        Approving(store, ENVIRONMENTS, "eve", signer(keys, "eve", "eve")).approve(NAME, "production")
    assert store.reviews.signatures() == []
    assert store.events.newest(limit=1)[0].kind == "prompt.create"


def test_what_is_missing_is_said(store: Store, keys: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no SSH key in"):
        signer(keys, ANA, "").sign("x")
    with pytest.raises(Refused, match=r"there is no key .*nowhere"):
        signer(keys, ANA, "nowhere").sign("x")
    (keys / "broken").write_text("no key")
    with pytest.raises(Refused, match="did not sign"):
        signer(keys, ANA, "broken").sign("x")
    (keys / "allowed").unlink()
    with pytest.raises(Refused, match="there is no file of allowed signers"):
        signer(keys, ANA, "ana").sign("x")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="there is no ssh-keygen"):
        signer(keys, ANA, "ana").sign("x")


def test_a_passphrase_that_nobody_can_be_asked_for_is_an_error_and_no_hang(store: Store, keys: Path) -> None:
    locked = make_key(keys, "locked", passphrase="open sesame")
    with pytest.raises(Refused, match="did not sign") as caught:
        Signer(Signing(str(keys / "allowed"), str(locked)), ANA, terminal=False).sign("x")
    assert f"ssh-add {locked}" in caught.value.hint


def test_a_key_that_an_agent_holds_needs_no_passphrase(
    store: Store, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = tmp_path / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        deadline = time.monotonic() + 20
        while not socket.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        subprocess.run(["ssh-add", "-q", str(keys / "ana")], check=True, stderr=subprocess.DEVNULL)
        (keys / "ana").unlink()
        held = Signer(Signing(str(keys / "allowed"), str(keys / "ana.pub")), ANA, terminal=False)
        assert held.sign("x").startswith("-----BEGIN SSH SIGNATURE-----")
    finally:
        agent.terminate()
        agent.wait()


def test_the_usual_key_and_gits_are_found(store: Store, keys: Path, tmp_path: Path) -> None:
    usual = tmp_path / "home" / ".ssh"
    usual.mkdir(parents=True)
    shutil.copy(keys / "ana", usual / "id_ed25519")
    assert signer(keys, ANA, "").sign("x").startswith("-----BEGIN SSH SIGNATURE-----")
    (tmp_path / "gitconfig").write_text(f"[gpg]\n format = ssh\n[user]\n signingkey = {keys / 'ben'}\n")
    assert signer(keys, BEN, "").sign("x").startswith("-----BEGIN SSH SIGNATURE-----")


def test_whom_a_key_belongs_to() -> None:
    assert principal("Ana Silva <ana@example.org>") == "ana@example.org"
    assert principal("ana") == "ana"
    assert principal(" ana@host ") == "ana@host"
