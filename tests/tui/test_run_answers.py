"""What comes back: parts apart, JSON checked, Markdown laid out, found in; and what is done with it afterwards."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult

from tests.support.fake_endpoint import fake_endpoint
from tests.support.host_app import HostApp, act, config_of, hosting, open_workbench, ran, screen_text, settle, until
from tests.support.scripted import Script
from tests.tui.test_run_screen import facts
from workbench.composition import Workbench
from workbench.domain.prompts import Content, Message, Version
from workbench.domain.runs import Delta, Reasoning, Run, RunRow, Waiting
from workbench.models.endpoints import Endpoint
from workbench.models.gateway import Gateway
from workbench.tui.screens.diff.screen import DiffScreen
from workbench.tui.screens.run.runs import RunsScreen
from workbench.tui.screens.run.screen import RunScreen
from workbench.tui.widgets.answer_view import AnswerView

PLAIN = Content((Message("user", "hi"),))
NAME = "support/help"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "prompts.db"


def saved(path: Path, content: Content = PLAIN) -> Version:
    with open_workbench(path) as workbench:
        return workbench.library.save(NAME, content)


def newest(path: Path) -> Run:
    with open_workbench(path) as workbench:
        return workbench.running.run(workbench.running.runs(limit=1)[0].id)


async def send(app: HostApp, pilot: Any) -> None:
    await pilot.press("ctrl+j")
    await until(pilot, lambda: app.screen.shown_run is not None and not app.screen.is_busy)
    await settle(pilot)


async def test_json_is_checked_laid_out_and_raw_is_one_key_away(path: Path) -> None:
    schema = {"type": "object", "properties": {"price": {"type": "number"}}, "required": ["price", "name"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    version = saved(path, Content((Message("user", "hi"),), settings={"response_format": wanted}))
    async with hosting(path, RunScreen(version), script=Script(['{"price":', '"12"}'])) as (app, pilot):
        await send(app, pilot)
        assert "$.price: '12' is not of type 'number'" in facts(app)
        assert '  "price": "12"' in screen_text(app)
        await act(pilot, "run.switch")
        app.screen._stream.focus()
        await act(pilot, "run.raw")
        assert '{"price":"12"}' in screen_text(app)
        await act(pilot, "run.raw")
        assert '  "price": "12"' in screen_text(app)
        assert app.screen._stream.text == '{"price":"12"}'


async def test_markdown_is_rendered_once_it_has_ended(path: Path) -> None:
    version = saved(path)
    seen = asyncio.Event()
    script = Script(["# Title\n\nSome **bold** words ", seen, "and [a link](https://example.com/x).\n\n- one\n- two\n"])
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await pilot.press("ctrl+j")
        await until(pilot, lambda: "**bold**" in screen_text(app))
        seen.set()
        await until(pilot, lambda: app.screen.shown_run is not None and not app.screen.is_busy)
        await settle(pilot)
        shown = screen_text(app)
        assert "**bold**" not in shown
        assert " • one" in shown
        assert "https://example.com/x" in shown
        strips = [app.screen._stream.render_line(y) for y in range(12)]
        assert not any(segment.style and segment.style.link for strip in strips for segment in strip)
        app.screen._stream.focus()
        await act(pilot, "run.raw")
        assert "**bold**" in screen_text(app)


async def test_what_is_found_in_the_answer_is_gone_to(path: Path) -> None:
    version = saved(path)
    answer = "\n".join(f"line {n} of the answer" + (" NEEDLE" if n in (40, 90) else "") for n in range(120))
    async with hosting(path, RunScreen(version), script=Script([answer]), size=(80, 24)) as (app, pilot):
        await send(app, pilot)
        app.screen._stream.focus()
        await pilot.press("g")
        await act(pilot, "run.find")
        await pilot.press(*"needle", "enter")
        await settle(pilot)
        assert "line 40 of the answer NEEDLE" in screen_text(app)
        assert "match 1 of 2" in app.said[-1]
        await act(pilot, "run.next_match")
        assert "line 90 of the answer NEEDLE" in screen_text(app)
        await act(pilot, "run.next_match")
        assert "line 40 of the answer" in screen_text(app)


class Alone(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = AnswerView()

    def compose(self) -> ComposeResult:
        yield self.view


async def test_a_match_may_go_on_over_the_end_of_a_row() -> None:
    app = Alone()
    async with app.run_test(size=(20, 10)) as pilot:
        app.view.add(Reasoning("hm hm"))
        app.view.add(Delta("eighteen cells here and there"))
        app.view.flush()
        await pilot.pause()
        assert app.view.search("here and there") == 1
        assert app.view.go_match(1)
        marked = [s.text for y in range(6) for s in app.view.render_line(y) if s.style and s.style.reverse]
        assert "".join(marked) == "here and there"
        assert app.view.text == "eighteen cells here and there"


def test_markdown_is_imported_only_when_there_is_some() -> None:
    code = "import sys; import workbench.tui.screens.run.screen; print([m for m in sys.modules if 'markdown' in m])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "['workbench.tui.widgets.markdown_rows']"


@pytest.fixture
def talking(path: Path) -> Any:
    """A real endpoint on this machine; the model's name says how it behaves."""
    with fake_endpoint() as server:

        def factory() -> Workbench:
            workbench = Workbench(config_of(path))
            endpoint = Endpoint("fake", server.base_url)
            workbench.__dict__["gateway"] = Gateway({"fake": endpoint}, {}, "fake/talk", path.parent, path.parent)
            return workbench

        yield factory, server


