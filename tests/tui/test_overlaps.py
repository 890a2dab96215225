"""What overlaps: reads slower than the next key or the next act, and work that its successor cuts short."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Static

from tests.support.holding import Held
from tests.support.host_app import HostApp, hosting, open_workbench, screen_text, settle, until
from tests.tui.conftest import NAME, Driven, Open
from workbench.composition import Workbench
from workbench.domain.comparisons import Column, Comparison, Given
from workbench.domain.inputs import Case
from workbench.domain.prompts import Content
from workbench.settings.config import Config
from workbench.tui.screens.compare.screen import CompareScreen
from workbench.tui.screens.diff.screen import DiffScreen
from workbench.tui.screens.editor.screen import EditorScreen
from workbench.tui.screens.pick import Choice, Pick
from workbench.tui.screens.releases.promote_sheet import PromoteSheet
from workbench.tui.screens.releases.rollback_sheet import RollbackSheet
from workbench.tui.screens.run.filling import RunFilling

TO_THE_PROMPT = ("list.down", "list.down")
OTHER = "support/escalation"


async def elsewhere(driven: Driven, reference: str, environment: str) -> None:
    """What somebody else does, and that the app hears of it."""
    await driven.app.call(lambda w: w.deploying.promote(reference, environment, "elsewhere"))
    driven.app.changed(reference.partition("@")[0])


# -- the library


async def test_what_an_act_said_stays_when_the_panes_follow_the_cursor_only_then(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT)
        library = driven.library
        library.tree_pane.go_to(OTHER)
        driven.app.say("saved it")
        await library.show_prompt()
        await driven.settle()
        assert driven.status.split()[:3] == ["✓", "saved", "it"]
        await driven.do("list.up")
        assert driven.status.strip().startswith(NAME)


async def test_what_changed_while_it_was_read_is_read_again(
    filled: Config, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT)
        with Held(driven.library.read_versions) as held:
            monkeypatch.setattr(driven.library, "read_versions", held)
            driven.library.reload(NAME)
            await held.found.wait()
            await elsewhere(driven, f"{NAME}@1.0.1", "dev")
            held.let_go()
            await until(driven.pilot, lambda: "○ dev" in driven.text)


async def test_a_list_that_is_slow_to_read_does_not_undo_what_was_read_meanwhile(
    filled: Config, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(filled) as driven:
        library = driven.library
        with Held(library.read_prompts) as held:
            monkeypatch.setattr(library, "read_prompts", held)
            library.reload(None)
            await held.found.wait()
            await elsewhere(driven, f"{OTHER}@1.0.0", "dev")
            await until(driven.pilot, lambda: library._renewed == {OTHER})
            held.let_go()
            await until(driven.pilot, lambda: all(w.is_finished for w in driven.app.workers if "load" in w.group))
        assert library.tree_pane.rows[-1].live == {"dev": "1.0.0"}


async def test_a_text_that_is_slow_to_read_does_not_take_the_place_of_a_later_one(
    filled: Config, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT)
        library, real = driven.library, driven.library._tab_lines
        with Held(real) as held:
            monkeypatch.setattr(library, "_tab_lines", held)
            library.versions_pane.go(1)
            slow = asyncio.ensure_future(library.show_content())
            await held.found.wait()
            monkeypatch.setattr(library, "_tab_lines", real)
            library.versions_pane.go(2)
            await library.show_content()
            assert "Be friendly." in library.content_pane.plain
            held.let_go()
            await slow
            assert "Be friendly." in library.content_pane.plain


async def test_what_is_known_of_a_prompt_that_is_not_shown_is_forgotten_too(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT)
        assert (await driven.library.version(NAME, "1.0.1")).environments == ()
        await driven.do("list.down")
        await elsewhere(driven, f"{NAME}@1.0.1", "dev")
        assert (await driven.library.version(NAME, "1.0.1")).environments == ("dev",)


async def test_enter_chooses_among_what_was_typed_for(filled: Config, opened: Open) -> None:
    chosen: list[str | None] = []

    async def find(query: str) -> list[Choice]:
        return [Choice(query, value=query)]

    async with opened(filled) as driven:
        with Held(find) as held:
            pick = Pick("which", [Choice("first", value="first")], find=held)
            driven.app.push_screen(pick, chosen.append)
            await driven.pilot.press("x")
            await held.found.wait()
            entered = asyncio.ensure_future(pick.action_list_open())
            await asyncio.sleep(0)
            held.let_go()
            await entered
            await driven.settle()
        assert chosen == ["x"]


async def test_the_editor_has_its_own_style_also_where_tasks_begin_at_once(filled: Config, opened: Open) -> None:
    """As the app's do from Python 3.12 on; before that they begin later, as they do in tests."""
    asyncio.get_running_loop().set_task_factory(getattr(asyncio, "eager_task_factory", None))
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT, "version.edit")
        await until(driven.pilot, lambda: isinstance(driven.app.screen, EditorScreen))
        assert driven.app.screen.query_one("#title").styles.text_style.bold


