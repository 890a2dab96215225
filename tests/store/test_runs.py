"""What was sent and what came back is kept whole."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.domain.prompts import Content
from workbench.domain.runs import Price, Request, Run, Usage
from workbench.errors import NotFound
from workbench.services.library import Library
from workbench.store import Store


def a_run(**changes: Any) -> Run:
    whole = Run(
        id=str(uuid.uuid4()),
        prompt="support/x",
        number="1.0.0",
        digest="",
        variables={"name": "Ana", "list": [1, None]},
        request=Request("local", "smollm2-135m", {"messages": [{"role": "system", "content": "Hi"}], "seed": 7}),
        status="finished",
        output="Hello\x1b[31m there\n",
        response={"finish_reason": "stop"},
        finish_reason="stop",
        usage=Usage(10, 20, True),
        price=Price(0.15, 0.6, "genai-prices"),
        cost=0.25,
        first_token=0.1,
        duration=1.5,
        started_at="2026-01-01T00:00:00.000000Z",
        actor="ana",
        origin="compare",
        seed=7,
    )
    return replace(whole, **changes)


@pytest.fixture
def digest(library: Library) -> str:
    library.save("support/y", Content.of_text("other"))
    return library.save("support/x", Content.of_text("Hi")).digest


def record(store: Store, run: Run) -> Run:
    with store.write():
        store.runs.add(run)
    return run


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"status": "failed", "error": "429: " + "slow down " * 200, "output": "par", "usage": Usage(), "price": None},
        {"status": "cancelled", "cost": None, "first_token": None, "seed": None, "output": ""},
    ],
)
def test_a_run_comes_back_as_it_was(store: Store, digest: str, changes: dict[str, Any]) -> None:
    run = record(store, a_run(digest=digest, **changes))
    assert store.runs.get(run.id) == run
    assert store.runs.get(run.id).request.body == run.request.body  # type: ignore[union-attr]
    assert store.runs.get(run.id).variables == run.variables  # type: ignore[union-attr]
    (row,) = store.runs.rows()
    assert (row.id, row.status, row.cost, row.output_tokens) == (run.id, run.status, run.cost, run.usage.output_tokens)
    assert len(row.error) <= 300


def test_recording_it_again_changes_nothing(store: Store, digest: str) -> None:
    run = record(store, a_run(digest=digest))
    record(store, replace(run, output="something else"))
    assert store.runs.count() == 1
    assert store.runs.get(run.id) == run


def test_a_run_of_no_version_is_refused(store: Store, digest: str) -> None:
    with pytest.raises(NotFound, match=r"support/x@9\.9\.9"):
        record(store, a_run(number="9.9.9"))
    assert store.runs.count() == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_no_answer_is_too_odd_to_be_kept(store: Store, digest: str, text: str) -> None:
    run = record(store, a_run(digest=digest, output=text, response={"raw": text}, variables={"v": text}))
    kept = store.runs.get(run.id)
    assert kept is not None
    assert kept.output == text
    assert (kept.response, kept.variables) == ({"raw": text}, {"v": text})


def test_a_lone_surrogate_does_not_lose_the_run(store: Store, digest: str) -> None:
    kept = store.runs.get(record(store, a_run(digest=digest, output="a\ud800b", response={"raw": "\ud800"})).id)
    assert kept is not None
    assert kept.output.startswith("a\ufffd")
    assert kept.response == {"raw": "\ud800"}


def test_lists_are_newest_first_in_pages(store: Store, digest: str) -> None:
    # All at the same time, and the clock may go back: the order is that of recording.
    ids = [record(store, a_run(digest=digest)).id for _ in range(7)]
    seen: list[str] = []
    while page := store.runs.rows(limit=3, before=seen[-1] if seen else None):
        seen += [row.id for row in page]
    assert seen == ids[::-1]


def test_filters_and_prefixes(store: Store, digest: str) -> None:
    one = record(store, a_run(digest=digest, id="aaaa-1"))
    two = record(store, a_run(id="aabb-2", prompt="support/y", status="failed"))
    assert [row.id for row in store.runs.rows("support/x")] == [one.id]
    assert [row.id for row in store.runs.rows(status="failed")] == [two.id]
    assert store.runs.rows("support/x", number="2.0.0") == []
    assert store.runs.rows("nobody") == []
    assert store.runs.ids_beginning("aa") == ["aaaa-1", "aabb-2"]
    assert store.runs.ids_beginning("aab") == ["aabb-2"]
    assert store.runs.get("nothing") is None


def test_summing_a_versions_runs_reads_the_index_alone(store: Store) -> None:
    plan = store.database.rows(
        "EXPLAIN QUERY PLAN SELECT status, count(*), avg(duration) FROM runs WHERE version_id = 1 GROUP BY status"
    )
    assert "COVERING INDEX runs_of_version" in str(plan)
