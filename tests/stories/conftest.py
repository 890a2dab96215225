"""A store with a story, and the app on it in a real pty."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from workbench import Workbench
from workbench.domain.prompts import Content, Message

NAME = "support/customer-support"
TONES = ("friendly", "warm and brief", "warm, brief and exact")


@pytest.fixture
def story_store(tmp_path: Path) -> Path:
    """Three versions of one prompt, the first one live in production."""
    path = tmp_path / "prompts.db"
    with Workbench.open(store=path, actor="ana") as workbench:
        for tone in TONES:
            text = f"You are a support agent for {{{{company_name}}}}.\n\nBe {tone}.\n\nNever promise a refund."
            workbench.library.save(NAME, Content((Message("system", text),)), note=f"now {tone}")
        workbench.deploying.promote(f"{NAME}@1.0.0", "production", "the first one")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Mapping[str, str]:
    """A person's folders that are nobody else's."""
    return {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "WORKBENCH_ACTOR": "ana",
    }


@pytest.fixture
def open_app(story_store: Path, home: Mapping[str, str]) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_it(columns: int = 80, rows: int = 24, **env: str) -> Terminal:
        argv = [sys.executable, "-m", "workbench", "--store", str(story_store)]
        terminal = Terminal(argv, env={**home, **env}, columns=columns, rows=rows)
        opened.append(terminal)
        terminal.wait_for("customer-support")
        terminal.wait_for("Never promise a refund")
        return terminal

    yield open_it
    for terminal in opened:
        terminal.close()
