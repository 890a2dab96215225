"""The sheets that act: promote, roll back, tag. Each shows before it does, and esc does nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from tests.support.host_app import act, hosting, open_workbench, screen_text, settle, until
from workbench.domain.prompts import Content
from workbench.tui.screens.releases.promote_sheet import PromoteSheet, likely_environment
from workbench.tui.screens.releases.rollback_sheet import RollbackSheet
from workbench.tui.screens.tag_sheet import TagSheet, read_tags

NAME = "support/help"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """1.0.0, 1.0.1 and 1.0.2; the first two were live in staging, the first in production."""
    path = tmp_path / "prompts.db"
    with open_workbench(path) as workbench:
        for text in ("You help.", "You help politely.", "You help politely and fast."):
            workbench.library.save(NAME, Content.of_text(text, temperature=0.3), note=f"say: {text}")
        for number in ("1.0.0", "1.0.1"):
            workbench.deploying.promote(f"{NAME}@{number}", "staging", "try")
        workbench.deploying.promote(f"{NAME}@1.0.0", "production", "first")
    return path


def live(path: Path) -> dict[str, str]:
    with open_workbench(path) as workbench:
        return workbench.deploying.live(NAME)


def field(app: Any, name: str) -> Any:
    return getattr(app.screen, f"_{name}").editor


async def test_promoting_shows_what_changes_and_carries_it_out(path: Path) -> None:
    async with hosting(path, PromoteSheet(NAME, "1.0.2"), size=(80, 24)) as (app, pilot):
        app.screen._where.choose("staging")
        await settle(pilot)
        shown = screen_text(app)
        assert "staging: 1.0.1 → 1.0.2" in shown
        assert "- You help politely." not in shown  # it only got words
        assert "+ You help politely and fast." in shown
        assert "1.0.2 has never been in dev" in shown
        await pilot.press("tab", *"faster")
        await act(pilot, "sheet.confirm")
        assert app.results == [True]
        assert app.changes == [NAME]
        assert app.said == [f"{NAME}@1.0.2 is live in staging (was 1.0.1) [undo]"]
    assert live(path)["staging"] == "1.0.2"
    with open_workbench(path) as workbench:
        assert workbench.deploying.ledger(NAME, "staging", limit=1)[0].reason == "faster"


async def test_letters_on_the_choice_begin_the_reason_and_choose_nothing(path: Path) -> None:
    async with hosting(path, PromoteSheet(NAME, "1.0.2"), size=(80, 24)) as (app, pilot):
        app.screen._where.choose("staging")
        await settle(pilot)
        await pilot.press(*"ghl", "space", *"go")
        assert app.screen.environment == "staging"
        assert field(app, "reason").text == "ghl go"


async def test_what_changes_is_paged_through_while_the_reason_is_written(path: Path) -> None:
    with open_workbench(path) as workbench:
        long = "\n".join(f"rule {n}" for n in range(200))
        number = workbench.library.save(NAME, Content.of_text(long)).number
    async with hosting(path, PromoteSheet(NAME, number), size=(80, 24)) as (app, pilot):
        app.screen._where.choose("staging")
        await settle(pilot)
        await pilot.press("tab", *"why", "pagedown", "pagedown")
        await settle(pilot)
        assert app.focused is field(app, "reason")
        assert "rule 0" not in screen_text(app)
        await pilot.press("pageup", "pageup", *" not")
        await settle(pilot)
        assert "rule 0" in screen_text(app)
        assert field(app, "reason").text == "why not"


async def test_a_protected_environment_wants_a_reason_and_its_name(path: Path) -> None:
    async with hosting(path, PromoteSheet(NAME, "1.0.1"), size=(80, 24)) as (app, pilot):
        assert app.screen.environment == "production"  # the one after staging
        await act(pilot, "sheet.confirm")
        assert "say why" in screen_text(app)
        assert app.focused is field(app, "reason")
        await pilot.press(*"better")
        await act(pilot, "sheet.confirm")
        assert "type production to promote to it" in screen_text(app)
        await pilot.press(*"productio")
        await act(pilot, "sheet.confirm")
        assert live(path)["production"] == "1.0.0"
        await pilot.press("n")
        await act(pilot, "sheet.confirm")
        assert app.results == [True]
    assert live(path)["production"] == "1.0.1"


async def test_what_is_live_there_already_is_refused(path: Path) -> None:
    async with hosting(path, PromoteSheet(NAME, "1.0.1")) as (app, pilot):
        app.screen._where.choose("staging")
        await settle(pilot)
        await act(pilot, "sheet.confirm")
        assert "already live in staging" in screen_text(app)
        assert app.results == []


def moved_by_ben(path: Path) -> None:
    with open_workbench(path) as other:
        other.__dict__["actor"] = "ben"
        other.deploying.promote(f"{NAME}@1.0.0", "staging", "meanwhile")


async def test_a_move_by_somebody_else_is_said_and_planned_anew(path: Path) -> None:
    async with hosting(path, PromoteSheet(NAME, "1.0.2")) as (app, pilot):
        app._watch.seen = None  # nobody has seen it before it is confirmed
        app.screen._where.choose("staging")
        await settle(pilot)
        moved_by_ben(path)
        await act(pilot, "sheet.confirm")
        shown = screen_text(app)
        assert "ben" in shown
        assert "look at the new plan" in shown
        assert "staging: 1.0.0 → 1.0.2" in shown
        assert live(path)["staging"] == "1.0.0"
        await act(pilot, "sheet.confirm")
        assert app.results == [True]
    assert live(path)["staging"] == "1.0.2"


async def test_a_move_by_somebody_else_shows_while_the_sheet_is_open(path: Path) -> None:
    async with hosting(path, PromoteSheet(NAME, "1.0.2")) as (app, pilot):
        app.screen._where.choose("staging")
        await settle(pilot)
        await pilot.press("tab", *"because")
        moved_by_ben(path)
        await until(pilot, lambda: "staging: 1.0.0 → 1.0.2" in screen_text(app))
        await settle(pilot)
        assert "1.0.0 is live in staging by now, not 1.0.1; ben did at" in screen_text(app)
        assert field(app, "reason").text == "because"
        assert app.focused is field(app, "reason")
        await act(pilot, "sheet.confirm")
        assert app.results == [True]


async def test_a_move_by_somebody_else_shows_in_an_open_rollback_too(path: Path) -> None:
    async with hosting(path, RollbackSheet(NAME, "staging")) as (app, pilot):
        await pilot.press("tab", *"because")
        with open_workbench(path) as other:
            other.__dict__["actor"] = "ben"
            other.deploying.promote(f"{NAME}@1.0.2", "staging", "meanwhile")
        await until(pilot, lambda: "moved meanwhile: ben put 1.0.2 live in staging" in screen_text(app))
        await until(pilot, lambda: "staging: 1.0.2 → 1.0.0" in screen_text(app))
        assert app.screen._earlier.number == "1.0.0"  # still what was chosen
        assert field(app, "reason").text == "because"


@pytest.mark.parametrize("sheet", [PromoteSheet(NAME, "1.0.2"), RollbackSheet(NAME, None), TagSheet(NAME, "1.0.2")])
async def test_esc_does_nothing(path: Path, sheet: Any) -> None:
    before = live(path)
    async with hosting(path, sheet, size=(80, 24)) as (app, pilot):
        await act(pilot, "sheet.cancel")
        assert app.results == [False]
        assert app.changes == []
    assert live(path) == before


async def test_rolling_back_takes_what_was_live_before(path: Path) -> None:
    async with hosting(path, RollbackSheet(NAME, None), size=(80, 24)) as (app, pilot):
        assert app.screen.environment == "staging"
        shown = screen_text(app)
        assert "staging: 1.0.1 → 1.0.0" in shown
        assert "- You help politely." in shown
        await act(pilot, "sheet.confirm")
        assert app.results == [True]
        assert app.said == [f"{NAME}@1.0.0 is live again in staging (was 1.0.1) [undo]"]
    assert live(path)["staging"] == "1.0.0"


async def test_rolling_back_again_stays_where_it_was_and_never_goes_forward(path: Path) -> None:
    with open_workbench(path) as workbench:
        workbench.deploying.promote(f"{NAME}@1.0.2", "production", "second")
    for number in ("1.0.1", "1.0.0"):
        async with hosting(path, RollbackSheet(NAME, "staging" if number == "1.0.1" else None)) as (app, pilot):
            assert app.screen.environment == "staging"
            await act(pilot, "sheet.confirm")
        if number == "1.0.1":
            assert live(path)["staging"] == "1.0.0"
    assert live(path) == {"staging": "1.0.0", "production": "1.0.2"}
    async with hosting(path, RollbackSheet(NAME, None)) as (app, pilot):
        assert "nothing was live before" in screen_text(app)
        await act(pilot, "sheet.confirm")
        assert app.results == []
        await pilot.press("down")
        await settle(pilot)
        assert "staging: 1.0.0 → 1.0.1" in screen_text(app)


async def test_any_earlier_deployment_can_be_chosen(path: Path) -> None:
    with open_workbench(path) as workbench:
        workbench.deploying.promote(f"{NAME}@1.0.2", "staging", "third")
        for number in range(30):
            earlier = workbench.library.save("other", Content.of_text(f"{number}"))
            workbench.deploying.promote(earlier.reference, "staging", "once more")
    async with hosting(path, RollbackSheet("other", "staging"), size=(80, 24)) as (app, pilot):
        # However much was live there, most of the page is what would change.
        assert app.screen._earlier.count == 29
        assert app.screen._preview.size.height >= 13
    async with hosting(path, RollbackSheet(NAME, "staging"), size=(80, 24)) as (app, pilot):
        assert app.screen._earlier.number == "1.0.1"
        await pilot.press("down")
        await settle(pilot)
        assert "staging: 1.0.2 → 1.0.0" in screen_text(app)
        await act(pilot, "sheet.confirm")
    assert live(path)["staging"] == "1.0.0"


async def test_letters_on_the_list_begin_the_reason_and_choose_nothing(path: Path) -> None:
    with open_workbench(path) as workbench:
        workbench.deploying.promote(f"{NAME}@1.0.2", "staging", "third")
    async with hosting(path, RollbackSheet(NAME, "staging"), size=(80, 24)) as (_app, pilot):
        await pilot.press(*"just", "space", *"kidding")
        await act(pilot, "sheet.confirm")
    with open_workbench(path) as workbench:
        moved = workbench.deploying.ledger(NAME, "staging", limit=1)[0]
    assert (moved.after, moved.reason) == ("1.0.1", "just kidding")


async def test_an_environment_without_a_past_says_so(path: Path) -> None:
    async with hosting(path, RollbackSheet(NAME, "production")) as (app, pilot):
        assert "nothing was live in production before" in screen_text(app)
        await act(pilot, "sheet.confirm")
        assert app.results == []
    assert live(path)["production"] == "1.0.0"


async def test_tags_are_added_and_removed(path: Path) -> None:
    async with hosting(path, TagSheet(NAME, "1.0.2"), size=(80, 24)) as (app, pilot):
        await pilot.press(*"+good short")
        await act(pilot, "sheet.confirm")
        assert app.said == [f"tags of {NAME}@1.0.2: good, short [undo]"]
    async with hosting(path, TagSheet(NAME, "1.0.2"), size=(80, 24)) as (app, pilot):
        assert "tags now: good, short" in screen_text(app)
        await pilot.press(*"-good")
        await act(pilot, "sheet.confirm")
    with open_workbench(path) as workbench:
        assert workbench.get(f"{NAME}@1.0.2").tags == ("short",)


async def test_the_prompt_can_be_tagged_instead(path: Path) -> None:
    async with hosting(path, TagSheet(NAME, "1.0.2")) as (app, pilot):
        app.screen.query_one("#target").choose("prompt")
        await settle(pilot)
        await pilot.press(*"team-a")
        await act(pilot, "sheet.confirm")
    with open_workbench(path) as workbench:
        assert workbench.library.prompt(NAME).tags == ("team-a",)


async def test_a_reserved_tag_is_refused_in_the_sheet(path: Path) -> None:
    async with hosting(path, TagSheet(NAME, None)) as (app, pilot):
        await pilot.press(*"production")
        await act(pilot, "sheet.confirm")
        assert "'production' is reserved" in str(app.screen.query_one("#problem", Static).render())
        assert app.results == []


async def test_readonly_sheets_act_on_nothing(path: Path) -> None:
    async with hosting(path, TagSheet(NAME, None), readonly=True) as (app, pilot):
        await pilot.press(*"x")
        await act(pilot, "sheet.confirm")
        assert "reading only" in screen_text(app)


@pytest.mark.parametrize(
    ("text", "add", "remove"),
    [("+a -b c", ["a", "c"], ["b"]), ("a,b", ["a", "b"], []), ("+ -", [], []), ("  ", [], []), ("-x-y", [], ["x-y"])],
)
def test_reading_tags(text: str, add: list[str], remove: list[str]) -> None:
    assert read_tags(text) == (add, remove)


@pytest.mark.parametrize(
    ("live_now", "expected"),
    [({}, "dev"), ({"dev": "2"}, "staging"), ({"staging": "2"}, "production"), ({"dev": "1"}, "dev")],
)
def test_the_next_environment_is_offered(live_now: dict[str, str], expected: str) -> None:
    from workbench.domain.environments import DEFAULT_ENVIRONMENTS

    assert likely_environment(DEFAULT_ENVIRONMENTS, live_now, "2") == expected