async def test_a_key_waits_for_a_form_that_takes_longer_than_there_is_patience_for(
    filled: Config, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.tui.typed_keys.PATIENCE", 0.05)
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT)
        with Held(RunFilling._kept) as held:
            monkeypatch.setattr(RunFilling, "_kept", lambda screen: held(screen))
            driven.app.post_message(Key("r", "r"))
            await held.found.wait()
            # Patience is lost meanwhile.
            await asyncio.sleep(0.3)
            driven.app.post_message(Key("Z", "Z"))
            driven.app.post_message(Key("e", "e"))
            await driven.app.call(lambda workbench: None)
            held.let_go()
        await until(driven.pilot, lambda: "AcmeZe" in driven.text)


# -- the diff


async def test_what_a_key_said_stays_when_what_it_moved_is_told_only_then(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT, "version.diff")
        screen = driven.app.screen
        assert isinstance(screen, DiffScreen)
        driven.app.say("done")
        screen.on_line_list_moved()
        await driven.settle()
        assert driven.status.split()[:2] == ["✓", "done"]
        await driven.do("list.down")
        assert driven.status.strip().startswith("change")


# -- releases


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Four versions, two of which were live in dev."""
    path = tmp_path / "prompts.db"
    with open_workbench(path) as workbench:
        for number in range(4):
            workbench.library.save(NAME, Content.of_text(f"text {number}"))
        workbench.deploying.promote(f"{NAME}@1.0.0", "dev", "first")
        workbench.deploying.promote(f"{NAME}@1.0.1", "dev", "second")
    return path


def moved_by(path: Path, actor: str, number: str) -> None:
    with Workbench.open(store=path, actor=actor) as other:
        other.deploying.promote(f"{NAME}@{number}", "dev", "from elsewhere")


def told(app: HostApp) -> str:
    return " ".join(screen_text(app).replace("│", " ").split())


async def test_a_plan_is_carried_out_only_once_it_is_on_the_page(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with hosting(path, PromoteSheet(NAME, "1.0.2", "dev")) as (app, pilot):
        await until(pilot, lambda: "dev: 1.0.1 → 1.0.2" in told(app))
        with Held(app.screen.lines) as held:
            monkeypatch.setattr(app.screen, "lines", held)
            app.screen._where.choose("staging")
            await held.found.wait()
            assert not await app.screen.carry_out()
            assert app.screen.query_one("#problem", Static).visual.plain == "there is nothing to carry out yet"
            held.let_go()
            await until(pilot, lambda: "staging: nothing → 1.0.2" in told(app))
            assert await app.screen.carry_out()
    with open_workbench(path) as workbench:
        assert workbench.deploying.live(NAME) == {"dev": "1.0.1", "staging": "1.0.2"}


async def test_a_plan_that_was_cut_short_by_the_next_change_comes_to_the_page_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hosting(path, PromoteSheet(NAME, "1.0.2", "dev")) as (app, pilot):
        await until(pilot, lambda: "dev: 1.0.1 → 1.0.2" in told(app))
        with Held(app.screen.lines) as held:
            monkeypatch.setattr(app.screen, "lines", held)
            moved_by(path, "ben", "1.0.3")
            await held.found.wait()
            app.changed(NAME)
            held.let_go()
            await until(pilot, lambda: "dev: 1.0.3 → 1.0.2" in told(app))
            await until(pilot, lambda: "ben" in told(app) and "this is the plan as it is now" in told(app))


async def test_who_moved_it_is_said_although_more_changed_before_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hosting(path, RollbackSheet(NAME, "dev")) as (app, pilot):
        await until(pilot, lambda: "dev: 1.0.1 → 1.0.0" in told(app))
        sheet = app.screen
        with Held(sheet.look_again) as held:
            monkeypatch.setattr(sheet, "look_again", held)
            moved_by(path, "ben", "1.0.3")
            await held.found.wait()
            await until(pilot, lambda: sheet.shown.current == "1.0.3")
            app.changed(NAME)
            held.let_go()
            await settle(pilot)
            await until(pilot, lambda: "moved meanwhile: ben put 1.0.3 live in dev" in told(app))


# -- comparisons


async def test_verdicts_of_what_it_was_are_not_taken_for_what_it_is_now(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(workbench: Workbench, second: str) -> Comparison:
        columns = [Column(workbench.library.version(f"{NAME}@{number}")) for number in ("1.0.0", second)]
        return workbench.comparing.begin(columns, [Case("one", {})])

    with open_workbench(path) as workbench:
        before, after = begun(workbench, "1.0.1"), begun(workbench, "1.0.2")
    async with hosting(path, CompareScreen(before), readonly=True) as (app, _):
        with Held(app.screen.attempt) as held:
            monkeypatch.setattr(app.screen, "attempt", held)
            reading = asyncio.ensure_future(app.screen._read_verdicts())
            await held.found.wait()
            none_yet: dict[int, Given] = {}
            app.screen.comparison, app.screen.verdicts = after, none_yet
            held.let_go()
            await reading
        assert app.screen.verdicts is none_yet
