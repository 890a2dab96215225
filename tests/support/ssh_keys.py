"""Real SSH keys in a folder of the test's own."""

from __future__ import annotations

import subprocess
from pathlib import Path


def make_key(folder: Path, name: str, passphrase: str = "") -> Path:
    """An Ed25519 key; its public half lies beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", str(key)], check=True, timeout=30
    )
    return key


def allow(file: Path, **people: Path) -> Path:
    """The file of allowed signers: each name may sign with the key."""
    lines = []
    for person, key in people.items():
        kind, public = key.with_name(key.name + ".pub").read_text().split()[:2]
        lines.append(f"{person}@example.org {kind} {public}\n")
    file.write_text("".join(lines))
    return file
