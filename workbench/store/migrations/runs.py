"""Runs, the variable sets they are filled in with, and the comparisons they are the answers of."""

from __future__ import annotations

from sqlite_utils import Database as Tables


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


def create_variable_sets(db: Tables) -> None:
    # What a set said stays in `set_values`, so that the events that name a row of it can be undone for ever.
    db.execute("CREATE TABLE set_values (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    for verb in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER set_values_no_{verb.lower()} BEFORE {verb} ON set_values "
            "BEGIN SELECT RAISE(ABORT, 'set_values never change'); END"
        )
    db.execute(
        """CREATE TABLE variable_sets (
            prompt_id INTEGER NOT NULL REFERENCES prompts (id),
            name TEXT NOT NULL,
            values_id INTEGER NOT NULL REFERENCES set_values (id),
            actor TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            PRIMARY KEY (prompt_id, name)
        ) WITHOUT ROWID"""
    )


def add_drafts_and_marks_to_runs(db: Tables) -> None:
    db.execute(
        """CREATE TABLE drafts (
            id INTEGER PRIMARY KEY,
            prompt_id INTEGER NOT NULL REFERENCES prompts (id),
            digest TEXT NOT NULL,
            content TEXT NOT NULL,
            parent TEXT,
            actor TEXT NOT NULL,
            created_at TEXT NOT NULL,
            UNIQUE (prompt_id, digest)
        )"""
    )
    # A run of a draft has no version until the same content is saved, and a column's NOT NULL can only be taken away
    # by making the table anew: https://www.sqlite.org/lang_altertable.html#otheralter
    db.execute(
        """CREATE TABLE new_runs (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            prompt_id INTEGER NOT NULL REFERENCES prompts (id),
            version_id INTEGER REFERENCES versions (id),
            draft_id INTEGER REFERENCES drafts (id),
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
            error TEXT NOT NULL,
            follows INTEGER REFERENCES new_runs (seq),
            rating INTEGER CHECK (rating BETWEEN 1 AND 5),
            starred INTEGER NOT NULL DEFAULT 0,
            note TEXT NOT NULL DEFAULT '',
            CHECK (version_id IS NOT NULL OR draft_id IS NOT NULL)
        )"""
    )
    old = (
        "seq, id, prompt_id, version_id, endpoint, model, status, finish_reason, input_tokens, output_tokens, "
        "tokens_estimated, cost, first_token, duration, started_at, actor, origin, error"
    )
    db.execute(f"INSERT INTO new_runs ({old}) SELECT {old} FROM runs")  # noqa: S608 — names in this file
    db.execute("DROP TABLE runs")
    db.execute("ALTER TABLE new_runs RENAME TO runs")
    db.execute("CREATE INDEX runs_of_version ON runs (version_id, status, duration)")
    db.execute("CREATE INDEX runs_of_prompt ON runs (prompt_id, seq)")
    db.execute("CREATE INDEX runs_of_draft ON runs (draft_id) WHERE draft_id IS NOT NULL")
    db.execute("CREATE INDEX runs_following ON runs (follows) WHERE follows IS NOT NULL")
    db.execute("CREATE INDEX runs_starred ON runs (seq) WHERE starred = 1")
    db.execute("CREATE INDEX runs_rated ON runs (rating, seq) WHERE rating IS NOT NULL")
    db.execute("ALTER TABLE run_bodies ADD COLUMN turns TEXT NOT NULL DEFAULT '[]'")


def create_comparisons(db: Tables) -> None:
    db.execute(
        """CREATE TABLE comparisons (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            prompt_id INTEGER NOT NULL REFERENCES prompts (id),
            repeats INTEGER NOT NULL,
            blind INTEGER NOT NULL,
            seed INTEGER NOT NULL,
            actor TEXT NOT NULL,
            started_at TEXT NOT NULL
        )"""
    )
    db.execute(
        """CREATE TABLE comparison_columns (
            comparison INTEGER NOT NULL REFERENCES comparisons (seq),
            position INTEGER NOT NULL,
            prompt_id INTEGER NOT NULL REFERENCES prompts (id),
            version_id INTEGER REFERENCES versions (id),
            draft_id INTEGER REFERENCES drafts (id),
            model TEXT NOT NULL,
            settings TEXT NOT NULL,
            PRIMARY KEY (comparison, position),
            CHECK (version_id IS NOT NULL OR draft_id IS NOT NULL)
        ) WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX comparisons_of_version ON comparison_columns (version_id, comparison)")
    db.execute("CREATE INDEX comparisons_of_draft ON comparison_columns (draft_id) WHERE draft_id IS NOT NULL")
    db.execute(
        """CREATE TABLE comparison_cases (
            comparison INTEGER NOT NULL REFERENCES comparisons (seq),
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            variables TEXT NOT NULL,
            PRIMARY KEY (comparison, position)
        )"""
    )
    # Several runs may be of one cell: the newest is its answer, the others are what was rerun. One run may be of
    # several comparisons: where a column is changed, the other columns keep their answers.
    db.execute(
        """CREATE TABLE comparison_runs (
            comparison INTEGER NOT NULL REFERENCES comparisons (seq),
            case_position INTEGER NOT NULL,
            position INTEGER NOT NULL,
            repeat INTEGER NOT NULL,
            run INTEGER NOT NULL REFERENCES runs (seq),
            PRIMARY KEY (comparison, case_position, position, repeat, run)
        ) WITHOUT ROWID"""
    )
    # One row a case; what it said before is in the events.
    db.execute(
        """CREATE TABLE verdicts (
            comparison INTEGER NOT NULL REFERENCES comparisons (seq),
            case_position INTEGER NOT NULL,
            verdict TEXT NOT NULL,
            note TEXT NOT NULL,
            hidden INTEGER NOT NULL,
            runs TEXT NOT NULL,
            actor TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (comparison, case_position)
        ) WITHOUT ROWID"""
    )


def index_verdicts(db: Tables) -> None:
    """Whether an input was ever judged, and in which comparisons an answer stands, is asked before every verdict."""
    # The expression stands in `store.events` too, word for word, for only then is this index used.
    db.execute(
        "CREATE INDEX events_of_comparison ON events "
        "(CASE WHEN json_valid(details) THEN json_extract(details, '$.comparison') END) WHERE kind = 'verdict.give'"
    )
    db.execute("CREATE INDEX comparisons_of_run ON comparison_runs (run, comparison)")
