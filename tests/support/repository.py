"""A real git repository that a test writes commit by commit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class Repository:
    def __init__(self, place: Path) -> None:
        self.place = place
        self._clock = 1_700_000_000
        place.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Ana")
        self.git("config", "user.email", "ana@example.com")

    def git(self, *arguments: str) -> str:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        self._clock += 60
        moment = f"{self._clock} +0200"
        done = subprocess.run(
            ["git", "-C", str(self.place), *arguments],
            check=True,
            capture_output=True,
            env={
                **environment,
                "GIT_COMMITTER_DATE": moment,
                "GIT_AUTHOR_DATE": moment,
                "GIT_CONFIG_GLOBAL": os.devnull,
            },
        )
        return done.stdout.decode()

    def write(self, path: str, text: str | bytes) -> None:
        place = self.place / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, subject: str, files: dict[str, str | bytes] | None = None, author: str = "Ana <a@b>") -> str:
        for path, text in (files or {}).items():
            self.write(path, text)
        self.git("add", "-A")
        self.git("commit", "-q", "--no-verify", "--allow-empty", "-m", subject, "--author", author)
        return self.git("rev-parse", "HEAD").strip()
