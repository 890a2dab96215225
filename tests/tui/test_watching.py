"""Another process changes the store while the app is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from tests.support.host_app import hosting, open_workbench, screen_text, settle, until
from tests.tui.conftest import NAME, Driven, Open
from workbench.composition import Workbench
from workbench.domain.prompts import Content
from workbench.settings.config import Config
from workbench.tui.screens.history import HistoryScreen
from workbench.tui.watching import EVERY, MOST, Seen, change_since, seen
from workbench.tui.widgets.status_text import status_text


async def shows(driven: Driven, holds: Callable[[], bool]) -> None:
    await until(driven.pilot, holds)


async def test_a_change_moves_no_cursor(filled: Config, opened: Open) -> None:
    async with opened(filled, (160, 45)) as driven:
        await driven.do("list.down", "list.down", "library.pane_2", "list.down")
        with Workbench(filled) as other:
            other.library.save("aaa/first", Content.of_text("before all others"))
            other.library.save(NAME, Content.of_text("a fourth version"))
            other.deploying.promote(f"{NAME}@1.0.1", "production", "from elsewhere")
        await shows(driven, lambda: "production 1.0.1" in driven.status and "aaa" in driven.text)
        screen = driven.library
        assert screen.tree_pane.prompt is not None
        assert screen.tree_pane.prompt.name == NAME
        assert screen.versions_pane.version is not None
        assert screen.versions_pane.version.number == "1.0.1"
        assert len(screen.versions_pane.rows) == 4


async def test_what_is_typed_stays(filled: Config, opened: Open) -> None:
    async with opened(filled, (160, 45)) as driven:
        await driven.do("library.filter")
        await driven.type("custo")
        with Workbench(filled) as other:
            other.deploying.promote(f"{NAME}@1.0.1", "production", "from elsewhere")
        await shows(driven, lambda: "production 1.0.1" in driven.status)
        assert isinstance(driven.app.focused, Input)
        assert driven.app.focused.value == "custo"
        assert driven.library.tree_pane.count == 1


async def test_the_history_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "prompts.db"
    with open_workbench(path) as workbench:
        workbench.library.save(NAME, Content.of_text("one"))
    async with hosting(path, HistoryScreen(None)) as (app, pilot):
        with open_workbench(path) as other:
            other.deploying.promote(f"{NAME}@1.0.0", "dev", "from elsewhere")
        await until(pilot, lambda: app.screen._list.count == 1)
        await settle(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 30)])
async def test_the_status_line_says_who_acts(filled: Config, opened: Open, size: tuple[int, int]) -> None:
    async with opened(filled, size) as driven:
        assert driven.status.rstrip().endswith("as ana")
        await driven.do("history.open")
        assert driven.status.rstrip().endswith("as ana")


async def test_what_a_hook_could_not_be_told_is_said(tmp_path: Path) -> None:
    path = tmp_path / "prompts.db"
    (tmp_path / "workbench.yaml").write_text('hooks: {shop: {command: ["false"], on: [promote]}}\n')
    with open_workbench(path) as workbench:
        workbench.library.save(NAME, Content.of_text("one"))
    async with hosting(path, HistoryScreen(None), size=(160, 45)) as (app, pilot):
        with open_workbench(path) as other:
            other.deploying.promote(f"{NAME}@1.0.0", "dev", "from elsewhere")
            other.hooks.deliver(due_only=False)
        await until(pilot, lambda: "! hook shop: " in screen_text(app))


SHOP = "support/customer-support · production 1.3.0 · staging 1.4.0-rc.1 · dev 1.2.0"
TROUBLE = "! hook shop: the address cannot be reached from here (12 waiting)"


@pytest.mark.parametrize("actor", ["", "ana", "Ana <ana@example.com>", "someone.with.a.long.name@a.host.of.theirs"])
def test_what_is_the_matter_leaves_room_for_where_one_is(actor: str) -> None:
    text = status_text(SHOP, "0 running", TROUBLE, actor, 78)
    assert text.startswith(("support/customer-support · production", "…")), text
    assert " · ! hook shop: " in text
    assert cell_len(text) <= 78
    assert "0 running · ! hook shop: the" in status_text("a · live nowhere", "0 running", TROUBLE, actor, 78)
    assert " · 2 running · !" in status_text(SHOP, "2 running", TROUBLE, actor, 78)


def test_where_there_is_room_what_is_the_matter_is_cut_first() -> None:
    text = status_text(f"past: {SHOP}", "0 running", TROUBLE + TROUBLE, "ana", 158)
    assert text.startswith(f"past: {SHOP} · 0 running · {TROUBLE[:40]}")
    assert cell_len(text) == 158


@pytest.mark.parametrize(
    ("actor", "width", "shown"),
    [
        ("ana", 78, "…/customer-support · production 1.3.0 · staging 1.4.0-rc.1 · dev 1.2.0  as ana"),
        ("Ana <ana@example.com>", 78, "…/customer-support · production 1.3.0 · staging 1.4.0-rc.1 · dev 1.2.0  as Ana"),
        ("Ana <ana@example.com>", 118, f"{SHOP} · 0 running      as Ana <ana@example.com>"),
        ("ana@example.com", 58, "…mer-support · production 1.3.0 · staging 1.4.0-r…  as ana"),
        ("", 78, SHOP),
    ],
)
def test_who_acts_has_its_place_however_much_is_live(actor: str, width: int, shown: str) -> None:
    assert status_text(SHOP, "0 running", "", actor, width) == shown


def test_the_past_stays_marked_in_a_narrow_line() -> None:
    text = status_text(f"past: {SHOP}", "0 running", "", "ana", 78)
    assert text.startswith("past: …mer-support · production 1.3.0 · staging"), text


def test_wide_letters_take_two_cells() -> None:
    text = status_text("客户支持/退款和换货的答复 · production 1.0.0", "0 running", "", "安娜", 40)
    assert cell_len(text) == 40
    assert text.endswith("  as 安娜")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.db"
    with open_workbench(path) as workbench:
        workbench.library.save(NAME, Content.of_text("one"))
    return path


def test_what_changed_is_named(path: Path) -> None:
    with open_workbench(path) as here, open_workbench(path) as other:
        before = seen(here)
        assert change_since(here, before) is None
        here.library.save(NAME, Content.of_text("by this very process"))
        assert change_since(here, before) is None

        other.library.save("other", Content.of_text("x"))
        other.deploying.promote(f"{NAME}@1.0.0", "dev")
        change = change_since(here, seen(here)._replace(data_version=-1, event=before.event + 1))
        assert change is not None
        assert change.prompts == ("other", NAME)
        assert change_since(here, change.seen) is None


def test_many_changes_are_all(path: Path) -> None:
    with open_workbench(path) as here, open_workbench(path) as other:
        before = seen(here)
        for number in range(MOST + 1):
            other.library.save(f"many/{number}", Content.of_text("x"))
        change = change_since(here, before)
        assert change is not None
        assert change.prompts is None


def test_runs_and_notes_change_no_prompt(path: Path) -> None:
    with open_workbench(path) as here, open_workbench(path) as other:
        before = seen(here)
        other.keeping.keep("draft:x", {"a": 1})
        change = change_since(here, before)
        assert change is not None
        assert change.prompts == ()
        assert isinstance(change.seen, Seen)


def test_a_look_is_cheap_enough_to_be_frequent(path: Path) -> None:
    """A look that finds nothing asks one pragma and reads no table."""
    asked: list[str] = []
    with open_workbench(path) as here:
        before = seen(here)
        here.store.database.connection.set_trace_callback(asked.append)
        assert change_since(here, before) is None
    assert asked == ["PRAGMA data_version"]
    assert EVERY < 1
