"""The tables, as append-only steps: a step that was released is never edited, a change is a new one at the end.

One module a family of tables. A store remembers a step by its function's name. Imported only when a store is made or
is older than the program: sqlite-utils costs more to import than reading takes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database as Tables
from sqlite_utils.migrations import Migrations

from workbench.errors import StoreCorrupt
from workbench.store.engine import sqlite3
from workbench.store.migrations import deployments, prompts, reviews, runs, search, times
from workbench.store.schema import APPLICATION_ID, SCHEMA

STEPS = (
    prompts.create_prompts_and_versions,
    prompts.create_tags,
    deployments.create_deployments,
    deployments.create_events,
    runs.create_runs_and_kept,
    search.create_search,
    runs.create_variable_sets,
    runs.add_drafts_and_marks_to_runs,
    runs.create_comparisons,
    reviews.create_reviews,
    reviews.make_changes_visible,
    times.index_times,
    times.create_outbox,
    reviews.index_ratings,
    search.create_run_search,
    times.index_looks,
    reviews.index_withdrawals,
    runs.index_verdicts,
)
"""In the order in which they were released; `schema.SCHEMA` is their number."""

_STEPS_OF_SQLITE = 100_000
"""Instructions of its machine between two looks at the time: some thousandths of a second."""

migrations = Migrations("workbench")
for _step in STEPS:
    migrations()(_step)


def build(connection: sqlite3.Connection) -> None:
    """All tables in an empty file, in one transaction, left in WAL mode."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrations.apply(Tables(connection))
    connection.execute(f"PRAGMA user_version={SCHEMA}")
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")


def migrate(
    connection: sqlite3.Connection, path: Path, told: Callable[[str, float], None] | None = None
) -> Path | None:
    """Brings an older store up to date in one transaction, after a copy was laid beside it.

    Returns the copy; None when another process has migrated it meanwhile. Several starts at once: the first one to
    get the lock does it, the others wait and find it done.
    """
    # Making a table anew must not count as deleting what others point at; it is checked before the commit instead.
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        copy = None
        if version < SCHEMA:
            stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
            copy = path.with_name(f"{path.name}.schema{version}-{stamp}-{os.getpid()}.backup")
            _copy_committed(path, copy, told)
            with _telling(connection, "changing it", told):
                migrations.apply(Tables(connection))
                connection.execute(f"PRAGMA user_version={SCHEMA}")
                _check_references(connection, path)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("PRAGMA foreign_keys=ON")
    return copy


def _check_references(connection: sqlite3.Connection, path: Path) -> None:
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise StoreCorrupt(
            f"{path} cannot be migrated: a row of {broken[0]} points at a missing row of {broken[2]}",
            "nothing was changed; restore a backup",
        )


@contextmanager
def _telling(connection: sqlite3.Connection, what: str, told: Callable[[str, float], None] | None) -> Iterator[None]:
    if told is None:
        yield
        return
    began = time.monotonic()

    def tick() -> int:
        told(what, time.monotonic() - began)
        return 0

    connection.set_progress_handler(tick, _STEPS_OF_SQLITE)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def _copy_committed(path: Path, copy: Path, told: Callable[[str, float], None] | None) -> None:
    # A second connection, because VACUUM cannot run inside the transaction that holds the others off.
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(path, isolation_level=None)) as reader, _telling(reader, "copying it first", told):
        reader.execute("VACUUM INTO ?", (str(copy),))
