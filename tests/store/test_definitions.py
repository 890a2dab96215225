"""A trigger, an index, a view or a table that is missing or another one is named; what holds no row is made anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from workbench.domain.prompts import Content
from workbench.errors import StoreError, StoreReadOnly
from workbench.services.library import Library
from workbench.services.maintenance import mend, verify
from workbench.store import Store, open_store


def by_hand(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def objects(path: Path, *types: str) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            (kind, name)
            for kind, name in connection.execute("SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL")
            if kind in types and "sqlite_" not in name
        ]


def told(store: Store) -> str:
    (check,) = [one for one in verify(store).checks if one.name == "definitions"]
    return "" if check.ok else check.detail


def test_whatever_holds_no_row_is_missed_and_made_anew(store: Store, store_path: Path, library: Library) -> None:
    library.save("a", Content.of_text("x"))
    every = objects(store_path, "trigger", "index", "view")
    assert {kind for kind, _ in every} == {"trigger", "index", "view"}
    for kind, name in every:
        by_hand(store_path, f"DROP {kind} {name}")
        report = verify(store)
        assert (report.ok, report.mendable) == (False, True), name
        missing = f"the {kind} {name} is missing"
        assert told(store) == missing
        assert [one.told for one in mend(store, "ana")] == [missing]
        assert verify(store).ok, name
        assert store.events.newest()[0].details == {"mended": [missing]}
    assert sorted(objects(store_path, "trigger", "index", "view")) == sorted(every)
    assert mend(store, "ana") == []


def test_what_was_changed_or_does_not_belong_is_named_and_put_right(store: Store, store_path: Path) -> None:
    by_hand(
        store_path,
        "DROP TRIGGER versions_no_update",
        "CREATE TRIGGER versions_no_update BEFORE UPDATE ON versions WHEN NEW.note = '' BEGIN SELECT 1; END",
        "DROP INDEX prompts_name_any_case",
        "CREATE INDEX prompts_name_any_case ON prompts (name COLLATE NOCASE)",
        'CREATE TRIGGER "a \'strange"" one" AFTER INSERT ON versions BEGIN DELETE FROM live; END',
        "CREATE TABLE mine (a)",
        "CREATE INDEX mine_too ON prompts (description)",
    )
    assert told(store) == (
        "the index prompts_name_any_case is not as it was made; the trigger versions_no_update is not as it was made; "
        "the trigger a 'strange\" one is not one of this program"
    )
    assert len(mend(store, "ana")) == 3
    assert verify(store).ok
    assert {("table", "mine"), ("index", "mine_too")} <= set(objects(store_path, "table", "index"))
    with pytest.raises(sqlite3.IntegrityError, match="versions never change"):
        by_hand(
            store_path, "INSERT INTO prompts (name, created_at, updated_at) VALUES ('a', '', '')", *_VERSION_CHANGED
        )


_VERSION_CHANGED = (
    "INSERT INTO versions (prompt_id, number, digest, content, author, created_at, note) "
    "VALUES (1, '1.0.0', '', '', '', '', '')",
    "UPDATE versions SET note = 'other'",
)


@pytest.mark.parametrize("table", ["runs", "versions", "search", "search_data"])
def test_a_table_that_is_gone_is_named_and_is_no_crash(store: Store, store_path: Path, table: str) -> None:
    store.close()
    by_hand(store_path, "PRAGMA writable_schema=ON", f"DELETE FROM sqlite_master WHERE tbl_name = '{table}'")  # noqa: S608
    damaged = open_store(store_path)
    try:
        report = verify(damaged)
        assert (report.ok, report.mendable) == (False, False)
        assert f"the table {table} is missing" in told(damaged)
    finally:
        damaged.close()


def test_a_table_with_another_definition_is_named(store: Store, store_path: Path) -> None:
    by_hand(store_path, "ALTER TABLE kept ADD COLUMN more TEXT")
    assert told(store) == "the table kept is not as it was made"
    assert mend(store, "ana") == []


def test_rows_that_do_not_allow_it_leave_all_as_it_is(store: Store, store_path: Path) -> None:
    by_hand(
        store_path,
        "DROP TRIGGER events_no_delete",
        "DROP INDEX prompts_name_any_case",
        "INSERT INTO prompts (name, created_at, updated_at) VALUES ('a', '', ''), ('A', '', '')",
    )
    with pytest.raises(StoreError, match="UNIQUE"):
        mend(store, "ana")
    assert "events_no_delete is missing" in told(store)
    assert store.events.head()[0] == 0


def test_nothing_is_mended_where_nothing_may_be_written(store: Store, store_path: Path) -> None:
    by_hand(store_path, "DROP TRIGGER events_no_delete")
    reader = open_store(store_path, readonly=True)
    try:
        with pytest.raises(StoreReadOnly):
            mend(reader, "ana")
        assert told(reader) == "the trigger events_no_delete is missing"
    finally:
        reader.close()
