"""Whoever changes, removes or swaps a row by hand, past the triggers, is found out: verify names the row."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.domain.releases.checks import CommandResult
from workbench.services.library import Library
from workbench.services.maintenance import verify
from workbench.services.releases.approving import Approving
from workbench.services.releases.command_checks import keep_results
from workbench.services.releases.deploying import Deploying
from workbench.store import Store, open_store
from workbench.store.migrations import migrations
from workbench.store.reviews import Signature
from workbench.store.schema import APPLICATION_ID

TABLES = {
    "versions": "version",
    "deployments": "deployment",
    "events": "event",
    "reviews": "review",
    "command_results": "command result",
    "signatures": "signature",
}


@pytest.fixture(autouse=True)
def full(store: Store, library: Library, deploying: Deploying) -> Store:
    """At least three rows in every table that never changes, each column filled somewhere."""
    for text in ("one", "two", "three"):
        library.save("support/x", Content.of_text(text), note=text, source={"format": "plain"})
        library.save("other", Content.of_text(text + "!"))
    for number in ("1.0.0", "1.0.1", "1.0.2"):
        deploying.promote(f"support/x@{number}", "dev", f"why {number}")
    reviewer = Approving(store, DEFAULT_ENVIRONMENTS, "ben")
    reviewer.approve("support/x", "dev", "fine")
    reviewer.comment("support/x", "this line", line=1)
    reviewer.withdraw("support/x")
    for seconds in (1.5, 2.5, 3.5):
        digest = Content.of_text("three").digest
        result = CommandResult(
            0, "support/x", digest, "dev", ("make",), "exited", 0, "ok", seconds, "ana", store.clock()
        )
        keep_results(store, [result], "ana")
    with store.write():
        for row in (1, 2, 3):
            signature = Signature("review", row, f'{{"row":{row}}}', f"armored {row}", "ben", store.clock())
            signed = store.reviews.sign(signature)
            rows = [["signatures", signed, store.seals.hash_of("signatures", signed)]]
            store.events.append("test.sign", "support/x", actor="ben", at=store.clock(), details={"rows": rows})
    assert [check.name for check in verify(store).checks if not check.ok] == ["signatures"]  # they are made up
    return store


def by_hand(path: Path, act: Callable[[sqlite3.Connection], object]) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        act(connection)
    connection.close()


def faults(store: Store) -> str:
    return "; ".join(check.detail for check in verify(store).checks if not check.ok and check.name != "signatures")


def columns() -> list[tuple[str, str]]:
    """Of every table, from a fresh store."""
    from sqlite_utils import Database

    with closing(Database(memory=True)) as memory:
        migrations.apply(memory)
        return [(table, column) for table in TABLES for column in memory[table].columns_dict if column != "id"]


@pytest.mark.parametrize(("table", "column"), columns())
def test_a_byte_changed_in_any_column_is_found_and_named(
    store: Store, store_path: Path, table: str, column: str
) -> None:
    by_hand(
        store_path,
        lambda connection: connection.execute(
            f"UPDATE {table} SET {column} = CASE typeof({column}) WHEN 'integer' THEN {column} + 100 "  # noqa: S608
            f"WHEN 'real' THEN {column} + 0.001 WHEN 'null' THEN 3 "
            f"ELSE substr({column}, 1, length({column}) - 1) || '~' END WHERE id = 2"
        ),
    )
    assert f"{TABLES[table]} 2" in faults(store)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_row_that_was_removed_is_named(store: Store, store_path: Path, table: str, row: int) -> None:
    by_hand(store_path, lambda connection: connection.execute(f"DELETE FROM {table} WHERE id = {row}"))  # noqa: S608
    found = faults(store)
    assert f"{TABLES[table]} {row} was removed" in found or f"event {row} is missing" in found


def test_the_last_event_that_was_removed_is_named(store: Store, store_path: Path) -> None:
    last = store.events.head()[0]
    by_hand(store_path, lambda connection: connection.execute("DELETE FROM events WHERE id = ?", (last,)))
    assert f"event {last} is missing" in faults(store)
    by_hand(store_path, lambda connection: connection.execute("DELETE FROM events WHERE id >= ?", (last - 3,)))
    assert f"events {last - 3} to {last} are missing" in faults(store)


@pytest.mark.parametrize("table", TABLES)
def test_two_rows_that_were_swapped_are_named(store: Store, store_path: Path, table: str) -> None:
    def swap(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA foreign_keys=OFF")
        for old, new in ((1, -1), (2, 1), (-1, 2)):
            connection.execute(f"UPDATE {table} SET id = {new} WHERE id = {old}")  # noqa: S608

    by_hand(store_path, swap)
    found = faults(store)
    assert f"{TABLES[table]} 1" in found
    assert f"{TABLES[table]} 2" in found


def test_a_row_that_nobody_recorded_is_named(store: Store, store_path: Path) -> None:
    by_hand(
        store_path,
        lambda connection: connection.execute(
            "INSERT INTO deployments (prompt_id, environment, kind, before_id, after_id, actor, at, reason) "
            "SELECT prompt_id, environment, kind, before_id, after_id, actor, at, reason FROM deployments WHERE id = 1"
        ),
    )
    assert "deployment 4 (of support/x in dev) was never recorded by an event" in faults(store)


def test_prompts_that_swapped_their_names_are_found(store: Store, store_path: Path) -> None:
    def swap(connection: sqlite3.Connection) -> None:
        for old, new in (("other", "aside"), ("support/x", "other"), ("aside", "support/x")):
            connection.execute("UPDATE prompts SET name = ? WHERE name = ?", (new, old))

    by_hand(store_path, swap)
    assert "belonged to support/x" in faults(store)


def test_a_text_where_details_should_be_is_a_fault_and_no_crash(store: Store, store_path: Path) -> None:
    by_hand(store_path, lambda connection: connection.execute("UPDATE events SET details = 'no JSON' WHERE id = 4"))
    assert "event 4 was changed" in faults(store)


# Stores from before rows were sealed by their events ---------------------------------------------------------------


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """As the program left it when it had nine steps: rows, and an event that does not seal them."""
    from sqlite_utils import Database

    path = tmp_path / "older.db"
    connection = sqlite3.connect(path, isolation_level=None)
    steps = [step.name for step in migrations.pending(Database(connection))]
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrations.apply(Database(connection), stop_before=steps[9])
    connection.execute("PRAGMA user_version=9")
    connection.execute("INSERT INTO prompts (id, name, created_at, updated_at) VALUES (1, 'old', '', '')")
    content = Content.of_text("Hello")
    body = '{"format":"jinja","messages":[{"role":"system","content":"Hello"}],"settings":{},"variables":{}}'
    for number in ("1.0.0", "1.0.1"):
        connection.execute(
            "INSERT INTO versions (prompt_id, number, digest, content, author, created_at, note) "
            "VALUES (1, ?, ?, ?, 'ana', '', '')",
            (number, content.digest, body),
        )
    connection.execute(
        "INSERT INTO deployments (prompt_id, environment, kind, after_id, actor, at, reason) "
        "VALUES (1, 'dev', 'promote', 1, 'ana', '', 'why')"
    )
    connection.execute("INSERT INTO live VALUES (1, 'dev', 1, '1.0.0')")
    connection.close()
    store = open_store(path)
    assert verify(store).ok, verify(store)
    assert [event.kind for event in store.events.newest()] == ["store.seal"]
    store.close()
    return path


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE versions SET author = 'eve' WHERE id = 2", "version 2 (old@1.0.1) was changed"),
        ("UPDATE deployments SET reason = 'no' WHERE id = 1", "deployment 1 (of old in dev) was changed"),
        ("DELETE FROM versions WHERE id = 2", "version 2 was removed"),
        ("UPDATE seals SET hash = 'x' WHERE row_id = 2", "the seals of the older rows were changed"),
        ("DELETE FROM seals; DELETE FROM events; DELETE FROM event_head", "was never recorded by an event"),
    ],
)
def test_rows_of_an_older_store_are_sealed_when_it_is_migrated(older: Path, statement: str, named: str) -> None:
    by_hand(older, lambda connection: connection.executescript(statement))
    store = open_store(older)
    try:
        assert named in faults(store)
    finally:
        store.close()
