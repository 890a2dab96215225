"""Small things of the run screen that one notices by hand: where a step back leads, what is in sight, what is told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.host_app import act, hosting, open_workbench, ran, screen_text, settle, until
from tests.support.scripted import Script
from tests.tui.test_run_screen import facts, saved
from workbench.domain.prompts import Content, Message, Variable
from workbench.domain.runs import Delta, Reasoning, ToolCall
from workbench.tui.screens.run.runs import RunsScreen
from workbench.tui.screens.run.screen import RunScreen

SMALL = (80, 24)
NAME = "support/help"
MANY = Content(
    (Message("system", "{{ first }} " + " ".join(f"{{{{ v{n} }}}}" for n in range(12))),),
    variables=(Variable("first"), *(Variable(f"v{n}", default="x", has_default=True) for n in range(12))),
)
PRICED = Content(
    (Message("user", "hi"),),
    settings={"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "object"}}}},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "prompts.db"


async def test_an_earlier_run_is_left_the_way_it_was_entered(path: Path) -> None:
    saved(path)
    await ran(path, Script(), NAME, {"company": "Acme"})
    async with hosting(path, RunsScreen(NAME), size=SMALL) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: "earlier run" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        await pilot.press("enter")
        await until(pilot, lambda: "earlier run" in screen_text(app))
        await pilot.press("f2", "f2", "escape")
        await settle(pilot)
        assert isinstance(app.screen, RunScreen), "the form has been seen, so it is one step back"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))


async def test_what_was_filled_in_can_be_typed_in_at_once(path: Path) -> None:
    version = saved(path)
    with open_workbench(path) as workbench:
        workbench.inputs.save(NAME, "ana", {"company": "Acme"})
    async with hosting(path, RunScreen(version), size=SMALL) as (app, pilot):
        await pilot.press("f2")
        await act(pilot, "run.inputs")
        await pilot.press(*"set ana", "enter")
        await until(pilot, lambda: "set ana" in screen_text(app))
        await pilot.press(*" Inc")
        assert app.screen._form.fields["variable:company"].value == "Acme Inc"


async def test_a_field_that_is_wrong_is_in_sight_with_what_is_wrong(path: Path) -> None:
    version = saved(path, MANY)
    async with hosting(path, RunScreen(version), size=SMALL) as (app, pilot):
        app.screen._form.fields["more:"].editor.focus()
        await settle(pilot)
        assert "variables" not in screen_text(app)
        await pilot.press("ctrl+j")
        await until(pilot, lambda: "✗ first: missing" in screen_text(app))
        assert "variables" in screen_text(app), "the head of the section too"


async def test_a_mark_that_is_taken_back_is_not_shown_any_more_and_the_check_stays(path: Path) -> None:
    version = saved(path, PRICED)
    async with hosting(path, RunScreen(version), script=Script(["[1]"])) as (app, pilot):
        await pilot.press("ctrl+j")
        await until(pilot, lambda: "✗ $: [1] is not of type" in facts(app))
        app.screen._stream.focus()
        await pilot.press("*", "4")
        await until(pilot, lambda: "4/5" in facts(app))
        assert "✗ $: [1] is not of type" in facts(app)
        await pilot.press("z")
        await until(pilot, lambda: "4/5" not in facts(app))
        assert "✗ $: [1] is not of type" in facts(app)


async def test_how_to_undo_says_how_to_leave_the_field_first(path: Path) -> None:
    version = saved(path)
    async with hosting(path, RunScreen(version)) as (app, pilot):
        await act(pilot, "run.inputs")
        await pilot.press(*"save as", "enter")
        await settle(pilot)
        await pilot.press(*"one", "enter")
        await until(pilot, lambda: "saved the set one · f2, then z undoes it" in screen_text(app))
        await pilot.press("f2", "z")
        await until(pilot, lambda: "took back" in screen_text(app))
        app.say("done", undo=True)
        await until(pilot, lambda: "done · z undoes it" in screen_text(app))


async def test_it_is_told_what_the_model_does_as_soon_as_it_does_it(path: Path) -> None:
    version, steps = saved(path), [asyncio.Event() for _ in range(3)]
    script = Script([steps[0], "A text.", steps[1], steps[2]])
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        app.screen._form.fields["variable:company"].set_value("Acme")
        app.say("said before")
        await act(pilot, "run.send")
        await until(pilot, lambda: "waiting for the first token" in facts(app))
        assert "said before" not in screen_text(app)
        app.screen._clock.pause()
        for piece, told in (
            (Reasoning("hm"), "thinking"),
            (Delta("12345"), "5 characters"),
            (ToolCall(0, "1", "f", "{"), "calling a tool"),
        ):
            await app.screen._show(piece)
            assert told in facts(app)
        for step in steps:
            step.set()
        await until(pilot, lambda: "finished" in facts(app))


async def test_what_the_first_call_needs_is_imported_while_one_fills_in(path: Path) -> None:
    version, script = saved(path), Script()
    async with hosting(path, RunScreen(version), script=script):
        while not script.client_wanted:
            await asyncio.sleep(0.02)


async def test_lists_of_runs_tell_what_differs_in_what_they_were_given(path: Path) -> None:
    version = saved(path)
    for company in ("Acme", "Bolt", "Acme"):
        await ran(path, Script(), NAME, {"company": company, "notes": "calm", "tier": "free"})
    async with hosting(path, RunScreen(version), script=Script()) as (app, pilot):
        await act(pilot, "run.inputs")
        rows = [line for line in screen_text(app).splitlines() if "run 1.0.0" in line]
        assert ["company=Bolt · test/parrot" in row for row in rows] == [False, True, False]
        assert "notes" not in "".join(rows), "all have the same"
        await pilot.press(*"Bolt", "enter")
        await settle(pilot)
        await pilot.press("ctrl+j")
        await until(pilot, lambda: "finished" in facts(app))
        app.screen._stream.focus()
        await act(pilot, "run.diff")
        rows = [line for line in screen_text(app).splitlines() if "1.0.0 " in line]
        assert ["company=Acme" in row for row in rows] == [False, True, True], "those of the same input first"
