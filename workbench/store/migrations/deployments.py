"""The ledger of deployments, what is live because of it, and the log of events."""

from __future__ import annotations

from sqlite_utils import Database as Tables

from workbench.store.migrations.guards import never_change


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
    never_change(db, "deployments", "id = NEW.id")
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
    never_change(db, "events", "id = NEW.id OR hash = NEW.hash OR previous_hash = NEW.previous_hash")
