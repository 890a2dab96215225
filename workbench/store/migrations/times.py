"""Indexes for looking back, and the outbox of hooks."""

from __future__ import annotations

from sqlite_utils import Database as Tables


def index_times(db: Tables) -> None:
    # What was live at a time is the newest row of a prompt and environment up to then: found in the index alone.
    db.execute("DROP INDEX deployments_of")
    db.execute("CREATE INDEX deployments_of ON deployments (prompt_id, environment, id, at)")
    db.execute("CREATE INDEX deployments_of_prompt ON deployments (prompt_id, id)")
    db.execute("CREATE INDEX deployments_in ON deployments (environment, id)")
    db.execute("CREATE INDEX deployments_at ON deployments (at, prompt_id, environment)")
    db.execute("CREATE INDEX events_at ON events (at)")
    db.execute("CREATE INDEX events_of_kind ON events (kind, id)")
    for column in ("undoes", "redoes"):
        db.execute(f"CREATE INDEX events_{column} ON events ({column}) WHERE {column} IS NOT NULL")
    db.execute("CREATE INDEX versions_at ON versions (created_at, prompt_id)")


def create_outbox(db: Tables) -> None:
    # A hook is named, not kept: whoever delivers looks it up in a config of their own, so that a store that somebody
    # hands over can make nobody run a command.
    db.execute(
        """CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,
            event_id INTEGER NOT NULL REFERENCES events (id),
            hook TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'given up')),
            attempts INTEGER NOT NULL DEFAULT 0,
            next_at TEXT NOT NULL,
            claimed_until TEXT NOT NULL DEFAULT '',
            done_at TEXT,
            error TEXT NOT NULL DEFAULT '',
            UNIQUE (event_id, hook)
        )"""
    )
    db.execute("CREATE INDEX outbox_due ON outbox (next_at) WHERE state = 'pending'")


def index_looks(db: Tables) -> None:
    # To see the library as it was, what changed its looks since is thought away: few of many events. The condition
    # stands in `store.past` too, word for word, for only then is this index used.
    db.execute(
        "CREATE INDEX events_looks ON events (at) WHERE kind IN ('tag.change', 'prompt.describe', 'prompt.archive', "
        "'prompt.unarchive', 'version.withdraw', 'version.reinstate') "
        "OR instr(details, '\"archived\":') > 0 OR instr(details, '\"description\":{') > 0"
    )
    db.execute("DROP INDEX versions_at")
    db.execute("CREATE INDEX versions_at ON versions (created_at, prompt_id, number)")
