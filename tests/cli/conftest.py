"""A home of its own for every test, and the command line called as a function or as a process."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sse_server import AnsweringServer

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    code: int
    raw: bytes
    said: str

    @property
    def out(self) -> str:
        return self.raw.decode()

    @property
    def data(self) -> Any:
        document = json.loads(self.out)
        assert document["ok"] is True
        return document["data"]

    @property
    def error(self) -> Any:
        document = json.loads(self.out)
        assert document["ok"] is False
        return document["error"]


Cli = Callable[..., Answer]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with no configuration and no store anywhere near."""
    for name in list(os.environ):
        if name.startswith(("WORKBENCH_", "GIT_", "XDG_")):
            monkeypatch.delenv(name)
    for name in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "xdg" / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WORKBENCH_ACTOR", "ana")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("WORKBENCH_STORE", str(work / "prompts.db"))
    return work


class _Stdin(io.TextIOWrapper):
    def isatty(self) -> bool:
        return False


@pytest.fixture
def cli(home: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """`cli("show", "a", input="…")` runs one command line in this process."""
    from workbench.cli.root import run

    def call(*arguments: str, input: str | bytes = b"") -> Answer:
        raw = input.encode() if isinstance(input, str) else input
        monkeypatch.setattr(sys, "stdin", _Stdin(io.BytesIO(raw)))
        capfdbinary.readouterr()
        code = run(arguments)
        sys.stdout.flush()
        captured = capfdbinary.readouterr()
        return Answer(code, captured.out, captured.err.decode())

    return call


@pytest.fixture
def process(home: Path) -> Cli:
    """The same as a process of its own."""

    def call(*arguments: str, input: str | bytes = b"", **more: Any) -> Answer:
        raw = input.encode() if isinstance(input, str) else input
        done = subprocess.run(
            [sys.executable, "-m", "workbench", *arguments], input=raw, capture_output=True, timeout=60, **more
        )
        return Answer(done.returncode, done.stdout, done.stderr.decode())

    return call


@pytest.fixture
def two_versions(cli: Cli) -> Cli:
    """`support/greet` with 1.0.0 and 1.1.0."""
    assert cli("save", "support/greet", "-", "-m", "first", input="Hello {{ name }}.\nBe brief.\n").code == 0
    saved = cli("save", "support/greet", "-", "-m", "warmer", "--bump", "minor", input="Dear {{ name }}.\nBe brief.\n")
    assert saved.code == 0
    return cli


@pytest.fixture
def endpoint(home: Path) -> Iterator[AnsweringServer]:
    """An OpenAI-compatible server on this machine, configured as the endpoint `here`."""
    with AnsweringServer() as server:
        (home / "workbench.yaml").write_text(
            f"endpoints: {{here: {{base_url: '{server.base_url}'}}}}\ndefault_model: here/parrot\n"
        )
        yield server
