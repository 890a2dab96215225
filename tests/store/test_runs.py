"""What was sent and what came back is kept whole."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.domain.runs import Price, Request, Run, RunFilter, Usage
from workbench.errors import NotFound, StoreCorrupt, StoreError
from workbench.services.library import Library
from workbench.store import Store, open_store
from workbench.store.migrations import migrations
from workbench.store.schema import APPLICATION_ID


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
    found = store.runs.get(run.id)
    assert found is not None
    assert found == run
    assert found.request.body == run.request.body
    assert found.variables == run.variables
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


@examples(60)
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


def test_lists_tell_how_the_input_of_each_run_begins(store: Store, digest: str) -> None:
    values = {"name": "Ana", "long": "é" * 99, "list": [1, None], "yes": True, "none": None, "half": "a\ud800"}
    run, bare = record(store, a_run(digest=digest, variables=values)), record(store, a_run(digest=digest, variables={}))
    given_to = store.runs.given([run.id, bare.id], 9)
    assert list(given_to[run.id]) == list(values)
    begins = {"name": "Ana", "long": "é" * 9, "list": "[1,null]", "yes": "true", "none": "null"}
    assert {name: given_to[run.id][name] for name in begins} == begins
    assert given_to[run.id]["half"].startswith("a")
    assert given_to[bare.id] == {}


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


def test_runs_of_an_older_store_survive_their_new_table(store_path: Path) -> None:
    from sqlite_utils import Database

    connection = sqlite3.connect(store_path, isolation_level=None)
    steps = [step.name for step in migrations.pending(Database(connection))]
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrations.apply(Database(connection), stop_before=steps[6])
    connection.execute("PRAGMA user_version=6")
    connection.executescript(
        """INSERT INTO prompts VALUES (1, 'a', '', NULL, 1, '1.0.0', 1, '', '');
        INSERT INTO versions VALUES (1, 1, '1.0.0', 'd', '{}', '', '', '', NULL, '{}');
        INSERT INTO runs VALUES (1, 'one', 1, 1, 'here', 'm', 'finished', 'stop', 1, 2, 0, 0.5, 0.1, 1, 't', 'ana',
            'run', '');
        INSERT INTO runs VALUES (2, 'two', 1, 1, 'here', 'm', 'failed', '', NULL, NULL, 0, NULL, NULL, 1, 't', 'ana',
            'run', 'no');
        INSERT INTO run_bodies VALUES (1, '{}', '{}', '{}', 'said', '', 'null', NULL);
        INSERT INTO run_bodies VALUES (2, '{}', '{}', '{}', '', 'no', 'null', 7);"""
    )
    connection.close()
    opened = open_store(store_path)
    assert [(row.id, row.number, row.status, row.starred) for row in opened.runs.rows("a")] == [
        ("two", "1.0.0", "failed", False),
        ("one", "1.0.0", "finished", False),
    ]
    whole = opened.runs.get("one")
    assert whole is not None
    assert (whole.output, whole.digest, whole.turns, whole.rating) == ("said", "d", (), None)
    assert opened.database.value("PRAGMA foreign_keys") == 1
    assert opened.database.rows("PRAGMA foreign_key_check") == []
    with opened.write(), pytest.raises(StoreError):
        opened.database.run("INSERT INTO run_bodies SELECT 99, '', '', '', '', '', '', 1, '[]'")
    opened.close()


def test_a_store_whose_references_are_broken_is_not_migrated(store_path: Path) -> None:
    from sqlite_utils import Database

    connection = sqlite3.connect(store_path, isolation_level=None)
    steps = [step.name for step in migrations.pending(Database(connection))]
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrations.apply(Database(connection), stop_before=steps[6])
    connection.execute("PRAGMA user_version=6")
    connection.execute("INSERT INTO run_bodies VALUES (5, '{}', '{}', '{}', '', '', 'null', NULL)")
    connection.close()
    with pytest.raises(StoreCorrupt, match="run_bodies"):
        open_store(store_path)
    with sqlite3.connect(store_path) as after:
        assert after.execute("PRAGMA user_version").fetchone() == (6,)
        assert after.execute("SELECT count(*) FROM sqlite_master WHERE name = 'drafts'").fetchone() == (0,)
    after.close()


def test_runs_found_by_a_word_are_paged(store: Store, digest: str) -> None:
    for number in range(7):
        record(store, a_run(digest=digest, output=f"the odd {number}" if number % 2 else "the even one"))
    wanted = RunFilter("support/x", text="odd")
    pages = [store.runs.rows(wanted=wanted, limit=2)]
    pages.append(store.runs.rows(wanted=wanted, limit=2, before=pages[0][-1].id))
    answers = [[store.runs.get(row.id) for row in page] for page in pages]
    assert [[run and run.output for run in page] for page in answers] == [["the odd 5", "the odd 3"], ["the odd 1"]]


def test_runs_of_an_older_store_are_found_too(store_path: Path) -> None:
    with closing(open_store(store_path)) as store:
        digest = Library(store, DEFAULT_ENVIRONMENTS, "ana").save("support/x", Content.of_text("Hi")).digest
        run = record(store, a_run(digest=digest, output="Grüße", variables={"deep": [{"name": "Zoë"}]}))
    with sqlite3.connect(store_path) as connection:
        for gone in ("TABLE run_search", "VIEW run_search_source"):
            connection.execute(f"DROP {gone}")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'create_run_search'")
        connection.execute("PRAGMA user_version = 14")
    connection.close()
    with closing(open_store(store_path)) as store:
        for text in ("grüße", "zoë"):
            assert [row.id for row in store.runs.rows(wanted=RunFilter(text=text))] == [run.id]


def test_every_filter_narrows_the_list(store: Store, digest: str) -> None:
    one = record(store, a_run(digest=digest, output="All 100% fine_", variables={"who": "Zoë"}))
    two = record(store, a_run(digest=digest, request=Request("work", "gpt-4o", {}), status="failed", error="Boom"))
    with store.write():
        store.runs.mark(two.id, rating=4, starred=True, note="look again")

    def found(**wanted: Any) -> list[str]:
        return [row.id for row in store.runs.rows(wanted=RunFilter(**wanted))]

    assert found(text="100% FINE_") == found(text="Zoë") == [one.id]
    assert found(text="100_ fine") == []
    assert found(text="boom") == found(text="look AGAIN") == [two.id]
    assert found(model="WORK/gpt") == found(status="failed") == found(starred=True) == found(rating=4) == [two.id]
    assert found(model="smollm2") == [one.id]
    assert found(rating=5) == found(drafts=True) == found(model="%") == []
    assert found(prompt="support/x", number="1.0.0", status="finished") == [one.id]
    # Words in any order, the last one begun; a note that was changed; the middle of a word.
    assert found(text="fine 100") == found(text="fine al") == found(text="ine_") == found(text="zoe") == [one.id]
    assert found(text="gain boo") == []
    with store.write():
        store.runs.mark(two.id, rating=4, starred=True, note="seen")
    assert found(text="again") == []
    assert found(text="seen", status="failed") == [two.id]
    assert found(text="seen", status="finished") == []
    with store.write():
        store.runs.mark(two.id, rating=4, starred=True, note="look again")
    row = store.runs.rows(wanted=RunFilter(starred=True))[0]
    assert (row.rating, row.starred, row.note, row.endpoint) == (4, True, "look again", "work")


def test_a_draft_s_runs_become_the_version_s(store: Store, library: Library, digest: str) -> None:
    draft = Content.of_text("Hi there")
    with store.write():
        store.drafts.keep(2, draft, parent="1.0.0", actor="ana", at="t")
        store.drafts.keep(2, draft, parent="1.0.0", actor="ben", at="t2")
    run = record(store, a_run(number="", digest=draft.digest))
    assert store.runs.get(run.id) == run
    assert run.reference == f"support/x#{draft.digest[:12]}"
    assert [row.id for row in store.runs.rows(wanted=RunFilter(drafts=True))] == [run.id]
    with pytest.raises(NotFound, match="no draft"):
        record(store, a_run(number="", digest="0" * 64))
    version = library.save("support/x", draft)
    tied = store.runs.get(run.id)
    assert tied is not None
    assert (tied.number, tied.digest) == (version.number, draft.digest)
    later = record(store, a_run(number="", digest=draft.digest))
    found = store.runs.get(later.id)
    assert found is not None
    assert found.number == version.number
    assert store.drafts.get(2, draft.digest[:8]) == (draft, "1.0.0", "ana", "t")


def test_a_chain_is_found_from_any_of_its_runs(store: Store, digest: str) -> None:
    first = record(store, a_run(digest=digest))
    second = record(store, a_run(digest=digest, follows=first.id, turns=({"role": "user", "content": "more"},)))
    branch = record(store, a_run(digest=digest, follows=first.id))
    third = record(store, a_run(digest=digest, follows=second.id))
    record(store, a_run(digest=digest))
    assert store.runs.get(second.id) == second
    assert [row.id for row in store.runs.chain(first.id)] == [first.id, second.id, branch.id, third.id]
    assert [row.id for row in store.runs.chain(third.id)] == [first.id, second.id, third.id]
    assert store.runs.chain("none") == []


def test_the_beginning_of_a_word_is_found_however_many_words_begin_so(store: Store, digest: str) -> None:
    made = [record(store, a_run(digest=digest, output=f"code{number}, café-o{number}")) for number in range(260)]
    rare = record(store, a_run(digest=digest, output="rare Code77 and Größe77"))

    def found(text: str, limit: int = 300, before: str | None = None) -> list[str]:
        return [row.id for row in store.runs.rows(wanted=RunFilter(text=text), limit=limit, before=before)]

    newest = [rare.id, *(run.id for run in reversed(made))]
    assert found("cod") == found("code") == newest
    assert found("code", limit=3) == newest[:3]
    assert found("CODE", limit=3, before=newest[2]) == newest[3:6]
    assert found("code25") == [run.id for run in reversed(made) if run.output.startswith("code25")]
    for text in ("rare code", "code77 rar", "rare code7", "größe7", "größ"):
        assert found(text) == [rare.id], text
    assert found("rare code8") == found("codeine") == []
    # Signs are compared: what stands behind them may be unfinished too.
    assert found("café-o") == newest[1:]
    assert found("code7 café-o") == [made[7].id]
    assert found("café-o25") == [run.id for run in reversed(made) if "o25" in run.output]
    assert found("café+o25") == []
