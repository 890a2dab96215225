"""The library as it was at a time: marked as the past, read-only, and the way back from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import NAME, Driven, Open, a_day_later
from workbench.composition import Workbench
from workbench.domain.prompts import Content
from workbench.domain.times import day_and_time
from workbench.services.past.time_machine import PromptsThen, TimeMachine
from workbench.settings.config import Config
from workbench.tui.screens.diff.screen import DiffScreen
from workbench.tui.screens.library import past
from workbench.tui.screens.library.screen import LibraryScreen
from workbench.tui.screens.releases.rollback_sheet import RollbackSheet
from workbench.tui.screens.run.runs import RunsScreen


@pytest.fixture
def then(tmp_path: Path) -> tuple[Config, str]:
    """A store in which production had 1.0.0, and now has 1.0.1; and the time between the two."""
    config = Config(store=tmp_path / "prompts.db", actor="ana")
    with Workbench(config) as workbench:
        workbench.store.clock = a_day_later()
        for text in ("You help.", "You help politely."):
            workbench.library.save(NAME, Content.of_text(text), note=text)
        workbench.deploying.promote(f"{NAME}@1.0.0", "production", "first")
        at = workbench.deploying.ledger(NAME)[0].at
        workbench.library.save(NAME, Content.of_text("You help politely and fast."), note="fast")
        workbench.library.save("zebra", Content.of_text("Later."), note="later")
        workbench.deploying.promote(f"{NAME}@1.0.1", "production", "second")
    return config, day_and_time(at)


def library(driven: Driven) -> LibraryScreen:
    assert isinstance(driven.app.screen, LibraryScreen)
    return driven.app.screen


async def go_then(driven: Driven, at: str) -> None:
    await driven.do("history.open", "history.time")
    await driven.pilot.press(*at, "enter")
    await driven.settle(0.3)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_everything_is_shown_as_it_was(then: tuple[Config, str], opened: Open, size: tuple[int, int]) -> None:
    config, at = then
    async with opened(config, size) as driven:
        assert "zebra" in driven.text
        await go_then(driven, at)
        assert f"PAST {at}" in driven.text
        assert f"past: {NAME} · production 1.0.0" in driven.status
        assert "zebra" not in driven.text
        assert driven.text.splitlines()[-1].split("  ")[:4] == [" d diff", "r run", "R roll back", "/ filter"]
        screen = library(driven)
        assert [row.number for row in screen.versions_pane.rows] == ["1.0.1", "1.0.0"]
        assert [row.environments for row in screen.versions_pane.rows] == [(), ("production",)]

        await driven.do("app.back")
        assert "PAST" not in driven.text
        assert "e edit" in driven.text.splitlines()[-1]
        assert "production 1.0.1" in driven.status
        assert "zebra" in driven.text


async def test_from_the_library_too_and_on_to_another_time(then: tuple[Config, str], opened: Open) -> None:
    config, at = then
    async with opened(config) as driven:
        await driven.do("history.time")
        await driven.pilot.press(*at, "enter")
        await driven.settle(0.3)
        assert "production 1.0.0" in driven.status
        await driven.do("history.time")
        await driven.pilot.press(*"1990-01-01", "enter")
        await driven.settle(0.3)
        assert "PAST 1990-01-01" in driven.text
        assert library(driven).tree_pane.count == 0
        assert "No prompts then." in driven.text


@pytest.mark.parametrize(
    "action", ["version.promote", "version.edit", "version.tag", "prompt.archive", "prompt.new", "history.undo"]
)
async def test_nothing_can_be_changed_there(then: tuple[Config, str], opened: Open, action: str) -> None:
    config, at = then
    async with opened(config) as driven:
        await go_then(driven, at)
        await driven.do(action)
        assert isinstance(driven.app.screen, LibraryScreen)
        assert "this is the past" in driven.status
    with Workbench(config) as workbench:
        assert workbench.deploying.live(NAME) == {"production": "1.0.1"}


async def test_the_diff_is_to_now(then: tuple[Config, str], opened: Open) -> None:
    config, at = then
    async with opened(config) as driven:
        await go_then(driven, at)
        await driven.do("library.pane_2", "list.down", "version.diff")
        screen = driven.app.screen
        assert isinstance(screen, DiffScreen)
        assert (screen.left.name, screen.right.name) == (f"{NAME}@1.0.0", f"{NAME}@1.0.1")


async def test_rolling_back_to_what_was_live_then(then: tuple[Config, str], opened: Open) -> None:
    config, at = then
    async with opened(config) as driven:
        await go_then(driven, at)
        await driven.do("version.rollback")
        assert isinstance(driven.app.screen, RollbackSheet)
        await driven.settle(0.3)
        assert "production: 1.0.1 → 1.0.0" in driven.text
        await driven.do("sheet.confirm")
        assert "esc, then z undoes it" in driven.status
        await driven.do("app.back")
        assert "production 1.0.0" in driven.status
    with Workbench(config) as workbench:
        assert workbench.deploying.live(NAME) == {"production": "1.0.0"}


async def test_what_is_live_again_needs_no_rolling_back(then: tuple[Config, str], opened: Open) -> None:
    config, at = then
    with Workbench(config) as workbench:
        workbench.deploying.rollback(NAME, "production", reason="worse")
    async with opened(config) as driven:
        await go_then(driven, at)
        await driven.do("version.rollback")
        assert isinstance(driven.app.screen, LibraryScreen)
        assert "what was live then is live now: 1.0.0 in production" in driven.status
        with Workbench(config) as other:
            other.deploying.promote(f"{NAME}@1.0.1", "production", "better now")
        await driven.do("version.rollback")
        assert isinstance(driven.app.screen, RollbackSheet)


async def test_what_ran_until_then(then: tuple[Config, str], opened: Open) -> None:
    config, at = then
    async with opened(config) as driven:
        await go_then(driven, at)
        await driven.do("run.list")
        assert isinstance(driven.app.screen, RunsScreen)
        assert f'until:"{at}"' in driven.text


async def test_another_process_does_not_bring_now_back(then: tuple[Config, str], opened: Open) -> None:
    config, at = then
    async with opened(config) as driven:
        await go_then(driven, at)
        with Workbench(config) as other:
            other.deploying.promote(f"{NAME}@1.0.2", "production", "third")
        await driven.settle(1.2)
        assert "production 1.0.0" in driven.status
        await driven.do("app.back")
        assert "production 1.0.2" in driven.status


async def test_of_a_large_library_what_is_in_view_is_read_first_and_stays_where_it_is(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config(store=tmp_path / "prompts.db", actor="ana")
    names = [f"p{number:03}" for number in range(300)]
    with Workbench(config) as workbench:
        workbench.store.clock = a_day_later()
        with workbench.store.write():
            for name in names:
                workbench.library.save(name, Content.of_text(name))
            at = workbench.library.prompt(names[-1]).updated_at
            for name in names[1::2]:
                workbench.deploying.promote(f"{name}@latest", "dev")
                workbench.library.save(f"{name}-later", Content.of_text(name))
    asked: list[tuple[str, int]] = []
    page_at = TimeMachine.page_at

    def told(machine: TimeMachine, at: str, *, after: str, limit: int, archived: bool) -> PromptsThen:
        asked.append((after, limit))
        return page_at(machine, at, after=after, limit=limit, archived=archived)

    monkeypatch.setattr(TimeMachine, "page_at", told)
    monkeypatch.setattr(past, "IN_VIEW", 60)
    monkeypatch.setattr(past, "PAGE", 100)
    async with opened(config, (80, 24)) as driven:
        tree = library(driven).tree_pane
        assert tree.go_to("p151")
        await driven.settle()
        assert tree.prompt is not None
        assert tree.prompt.live == {"dev": "1.0.0"}
        place = tree.cursor - tree.scroll_offset.y
        await library(driven).go_to_time(at)
        await driven.settle(0.3)
        first, *rest = asked
        assert "p120" < first[0] < "p151"
        assert first[1] == 60
        assert [limit for _, limit in rest] == [100] * len(rest)
        assert [row.name for row in tree.rows] == names
        assert not any(row.live for row in tree.rows)
        assert tree.prompt.name == "p151"
        assert tree.cursor - tree.scroll_offset.y == place
        assert "past: p151 · live nowhere" in driven.status

        await driven.do("app.back")
        await driven.settle(0.3)
        assert len(tree.rows) == 450
        assert tree.prompt.live == {"dev": "1.0.0"}
        assert tree.cursor - tree.scroll_offset.y == place
        assert "p151 · dev 1.0.0" in driven.status

        await driven.do("library.filter")
        await driven.type("15")
        await driven.pilot.press("enter")
        await library(driven).go_to_time(at)
        await driven.settle(0.3)
        assert [row.name for row in tree.rows] == names
        assert {line.key for line in tree.lines} == {
            name for name in names if "15" in name or name[1] + name[3] == "15"
        }
