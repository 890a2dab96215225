"""Signing approvals and promotions with a person's SSH key, and checking them, through OpenSSH's `ssh-keygen -Y`.

The signature is made before the transaction that records the act: a passphrase may be asked for, and nobody waits
for the store meanwhile.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from workbench.domain.names import near
from workbench.domain.prompts import Version
from workbench.domain.releases.signing import (
    NAMESPACE,
    Signing,
    VerdictKind,
    approval_text,
    differences,
    principal,
    promotion_text,
)
from workbench.errors import Refused
from workbench.store.reviews import Signature

USUAL_KEYS = ("id_ed25519", "id_ecdsa", "id_ed25519_sk", "id_ecdsa_sk", "id_rsa")
_CHECK_SECONDS = 20
_MOST = 1_000_000


class Signer:
    """`terminal`: a passphrase may be asked for there. Without one an agent must hold the key, or SSH_ASKPASS ask."""

    def __init__(self, signing: Signing, actor: str, *, terminal: bool = True) -> None:
        self.terminal = terminal
        self._signing = signing
        self._actor = actor
        self._known: dict[tuple[str, str], tuple[VerdictKind, str]] = {}

    def approval(self, version: Version, environment: str, comment: str, at: str) -> Callable[[int], Signature]:
        """Signs an approval; what comes back makes the row of the signature once the approval has an id."""
        text = approval_text(
            prompt=version.prompt,
            number=version.number,
            digest=version.digest,
            environment=environment,
            comment=comment,
            actor=self._actor,
            at=at,
            nonce=secrets.token_hex(16),
        )
        armored = self.sign(text)
        return lambda row_id: Signature("review", row_id, text, armored, principal(self._actor), at)

    def promotion(
        self, version: Version, environment: str, before: str | None, reason: str, at: str
    ) -> Callable[[int], Signature]:
        """Signs a promotion, as `approval`."""
        text = promotion_text(
            prompt=version.prompt,
            number=version.number,
            digest=version.digest,
            environment=environment,
            before=before,
            reason=reason,
            actor=self._actor,
            at=at,
            nonce=secrets.token_hex(16),
        )
        armored = self.sign(text)
        return lambda row_id: Signature("deployment", row_id, text, armored, principal(self._actor), at)

    def sign(self, text: str) -> str:
        """The armored signature. `Refused` where there is no ssh-keygen, no key, or it cannot be used."""
        tool, key = _tool(), self._key()
        with tempfile.TemporaryDirectory(prefix="workbench-sign-") as folder:
            file = Path(folder) / "act"
            file.write_bytes(text.encode())
            done = _run_asking([tool, "-Y", "sign", "-f", str(key), "-n", NAMESPACE, str(file)], self.terminal)
            made = file.with_name(file.name + ".sig")
            if done.returncode != 0 or not made.is_file():
                said = done.stderr.decode(errors="replace").strip().splitlines()
                raise Refused(
                    f"{key} did not sign: {said[-1] if said else f'ssh-keygen ended with {done.returncode}'}",
                    "nothing was changed; "
                    + ("check the passphrase" if self.terminal else f"give the key to an agent: ssh-add {key}"),
                )
            armored = made.read_text("ascii")
        self._refuse_unknown(text, armored, key)
        return armored

    def ready(self) -> Path:
        """The key it would sign with. `Refused` for whatever would keep a signature from being made and believed, as
        far as that can be told without using the key."""
        _tool()
        key = self._key()
        allowed = Path(self._signing.allowed_signers)
        if not allowed.is_file():
            raise Refused(
                f"there is no file of allowed signers {allowed}",
                f"make it with the line: {principal(self._actor)} {_public(key)}",
            )
        public = _public(key)
        if public not in allowed.read_text("utf-8", errors="replace"):
            raise Refused(f"{key} is not in {allowed}", f"add it: {principal(self._actor)} {public}")
        return key

    def state(self, signature: Signature, row: dict[str, object]) -> tuple[VerdictKind, str]:
        """Whether it is a signature of what `row` says (names as in the signed text) by whom it says."""
        other = differences(signature.payload, row)
        if other:
            return "broken", f"the row says another {', '.join(other)} than what was signed"
        if signature.signer != principal(str(row["actor"])):
            return "broken", f"it is said to be of {signature.signer}, the row is of {row['actor']}"
        cached = (signature.payload, signature.signature)
        if cached not in self._known:
            self._known[cached] = self.check(signature.payload, signature.signature, signature.signer)
        return self._known[cached]

    def check(self, text: str, armored: str, signer: str) -> tuple[VerdictKind, str]:
        """By ssh-keygen; errors of the machine are `Refused`."""
        tool = _tool()
        if len(armored) > _MOST:
            return "broken", "no signature is that long"
        with tempfile.TemporaryDirectory(prefix="workbench-check-") as folder:
            made = Path(folder) / "act.sig"
            made.write_text(armored, "utf-8", errors="replace")
            base = [tool, "-Y"]
            sound = _run([*base, "check-novalidate", "-n", NAMESPACE, "-s", str(made)], text)
            if sound.returncode != 0:
                return "broken", "the signature is not one of this text"
            key = _key_in(sound.stdout.decode(errors="replace"))
            allowed = Path(self._signing.allowed_signers)
            if not allowed.is_file():
                return "unknown", f"{key}: there is no file of allowed signers {allowed}"
            proved = _run([*base, "verify", "-f", str(allowed), "-I", signer, "-n", NAMESPACE, "-s", str(made)], text)
        if proved.returncode != 0:
            return "unknown", f"{key} is not allowed for {signer} in {allowed}"
        return "valid", f"{key} of {signer}"

    # Inside

    def _key(self) -> Path:
        if self._signing.key:
            key = Path(self._signing.key)
            if not key.is_file():
                raise Refused(f"there is no key {key}", "set signing.key to your SSH key, or make one: ssh-keygen")
            return key
        named = _git_key()
        if named is not None:
            return named
        folder = Path.home() / ".ssh"
        for name in USUAL_KEYS:
            if (folder / name).is_file():
                return folder / name
        raise Refused(
            f"approvals and promotions are signed here, and there is no SSH key in {folder}",
            "make one with ssh-keygen -t ed25519, or name it: signing: {ssh: {key: PATH}}",
        )

    def _refuse_unknown(self, text: str, armored: str, key: Path) -> None:
        state, detail = self.check(text, armored, principal(self._actor))
        if state != "valid":
            listed = _principals(Path(self._signing.allowed_signers))
            close = near(principal(self._actor), listed, 1)
            hint = f"add it: {principal(self._actor)} {_public(key)}"
            raise Refused(
                f"nobody would believe this signature: {detail}",
                f"are you {close[0]}? give --as, or {hint}" if close else hint,
            )


def _tool() -> str:
    found = shutil.which("ssh-keygen")
    if found is None:
        raise Refused(
            "approvals and promotions are signed here, and there is no ssh-keygen", "install OpenSSH 8.2 or newer"
        )
    return found


def _run_asking(arguments: Sequence[str], terminal: bool) -> subprocess.CompletedProcess[bytes]:
    """With the terminal at hand, for a passphrase is asked for there; else in a session of its own, which has none."""
    askpass = {"SSH_ASKPASS_REQUIRE": "force"} if not terminal and os.environ.get("SSH_ASKPASS") else {}
    return subprocess.run(
        list(arguments),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        start_new_session=not terminal,
        env={**os.environ, **askpass},
    )


def _run(arguments: Sequence[str], text: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            list(arguments), input=text.encode(), capture_output=True, timeout=_CHECK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refused(f"ssh-keygen did not answer: {error}", "nothing was changed") from error


def _git_key() -> Path | None:
    """Git's `user.signingkey` where it signs with SSH and the key is a file."""
    try:
        done = subprocess.run(
            ["git", "config", "--get-regexp", r"^(gpg\.format|user\.signingkey)$"],
            capture_output=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    said = dict(line.split(" ", 1) for line in done.stdout.decode(errors="replace").splitlines() if " " in line)
    key = Path(os.path.expanduser(said.get("user.signingkey", "")))  # noqa: PTH111 — "" and ~user too
    return key if said.get("gpg.format") == "ssh" and key.is_file() else None


def _key_in(said: str) -> str:
    """`Good "workbench" signature with ED25519 key SHA256:…` → `SHA256:…`."""
    found = re.search(r"SHA256:\S+", said)
    return found.group() if found else "a key"


def _principals(allowed: Path) -> list[str]:
    try:
        lines = allowed.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [one for line in lines if line.strip() and not line.startswith("#") for one in line.split()[0].split(",")]


def _public(key: Path) -> str:
    try:
        beside = key if key.suffix == ".pub" else key.with_name(key.name + ".pub")
        return " ".join(beside.read_text("utf-8").split()[:2])
    except OSError:
        return "and the public half of your key"
