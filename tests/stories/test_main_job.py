"""The main job in a real terminal, as a person does it: keys in, screen out, the ledger afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stories.conftest import NAME
from tests.support.terminal import ESC, Terminal
from workbench import Workbench

CONFIRM = "\n"
"""What a terminal sends for ctrl+j."""

SIZES = pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 45)])

App = Callable[..., Terminal]


def live(store: Path) -> dict[str, str]:
    with Workbench.open(store=store) as workbench:
        return workbench.deploying.live(NAME)


@SIZES
def test_the_library_says_what_is_live_at_once(open_app: App, columns: int, rows: int) -> None:
    screen = open_app(columns, rows).wait_for("production 1.0.0")

    assert "1.0.2" in screen
    assert "{{company_name}}" in screen


@SIZES
def test_a_diff_names_what_changed_and_leads_back(open_app: App, columns: int, rows: int) -> None:
    terminal = open_app(columns, rows)

    terminal.press("d")

    screen = terminal.wait_for("Be friendly")
    assert "Be warm, brief and exact" in screen
    terminal.press(ESC)
    terminal.wait_for("production 1.0.0")


@SIZES
def test_promote_and_undo(open_app: App, story_store: Path, columns: int, rows: int) -> None:
    terminal = open_app(columns, rows)

    terminal.press("P")
    terminal.wait_for("Promote " + NAME)
    terminal.press(CONFIRM)
    terminal.wait_for("1.0.2 is live in dev .* z undoes")
    terminal.wait_for("1.0.2 ○ dev")
    assert live(story_store) == {"dev": "1.0.2", "production": "1.0.0"}

    terminal.press("z")
    terminal.wait_for("took back")
    assert live(story_store) == {"production": "1.0.0"}


def test_what_was_typed_into_the_form_is_there_again(open_app: App, story_store: Path) -> None:
    terminal = open_app(160, 45)
    terminal.press("r")
    terminal.wait_for("run support/customer-support@1.0.2")
    terminal.press(*"Acme", pause=0.05)
    terminal.wait_for("Acme")
    with Workbench.open(store=story_store, readonly=True) as workbench:
        for _ in range(100):
            if "Acme" in str(workbench.keeping.kept(f"inputs:{NAME}")):
                break
            terminal.read_for(0.1)
    terminal.close()

    again = open_app(160, 45)
    again.press("r")

    again.wait_for("Acme")


def test_quit_leaves_the_terminal_as_it_was(open_app: App) -> None:
    terminal = open_app()

    terminal.press("q")

    assert terminal.wait_gone() == 0
    assert terminal.left_behind() == []
