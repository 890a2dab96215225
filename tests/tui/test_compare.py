"""Comparing: columns side by side from a real endpoint that misbehaves, stopped, asked again, judged, also blind."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_endpoint import FakeEndpoint, fake_endpoint
from tests.support.host_app import HostApp, act, config_of, hosting, screen_text, settle, until
from workbench.composition import Workbench
from workbench.domain.comparisons import Column, Comparison
from workbench.domain.inputs import Case
from workbench.domain.prompts import Content, Message, Version
from workbench.models.endpoints import Endpoint
from workbench.models.gateway import Gateway
from workbench.tui.screens.compare.screen import CompareScreen
from workbench.tui.screens.compare.setup import CompareSetup
from workbench.tui.screens.diff.screen import DiffScreen
from workbench.tui.screens.run.screen import RunScreen
from workbench.tui.setting_up import Setup, columns_told, to_keep, with_kept

NAME = "support/help"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "prompts.db"


@pytest.fixture
def server() -> Iterator[FakeEndpoint]:
    with fake_endpoint() as endpoint:
        yield endpoint


@pytest.fixture
def opened(path: Path, server: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Workbench]:
    """The store with two versions, and models that behave as they are called."""

    def factory(*_: Any, **options: Any) -> Workbench:
        workbench = Workbench(config_of(path), readonly=options.get("readonly", False))
        endpoint = Endpoint("fake", server.base_url)
        workbench.__dict__["gateway"] = Gateway({"fake": endpoint}, {}, "fake/talk", path.parent, path.parent)
        return workbench

    with factory() as workbench:
        for text in ("one: {{ q }}", "two: {{ q }}"):
            workbench.library.save(NAME, Content((Message("user", text),)))
    monkeypatch.setattr("tests.support.host_app.open_workbench", factory)
    return factory


def begun(opened: Callable[[], Workbench], *models: str, cases: int = 1, **options: Any) -> Comparison:
    with opened() as workbench:
        versions = [workbench.library.version(f"{NAME}@{number}") for number in ("1.0.0", "1.0.1")]
        columns = [Column(versions[min(i, 1)], f"fake/{model}") for i, model in enumerate(models)]
        given = [Case(f"case {n}", {"q": f"q{n}"}) for n in range(cases)]
        return workbench.comparing.begin(columns, given, **options)


def answers(app: HostApp) -> list[str]:
    return [column.answer.text for column in app.screen._columns]


def answered_after(app: HostApp, server: FakeEndpoint, calls: int) -> bool:
    return sum(server.counts.values()) == calls and all(answers(app))


async def answered(app: HostApp, pilot: Any) -> None:
    await until(pilot, lambda: app.screen.board.is_answered(app.screen.case))
    await settle(pilot)
    await pilot.pause(0.2)


async def test_columns_answer_side_by_side_with_their_facts_and_an_error_stays_in_its_own(
    opened: Callable[[], Workbench],
) -> None:
    comparison = begun(opened, "talk", "talk", "401")
    async with hosting(Path(), CompareScreen(comparison), size=(160, 45)) as (app, pilot):
        await answered(app, pilot)
        assert answers(app)[:2] == ["You said: one: q0", "You said: two: q0"]
        shown = screen_text(app)
        assert "A 1.0.0 · fake/talk" in shown
        assert "C 1.0.1 · fake/401" in shown
        assert "11→6 tokens" in shown
        assert "to A: +0 tokens" in shown
        assert "failed" in shown
        assert "input 1 of 1" in shown


async def test_narrow_pages_through_columns_and_says_so(opened: Callable[[], Workbench]) -> None:
    comparison = begun(opened, "talk", "talk", "whole", "whole")
    async with hosting(Path(), CompareScreen(comparison), size=(80, 24)) as (app, pilot):
        await answered(app, pilot)
        assert "columns AB of ABCD" in screen_text(app)
        await pilot.press("l", "l")
        await settle(pilot)
        assert "columns CD of ABCD" in screen_text(app)
        assert "Hello from a fake endpoint." in screen_text(app)
        assert "You said" not in screen_text(app)
        await pilot.press("h")
        await settle(pilot)
        assert "columns AB of ABCD" in screen_text(app)
        await pilot.press("tab")
        await settle(pilot)
        assert app.screen.place == 2


async def test_one_column_is_stopped_and_asked_again_alone(opened: Callable[[], Workbench], server: Any) -> None:
    comparison = begun(opened, "talk", "drip")
    async with hosting(Path(), CompareScreen(comparison)) as (app, pilot):
        await until(pilot, lambda: len(answers(app)[1]) > 20 and answers(app)[0])
        await pilot.press("l", "s")
        await until(pilot, lambda: app.screen.board.at(0, 1).run is not None)
        assert app.screen.board.at(0, 1).run.status == "cancelled"
        assert server.counts == {"talk": 1, "drip": 1}
        await act(pilot, "compare.rerun")
        await until(pilot, lambda: server.counts["drip"] == 2 and app.screen.board.at(0, 1).status == "asked")
        assert server.counts["talk"] == 1
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.board.at(0, 1).status == "ended")
        assert app.screen.board.at(0, 1).run.status == "cancelled", "not waited for, for it never ends"
        assert isinstance(app.screen, CompareScreen)
        await pilot.press("escape")
        await settle(pilot)
        assert not isinstance(app.screen, CompareScreen)


async def test_what_is_stopped_before_it_is_asked_says_so_and_is_asked_when_it_is_wanted(
    opened: Callable[[], Workbench], server: FakeEndpoint
) -> None:
    comparison = begun(opened, "drip", "talk", cases=5)
    async with hosting(Path(), CompareScreen(comparison)) as (app, pilot):
        await until(pilot, lambda: bool(answers(app)[0]) and app.screen.board.at(2, 1).run is not None)
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.board.asked)
        assert "stopped 3 calls" in app.said[-1]
        for _ in range(4):
            await act(pilot, "compare.next_input")
        await until(pilot, lambda: screen_text(app).count("was not asked · r asks") == 2)
        await pilot.press("l", "r")
        await until(pilot, lambda: answers(app)[1] == "You said: two: q4")
        await until(pilot, lambda: screen_text(app).count("was not asked · r asks") == 1)
        assert server.counts == {"drip": 3, "talk": 4}
    async with hosting(Path(), CompareScreen(comparison)) as (app, pilot):
        assert "asking for 6 answers that it lacks (3 cancelled) · esc stops" in screen_text(app)


async def test_the_whole_input_can_be_read_where_its_line_is_cut(opened: Callable[[], Workbench]) -> None:
    long = "\n".join(f"sentence {n} of what somebody wrote" for n in range(60))
    with opened() as workbench:
        versions = [workbench.library.version(f"{NAME}@{number}") for number in ("1.0.0", "1.0.1")]
        comparison = workbench.comparing.begin(
            [Column(one, "fake/whole") for one in versions], [Case("long", {"q": long, "input": "short"})], blind=True
        )
    async with hosting(Path(), CompareScreen(comparison), size=(80, 24)) as (app, pilot):
        await answered(app, pilot)
        assert "input 1 of 1 · input=short, q=sentence 0" in screen_text(app)
        assert "f3 all of it" in screen_text(app)
        await act(pilot, "compare.input")
        assert "sentence 1 of what" in screen_text(app)
        await pilot.press("G")
        await until(pilot, lambda: "sentence 59" in screen_text(app))
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, CompareScreen)


async def test_leaving_in_the_middle_keeps_all_that_came(opened: Callable[[], Workbench]) -> None:
    comparison = begun(opened, "talk", "drip", "hang-within")
    async with hosting(Path(), CompareScreen(comparison)) as (app, pilot):
        await until(pilot, lambda: all(answers(app)))
    with opened() as workbench:
        found = {cell.column: run for cell, run in workbench.comparing.answers(comparison).items()}
    assert [found[i].status for i in range(3)] == ["finished", "cancelled", "cancelled"]
    assert found[1].output.startswith("drip drip")
    assert found[2].output == "Hello from"


async def test_inputs_are_walked_judged_and_taken_back(opened: Callable[[], Workbench]) -> None:
    comparison = begun(opened, "talk", "talk", cases=3)
    async with hosting(Path(), CompareScreen(comparison), size=(80, 24)) as (app, pilot):
        await answered(app, pilot)
        await act(pilot, "compare.next_input")
        await answered(app, pilot)
        assert answers(app) == ["You said: one: q1", "You said: two: q1"]
        await act(pilot, "compare.previous_input")
        assert answers(app) == ["You said: one: q0", "You said: two: q0"]
        await act(pilot, "compare.better_b")
        assert app.screen.case == 1
        assert "input 1: 1.0.1 is better" in app.said[-1]
        assert "judged 1 of 3" in screen_text(app)
        await act(pilot, "compare.tie")
        await act(pilot, "compare.better_d")
        assert "there is no column D" in app.said[-1]
        await act(pilot, "compare.neither")
        assert "all 3 are judged" in app.said[-1]
        assert "judged 3 of 3 · 1.0.0 0 : 1 1.0.1, 1 tie, 1 neither" in screen_text(app)
        assert "share of 1.0.0" in screen_text(app), "also where it takes a second row"
        with opened() as elsewhere:
            elsewhere.library.tag(f"{NAME}@1.0.1", ["done-last-but-not-here"])
        await act(pilot, "history.undo")
        await settle(pilot)
        assert sorted(app.screen.verdicts) == [0, 1]
        await act(pilot, "compare.previous_input")
        await act(pilot, "compare.note")
        await pilot.press(*"same", "enter")
        await settle(pilot)
        assert app.screen.case == 2
        await act(pilot, "compare.note")
        await pilot.press(*"ahead", "enter")
        await settle(pilot)
        assert "a note waits for the verdict" in screen_text(app)
        await act(pilot, "compare.neither")
        assert "input 3: neither (ahead)" in app.said[-1]
    with opened() as workbench:
        verdicts = workbench.comparing.verdicts(comparison)
        [result] = workbench.comparing.results(NAME, "1.0.1")
        assert workbench.get(NAME).tags == ("done-last-but-not-here",)
    assert {case: (one.verdict, one.note) for case, one in verdicts.items()} == {
        0: ("b", ""),
        1: ("tie", "same"),
        2: ("neither", "ahead"),
    }
    assert result.standing.tally.a == 1


async def test_the_votes_of_every_column_are_told_where_it_is_looked_at(opened: Callable[[], Workbench]) -> None:
    comparison = begun(opened, "talk", "whole", cases=2)
    with opened() as workbench:
        third = workbench.library.save(NAME, Content((Message("user", "three: {{ q }}"),)))
        columns = (*comparison.columns, Column(third, "fake/whole"))
        comparison = workbench.comparing.begin(columns, comparison.cases)
    async with hosting(Path(), CompareScreen(comparison), size=(160, 45)) as (app, pilot):
        await answered(app, pilot)
        await act(pilot, "compare.better_c")
        assert "judged 1 of 2 · 1.0.0 0 : 0 1.0.1 · at least 8 more votes" in screen_text(app)
        await pilot.press("l", "l")
        await settle(pilot)
        assert "judged 1 of 2 · 1.0.0 0 : 1 1.0.2 · about 7 more votes" in screen_text(app)


async def test_blind_hides_names_figures_and_prompts_until_the_verdict(opened: Callable[[], Workbench]) -> None:
    comparison = begun(opened, "talk", "talk", cases=2, blind=True, seed=3)
    order = comparison.order(0)
    async with hosting(Path(), CompareScreen(comparison)) as (app, pilot):
        await answered(app, pilot)
        said = ["You said: one: q0", "You said: two: q0"]
        assert answers(app) == [said[column] for column in order]
        shown = screen_text(app)
        assert "hidden until it is judged" in shown
        assert "1.0.1" not in shown
        assert "tokens ·" not in shown
        for action in ("compare.prompts", "compare.open", "compare.change", "version.promote", "version.review"):
            await act(pilot, action)
            assert isinstance(app.screen, CompareScreen), action
            assert app.said[-1] == "the sides are hidden until the verdict is given", action
        await act(pilot, "compare.better_a")
        assert app.screen.verdicts[0].winner == order[0]
        assert app.screen.verdicts[0].hidden
        assert "input 2 of 2" in screen_text(app)
        assert app.said[-1].startswith("input 1: A is better"), "no name while there is more to judge"
        await act(pilot, "compare.previous_input")
        assert f"★ A {'1.0.0' if order[0] == 0 else '1.0.1'}" in screen_text(app)


async def test_repeats_are_folded_and_each_can_be_seen(opened: Callable[[], Workbench], server: Any) -> None:
    comparison = begun(opened, "talk", "whole", repeats=3)
    async with hosting(Path(), CompareScreen(comparison)) as (app, pilot):
        await until(pilot, lambda: all(state.run for state in app.screen.board.cells.values()))
        await pilot.pause(0.8)
        await settle(pilot)
        assert "3 of 3 runs · 1 distinct answer" in screen_text(app)
        assert sum(server.counts.values()) == 6
        await act(pilot, "compare.next_repeat")
        assert "run 2 of 3" in screen_text(app)


async def test_answers_and_prompts_are_diffed_and_an_answer_opens(opened: Callable[[], Workbench]) -> None:
    comparison = begun(opened, "talk", "talk")
    async with hosting(Path(), CompareScreen(comparison)) as (app, pilot):
        await answered(app, pilot)
        for action in ("compare.diff", "compare.prompts"):
            await act(pilot, action)
            assert isinstance(app.screen, DiffScreen)
            await until(pilot, lambda: "one: q0" in screen_text(app) and "two: q0" in screen_text(app))
            await pilot.press("escape")
            await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, RunScreen)
        assert app.screen.values == {"q": "q0"}


async def test_a_column_is_changed_and_the_others_keep_their_answers(
    opened: Callable[[], Workbench], server: Any
) -> None:
    comparison = begun(opened, "talk", "401")
    async with hosting(Path(), CompareScreen(comparison)) as (app, pilot):
        await answered(app, pilot)
        await pilot.press("l")
        await act(pilot, "compare.change")
        await pilot.press(*"settings", "enter")
        await settle(pilot)
        await pilot.press(*"seed=7", "ctrl+j")
        await until(pilot, lambda: app.screen.comparison.id != comparison.id)
        await answered(app, pilot)
        assert app.screen.comparison.columns[1].settings == {"seed": 7}
        assert answers(app)[0] == "You said: one: q0"
        assert server.counts == {"talk": 1, "401": 2}
        await pilot.press("h")
        await act(pilot, "compare.change")
        await pilot.press(*"settings", "enter")
        await settle(pilot)
        await pilot.press(*"seed=8", "ctrl+j")
        await until(pilot, lambda: app.screen.comparison.columns[0].settings == {"seed": 8})
        await answered(app, pilot)
        assert server.counts == {"talk": 2, "401": 2}, "what failed beside it is not asked again"


async def test_changing_a_column_leaves_the_calls_of_the_others_under_way(
    opened: Callable[[], Workbench], server: Any
) -> None:
    comparison = begun(opened, "drip", "drip", "talk")
    said: list[str] = []
    async with hosting(Path(), CompareScreen(comparison)) as (app, pilot):
        await until(pilot, lambda: all(answers(app)))
        came = answers(app)[0]
        for expected in (4, 5):
            await pilot.press("l")
            await act(pilot, "compare.change")
            await pilot.press(*"settings", "enter")
            await settle(pilot)
            await pilot.press(*"seed=7", "ctrl+j")
            await until(pilot, partial(answered_after, app, server, expected))
            said.append(app.said[-1])
        assert said == ["its answers are asked anew, 1 call stopped", "its answers are asked anew"]
        assert server.counts == {"drip": 3, "talk": 2}
        await until(pilot, lambda: len(answers(app)[0]) > len(came))
        assert answers(app)[0].startswith(came), "it goes on where it was"
        now = app.screen.comparison
        await pilot.press("h", "h", "s")
        await until(pilot, lambda: app.screen.board.at(0, 0).run is not None)
    with opened() as workbench:
        found = {cell.column: run for cell, run in workbench.comparing.answers(now).items()}
        first = {cell.column: run for cell, run in workbench.comparing.answers(comparison).items()}
    assert [found[i].status for i in range(3)] == ["cancelled", "cancelled", "finished"]
    assert found[0].id == first[0].id
    assert found[1].request.body["seed"] == 7
    assert found[1].id != first[1].id


async def test_the_setup_keeps_its_choices_and_begins(opened: Callable[[], Workbench], server: Any) -> None:
    with opened() as workbench:
        versions = [workbench.library.version(f"{NAME}@{number}") for number in ("1.0.0", "1.0.1")]
        for name in ("first", "second"):
            workbench.inputs.save(NAME, name, {"q": name})
    async with hosting(Path(), CompareSetup(versions), size=(80, 24)) as (app, pilot):
        await act(pilot, "setup.start")
        assert any("input filled in: " in line and "q" in line for line in app.said)
        await until(pilot, lambda: "cannot be sent: missing q" in screen_text(app))
        await pilot.press("j", "j", "enter")
        await settle(pilot)
        await pilot.press(*"all sets", "enter")
        await settle(pilot)
        assert "2 columns × 2 inputs = 4 calls" in screen_text(app)
        await until(pilot, lambda: re.search(r"forecast +≈ \d+ tokens sent · free", screen_text(app)))
        await pilot.press("j", "j", "enter")
        await settle(pilot)
        await pilot.press("backspace", "2", "enter")
        await settle(pilot)
        await act(pilot, "setup.blind")
        assert app.screen.setup.repeats == 2
        await act(pilot, "setup.start")
        assert isinstance(app.screen, CompareScreen)
        assert app.screen.comparison.blind
        await until(pilot, lambda: all(state.run for state in app.screen.board.cells.values()))
        assert sum(server.counts.values()) == 8
    async with hosting(Path(), CompareSetup(versions), size=(80, 24)) as (app, pilot):
        assert app.screen.setup.sources == (("set", "first"), ("set", "second"))
        assert (app.screen.setup.repeats, app.screen.setup.blind) == (2, True)
        told = columns_told(app.screen.setup.columns)
        await act(pilot, "setup.earlier")
        assert f"{told}  " in screen_text(app)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, CompareScreen)
        await answered(app, pilot)
        assert sum(server.counts.values()) == 8


async def test_a_column_on_the_default_model_is_named_by_that_model(opened: Callable[[], Workbench]) -> None:
    with opened() as workbench:
        version = workbench.library.version(f"{NAME}@1.0.0")
        columns = [Column(version), Column(version, "fake/whole"), Column(version, settings={"model": "fake/401"})]
        comparison = workbench.comparing.begin(columns, [Case("one", {"q": "x"})])
    async with hosting(Path(), CompareScreen(comparison), size=(160, 45)) as (app, pilot):
        await answered(app, pilot)
        shown = screen_text(app)
        assert "the default model" not in shown
        assert f"A 1.0.0 · {app.config.default_model}" in shown
        assert "B 1.0.0 · fake/whole" in shown
        assert "C 1.0.0 · fake/401" in shown


async def test_the_setup_counts_the_inputs_of_each_source(opened: Callable[[], Workbench], tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(f'{{"q": "question {n}"}}\n' for n in range(20)))
    with opened() as workbench:
        versions = [workbench.library.version(f"{NAME}@{number}") for number in ("1.0.0", "1.0.1")]
        workbench.inputs.save(NAME, "first", {"q": "angry"})
        workbench.keeping.keep(f"compare:{NAME}", {"sources": [["set", "first"], ["file", str(file)]]})
    async with hosting(Path(), CompareSetup(versions), size=(160, 45)) as (app, _):
        shown = screen_text(app)
        assert "set first · 1 input · q=angry" in shown
        assert f"file {file} · 20 inputs" in shown
        assert "2 columns × 21 inputs = 42 calls" in shown


def test_columns_are_told_by_version_and_how_often() -> None:
    old, new = (Version(0, "a", number, Content((Message("user", "hi"),))) for number in ("1.0.0", "1.0.1"))
    assert columns_told([Column(new), Column(old), Column(new, "m")]) == "1.0.1 ×2 / 1.0.0"


def test_what_was_kept_of_a_setup_is_taken_as_far_as_it_can_be_read() -> None:
    plain = Setup(())
    chosen = Setup((), (("set", "a"), ("file", "b.csv")), 5, True)
    assert with_kept(plain, to_keep(chosen)) == chosen
    assert with_kept(plain, {"sources": [["no"], 3], "repeats": "many", "blind": 1}) == plain
    assert with_kept(plain, None) == plain


async def test_keys_are_answered_within_50_ms_while_six_columns_stream(opened: Callable[[], Workbench]) -> None:
    comparison = begun(opened, *["drip"] * 6, cases=2)
    async with hosting(Path(), CompareScreen(comparison), size=(160, 45)) as (app, pilot):
        await until(pilot, lambda: all(answers(app)[:4]))
        late: list[float] = []
        for _ in range(40):
            asked = time.thread_time()
            await asyncio.sleep(0.01)
            late.append(time.thread_time() - asked)
        late.sort()
        # The loop answers no key before it has done what else there is; what others take of the machine is not its own.
        assert late[int(len(late) * 0.9)] < 0.05
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen._session.active)


async def test_marked_versions_are_compared_from_the_library(opened: Callable[[], Workbench], path: Path) -> None:
    from workbench.tui.app import WorkbenchApp
    from workbench.tui.screens.library.screen import LibraryScreen

    app = WorkbenchApp(opened, config_of(path))
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            assert isinstance(app.screen, LibraryScreen)
            await pilot.pause(0.5)
            await pilot.press("j", "2", "space", "j", "space")
            await pilot.pause(0.3)
            assert app.screen.marks == [(NAME, "1.0.1"), (NAME, "1.0.0")]
            await pilot.press("c")
            await pilot.pause(0.5)
            screen = app.screen
            assert isinstance(screen, CompareSetup)
            assert [column.version.number for column in screen.setup.columns] == ["1.0.1", "1.0.0"]
    finally:
        app.close_store()
