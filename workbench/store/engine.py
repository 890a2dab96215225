"""Which SQLite is used, and its errors in plain words.

`pysqlite3` bundles a newer SQLite than most systems have; sqlite-utils takes it when it is installed, and a connection
must come from the same module, so the choice is made here once and in the same way.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import StoreCorrupt, StoreError, StoreReadOnly, WorkbenchError

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        import pysqlite3 as sqlite3
    except ImportError:
        import sqlite3

__all__ = ["BUSY_SECONDS", "backups_of", "plain_error", "sqlite3"]

BUSY_SECONDS = 15


def plain_error(error: sqlite3.Error, path: Path) -> WorkbenchError:
    """What went wrong as a person would say it. The transaction it happened in has had no effect."""
    text = str(error)
    lowered = text.lower()
    if "locked" in lowered or "busy" in lowered:
        return StoreError(
            f"the store is busy: another process has been writing to {path} for more than {BUSY_SECONDS} seconds",
            "nothing was changed; try again",
        )
    if "full" in lowered and ("disk" in lowered or "database" in lowered):
        return StoreError(f"the disk is full: {path} could not be written", "nothing was changed; make room")
    if "readonly" in lowered or "read-only" in lowered:
        return StoreReadOnly(f"{path} cannot be written", "nothing was changed; check the file's and folder's rights")
    if "malformed" in lowered or "not a database" in lowered or "corrupt" in lowered:
        return StoreCorrupt(f"{path} is damaged: {text}", backup_hint(path))
    if "unable to open" in lowered:
        return StoreError(f"{path} cannot be opened", "check that the folder exists and can be read and written")
    return StoreError(f"{path}: {text}", "nothing was changed")


def backups_of(path: Path) -> list[Path]:
    """The copies that lie beside a store, newest first."""
    try:
        found = [p for p in path.parent.iterdir() if p.name.startswith(path.name + ".") and p.name.endswith(".backup")]
        return sorted(found, key=lambda p: p.stat().st_mtime, reverse=True)
    except OSError:
        return []


def backup_hint(path: Path) -> str:
    found = backups_of(path)
    return f"the last backup is {found[0]}" if found else "restore it from a backup, or choose another with --store"
