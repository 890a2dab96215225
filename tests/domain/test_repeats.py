"""Repeats folded into one, and the order in which cells are asked."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.store.test_runs import a_run
from workbench.domain.comparisons import CellKey, shuffled
from workbench.domain.repeats import Agreement, Spread, agreement, fold, spread
from workbench.domain.runs import Run
from workbench.domain.scheduling import Limits, in_order, in_window, startable


def test_spreads_are_of_what_is_known() -> None:
    assert spread([3, None, 1]) == Spread(1, 2.0, 3)
    assert spread([5, 1, 9]) == Spread(1, 5, 9)
    assert spread([None]) is None
    runs = [a_run(output="a b\n", cost=None), a_run(output=" a  b", duration=4.5), a_run(status="failed", output="c")]
    folded = fold(runs)
    assert (folded.finished, folded.failed, folded.cancelled) == (2, 1, 0)
    assert folded.seconds == Spread(1.5, 3.0, 4.5)
    assert folded.characters == Spread(4, 4.5, 5)
    assert folded.cost == Spread(0.25, 0.25, 0.25)
    assert folded.agreement == Agreement(2, 1, 2, ((runs[0].id, runs[1].id),))
    assert fold([replace(runs[0], status="cancelled")]).seconds is None


def test_runs_that_call_other_tools_or_refuse_do_not_agree() -> None:
    def calling(arguments: str) -> Run:
        function = {"name": "look_up", "arguments": arguments}
        return a_run(output="", response={"tool_calls": [{"id": "c", "type": "function", "function": function}]})

    runs = [calling('{"order": 7}'), calling('{"order": 8}'), a_run(output="", response={"refusal": "No."})]
    assert [run.said for run in runs] == ['calls look_up({"order": 7})', 'calls look_up({"order": 8})', "No."]
    assert fold(runs).agreement.distinct == 3
    assert fold([runs[0], calling('{"order": 7}')]).agreement.distinct == 1


def test_json_agrees_by_field() -> None:
    found = agreement(
        [
            ("1", '{"tier": "pro", "why": {"text": "a  b", "n": 1}, "tags": [1, 2]}'),
            ("2", '{"why": {"n": 1, "text": "a b"}, "tags": [1, 2], "tier": "pro"}'),
            ("3", '{"tier": "free", "why": {"text": "c"}, "tags": [2, 1]}'),
        ]
    )
    assert found.fields == {"tier": 2, "why.text": 2, "why.n": 2, "tags": 2}
    assert found.distinct == 3
    same = agreement([("1", '{"a": 1, "b": 2}'), ("2", '{\n"b":2,"a":1}'), ("3", "{}")])
    assert (same.distinct, same.commonest, same.groups) == (2, 2, (("1", "2"), ("3",)))
    assert same.fields == {"a": 2, "b": 2}
    assert agreement([("1", "{}"), ("2", "no")]).fields == {}
    assert agreement([]) == Agreement(0, 0, 0)


def cell(case: int, column: int, repeat: int = 0) -> CellKey:
    return CellKey("x", case, column, repeat)


def test_what_is_looked_at_comes_first() -> None:
    cells = [cell(case, column, repeat) for case in range(3) for column in range(2) for repeat in range(2)]
    ordered = in_order(cells, 1)
    assert ordered[:4] == [cell(1, 0), cell(1, 1), cell(1, 0, 1), cell(1, 1, 1)]
    assert [one.case for one in ordered[::4]] == [1, 2, 0]
    assert [in_window(case, 1, 1) for case in range(4)] == [False, True, True, False]
    assert in_window(99, 1, None)


def test_a_full_endpoint_holds_up_no_other() -> None:
    waiting = {"slow": [cell(0, 0), cell(1, 0), cell(2, 0)], "quick": [cell(0, 1), cell(1, 1), cell(2, 1)]}
    limits = Limits(4, {"slow": 1})
    assert startable(waiting, {}, limits) == [
        ("slow", cell(0, 0)),
        ("quick", cell(0, 1)),
        ("quick", cell(1, 1)),
        ("quick", cell(2, 1)),
    ]
    assert startable(waiting, {"slow": 1, "quick": 2}, limits) == [("quick", cell(0, 1))]
    assert startable(waiting, {"quick": 4}, limits) == []


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 9)),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 5)),
    st.integers(1, 8),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 3)),
)
def test_no_limit_is_ever_passed_and_no_room_left_unused(
    sizes: dict[str, int], own: dict[str, int], overall: int, active: dict[str, int]
) -> None:
    waiting = {name: [cell(n, 0) for n in range(size)] for name, size in sizes.items()}
    limits = Limits(overall, own)
    chosen = startable(waiting, active, limits)
    after = dict(active)
    for name, _ in chosen:
        after[name] = after.get(name, 0) + 1
        assert after[name] <= own.get(name, overall)
    assert not chosen or sum(after.values()) <= overall
    for name, cells in waiting.items():
        left = len(cells) - sum(one == name for one, _ in chosen)
        assert not left or limits.room(name, after) == 0


def test_sides_are_shuffled_evenly_and_the_same_everywhere() -> None:
    assert shuffled(7, 0, 3) == shuffled(7, 0, 3)
    first = [shuffled(42, case, 2)[0] for case in range(4000)]
    assert 1850 < sum(first) < 2150
    assert len({shuffled(1, case, 3) for case in range(200)}) == 6
    # A later release must show the sides of an old comparison as they were.
    assert [shuffled(1, case, 3) for case in range(3)] == [(0, 1, 2), (0, 2, 1), (1, 0, 2)]
