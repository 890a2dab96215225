"""Comparing: columns side by side on the same inputs, judged, and what follows from the verdicts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_endpoint import WHOLE, FakeEndpoint
from workbench.domain.comparisons import CellKey, Column, Comparison
from workbench.domain.deployments import DEFAULT_ENVIRONMENTS
from workbench.domain.inputs import Case
from workbench.domain.prompts import Content, Message, Version
from workbench.domain.runs import Cancelled, Delta, Failed, Finished, RunEnd, Started, Waiting
from workbench.domain.scheduling import Limits
from workbench.errors import BadInput, NotFound, Refused, Unchanged
from workbench.models.endpoints import Endpoint
from workbench.models.gateway import Gateway
from workbench.services.comparisons.comparing import Comparing
from workbench.services.comparisons.sessions import Lost, Session
from workbench.services.library import Library
from workbench.services.past.history import History
from workbench.services.runs.drafting import Drafting
from workbench.services.runs.previewing import Previewing, Reckoned, reckon
from workbench.services.runs.rating import Rating
from workbench.services.runs.running import Running
from workbench.store import Store, open_store
from workbench.store.events import JUDGED
from workbench.tui.widgets.result_texts import result_text

CASES = (Case("angry", {"who": "Ana"}), Case("calm", {"who": "Bo"}))


@pytest.fixture
def version(library: Library) -> Version:
    return library.save("demo/greet", Content((Message("user", "Greet {{who}}."),)))


@pytest.fixture
def other(library: Library, version: Version) -> Version:
    return library.save("demo/greet", Content((Message("user", "Greet {{who}} warmly."),)))


@pytest.fixture
def comparing(store: Store, running: Running) -> Comparing:
    return Comparing(store, running, Limits(8), "ana")


async def collected(session: Session, **how: Any) -> dict[CellKey, list[Any]]:
    found: dict[CellKey, list[Any]] = {}
    async for cell, event in session.events(**how):
        found.setdefault(cell, []).append(event)
    return found


async def test_inputs_are_rendered_when_they_are_asked(
    comparing: Comparing, library: Library, version: Version, store: Store
) -> None:
    odd = library.save("demo/odd", Content((Message("user", "Share {{ 1 / n }} for {{ who }}."),)))
    cases = [Case(f"case {n}", {"who": "Ana", "n": n}) for n in (1, 0, 2)]
    comparison = comparing.begin([Column(odd, "fake/whole"), Column(version, "fake/whole")], cases)
    events = await collected(comparing.session(comparison, watched=False))
    lost = [cell for cell, of_cell in events.items() if isinstance(of_cell[-1], Lost)]
    assert [(cell.case, cell.column) for cell in lost] == [(1, 0)]
    assert len(comparing.answers(comparison)) == 5
    # What can be told without rendering is told before anything is recorded.
    with pytest.raises(BadInput, match=r"column A .*, input late: .*who"):
        comparing.begin(comparison.columns, [*cases, Case("late", {"n": 1})])
    assert len(comparing.newest()) == 1


async def test_a_column_that_is_changed_before_its_call_began_is_asked_only_as_it_is_then(
    comparing: Comparing, version: Version, other: Version, fake: FakeEndpoint
) -> None:
    comparison = comparing.begin([Column(version, "fake/whole"), Column(other, "fake/whole")], CASES[:1])
    session = comparing.session(comparison, watched=False)
    session.focus(0)  # starts both calls, which have their first turn of the loop only after the change
    session.will_change("another", 1)
    changed = comparing.changed(comparison, 1, Column(version, "fake/whole", {"seed": 7}), id="another")
    session.change(changed, 1)
    events = await collected(session)
    assert [cell.column for cell, found in events.items() if isinstance(found[-1], Lost)] == [1]
    assert len(fake.requests) == 2
    before = {cell.column: run for cell, run in comparing.answers(comparison).items()}
    now = {cell.column: run for cell, run in comparing.answers(changed).items()}
    assert (list(before), now[0].id, now[1].request.body["seed"]) == ([0], before[0].id, 7)


async def test_what_was_seen_before_a_column_was_changed_is_no_hidden_vote(
    comparing: Comparing, version: Version, other: Version, store: Store
) -> None:
    """Its sides stand in another order, but the answers of the other column were shown with their name."""
    columns = [Column(version, "fake/whole"), Column(other, "fake/whole")]
    comparison = comparing.begin(columns, CASES, blind=True, seed=1)
    elsewhere = comparing.begin(columns, CASES, blind=True, seed=1)
    for one in (comparison, elsewhere):
        await collected(comparing.session(one, watched=False))
    comparing.judge(comparison, 0, "a")
    comparing.take_back(comparison, 0)
    changed = comparing.changed(comparison, 1, Column(other, "fake/whole", {"seed": 7}))
    assert changed.blind
    assert changed.seed != comparison.seed
    session = comparing.session(changed, watched=False)
    assert session.waiting == 2
    await collected(session)
    assert [comparing.judge(changed, case, "b").hidden for case in (0, 1)] == [False, True]
    assert comparing.judge(elsewhere, 0, "b").hidden


async def test_that_an_input_was_judged_is_known_however_much_came_after_it(
    comparing: Comparing, version: Version, other: Version, store: Store
) -> None:
    comparison = comparing.begin([Column(version, "fake/whole"), Column(other, "fake/whole")], CASES, blind=True)
    await collected(comparing.session(comparison, watched=False))
    assert comparing.judge(comparison, 0, "a").hidden
    with store.write():
        for number in range(1500):
            store.events.append("run.rate", version.prompt, actor="ana", at="", details={"run": str(number)})
    comparing.take_back(comparison, 0)
    assert not comparing.judge(comparison, 0, "tie").hidden
    assert comparing.judge(comparison, 1, "tie").hidden
    judged = store.database.rows(f"EXPLAIN QUERY PLAN {JUDGED}", ("x", 0))
    shared = store.database.rows("EXPLAIN QUERY PLAN SELECT comparison FROM comparison_runs WHERE run = 1")
    assert "INDEX events_of_comparison" in str(judged)
    assert "INDEX comparisons_of_run" in str(shared)


async def test_what_is_undone_in_a_comparison_was_done_in_it(
    comparing: Comparing, version: Version, other: Version, store: Store, library: Library, running: Running
) -> None:
    columns = [Column(version, "fake/whole"), Column(other, "fake/whole")]
    comparison, elsewhere = (comparing.begin(columns, CASES[:1]) for _ in range(2))
    for one in (comparison, elsewhere):
        await collected(comparing.session(one, watched=False))
    history = History(store, DEFAULT_ENVIRONMENTS, "ana")
    comparing.judge(comparison, 0, "a")
    run = next(iter(comparing.answers(comparison).values()))
    Rating(store, "ana").star(run.id)
    comparing.judge(elsewhere, 0, "b")
    library.save("demo/greet", Content((Message("user", "Hi {{who}}."),)))
    history.undo(comparison=comparison.id)
    assert not running.run(run.id).starred
    history.undo(comparison=comparison.id)
    assert comparing.verdicts(comparison) == {}
    with pytest.raises(Refused, match="nothing to undo in this comparison"):
        history.undo(comparison=comparison.id)
    history.redo(comparison=comparison.id)
    assert comparing.verdicts(comparison)[0].verdict == "a"
    assert comparing.verdicts(elsewhere)[0].verdict == "b"
    assert library.version("demo/greet@latest").number == "1.0.2"


def test_a_comparison_is_reckoned_before_it_is_sent(store: Store, library: Library, tmp_path: Path) -> None:
    endpoints = {
        "fake": Endpoint("fake", "http://127.0.0.1:9/v1"),
        "openai": Endpoint("openai", "https://api.openai.com/v1", preset="openai"),
    }
    gateway = Gateway(endpoints, {}, "fake/whole", tmp_path, tmp_path)

    async def direct(act: Any) -> Any:
        return act(store)

    previewing = Previewing(store, Running(direct, gateway, actor="ana", store=store), gateway)
    version = library.save("demo/greet", Content((Message("user", "Greet {{who}}."),)))
    columns = [
        Column(version, "fake/whole"),
        Column(version, "openai/gpt-4o-mini", {"max_tokens": 100}),
        Column(version, "openai/gpt-4o-mini"),
        Column(version, "openai/no-such-model", {"max_tokens": 100}),
    ]
    cases = [Case(str(n), {"who": "Ana"}) for n in range(120)]
    free, limited, open_ended, unknown = reckon(previewing.sample(columns, cases), len(cases), repeats=2)
    one = previewing.preview(version, {"who": "Ana"}).tokens
    assert one is not None
    assert free == Reckoned(one.total * 240, 0.0, 0.0, 0.0)
    assert limited.input_tokens == free.input_tokens
    assert limited.likely == limited.most
    # 240 answers of 100 tokens at $0.60 and the prompts at $0.15 a million.
    assert limited.likely == pytest.approx(240 * 100 * 0.60e-6 + free.input_tokens * 0.15e-6)
    assert (open_ended.likely, open_ended.most) == (None, None)
    assert open_ended.sent == pytest.approx(free.input_tokens * 0.15e-6)
    assert (unknown.sent, unknown.likely, unknown.most) == (None, None, None)
    missing = previewing.sample(columns[:1], [Case("empty", {})])
    assert missing[0][0].missing == ("who",)
    assert reckon(missing, 1, 1) == [Reckoned(0, None, None, None)]


async def test_two_columns_stream_side_by_side_and_are_recorded(
    comparing: Comparing, running: Running, version: Version, other: Version, store: Store
) -> None:
    comparison = comparing.begin([Column(version, "fake/whole"), Column(other, "fake/whole")], CASES)
    events = await collected(comparing.session(comparison))
    assert len(events) == 4
    for cell, of_cell in events.items():
        assert isinstance(of_cell[0], Started)
        assert isinstance(of_cell[-1], Finished)
        assert sum(isinstance(event, RunEnd) for event in of_cell) == 1
        # What is looked at is streamed; what is fetched ahead comes whole.
        assert bool(of_cell[0].request.body.get("stream")) == (cell.case == 0)
    answers = comparing.answers(comparing.comparison(comparison.id[:8]))
    assert {(cell.case, cell.column): run.reference for cell, run in answers.items()} == {
        (case, column): f"demo/greet@{number}" for case in (0, 1) for column, number in enumerate(("1.0.0", "1.0.1"))
    }
    assert {run.origin for run in answers.values()} == {"compare"}
    assert [run.variables for cell, run in answers.items() if cell.column == 0] == [{"who": "Ana"}, {"who": "Bo"}]
    again = comparing.session(comparison)
    assert again.waiting == 0, "what was answered is not asked again"
    assert await collected(again) == {}


async def test_the_comparison_comes_back_as_it_was(
    comparing: Comparing, version: Version, library: Library, store: Store
) -> None:
    draft = Drafting(store, DEFAULT_ENVIRONMENTS, "ana").keep("demo/greet", Content.of_text("A draft {{who}}"))
    columns = [Column(version, "fake/whole", {"temperature": 0.5, "seed": None}), Column(draft, "fake/whole")]
    comparison = comparing.begin(columns, CASES, repeats=3, blind=True, seed=5)
    again = comparing.comparison(comparison.id)
    assert again.columns[1].version.content == draft.content
    assert (again.columns[0].settings, again.cases, again.repeats, again.blind, again.seed) == (
        {"temperature": 0.5, "seed": None}, CASES, 3, True, 5
    )  # fmt: skip
    saved = library.save("demo/greet", draft.content)
    assert comparing.comparison(comparison.id).columns[1].version.number == saved.number
    assert [one.id for one in comparing.newest("demo/greet")] == [comparison.id]
    with pytest.raises(NotFound):
        comparing.comparison("ffff")


@pytest.mark.parametrize(
    ("columns", "cases", "said"),
    [
        (1, CASES, "2 to 6 columns, not 1"),
        (7, CASES, "2 to 6 columns, not 7"),
        (2, (), "nothing to compare on"),
        (
            2,
            (*CASES, Case("cases.jsonl:3", {})),
            r"column A \(demo/greet@1.0.0\), input cases.jsonl:3: missing variable",
        ),
    ],
)
async def test_what_cannot_be_sent_is_named_before_anything_is(
    comparing: Comparing, version: Version, fake: FakeEndpoint, columns: int, cases: Sequence[Case], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        comparing.begin([Column(version, "fake/whole")] * columns, cases)
    with pytest.raises(NotFound, match="column B"):
        comparing.begin([Column(version, "fake/whole"), Column(version, "nowhere/x")], CASES)
    assert fake.requests == []
    assert comparing.newest() == []


async def test_an_error_in_one_column_touches_no_other(comparing: Comparing, version: Version) -> None:
    models = ["whole", "500", "cut", "401", "page", "drip"]
    comparison = comparing.begin([Column(version, f"fake/{model}") for model in models], CASES[:1])
    session = comparing.session(comparison)
    ends: dict[int, Any] = {}
    async for cell, event in session.events():
        if isinstance(event, RunEnd):
            ends[cell.column] = event
        if len(ends) == 5:
            session.stop(column=5)
    assert isinstance(ends[0], Finished)
    assert isinstance(ends[5], Cancelled)
    assert ends[5].run.output.startswith("drip ")
    said = [ends[column].message for column in range(1, 5)]
    assert ["failed (500)" in said[0], "cut off" in said[1], "the key" in said[2], "text/html" in said[3]] == [True] * 4


async def test_a_column_is_rerun_alone_and_the_old_answer_stays_on_record(
    comparing: Comparing, version: Version, store: Store, running: Running
) -> None:
    comparison = comparing.begin([Column(version, "fake/whole"), Column(version, "fake/retry-500")], CASES[:1])
    session, ends = comparing.session(comparison), []
    async with aclosing(session.events(stay=True)) as events:
        async for cell, event in events:
            if isinstance(event, RunEnd):
                ends.append(cell.column)
                if len(ends) == 2:
                    assert session.rerun(column=0) == 1
                    assert session.rerun(column=0) == 0, "it is under way already"
                if len(ends) == 3:
                    session.close()
    assert ends[-1] == 0
    assert len(store.comparisons.runs(comparison.id, all_of_them=True)) == 3
    newest = dict(store.comparisons.runs(comparison.id))
    assert len(newest) == 2
    assert newest[CellKey(comparison.id, 0, 0)] == running.runs(limit=1)[0].id


async def test_a_changed_column_is_a_new_comparison_that_keeps_the_other_answers(
    comparing: Comparing, version: Version, other: Version, store: Store
) -> None:
    comparison = comparing.begin([Column(version, "fake/whole"), Column(version, "fake/500")], CASES)
    await collected(comparing.session(comparison))
    comparing.judge(comparison, 0, "a")
    changed = comparing.changed(comparison, 1, Column(other, "fake/whole"))
    assert len(comparing.verdicts(comparison)) == 1
    assert comparing.verdicts(changed) == {}
    session = comparing.session(changed)
    assert session.waiting == 2
    events = await collected(session)
    assert {cell.column for cell in events} == {1}
    assert len(comparing.answers(changed)) == 4


async def test_leaving_in_the_middle_keeps_all_that_came(
    comparing: Comparing, version: Version, store: Store, running: Running
) -> None:
    comparison = comparing.begin([Column(version, "fake/whole"), Column(version, "fake/drip")], CASES)
    seen: Counter[int] = Counter()
    whole_ended = False
    async with aclosing(comparing.session(comparison).events()) as events:
        async for cell, event in events:
            seen[cell.column] += isinstance(event, Delta)
            whole_ended = whole_ended or ((cell.case, cell.column) == (0, 0) and isinstance(event, RunEnd))
            if seen[1] >= 3 and whole_ended:
                break
    answers = comparing.answers(comparison)
    statuses = {(cell.case, cell.column): run.status for cell, run in answers.items()}
    assert statuses[0, 1] == "cancelled"
    assert answers[CellKey(comparison.id, 0, 1)].output.startswith("drip ")
    assert statuses[0, 0] == "finished"


async def test_inputs_ahead_are_fetched_and_no_others(
    comparing: Comparing, version: Version, fake: FakeEndpoint
) -> None:
    cases = [Case(str(n), {"who": str(n)}) for n in range(6)]
    comparison = comparing.begin([Column(version, "fake/whole")] * 2, cases)
    session = comparing.session(comparison, ahead=1)
    ended: Counter[int] = Counter()
    async for cell, event in session.events():
        ended[cell.case] += isinstance(event, RunEnd)
        if sum(ended.values()) == 4 and session.waiting == 8:
            assert set(ended) == {0, 1}
            session.focus(4)
    assert {case: count for case, count in ended.items() if count} == {0: 2, 1: 2, 4: 2, 5: 2}
    assert session.waiting == 4


async def test_limits_hold(
    comparing: Comparing, store: Store, version: Version, tmp_path: Path, fake: FakeEndpoint
) -> None:
    endpoints = {name: Endpoint(name, fake.base_url, concurrency=limit) for name, limit in (("one", 1), ("two", 2))}
    gateway = Gateway(endpoints, {}, "one/whole", tmp_path, tmp_path)
    assert gateway.limits == {"local": 1, "one": 1, "two": 2}

    async def direct(act: Callable[[Store], Any]) -> Any:
        return act(store)

    comparing = Comparing(store, Running(direct, gateway, actor="ana", store=store), Limits(3, gateway.limits), "ana")
    cases = [Case(str(n), {"who": str(n)}) for n in range(5)]
    session = comparing.session(comparing.begin([Column(version, "one/whole"), Column(version, "two/whole")], cases))
    under_way: set[CellKey] = set()
    most: Counter[object] = Counter()
    async for cell, event in session.events():
        if isinstance(event, Started):
            under_way.add(cell)
        if isinstance(event, RunEnd):
            under_way.discard(cell)
        most["all"] = max(most["all"], len(session.active))
        for column in (0, 1):
            most[column] = max(most[column], sum(one.column == column for one in session.active))
    await gateway.release()
    assert most == {"all": 3, 0: 1, 1: 2}


async def test_hidden_sides_are_shown_together_and_only_when_all_are_there(
    comparing: Comparing, version: Version, fake: FakeEndpoint
) -> None:
    columns = [Column(version, f"fake/{model}") for model in ("drip", "whole", "500")]
    comparison = comparing.begin(columns, CASES[:1], blind=True, seed=1)
    session = comparing.session(comparison)
    stopper = asyncio.get_running_loop().call_later(4.0, session.stop)
    order = [cell.column async for cell, event in session.events() if isinstance(event, RunEnd)]
    stopper.cancel()
    assert order == list(comparison.order(0)) == [0, 1, 2]
    two = comparing.begin([Column(version, "fake/whole"), Column(version, "fake/whole")], CASES, blind=True, seed=3)
    kinds: set[type] = set()
    orders: dict[int, list[int]] = {}
    async for cell, event in comparing.session(two).events():
        kinds.add(type(event))
        orders.setdefault(cell.case, []).append(cell.column)
    assert kinds == {Finished}
    assert {case: tuple(found) for case, found in orders.items()} == {case: two.order(case) for case in (0, 1)}
    assert not any(request.body.get("stream") for request in fake.requests if request.body["model"] == "whole")


async def test_a_verdict_on_the_screen_is_one_on_the_column(
    comparing: Comparing, version: Version, other: Version, history: History
) -> None:
    comparison = comparing.begin(
        [Column(version, "fake/whole"), Column(other, "fake/whole")], [Case(str(n), {"who": "x"}) for n in range(8)],
        blind=True, seed=11,
    )  # fmt: skip
    await collected(comparing.session(comparison))
    swapped = [comparison.order(case) == (1, 0) for case in range(8)]
    assert True in swapped
    assert False in swapped
    for case in range(8):
        given = comparing.judge(comparison, case, "B" if swapped[case] else "a", "kinder")
        assert (given.verdict, given.winner, given.hidden, given.note) == ("a", 0, True, "kinder")
    standing = comparing.standing(comparison)
    assert standing.said("old", "new") == "old is better, 8 votes"
    assert comparing.standing(comparison, 1, 0).answer == "b"
    with pytest.raises(Unchanged):
        comparing.judge(comparison, 0, "b" if swapped[0] else "a", "kinder")
    for wrong in ("c", "", "better", "ab"):
        with pytest.raises(BadInput):
            comparing.judge(comparison, 0, wrong)
    with pytest.raises(BadInput):
        comparing.judge(comparison, 8, "a")
    assert not comparing.judge(comparison, 0, "tie").hidden, "they have been seen"
    comparing.take_back(comparison, 1)
    with pytest.raises(Unchanged):
        comparing.take_back(comparison, 1)
    assert comparing.standing(comparison).tally.votes == 7
    history.undo()
    history.undo()
    assert comparing.standing(comparison).tally.a == 8
    history.undo()
    assert 7 not in comparing.verdicts(comparison)
    history.redo()
    assert comparing.verdicts(comparison)[7].note == "kinder"
    noted = comparing.judge(comparison, 7, "b" if swapped[7] else "a", "kinder and shorter")
    assert noted.hidden, "another note on what was said of hidden sides"
    comparing.take_back(comparison, 7)
    assert not comparing.judge(comparison, 7, "tie").hidden


async def test_results_are_kept_with_both_versions(
    comparing: Comparing, version: Version, other: Version, library: Library, store: Store
) -> None:
    """An input that is judged again has one vote, the last; one that is in a comparison twice has two."""
    again = (Case("angry, once more", {"who": "Ana"}), Case("new", {"who": "Cy"}), Case("new", {"who": "Cy"}))
    for verdicts, cases in ((("a", "b"), CASES), (("b", "b", "b"), again)):
        comparison = comparing.begin([Column(version, "fake/whole"), Column(other, "fake/whole")], cases)
        await collected(comparing.session(comparison))
        for case, verdict in enumerate(verdicts):
            comparing.judge(comparison, case, verdict)
    (of_new,) = comparing.results("demo/greet", other.number)
    (of_old,) = comparing.results("demo/greet", version.number)
    assert (of_new.a, of_new.b, of_new.standing.tally.a, of_new.standing.tally.b) == (
        other.reference, version.reference, 4, 0
    )  # fmt: skip
    assert (of_new.repeated, of_old.repeated) == (1, 1)
    assert "1 more on inputs that were judged again" in result_text(of_new)
    assert of_old.standing.tally == of_new.standing.tally.turned()
    assert len(of_new.comparisons) == 2
    assert comparing.results("demo/greet", "9.9.9") == []


async def test_preferences_are_what_tuning_tools_read(comparing: Comparing, version: Version, other: Version) -> None:
    comparison = comparing.begin([Column(version, "fake/whole"), Column(other, "fake/whole")], CASES)
    await collected(comparing.session(comparison))
    comparing.judge(comparison, 0, "b", "kinder")
    comparing.judge(comparison, 1, "tie")
    (row,) = comparing.preferences(comparison)
    assert row["prompt"] == [{"role": "user", "content": "Greet Ana warmly."}]
    assert row["rejected_prompt"] == [{"role": "user", "content": "Greet Ana."}]
    assert row["chosen"] == row["rejected"] == [{"role": "assistant", "content": WHOLE}]
    assert row["note"] == "kinder"


MISBEHAVING = ("whole", "retry-now", "500", "cut", "bad-json", "flaky")
EXPECTED = {
    "whole": None,
    "retry-now": None,
    "500": "The server had an error",
    "cut": "cut off before its end",
    "bad-json": "could not be read",
}


async def test_a_misbehaving_server_loses_no_call_and_none_is_sent_twice_silently(
    store: Store, version: Version, fake: FakeEndpoint, tmp_path: Path
) -> None:
    """Six columns, twenty inputs, three repeats, 64 at once: 360 calls, each accounted for on both sides."""
    gateway = Gateway({"fake": Endpoint("fake", fake.base_url)}, {}, "fake/whole", tmp_path, tmp_path)

    async def direct(act: Callable[[Store], Any]) -> Any:
        return act(store)

    comparing = Comparing(store, Running(direct, gateway, actor="ana", store=store), Limits(64), "ana")
    cases = [Case(str(n), {"who": f"person {n}"}) for n in range(20)]
    columns = [Column(version, f"fake/{model}") for model in MISBEHAVING]
    comparison = comparing.begin(columns, cases, repeats=3)
    ends: dict[CellKey, Any] = {}
    waits: Counter[CellKey] = Counter()
    async for cell, event in comparing.session(comparison).events():
        if isinstance(event, Waiting):
            waits[cell] += 1
        elif isinstance(event, RunEnd | Lost):
            assert cell not in ends, "two ends"
            ends[cell] = event
    await gateway.release()
    assert set(ends) == set(comparison.cells())
    assert not [end for end in ends.values() if isinstance(end, Lost)]
    answers = comparing.answers(comparison)
    assert {cell: run.id for cell, run in answers.items()} == {cell: end.run.id for cell, end in ends.items()}
    # Every request that the server saw is one that the record tells of: a second one was announced.
    asked = Counter(request.body["model"] for request in fake.requests)
    for column, model in enumerate(MISBEHAVING):
        of_column = {cell: run for cell, run in answers.items() if cell.column == column}
        assert asked[model] == sum(run.response.get("attempts", 1) for run in of_column.values()), model
        assert asked[model] == len(of_column) + sum(waits[cell] for cell in of_column), model
        for cell in of_column:
            if model == "flaky":
                assert isinstance(ends[cell], Finished | Failed)
            elif (said := EXPECTED[model]) is None:
                assert isinstance(ends[cell], Finished), ends[cell]
                assert ends[cell].run.output == WHOLE
            else:
                assert isinstance(ends[cell], Failed)
                assert said in ends[cell].message
    assert store.database.value("SELECT count(*) FROM runs") == 360


async def test_another_process_sees_what_is_compared(comparing: Comparing, version: Version, store: Store) -> None:
    comparison: Comparison = comparing.begin([Column(version, "fake/whole")] * 2, CASES)
    await collected(comparing.session(comparison))
    comparing.judge(comparison, 0, "a")
    reader = open_store(store.path, readonly=True)
    assert reader.comparisons.get(comparison.id) == store.comparisons.get(comparison.id)
    assert [given.verdict for given in reader.comparisons.verdicts(comparison.id)] == ["a"]
    assert (
        History(reader, DEFAULT_ENVIRONMENTS, "ben").next_undo()
        == "give a verdict on input 1 of a comparison of demo/greet (by ana)"
    )
    reader.close()
