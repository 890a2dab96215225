"""Reviews, signatures, kept results of commands, and what makes every row's change visible."""

from __future__ import annotations

import hashlib

from sqlite_utils import Database as Tables

from workbench.domain.events import GENESIS, Event, event_hash, row_hash
from workbench.domain.prompts import canonical_json
from workbench.store.migrations.guards import never_change


def create_reviews(db: Tables) -> None:
    # A withdrawal is a row of its own that is `about` the one it takes back. The line is one of `line_version_id`,
    # which is the reviewed version or the one that it was compared with.
    db.execute(
        """CREATE TABLE reviews (
            id INTEGER PRIMARY KEY,
            prompt_id INTEGER NOT NULL REFERENCES prompts (id),
            version_id INTEGER NOT NULL REFERENCES versions (id),
            digest TEXT NOT NULL,
            environment TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('approve', 'request_changes', 'comment', 'withdraw', 'reinstate')),
            comment TEXT NOT NULL,
            line_version_id INTEGER REFERENCES versions (id),
            line INTEGER CHECK (line >= 1),
            about INTEGER REFERENCES reviews (id),
            actor TEXT NOT NULL,
            at TEXT NOT NULL,
            CHECK ((kind IN ('withdraw', 'reinstate')) = (about IS NOT NULL)),
            CHECK ((line IS NULL) = (line_version_id IS NULL))
        )"""
    )
    db.execute("CREATE INDEX reviews_of ON reviews (prompt_id, id)")
    never_change(db, "reviews", "id = NEW.id")
    db.execute(
        """CREATE TABLE signatures (
            id INTEGER PRIMARY KEY,
            of TEXT NOT NULL CHECK (of IN ('review', 'deployment')),
            row_id INTEGER NOT NULL,
            payload TEXT NOT NULL,
            signature TEXT NOT NULL UNIQUE,
            signer TEXT NOT NULL,
            at TEXT NOT NULL,
            UNIQUE (of, row_id)
        )"""
    )
    never_change(db, "signatures", "id = NEW.id OR signature = NEW.signature OR (of = NEW.of AND row_id = NEW.row_id)")
    db.execute(
        """CREATE TABLE command_results (
            id INTEGER PRIMARY KEY,
            prompt_id INTEGER NOT NULL REFERENCES prompts (id),
            version_id INTEGER NOT NULL REFERENCES versions (id),
            digest TEXT NOT NULL,
            environment TEXT NOT NULL,
            command TEXT NOT NULL,
            exit_code INTEGER,
            ended TEXT NOT NULL CHECK (ended IN ('exited', 'timed_out', 'not_started')),
            output TEXT NOT NULL,
            seconds REAL NOT NULL,
            actor TEXT NOT NULL,
            at TEXT NOT NULL
        )"""
    )
    db.execute("CREATE INDEX command_results_of ON command_results (prompt_id, digest, environment, id)")
    never_change(db, "command_results", "id = NEW.id")


def make_changes_visible(db: Tables) -> None:
    """Rows that were written before their hash stood in their event get it in `seals`, sealed by one event."""
    db.execute("ALTER TABLE deployments ADD COLUMN forced TEXT NOT NULL DEFAULT ''")
    db.execute("CREATE INDEX deployments_after ON deployments (prompt_id, environment, after_id)")
    # A chain cannot tell that its last links are gone.
    db.execute(
        "CREATE TABLE event_head (one INTEGER PRIMARY KEY CHECK (one = 1), id INTEGER NOT NULL, hash TEXT NOT NULL)"
    )
    db.execute(
        """CREATE TABLE seals (
            of TEXT NOT NULL CHECK (of IN ('version', 'deployment')),
            row_id INTEGER NOT NULL,
            hash TEXT NOT NULL,
            PRIMARY KEY (of, row_id)
        ) WITHOUT ROWID"""
    )
    never_change(db, "seals", "of = NEW.of AND row_id = NEW.row_id")
    columns = {
        "version": "id, prompt_id, number, digest, content, author, created_at, note, parent, source",
        "deployment": "id, prompt_id, environment, kind, before_id, after_id, actor, at, reason, forced",
    }
    whole = hashlib.sha256()
    count = 0
    for of, names in columns.items():
        found = db.execute(f"SELECT {names} FROM {of}s ORDER BY id")  # noqa: S608 — names in this file
        for row in found:
            sealed = row_hash(row)
            whole.update(sealed.encode())
            db.execute("INSERT INTO seals VALUES (?, ?, ?)", (of, row[0], sealed))
            count += 1
    last = db.execute("SELECT id, hash FROM events ORDER BY id DESC LIMIT 1").fetchone()
    if count:
        number, previous = last or (0, GENESIS)
        at = db.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')").fetchone()[0]
        event = Event(
            number + 1,
            "store.seal",
            "",
            "workbench",
            at,
            {"rows": count, "hash": whole.hexdigest()},
            None,
            None,
            previous,
        )
        last = (event.id, event_hash(previous, event))
        db.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)",
            (event.id, event.kind, "", event.actor, at, canonical_json(dict(event.details)), previous, last[1]),
        )
    if last is not None:
        db.execute("INSERT INTO event_head VALUES (1, ?, ?)", tuple(last))


def index_ratings(db: Tables) -> None:
    """What people thought of a version's runs is counted by index alone."""
    db.execute("CREATE INDEX runs_ratings ON runs (version_id, rating, starred)")


def index_withdrawals(db: Tables) -> None:
    """Whether a review was taken back is asked of every one of them."""
    db.execute("CREATE INDEX reviews_about ON reviews (about, id) WHERE about IS NOT NULL")
