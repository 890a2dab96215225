"""The tables, as append-only steps: a step that was released is never edited, a change is a new one at the end.

Imported only when a store is made or is older than the program: sqlite-utils costs more to import than reading takes.
"""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database as Tables
from sqlite_utils.migrations import Migrations

from workbench.errors import StoreCorrupt
from workbench.store.engine import sqlite3
from workbench.store.opening import APPLICATION_ID, SCHEMA
from workbench.store.run_tables import STEPS

migrations = Migrations("workbench")


def build(connection: sqlite3.Connection) -> None:
    """All tables in an empty file, in one transaction, left in WAL mode."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrations.apply(Tables(connection))
    connection.execute(f"PRAGMA user_version={SCHEMA}")
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")


def migrate(connection: sqlite3.Connection, path: Path) -> Path | None:
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
            _copy_committed(path, copy)
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


def _copy_committed(path: Path, copy: Path) -> None:
    # A second connection, because VACUUM cannot run inside the transaction that holds the others off.
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("VACUUM INTO ?", (str(copy),))


def _never_change(db: Tables, table: str, clash: str) -> None:
    """Triggers against UPDATE, DELETE and the silent delete of INSERT OR REPLACE, whose victim `clash` finds."""
    for verb in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} never change'); END"
        )
    db.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 — names in this file
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {clash}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} never change: this one exists'); END"
    )


@migrations()
def create_prompts_and_versions(db: Tables) -> None:
    db.execute(
        """CREATE TABLE prompts (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            description TEXT NOT NULL DEFAULT '',
            archived_at TEXT,
            latest_version_id INTEGER,
            latest_number TEXT NOT NULL DEFAULT '',
            version_count INTEGER NOT NULL DEFAULT 0,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL
        )"""
    )
    # Names that differ only in case would be one file on many systems when they are exported.
    db.execute("CREATE UNIQUE INDEX prompts_name_any_case ON prompts (name COLLATE NOCASE)")
    db.execute("CREATE INDEX prompts_updated ON prompts (updated_at DESC, id)")
    db.execute(
        """CREATE TABLE versions (
            id INTEGER PRIMARY KEY,
            prompt_id INTEGER NOT NULL REFERENCES prompts (id),
            number TEXT NOT NULL,
            digest TEXT NOT NULL,
            content TEXT NOT NULL,
            author TEXT NOT NULL,
            created_at TEXT NOT NULL,
            note TEXT NOT NULL,
            parent TEXT,
            source TEXT NOT NULL DEFAULT '{}',
            UNIQUE (prompt_id, number)
        )"""
    )
    db.execute("CREATE INDEX versions_digest ON versions (prompt_id, digest)")
    _never_change(db, "versions", "id = NEW.id OR (prompt_id = NEW.prompt_id AND number = NEW.number)")
    db.execute(
        "CREATE TABLE withdrawn (version_id INTEGER PRIMARY KEY REFERENCES versions (id), "
        "at TEXT NOT NULL, actor TEXT NOT NULL)"
    )


@migrations()
def create_tags(db: Tables) -> None:
    for owner in ("prompt", "version"):
        db.execute(
            f"""CREATE TABLE {owner}_tags (
                {owner}_id INTEGER NOT NULL REFERENCES {owner}s (id),
                tag TEXT NOT NULL,
                PRIMARY KEY ({owner}_id, tag)
            ) WITHOUT ROWID"""
        )
        db.execute(f"CREATE INDEX {owner}_tags_by_tag ON {owner}_tags (tag, {owner}_id)")


@migrations()
def create_deployments(db: Tables) -> None:
    db.execute(
        """CREATE TABLE deployments (
            id INTEGER PRIMARY KEY,
            prompt_id INTEGER NOT NULL REFERENCES prompts (id),
            environment TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('promote', 'rollback')),
            before_id INTEGER REFERENCES versions (id),
            after_id INTEGER REFERENCES versions (id),
            actor TEXT NOT NULL,
            at TEXT NOT NULL,
            reason TEXT NOT NULL
        )"""
    )
    db.execute("CREATE INDEX deployments_of ON deployments (prompt_id, environment, id)")
    _never_change(db, "deployments", "id = NEW.id")
    # The number stands here too: a list of all prompts must not read the versions, whose rows are long.
    db.execute(
        """CREATE TABLE live (
            prompt_id INTEGER NOT NULL REFERENCES prompts (id),
            environment TEXT NOT NULL,
            version_id INTEGER NOT NULL REFERENCES versions (id),
            number TEXT NOT NULL,
            PRIMARY KEY (prompt_id, environment)
        ) WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX live_by_environment ON live (environment, prompt_id)")


