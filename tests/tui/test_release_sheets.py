"""The promotion sheet with checks, for several prompts, and reviewing from it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from tests.support.host_app import HostApp, act, hosting, open_workbench, screen_text, settle, until
from workbench.domain.prompts import Content, Message, Variable
from workbench.tui.screens.diff.screen import DiffScreen
from workbench.tui.screens.releases.promote_many_sheet import PromoteManySheet
from workbench.tui.screens.releases.promote_sheet import PromoteSheet
from workbench.tui.screens.releases.review_sheet import Place, ReviewSheet
from workbench.tui.screens.releases.rollback_sheet import RollbackSheet
from workbench.tui.screens.run.screen import RunScreen
from workbench.tui.widgets.choice import Choice

NAME = "support/help"
CONFIG = """\
environments:
  - dev
  - staging
  - name: production
    protected: true
    force: true
    own_approval: false
    checks: [note, {{was_in: staging}}, {{approved: 1}}, {{command: {command}}}]
  - name: locked
    checks: [{{tagged: reviewed}}]
"""


def read(app: HostApp) -> str:
    """The sheet's text without its borders and without the breaks of its lines."""
    return " ".join(screen_text(app).replace("│", " ").split())


def configure(path: Path, code: str = "print('fine')") -> None:
    script = path.parent / "check.py"
    script.write_text(code)
    (path.parent / "workbench.yaml").write_text(CONFIG.format(command=[sys.executable, str(script)]))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two versions that ana saved; the first is live in production, the second in staging."""
    path = tmp_path / "prompts.db"
    with open_workbench(path) as workbench:
        for text, temperature in (("You help {{name}}.", 0.3), ("You help {{name}}, who is {{tier}}.", 0.5)):
            declared = (Variable("tier", "the plan"),) if "tier" in text else ()
            content = Content((Message("system", text),), "jinja", declared, {"temperature": temperature})
            workbench.library.save(NAME, content, note=f"say: {text}")
        workbench.library.save("other", Content.of_text("Another."), note="first")
        workbench.deploying.promote(f"{NAME}@1.0.0", "production", "first")
        workbench.deploying.promote(f"{NAME}@1.0.1", "staging", "try")
        workbench.inputs.save(NAME, "pro", {"name": "Ana", "tier": "pro"})
    configure(path)
    return path


@asynccontextmanager
async def opened(path: Path, screen: Screen[Any]) -> AsyncIterator[tuple[HostApp, Pilot[int]]]:
    async with hosting(path, screen, size=(160, 60)) as (app, pilot):
        yield app, pilot


async def fill_in(app: Any, pilot: Pilot[int], reason: str, name: str) -> None:
    app.screen._reason.editor.load(reason)
    app.screen._typed.editor.load(name)
    await settle(pilot)


def live(path: Path, name: str = NAME) -> dict[str, str]:
    with open_workbench(path) as workbench:
        return workbench.deploying.live(name)


def approved_by_ben(path: Path) -> None:
    with open_workbench(path) as other:
        other.__dict__["actor"] = "ben"
        other.approving.approve(f"{NAME}@1.0.1", "production", "fine with me")


async def test_the_page_says_all_that_is_to_be_known(path: Path) -> None:
    async with opened(path, PromoteSheet(NAME, "1.0.1")) as (app, _):
        shown = read(app)
    for part in (
        "production: 1.0.0 → 1.0.1",
        "by ana: first",  # why what is live now is live
        "callers of production do not send the variable tier yet",
        "checks: 2 of 4 do not hold",
        "✓ note",
        "✓ was_in: staging",
        "✗ approved: 1 0 of 1 approvals",
        "not run for this content yet",
        "before it, staging runs 1.0.1",
        "+ You help {{name}}, who is {{tier}}.",
        "+ tier required",
        "~ temperature: 0.3 → 0.5",
    ):
        assert part in shown, part


@pytest.mark.parametrize("rolling_back", [False, True])
async def test_what_is_live_by_now_stands_in_the_choice_too(path: Path, rolling_back: bool) -> None:
    sheet = RollbackSheet(NAME, "production") if rolling_back else PromoteSheet(NAME, "1.0.1", "production")
    async with opened(path, sheet) as (app, pilot):
        await until(pilot, lambda: "production (1.0.0)" in screen_text(app))
        with open_workbench(path) as other:
            other.deploying.promote(f"{NAME}@1.0.0", "staging", "back")
        await until(pilot, lambda: "staging (1.0.0)" in screen_text(app))
        assert "production (1.0.0)" in screen_text(app)


async def test_what_does_not_hold_is_refused_with_what_to_do(path: Path) -> None:
    async with opened(path, PromoteSheet(NAME, "1.0.1")) as (app, pilot):
        await fill_in(app, pilot, "why not", "")
        assert "production, for it is protected" in read(app)
        await fill_in(app, pilot, "why not", "production")
        await act(pilot, "sheet.confirm")
        assert "approved: 1: 0 of 1 approvals" in read(app)
        assert "f8 forces" in read(app)
        assert app.results == []
    assert live(path)["production"] == "1.0.0"


async def test_what_was_waited_for_is_seen_when_it_is_asked_for_again(path: Path) -> None:
    (path.parent / "workbench.yaml").write_text(
        "environments: [staging, {name: production, checks: [{soaked: 1h}, {tagged: reviewed}]}]\n"
    )
    async with opened(path, PromoteSheet(NAME, "1.0.1")) as (app, pilot):
        assert "checks: 2 of 2 do not hold" in read(app)
        with open_workbench(path) as other:
            other.library.tag(f"{NAME}@1.0.1", ["reviewed"])
            later = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        await until(pilot, lambda: "checks: 1 of 2 do not hold" in read(app))
        await app.call(lambda w: setattr(w.store, "clock", lambda: later))
        await act(pilot, "sheet.confirm")
        assert "nothing stands against it any more" in read(app)
        assert "✓ soaked: 1h" in read(app)
        assert live(path)["production"] == "1.0.0"
        await act(pilot, "sheet.confirm")
        assert app.results == [True]
    assert live(path)["production"] == "1.0.1"


async def test_forced_with_a_reason_for_ever(path: Path) -> None:
    async with opened(path, PromoteSheet(NAME, "1.0.1")) as (app, pilot):
        await act(pilot, "release.force")
        assert "the ledger says so for ever" in read(app)
        await fill_in(app, pilot, "", "production")
        await act(pilot, "sheet.confirm")
        assert "forcing needs a reason" in read(app)
        await fill_in(app, pilot, "the shop is down", "production")
        await act(pilot, "sheet.confirm")
        assert app.results == [True]
        assert "forced past its checks" in app.said[-1]
    with open_workbench(path) as workbench:
        assert workbench.deploying.ledger(NAME, "production", limit=1)[0].forced


async def test_what_the_config_does_not_let_be_forced_is_not(path: Path) -> None:
    async with opened(path, PromoteSheet(NAME, "1.0.1", "locked")) as (app, pilot):
        await act(pilot, "release.force")
        assert "does not let locked be forced" in read(app)
        await act(pilot, "sheet.confirm")
        assert "has not the tag reviewed" in read(app)
        assert app.results == []


async def test_the_teams_command_runs_and_its_answer_shows(path: Path) -> None:
    approved_by_ben(path)
    async with opened(path, PromoteSheet(NAME, "1.0.1")) as (app, pilot):
        await fill_in(app, pilot, "approved", "production")
        await act(pilot, "sheet.confirm")  # runs what has to be run first
        await until(pilot, lambda: "checks: " not in read(app) and "✓ command" in read(app))
        await settle(pilot)
        await act(pilot, "sheet.confirm")
        assert app.results == [True]
    assert live(path)["production"] == "1.0.1"


async def test_a_failing_command_shows_what_it_said(path: Path) -> None:
    configure(path, "print('three of seven\\nprompts are wrong'); raise SystemExit(3)")
    async with opened(path, PromoteSheet(NAME, "1.0.1")) as (app, pilot):
        await act(pilot, "release.checks")
        await until(pilot, lambda: "ended with 3" in read(app))
        assert "prompts are wrong" in read(app)


async def test_a_running_command_is_stopped_by_esc_and_the_sheet_stays(path: Path) -> None:
    started = path.parent / "started"
    configure(path, f"import pathlib, time; pathlib.Path({str(started)!r}).touch(); time.sleep(60)")
    async with opened(path, PromoteSheet(NAME, "1.0.1")) as (app, pilot):
        await act(pilot, "release.checks")
        await until(pilot, started.exists)
        assert "esc stops it" in read(app)
        await act(pilot, "sheet.cancel")
        await until(pilot, lambda: not app.screen.is_checking)
        assert isinstance(app.screen, PromoteSheet)
        assert app.running == "0 running"


async def test_rendered_with_a_chosen_set(path: Path) -> None:
    async with opened(path, PromoteSheet(NAME, "1.0.1")) as (app, pilot):
        await act(pilot, "release.values")
        await pilot.press(*"pro", "enter")
        await settle(pilot)
        assert "text as rendered with pro" in read(app)
        assert "+ You help Ana, who is pro." in read(app)
        await act(pilot, "release.rendered")
        assert "+ You help {{name}}, who is {{tier}}." in read(app)
        await act(pilot, "release.rendered")
        assert "text as rendered with pro" in read(app)  # the chosen one is not forgotten


async def test_a_variable_that_is_only_declared_now_says_how(path: Path) -> None:
    with open_workbench(path) as workbench:
        old = workbench.get(f"{NAME}@1.0.0").content
        name = Variable("name", "whom", default="you", has_default=True)
        workbench.library.save(NAME, replace(old, variables=(name,)), note="declare it")
    async with opened(path, PromoteSheet(NAME, "1.0.2", "production")) as (app, _):
        assert "+ name declared now: default you; whom" in read(app)
        assert "callers of production do not send" not in read(app)


async def test_rendered_texts_come_into_sight_and_name_what_has_no_value(path: Path) -> None:
    async with hosting(path, PromoteSheet(NAME, "1.0.1"), size=(80, 24)) as (app, pilot):
        assert "text as rendered" not in read(app)
        await act(pilot, "release.rendered")
        shown = read(app)
        assert "text as rendered with what was filled in last" in shown
        assert "⚠ no value there for name, tier" in shown
        assert "+ You help {{name}}, who is {{tier}}." in shown


async def test_the_whole_diff_is_one_key_away_and_leads_back(path: Path) -> None:
    async with opened(path, PromoteSheet(NAME, "1.0.1")) as (app, pilot):
        await fill_in(app, pilot, "kept", "")
        await act(pilot, "release.diff")
        assert isinstance(app.screen, DiffScreen)
        await act(pilot, "app.back")
        assert isinstance(app.screen, PromoteSheet)
        assert app.screen._reason.value == "kept"


async def test_one_s_own_version_is_not_approved_and_a_request_shows_in_the_sheet(path: Path) -> None:
    async with opened(path, PromoteSheet(NAME, "1.0.1")) as (app, pilot):
        await act(pilot, "release.review")
        assert isinstance(app.screen, ReviewSheet)
        await act(pilot, "sheet.confirm")
        assert "nobody approves their own" in read(app)
        app.screen.query_one("#kind", Choice).choose("request changes")
        app.screen._comment.set_value("say the plan first")
        await settle(pilot)
        await act(pilot, "sheet.confirm")
        await until(pilot, lambda: "ana requested changes: say the plan first" in read(app))
        assert "meanwhile" not in read(app)


async def test_a_comment_on_a_line(path: Path) -> None:
    place = Place("1.0.0", 1, "You help {{name}}.")
    async with opened(path, ReviewSheet(NAME, "1.0.1", place=place)) as (app, pilot):
        assert "line 1 of 1.0.0" in read(app)
        await act(pilot, "sheet.confirm")
        assert "write it here" in read(app)
        await pilot.press(*"why?")
        await act(pilot, "sheet.confirm")
        assert app.results == [True]
    with open_workbench(path) as workbench:
        (review,) = workbench.approving.of(NAME)
        assert (review.kind, review.comment, review.line, review.line_number) == ("comment", "why?", 1, "1.0.0")


async def test_several_prompts_move_as_one_act_or_not_at_all(path: Path) -> None:
    chosen = ((NAME, "1.0.1"), ("other", "1.0.0"))
    async with opened(path, PromoteManySheet(chosen)) as (app, pilot):
        assert app.screen.environment == "dev"
        assert "2 prompts to dev, all of them or none" in read(app)
        await act(pilot, "sheet.confirm")
        assert app.said == ["2 prompts are live in dev, as one act [undo]"]
        await act(pilot, "history.undo")
        await settle(pilot)
    assert "dev" not in live(path)
    assert live(path, "other") == {}


async def test_one_of_several_that_may_not_holds_them_all(path: Path) -> None:
    with open_workbench(path) as workbench:
        workbench.library.tag(f"{NAME}@1.0.1", add=["reviewed"])
    async with opened(path, PromoteManySheet(((NAME, "1.0.1"), ("other", "1.0.0")))) as (app, pilot):
        app.screen._where.choose("locked")
        await settle(pilot)
        await act(pilot, "sheet.confirm")
        assert "other: tagged: reviewed" in read(app)
        assert app.results == []
    assert "locked" not in live(path)


async def test_from_the_run_screen_what_is_shown_is_rolled_back(path: Path) -> None:
    with open_workbench(path) as workbench:
        version = workbench.get(f"{NAME}@1.0.1")
    async with opened(path, RunScreen(version)) as (app, pilot):
        app.screen.set_focus(None)
        await act(pilot, "version.rollback")
        assert isinstance(app.screen, RollbackSheet)
        assert app.screen.prompt == NAME
