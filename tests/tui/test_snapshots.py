"""The main screens as pictures, at the smallest terminal that must be pleasant and at a large one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import NOW
from tests.tui.stillness import still
from workbench.composition import Workbench
from workbench.domain.prompts import Content
from workbench.domain.runs import Price
from workbench.models import pricing
from workbench.settings.config import Config
from workbench.tui.app import WorkbenchApp

SIZES = [(80, 24), (160, 45)]
Snap = Callable[..., bool]


def app_of(config: Config) -> WorkbenchApp:
    return WorkbenchApp(lambda: Workbench(config), config, now=lambda: NOW)


def keys(*presses: str) -> Callable[[Pilot[Any]], Any]:
    async def press(pilot: Pilot[Any]) -> None:
        await still(pilot)
        for key in presses:
            await pilot.press(key)
            await still(pilot)

    return press


@pytest.fixture(autouse=True)
def same_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices change with the package that lists them; its pictures do not."""
    monkeypatch.setattr(pricing, "price_of", lambda *_: Price(0.15, 0.6, "the list of these tests"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_library(filled: Config, snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_of(filled), terminal_size=size, run_before=keys("j", "j"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_diff(filled: Config, snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_of(filled), terminal_size=size, run_before=keys("j", "j", "d"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_merge(config: Config, snap_compare: Snap, size: tuple[int, int]) -> None:
    text = "You are kind. Be brief.\n\n- one\n- two\n- three\n- four\n- five\n\nAnswer in the language of the customer."
    with Workbench(config) as workbench:
        save = workbench.library.save
        save("a", Content.of_text(text, temperature=0.1))
        save("a", Content.of_text(text.replace("kind", "calm"), temperature=0.4), number="1.1.0")
        theirs = text.replace("kind", "strict").replace("customer", "question")
        save("a", Content.of_text(theirs, temperature=0.9), number="1.2.0", parent="1.0.0")
    # The version below the highest one, with the first conflict decided.
    assert snap_compare(app_of(config), terminal_size=size, run_before=keys("2", "j", "M", "A"))


def test_empty_library(config: Config, snap_compare: Snap) -> None:
    assert snap_compare(app_of(config), terminal_size=(80, 24), run_before=keys())


OPENED = {
    "run": ("r",),
    "runs": ("L",),
    "setup": ("c",),
    "editor": ("e",),
    "promote": ("P",),
    "rollback": ("R",),
    "tag": ("t",),
    "history": ("H",),
    "help": ("question_mark",),
    "palette": ("colon",),
    "copy": ("y",),
    "blame": ("2", "b", "j", "j"),
    "review": ("2", "p"),
    "comment": ("2", "d", "i"),
    "past": ("T", *"2026-11-08", "enter"),
    "many": ("2", "space", "1", "j", "2", "space", "P"),
}
"""Screen → the keys that open it from the first prompt."""


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", OPENED)
def test_screen(filled: Config, snap_compare: Snap, screen: str, size: tuple[int, int]) -> None:
    assert snap_compare(app_of(filled), terminal_size=size, run_before=keys("j", "j", *OPENED[screen]))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_save_sheet(filled: Config, snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_of(filled), terminal_size=size, run_before=keys("j", "j", "e", "X", "ctrl+j"))