@migrations()
def create_events(db: Tables) -> None:
    db.execute(
        """CREATE TABLE events (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            prompt TEXT NOT NULL,
            actor TEXT NOT NULL,
            at TEXT NOT NULL,
            details TEXT NOT NULL,
            undoes INTEGER REFERENCES events (id),
            redoes INTEGER REFERENCES events (id),
            previous_hash TEXT NOT NULL UNIQUE,
            hash TEXT NOT NULL UNIQUE
        )"""
    )
    db.execute("CREATE INDEX events_of ON events (prompt, id)")
    _never_change(db, "events", "id = NEW.id OR hash = NEW.hash OR previous_hash = NEW.previous_hash")


@migrations()
def create_runs_and_kept(db: Tables) -> None:
    # Narrow rows for what is listed and counted; bodies apart, so that a million runs are summed by index alone.
    db.execute(
        """CREATE TABLE runs (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            prompt_id INTEGER NOT NULL REFERENCES prompts (id),
            version_id INTEGER NOT NULL REFERENCES versions (id),
            endpoint TEXT NOT NULL,
            model TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('finished', 'failed', 'cancelled')),
            finish_reason TEXT NOT NULL,
            input_tokens INTEGER,
            output_tokens INTEGER,
            tokens_estimated INTEGER NOT NULL,
            cost REAL,
            first_token REAL,
            duration REAL NOT NULL,
            started_at TEXT NOT NULL,
            actor TEXT NOT NULL,
            origin TEXT NOT NULL,
            error TEXT NOT NULL
        )"""
    )
    db.execute("CREATE INDEX runs_of_version ON runs (version_id, status, duration)")
    db.execute("CREATE INDEX runs_of_prompt ON runs (prompt_id, seq)")
    db.execute(
        """CREATE TABLE run_bodies (
            seq INTEGER PRIMARY KEY REFERENCES runs (seq),
            variables TEXT NOT NULL,
            request TEXT NOT NULL,
            response TEXT NOT NULL,
            output TEXT NOT NULL,
            error TEXT NOT NULL,
            price TEXT NOT NULL,
            seed INTEGER
        )"""
    )
    db.execute("CREATE TABLE kept (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at TEXT NOT NULL) WITHOUT ROWID")


@migrations()
def create_search(db: Tables) -> None:
    # The index holds no text of its own: the view gives it back from the versions.
    db.execute(
        """CREATE VIEW search_source AS SELECT
            v.id AS id,
            p.name AS name,
            v.note AS note,
            coalesce((SELECT group_concat(tag, ' ') FROM
                (SELECT tag FROM prompt_tags WHERE prompt_id = v.prompt_id
                 UNION SELECT tag FROM version_tags WHERE version_id = v.id ORDER BY tag)), '') AS tags,
            coalesce((SELECT group_concat(json_extract(value, '$.content'), char(10))
                FROM json_each(v.content, '$.messages')), '') AS text
        FROM versions v JOIN prompts p ON p.id = v.prompt_id"""
    )
    db.execute(
        "CREATE VIRTUAL TABLE search USING fts5(name, note, tags, text, content='search_source', content_rowid='id', "
        "tokenize='unicode61')"
    )


for _step in STEPS:
    migrations()(_step)
