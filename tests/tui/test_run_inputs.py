"""Inputs that are not typed again: sets, files, pasted texts, earlier runs; and the request before it is sent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.host_app import HostApp, act, hosting, open_workbench, ran, screen_text, settle, until
from tests.support.scripted import Script
from tests.tui.test_run_screen import SUPPORT, facts, saved
from workbench.domain.runs import RunFilter
from workbench.errors import BadInput
from workbench.services.runs.choosing import Choosing, Offer
from workbench.tui.run_filter import read_filter
from workbench.tui.screens.pick import Pick
from workbench.tui.screens.run.model_pick import ModelPick
from workbench.tui.screens.run.screen import RunScreen
from workbench.tui.widgets.field_specs import FAVOURITE_KEY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "prompts.db"


def value(app: HostApp, key: str) -> str:
    text: str = app.screen._form.fields[key].value
    return text


async def choose(app: HostApp, pilot: Pilot[Any], typed: str) -> None:
    """Open the list of inputs and take what these letters find first."""
    await act(pilot, "run.inputs")
    assert isinstance(app.screen, Pick)
    await pilot.press(*typed, "enter")
    await settle(pilot)


async def test_a_set_is_saved_comes_back_by_itself_is_renamed_deleted_and_undone(path: Path) -> None:
    version = saved(path)
    async with hosting(path, RunScreen(version), script=Script()) as (app, pilot):
        await pilot.press(*"Acme")
        await choose(app, pilot, "saveas")
        await pilot.press(*"angry customer", "enter")
        await settle(pilot)
        assert "saved the set angry customer" in app.said[-1]
        assert "set angry customer" in screen_text(app)
        app.screen._form.fields["variable:company"].set_value("")
        await settle(pilot)
        await act(pilot, "run.stop")
    async with hosting(path, RunScreen(version), script=Script()) as (app, pilot):
        assert value(app, "variable:company") == "Acme"
        assert "set angry customer" in screen_text(app)
        await choose(app, pilot, "rename")
        await pilot.press("end", *"!", "enter")
        await settle(pilot)
        with open_workbench(path) as workbench:
            assert [one.name for one in workbench.inputs.sets("support/help")] == ["angry customer!"]
        await choose(app, pilot, "delete")
        assert "[undo]" in app.said[-1]
        with open_workbench(path) as workbench:
            assert workbench.inputs.sets("support/help") == []
        app.screen._stream.focus()
        await act(pilot, "history.undo")
        with open_workbench(path) as workbench:
            assert [one.values for one in workbench.inputs.sets("support/help")] == [
                {"company": "Acme", "tier": "free"}
            ]


async def test_one_row_of_a_file_is_chosen_and_what_the_version_has_not_is_said(path: Path, tmp_path: Path) -> None:
    version = saved(path)
    cases = tmp_path / "cases.csv"
    cases.write_text("company,tier,colour\nAcme,free,red\nGlobex,pro,blue\n")
    async with hosting(path, RunScreen(version), script=Script()) as (app, pilot):
        await choose(app, pilot, "fromafile")
        await pilot.press(*str(cases), "enter")
        await settle(pilot)
        await pilot.press(*"glob", "enter")
        await settle(pilot)
        assert (value(app, "variable:company"), value(app, "variable:tier")) == ("Globex", "pro")
        assert "this version has no colour" in app.said[-1]


async def test_a_pasted_text_fills_in_and_a_wrong_one_is_named(path: Path) -> None:
    version = saved(path)
    async with hosting(path, RunScreen(version), script=Script()) as (app, pilot):
        await choose(app, pilot, "pasted")
        await pilot.press(*'{"company": "Initech"')
        await pilot.press("ctrl+j")
        await settle(pilot)
        assert any("is not JSON" in line for line in app.said)
        await choose(app, pilot, "pasted")
        assert '{"company": "Initech"' in screen_text(app), "what was pasted is there to be mended"
        await pilot.press(*', "tier": "pro"}', "ctrl+j")
        await settle(pilot)
        assert (value(app, "variable:company"), value(app, "variable:tier")) == ("Initech", "pro")


async def test_what_is_pasted_leaves_what_it_does_not_name_and_a_set_does_not(path: Path) -> None:
    version = saved(path)
    with open_workbench(path) as workbench:
        workbench.inputs.save("support/help", "plain", {"company": "Globex"})
    async with hosting(path, RunScreen(version), script=Script()) as (app, pilot):
        app.screen._form.fields["variable:tier"].set_value("pro")
        await choose(app, pilot, "pasted")
        await pilot.press(*'{"company": "Initech"}', "ctrl+j")
        await settle(pilot)
        assert (value(app, "variable:company"), value(app, "variable:tier")) == ("Initech", "pro")
        assert "; tier as before" in app.said[-1]
        await choose(app, pilot, "set plain")
        assert (value(app, "variable:company"), value(app, "variable:tier")) == ("Globex", "free")


async def test_an_earlier_run_is_taken_over_with_its_settings(path: Path) -> None:
    version, script = saved(path), Script()
    old = await ran(path, script, "support/help", {"company": "Hooli"}, settings={"seed": 7, "stop": ["END"]})
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await choose(app, pilot, old.id[:8])
        assert value(app, "variable:company") == "Hooli"
        assert (value(app, "setting:seed"), value(app, "more:")) == ("7", 'stop=["END"]')


async def test_any_parameter_is_sent_and_one_that_cannot_be_read_is_marked(path: Path) -> None:
    version, script = saved(path), Script()
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        app.screen._form.fields["variable:company"].set_value("Acme")
        app.screen._form.fields["more:"].set_value("nonsense")
        await act(pilot, "run.send")
        assert app.screen._form.fields["more:"].has_class("-wrong")
        app.screen._form.fields["more:"].set_value('stop=["END"]\nfrequency_penalty=0.5')
        app.screen._form.fields["setting:temperature"].set_value("null")
        await act(pilot, "run.send")
        await until(pilot, lambda: "finished" in facts(app))
    body = script.requests[0].body
    assert (body["stop"], body["frequency_penalty"], "temperature" in body) == (["END"], 0.5, False)


async def test_the_request_says_what_differs_what_it_counts_and_what_is_missing(path: Path) -> None:
    version, script = saved(path), Script()
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await act(pilot, "run.request")
        await until(pilot, lambda: "not sent while these are missing: company" in screen_text(app))
        await act(pilot, "run.request")
        app.screen._form.fields["variable:company"].set_value("Acme")
        app.screen._form.fields["setting:temperature"].set_value("0.9")
        await act(pilot, "run.request")
        await until(pilot, lambda: "free" in screen_text(app))
        shown = screen_text(app)
        assert "temperature: 0.3 → 0.9" in shown
        assert "tokens (estimated)" in shown
        assert "You help customers of Acme" in shown
        await pilot.press("escape")
        assert not app.screen.has_class("-asking")
    assert script.requests == []


async def test_settings_become_a_new_version_on_request(path: Path) -> None:
    version, script = saved(path), Script()
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await act(pilot, "run.keep_settings")
        assert "the settings are those of the version" in app.said[-1]
        app.screen._form.fields["setting:temperature"].set_value("0.9")
        await act(pilot, "run.keep_settings")
        assert "save as 1.0.1: temperature: 0.3 → 0.9" in screen_text(app)
        await pilot.press(*"warmer", "enter")
        await settle(pilot)
        assert app.screen.version.number == "1.0.1"
        assert value(app, "setting:temperature") == ""
        assert re.search(r"temperature +0\.9", screen_text(app)), "what holds now"
    with open_workbench(path) as workbench:
        new = workbench.library.version("support/help@1.0.1")
    assert (new.content.settings["temperature"], new.note, new.content.messages) == (0.9, "warmer", SUPPORT.messages)


async def test_a_list_of_models_that_is_not_whole_yet_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version, script, answered = saved(path), Script(), asyncio.Event()
    offers = Choosing.offers

    async def late(choosing: Choosing) -> AsyncIterator[Offer]:
        await answered.wait()
        async for offer in offers(choosing):
            yield offer

    monkeypatch.setattr(Choosing, "offers", late)
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await act(pilot, "run.model")
        await until(pilot, lambda: "more, as the endpoints answer" in screen_text(app))
        answered.set()
        await until(pilot, lambda: "more, as the endpoints answer" not in screen_text(app))


async def test_a_model_is_chosen_by_a_few_letters_with_favourites_first(path: Path) -> None:
    version, script = saved(path), Script()
    with open_workbench(path, script) as workbench:
        workbench.choosing.mark("test/parrot")
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await act(pilot, "run.model")
        await until(pilot, lambda: "cannot be reached" in screen_text(app) or "test/…" in screen_text(app))
        assert app.screen.current.label == "test/parrot"
        assert "★ favourite" in screen_text(app)
        await pilot.press(*"refused", "down", "enter")
        await until(pilot, lambda: "✗ test/…: cannot reach test" in screen_text(app))
        assert isinstance(app.screen, ModelPick), "there is nothing to be chosen"
        await pilot.press("ctrl+u")
        await pilot.press(*"smol", "f5")
        await settle(pilot)
        with open_workbench(path) as workbench:
            assert workbench.choosing.favourites() == ("test/parrot", "local/smollm2-135m")
        await pilot.press("enter")
        await settle(pilot)
        assert value(app, "setting:model") == "local/smollm2-135m"
        await act(pilot, "run.model")
        await pilot.press(*"test/unlisted", "enter")
        await settle(pilot)
        assert value(app, "setting:model") == "test/unlisted"


def test_what_is_typed_as_a_filter() -> None:
    read = read_filter('late "next week" version:1.3.0 model:mini status:failed rating:4 starred draft x:y', "a/b")
    assert read == RunFilter("a/b", "1.3.0", True, "mini", "failed", "late next week x:y", True, 4)
    assert read_filter("", None) == RunFilter()
    assert read_filter("origin:replay same:3F2a", None) == RunFilter(origin="replay", same="3f2a")
    with pytest.raises(BadInput, match="there is no origin 'reply'"):
        read_filter("origin:reply", None)
    with pytest.raises(BadInput, match="there is no status"):
        read_filter("status:faild", None)
    with pytest.raises(BadInput, match="1 to 5"):
        read_filter("rating:9", None)


async def test_ctrl_p_finds_sets_and_runs_also_while_typing(path: Path) -> None:
    version = saved(path)
    async with hosting(path, RunScreen(version), script=Script()) as (app, pilot):
        await pilot.press(*"Ac", "ctrl+p")
        await settle(pilot)
        assert "save as a set" in screen_text(app)
        await pilot.press("escape")
        await settle(pilot)
        assert value(app, "variable:company") == "Ac"


async def test_favourite_models_stand_in_the_form(path: Path) -> None:
    version, script = saved(path), Script()
    with open_workbench(path, script) as workbench:
        for model in ("local/smollm2-135m", "test/parrot"):
            workbench.choosing.mark(model)
    async with hosting(path, RunScreen(version), script=script) as (app, pilot):
        await until(pilot, lambda: "★ favourites" in screen_text(app))
        fields = app.screen._form.fields
        fields[FAVOURITE_KEY].editor.focus()
        await pilot.press("right", "right")
        await settle(pilot)
        assert fields["setting:model"].value == "test/parrot"
        fields["setting:model"].set_value("test/other")
        await settle(pilot)
        assert (fields[FAVOURITE_KEY].value, fields["setting:model"].value) == ("", "test/other")
        assert app.screen.read_settings()[0] == {"model": "test/other"}