async def test_thoughts_stand_apart_and_the_conversation_goes_on(
    path: Path, talking: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = saved(path)
    monkeypatch.setattr("tests.support.host_app.open_workbench", lambda *_, **__: talking[0]())
    async with hosting(path, RunScreen(version)) as (app, pilot):
        await send(app, pilot)
        shown = screen_text(app)
        assert "── thinks" in shown
        assert "── answers" in shown
        assert app.screen._stream.text == "You said: hi"
        await act(pilot, "run.go_on")
        await pilot.press(*"and now?")
        await send(app, pilot)
        assert "── you" in screen_text(app)
        assert app.screen._stream.text == "You said: and now?"
    run = newest(path)
    assert [m["role"] for m in run.request.body["messages"]] == ["user", "assistant", "user"]
    assert run.follows


async def test_a_tool_call_is_shown_and_answered(path: Path, talking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    version = saved(path)
    monkeypatch.setattr("tests.support.host_app.open_workbench", lambda *_, **__: talking[0]())
    async with hosting(path, RunScreen(version)) as (app, pilot):
        app.screen._form.fields["setting:model"].set_value("fake/tools")
        await send(app, pilot)
        assert "── calls weather  call_1" in screen_text(app)
        assert '{"city": "Oslo"}' in screen_text(app)
        app.screen._form.fields["setting:model"].set_value("fake/talk")
        await act(pilot, "run.go_on")
        assert "weather" in screen_text(app)
        await pilot.press("ctrl+j")
        assert "weather: empty" in screen_text(app), "not sent before it was reached"
        await pilot.press(*"rain")
        await send(app, pilot)
        assert "── tool result weather" in screen_text(app)
    assert talking[1].requests[-1].body["messages"][-1] == {
        "role": "tool",
        "tool_call_id": "call_1",
        "content": "rain",
    }


async def test_a_retry_is_visible_while_it_waits_and_afterwards(
    path: Path, talking: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = saved(path)
    monkeypatch.setattr("tests.support.host_app.open_workbench", lambda *_, **__: talking[0]())
    async with hosting(path, RunScreen(version)) as (app, pilot):
        app.screen._form.fields["setting:model"].set_value("fake/retry-429")
        await pilot.press("ctrl+j")
        await until(pilot, lambda: "asked to wait" in facts(app))
        await until(pilot, lambda: "asked 2 times" in facts(app))


async def test_a_wait_counts_down_and_can_be_cancelled(path: Path) -> None:
    version, script = saved(path), Script([Waiting("it is busy", 3000.0, 1), 60.0])
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await act(pilot, "run.send")
        await until(pilot, lambda: "it is busy · 3000 s left" in facts(app))
        await until(pilot, lambda: "it is busy · 2999 s left" in facts(app))
        await pilot.press("escape")
        await until(pilot, lambda: "cancelled" in facts(app))
    assert newest(path).status == "cancelled"


async def test_star_rating_and_note_are_kept_shown_and_undone(path: Path) -> None:
    version = saved(path)
    async with hosting(path, RunScreen(version), script=Script()) as (app, pilot):
        await send(app, pilot)
        app.screen._stream.focus()
        await pilot.press("*", "4")
        await settle(pilot)
        await pilot.press("*", "*")
        await settle(pilot)
        await act(pilot, "run.note")
        await pilot.press(*"good", "enter")
        await settle(pilot)
        assert "★ 4/5" in facts(app)
        assert "note: good" in facts(app)
        await act(pilot, "history.undo")
    run = newest(path)
    assert (run.starred, run.rating, run.note) == (True, 4, "")


async def test_the_list_filters_opens_marks_and_diffs(path: Path) -> None:
    saved(path)
    script = Script()
    for text, model in (("an early answer", "owl"), ("a late answer", "parrot"), ("the last one", "owl")):
        script.steps = [text]
        await ran(path, script, NAME, model=f"test/{model}")
    async with hosting(path, RunsScreen(NAME), script=script, size=(80, 24)) as (app, pilot):
        assert len(app.screen._list.rows) == 3
        await until(pilot, lambda: "the last one" in screen_text(app))
        await act(pilot, "runs.filter")
        await pilot.press(*"model:owl early", "enter")
        await until(pilot, lambda: len(app.screen._list.rows) == 1)
        await act(pilot, "runs.filter")
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen._list.rows) == 3)
        await act(pilot, "run.rate")
        await pilot.press("5")
        await settle(pilot)
        assert app.screen._list.run.rating == 5
        await act(pilot, "runs.mark")
        await pilot.press("j")
        await act(pilot, "run.diff")
        assert isinstance(app.screen, DiffScreen)
        await until(pilot, lambda: "a late answer" in screen_text(app))
        await pilot.press("escape")
        await settle(pilot)
        script.steps = ["once more"]
        await act(pilot, "runs.replay")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and "finished" in facts(app))
        assert app.screen.query_one(AnswerView).text == "once more"
    run = newest(path)
    assert (run.origin, run.model, run.output) == ("replay", "test/parrot", "once more")


