"""Prompts, their versions and their tags."""

from __future__ import annotations

from sqlite_utils import Database as Tables

from workbench.store.migrations.guards import never_change


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
    never_change(db, "versions", "id = NEW.id OR (prompt_id = NEW.prompt_id AND number = NEW.number)")
    db.execute(
        "CREATE TABLE withdrawn (version_id INTEGER PRIMARY KEY REFERENCES versions (id), "
        "at TEXT NOT NULL, actor TEXT NOT NULL)"
    )


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
