"""The database itself refuses to change what never changes, whoever asks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from workbench.domain.prompts import Content
from workbench.errors import StoreError
from workbench.services.library import Library
from workbench.services.maintenance import verify
from workbench.services.releases.deploying import Deploying
from workbench.store import Store


@pytest.fixture
def connection(store_path: Path, store: Store, library: Library, deploying: Deploying) -> Iterator[sqlite3.Connection]:
    """A stranger's connection, as somebody with the sqlite3 shell has."""
    library.save("support/x", Content.of_text("Hello"))
    deploying.promote("support/x", "dev")
    with closing(sqlite3.connect(store_path)) as opened:
        yield opened


@pytest.mark.parametrize("table", ["versions", "deployments", "events"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = 77", "DELETE FROM {}", "REPLACE INTO {} SELECT * FROM {}"])
def test_rows_never_change(connection: sqlite3.Connection, table: str, act: str) -> None:
    everything = f"SELECT * FROM {table}"  # noqa: S608
    before = connection.execute(everything).fetchall()
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} never change"):
        connection.execute(act.format(table, table))
    assert connection.execute(everything).fetchall() == before
    connection.close()


def test_a_version_is_not_replaced_under_its_number(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="versions never change"):
        connection.execute(
            "INSERT OR REPLACE INTO versions (prompt_id, number, digest, content, author, created_at, note) "
            "VALUES (1, '1.0.0', '', '', '', '', '')"
        )
    connection.close()


def force(connection: sqlite3.Connection, table: str, statement: str) -> None:
    """What somebody can do who takes the triggers away first: it must be found out."""
    for verb in ("update", "delete", "replace"):
        connection.execute(f"DROP TRIGGER {table}_no_{verb}")
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("table", "statement", "check"),
    [
        ("versions", "UPDATE versions SET content = replace(content, 'Hello', 'Bye')", "digests"),
        ("versions", "UPDATE versions SET content = 'no JSON'", "digests"),
        ("events", "UPDATE events SET actor = 'eve' WHERE id = 1", "events"),
        ("events", "UPDATE events SET details = '{}' WHERE id = 2", "events"),
        ("events", "DELETE FROM events WHERE id = 1", "events"),
        ("deployments", "UPDATE deployments SET after_id = NULL", "ledger"),
        ("deployments", "UPDATE deployments SET after_id = 99", "references"),
        ("deployments", "UPDATE live SET number = '9.9.9'", "ledger"),
        ("deployments", "DELETE FROM live", "ledger"),
    ],
)
def test_verify_finds_what_was_changed(
    connection: sqlite3.Connection, store: Store, table: str, statement: str, check: str
) -> None:
    assert verify(store).ok
    force(connection, table, statement)
    report = verify(store)
    assert not report.ok
    assert check in [one.name for one in report.checks if not one.ok]


def test_a_write_outside_a_transaction_is_a_fault(store: Store) -> None:
    with pytest.raises(StoreError, match="outside of a transaction"):
        store.database.run("DELETE FROM kept")
