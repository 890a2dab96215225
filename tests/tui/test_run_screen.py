"""The run screen: form, stream, stop, and what is kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.host_app import HostApp, act, hosting, open_workbench, screen_text, settle, until
from tests.support.scripted import Script
from workbench.domain.prompts import Content, Message, Variable, Version
from workbench.domain.runs import Run
from workbench.errors import ModelError
from workbench.tui.screens.run.screen import RunScreen
from workbench.tui.widgets.choice import Choice
from workbench.tui.widgets.stream_view import StreamView

SUPPORT = Content(
    (Message("system", "You help customers of {{company}} on the {{ tier }} plan.\n{{ notes }}"),),
    "jinja",
    (
        Variable("company", "who we are"),
        Variable("tier", "the plan", choices=("free", "pro"), default="free", has_default=True),
        Variable("notes", type="text", default="", has_default=True),
    ),
    {"temperature": 0.3},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "prompts.db"


def saved(path: Path, content: Content = SUPPORT, name: str = "support/help") -> Version:
    with open_workbench(path) as workbench:
        return workbench.library.save(name, content, note="first")


def runs(path: Path) -> list[Run]:
    with open_workbench(path) as workbench:
        return [workbench.running.run(row.id) for row in workbench.running.runs()]


def facts(app: HostApp) -> str:
    return str(app.screen.query_one("#facts").render())


async def test_runs_with_what_is_filled_in(path: Path) -> None:
    version, script = saved(path), Script(["Hel", "lo ", "Acme."])
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await pilot.press(*"Acme", "enter", "right", "enter", "h", "i")
        form = app.screen._form
        form.fields["input:"].set_value("Where is my parcel?\nIt is late.")
        await act(pilot, "run.send")
        await until(pilot, lambda: "finished" in facts(app))
        assert app.screen.query_one(StreamView).text == "Hello Acme."
        assert "Hello Acme." in screen_text(app)
        assert "finished (stop) · 12 → 3 tokens" in facts(app)
        assert "free" in facts(app)
        assert "test/parrot" in facts(app)
        assert app.changes == ["support/help"]
    [run] = runs(path)
    assert [(m["role"], m["content"]) for m in run.request.body["messages"]] == [
        ("system", "You help customers of Acme on the pro plan.\nhi"),
        ("user", "Where is my parcel?\nIt is late."),
    ]
    assert run.request.body["temperature"] == 0.3
    assert (run.status, run.output) == ("finished", "Hello Acme.")


async def test_settings_of_the_form_hold_for_this_run_only(path: Path) -> None:
    version, script = saved(path), Script()
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        fields = app.screen._form.fields
        fields["variable:company"].set_value("Acme")
        for key, text in (("model", "test/owl"), ("temperature", "0.9"), ("max_tokens", "50"), ("seed", "7")):
            fields[f"setting:{key}"].set_value(text)
        await act(pilot, "run.send")
        await until(pilot, lambda: "finished" in facts(app))
    body = script.requests[0].body
    assert (script.requests[0].model, body["temperature"], body["max_tokens"], body["seed"]) == ("owl", 0.9, 50, 7)


async def test_what_is_missing_stays_in_the_form_and_is_never_sent(path: Path) -> None:
    version, script = saved(path), Script()
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await act(pilot, "run.send")
        await settle(pilot)
        assert "✗ company: missing" in screen_text(app)
        assert app.focused is app.screen._form.fields["variable:company"].editor
    assert script.requests == []
    assert runs(path) == []


@pytest.mark.parametrize(
    ("key", "text", "said"), [("temperature", "warm", "a number"), ("seed", "1.5", "whole number")]
)
async def test_a_setting_that_cannot_be_read_is_marked(path: Path, key: str, text: str, said: str) -> None:
    version, script = saved(path), Script()
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        app.screen._form.fields["variable:company"].set_value("Acme")
        app.screen._form.fields[f"setting:{key}"].set_value(text)
        await act(pilot, "run.send")
        assert app.screen._form.fields[f"setting:{key}"].has_class("-wrong")
        assert any(said in line for line in app.said)
    assert script.requests == []


async def test_an_unknown_model_is_said_plainly(path: Path) -> None:
    version, script = saved(path), Script()
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        app.screen._form.fields["variable:company"].set_value("Acme")
        app.screen._form.fields["setting:model"].set_value("nowhere/x")
        await act(pilot, "run.send")
        await until(pilot, lambda: "not sent" in facts(app))
        assert "nowhere" in facts(app)
    assert script.requests == []


async def test_esc_stops_the_run_and_keeps_what_came(path: Path) -> None:
    version, script = saved(path), Script(["partial ", asyncio.Event()])
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        app.screen._form.fields["variable:company"].set_value("Acme")
        await act(pilot, "run.send")
        await until(pilot, lambda: app.screen.query_one(StreamView).text == "partial ")
        assert app.running == "1 running"
        await act(pilot, "run.stop")
        await until(pilot, lambda: "cancelled" in facts(app))
        assert app.running == "0 running"
        assert isinstance(app.screen, RunScreen)
        await act(pilot, "run.stop")
        assert not isinstance(app.screen, RunScreen)
    [run] = runs(path)
    assert (run.status, run.output) == ("cancelled", "partial ")
    assert script.closed == 1


async def test_leaving_or_quitting_while_it_streams_records_the_part(path: Path) -> None:
    version, script = saved(path), Script(["partial ", asyncio.Event()])
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        app.screen._form.fields["variable:company"].set_value("Acme")
        await act(pilot, "run.send")
        await until(pilot, lambda: app.screen.query_one(StreamView).text == "partial ")
    [run] = runs(path)
    assert (run.status, run.output) == ("cancelled", "partial ")


async def test_a_failure_in_the_middle_keeps_the_part_and_says_what_to_do(path: Path) -> None:
    broken = ModelError("the answer was cut in the middle", "run it again", kind="cut")
    version, script = saved(path), Script(["half an ", broken])
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        app.screen._form.fields["variable:company"].set_value("Acme")
        await act(pilot, "run.send")
        await until(pilot, lambda: "failed" in facts(app))
        assert "the answer was cut in the middle" in facts(app)
        assert "run it again" in facts(app)
        assert "half an" in screen_text(app)
    [run] = runs(path)
    assert (run.status, run.output, run.error) == ("failed", "half an ", "the answer was cut in the middle")


async def test_what_was_typed_is_there_again(path: Path) -> None:
    version = saved(path)
    async with hosting(path, RunScreen(version), script=Script()) as (app, pilot):
        await pilot.press(*"Acme")
        app.screen.query_one(Choice).choose("pro")
        app.screen._form.fields["setting:seed"].set_value("42")
        await pilot.press("escape")
        await settle(pilot)
    async with hosting(path, RunScreen(version), script=Script()) as (app, pilot):
        values = {key: field.value for key, field in app.screen._form.fields.items()}
        assert values["variable:company"] == "Acme"
        assert values["variable:tier"] == "pro"
        assert values["setting:seed"] == "42"
        form = app.screen._form
        await act(pilot, "run.reset")
        await pilot.press("y")
        await settle(pilot)
        assert form.fields["variable:tier"].value == "free"


async def test_letters_are_text_inside_a_field_and_acts_outside(path: Path) -> None:
    version, script = saved(path), Script()
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await pilot.press("r", "q", "?")
        assert app.screen._form.fields["variable:company"].value == "rq?"
        app.screen.query_one(StreamView).focus()
        await pilot.press("r")
        await until(pilot, lambda: "finished" in facts(app))


async def test_several_pasted_lines_are_kept_whole(path: Path) -> None:
    version = saved(path)
    async with hosting(path, RunScreen(version), script=Script()) as (app, pilot):
        from textual.events import Paste

        app.post_message(Paste("one\ntwo\nthree"))
        await settle(pilot)
        field = app.screen._form.fields["variable:company"]
        assert field.value == "one\ntwo\nthree"
        assert field.editor.size.height == 3


async def test_narrow_shows_form_or_answer(path: Path) -> None:
    version, script = saved(path), Script(["An answer."])
    async with hosting(path, RunScreen(version), script=script, size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: "company" in screen_text(app))
        app.screen._form.fields["variable:company"].set_value("Acme")
        await act(pilot, "run.send")
        await until(pilot, lambda: "finished" in facts(app))
        await settle(pilot)
        assert "An answer." in screen_text(app)
        assert "who we are" not in screen_text(app)
        await act(pilot, "run.stop")
        assert "who we are" in screen_text(app)
        await act(pilot, "run.switch")
        assert "An answer." in screen_text(app)


async def test_hostile_names_and_answers_are_pictures(path: Path) -> None:
    content = Content(
        (Message("system", "x [/b] {{ a }}"), Message("user", "hi")), "jinja", (Variable("a", "[/] \x1b]0;t\x07"),)
    )
    version, script = saved(path, content), Script(["\x1b]52;c;eA==\x07[/red] done \u202e"])
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await pilot.press(*"[/b]")
        await act(pilot, "run.send")
        await until(pilot, lambda: "finished" in facts(app))
        shown = screen_text(app)
        assert "␛]52;c;eA==␇[/red] done ⟨202E⟩" in shown
        assert "\x1b" not in shown
        assert "[/] ␛]0;t␇" in shown


async def test_readonly_runs_nothing(path: Path) -> None:
    version, script = saved(path), Script()
    async with hosting(path, RunScreen(version), script=script, readonly=True) as (app, pilot):
        await act(pilot, "run.send")
        assert any("reading only" in line for line in app.said)
    assert script.requests == []


async def test_a_value_that_does_not_fit_is_marked_at_its_field(path: Path) -> None:
    content = Content((Message("user", "{{ count }} things"),), "jinja", (Variable("count", type="integer"),))
    version, script = saved(path, content), Script()
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await pilot.press(*"many")
        await act(pilot, "run.send")
        await until(pilot, lambda: "not sent" in facts(app))
        assert app.screen._form.fields["variable:count"].has_class("-wrong")
    assert script.requests == []