@pytest.mark.parametrize(("size", "shows_form"), [((80, 24), False), ((160, 45), True)])
async def test_opening_a_run_shows_its_answer(path: Path, size: tuple[int, int], shows_form: bool) -> None:
    saved(path)
    script = Script(["the old answer"])
    await ran(path, script, NAME, {"company": "Acme"})
    async with hosting(path, RunsScreen(NAME), script=script, size=size) as (app, pilot):
        await act(pilot, "runs.open")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and "earlier run" in screen_text(app))
        assert "the old answer" in screen_text(app)
        assert ("model and settings" in screen_text(app)) is shows_form
        await act(pilot, "run.switch")
        assert ("the old answer" in screen_text(app)) is shows_form
        assert "model and settings" in screen_text(app)
        if shows_form:
            assert app.focused is app.screen.query_one(AnswerView)


async def test_what_became_of_one_input(path: Path) -> None:
    saved(path)
    script = Script()
    for company in ("Acme", "Bolt", "Acme"):
        script.steps = [f"hello {company}"]
        await ran(path, script, NAME, {"company": company})
    async with hosting(path, RunsScreen(NAME), script=script, size=(80, 24)) as (app, pilot):
        await act(pilot, "runs.same")
        assert [row.id for row in app.screen._list.rows] == [row.id for row in runs_of(path)][::2]
        assert "same:" in screen_text(app)
        await pilot.press("escape")
        await settle(pilot)
        assert len(app.screen._list.rows) == 3
        await act(pilot, "runs.filter")
        await pilot.press(*"origin:replay", "enter")
        await until(pilot, lambda: not app.screen._list.rows)
        assert "esc shows all of them again" in screen_text(app)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, RunsScreen)
        await pilot.press("escape")
        await settle(pilot)
        assert not isinstance(app.screen, RunsScreen)


def runs_of(path: Path) -> list[RunRow]:
    with open_workbench(path) as workbench:
        return workbench.running.runs()


async def test_pages_of_runs_follow_the_cursor(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(path)
    for _ in range(25):
        await ran(path, Script(["x"]), NAME)
    monkeypatch.setattr("workbench.tui.screens.run.runs.PAGE", 10)
    async with hosting(path, RunsScreen(NAME), size=(80, 24)) as (app, pilot):
        for _ in range(4):
            await pilot.press("G")
            await settle(pilot)
        ids = [row.id for row in app.screen._list.rows]
        assert len(ids) == len(set(ids)) == 25
