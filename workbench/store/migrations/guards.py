"""Triggers that keep rows as they were written."""

from __future__ import annotations

from sqlite_utils import Database as Tables


def never_change(db: Tables, table: str, clash: str) -> None:
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
