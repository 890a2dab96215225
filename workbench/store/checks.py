"""Questions about the file itself: is it sound, how large, and a whole copy of it."""

from __future__ import annotations

import os
import stat
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import BadInput, StoreError
from workbench.store.database import Database
from workbench.store.engine import plain_error, sqlite3
from workbench.store.opening import sync_folder
from workbench.store.schema import SCHEMA

_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "fuse.rclone"})
_WAL_FIXED = (3, 51, 3)
"""Before it, two processes that write and checkpoint can, rarely, damage a file in WAL mode."""


@dataclass(frozen=True)
class Facts:
    path: Path
    bytes: int
    """The file and its journal."""
    mode: int
    """Rights of the file, `0o600`."""
    schema: int
    newest_schema: int
    sqlite_version: str
    sqlite_warning: str
    """"" when the SQLite in use has no known fault that matters here."""
    file_system: str
    """"" when it cannot be told."""
    network: bool
    """On a network file system, where SQLite's locks cannot be trusted."""
    fts5: bool
    prompts: int
    versions: int
    deployments: int
    runs: int
    events: int


def integrity_faults(database: Database) -> list[str]:
    return [row[0] for row in database.rows("PRAGMA integrity_check(20)") if row[0] != "ok"]


def foreign_key_faults(database: Database) -> list[str]:
    rows = database.rows("PRAGMA foreign_key_check")
    return [f"row {row} of {table} points at a missing row of {parent}" for table, row, parent, _ in rows]


def ledger_faults(database: Database) -> list[str]:
    """Where what is live differs from the newest deployment, and prompts whose latest version is not theirs."""
    rows = database.rows(
        "WITH last AS (SELECT prompt_id, environment, after_id FROM deployments WHERE id IN "
        "(SELECT max(id) FROM deployments GROUP BY prompt_id, environment)) "
        "SELECT p.name, last.environment FROM last JOIN prompts p ON p.id = last.prompt_id "
        "LEFT JOIN live l ON l.prompt_id = last.prompt_id AND l.environment = last.environment "
        "WHERE last.after_id IS NOT l.version_id UNION "
        "SELECT p.name, l.environment FROM live l JOIN prompts p ON p.id = l.prompt_id "
        "LEFT JOIN versions v ON v.id = l.version_id "
        "LEFT JOIN last ON last.prompt_id = l.prompt_id AND last.environment = l.environment "
        "WHERE last.after_id IS NOT l.version_id OR v.number IS NOT l.number"
    )
    return [f"what is live of {name} in {environment} differs from the ledger" for name, environment in rows]


def copy_to(database: Database, target: Path) -> Path:
    target = Path(target).expanduser().absolute()
    if target.exists():
        raise BadInput(f"{target} exists already", "a backup never overwrites: choose another name")
    draft = target.with_name(f"{target.name}.{os.getpid()}-{os.urandom(4).hex()}.tmp")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
                database.connection.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            os.link(draft, target)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(target.parent)
    except FileExistsError as error:
        raise BadInput(f"{target} exists already", "a backup never overwrites: choose another name") from error
    except sqlite3.Error as error:
        raise plain_error(error, target) from error
    except OSError as error:
        raise StoreError(f"no backup can be written to {target}: {error.strerror}") from error
    return target


def loose_rights(path: Path, *, private: bool = True) -> list[str]:
    """Who else on this machine could read or change the file, each with what to do; nothing for one that is not there.

    `private`: what it says is nobody else's business, as a store's and its journals'.
    """
    found = []
    journals = [path.with_name(path.name + ending) for ending in ("-wal", "-shm")] if private else []
    for each in (path, *journals):
        try:
            mode = each.stat().st_mode & 0o777
        except OSError:
            continue
        if mode & 0o022:
            found.append(f"{each} can be changed by {_who(mode, 0o020, 0o002)}: chmod go-w it")
        if private and mode & 0o044:
            found.append(f"{each} can be read by {_who(mode, 0o040, 0o004)}: chmod go-r it")
        if found:
            break  # the journals are made with the rights of the file
    try:
        folder = path.parent.stat()
    except OSError:
        return found
    # In a folder with the sticky bit, as /tmp has it, only the owner can put another file in the place of this one.
    if folder.st_mode & 0o002 and not folder.st_mode & stat.S_ISVTX:
        found.append(f"{path.parent} can be changed by everybody, who could put another file there: chmod o-w it")
    return found


def _who(mode: int, group: int, others: int) -> str:
    return "everybody" if mode & others else "its group" if mode & group else "nobody else"


def read_facts(database: Database) -> Facts:
    path = database.path
    wal = path.with_name(path.name + "-wal")
    facts = path.stat()
    kind = _file_system(path)
    counts = [
        int(database.value(f"SELECT count(*) FROM {table}"))  # noqa: S608 — names in this file
        for table in ("prompts", "versions", "deployments", "runs", "events")
    ]
    old = sqlite3.sqlite_version_info < _WAL_FIXED
    return Facts(
        path,
        facts.st_size + (wal.stat().st_size if wal.exists() else 0),
        facts.st_mode & 0o777,
        int(database.value("PRAGMA user_version")),
        SCHEMA,
        sqlite3.sqlite_version,
        "older than 3.51.3, which mends a rare fault when several processes write; pip install pysqlite3"
        if old
        else "",
        kind,
        kind in _NETWORK,
        bool(database.value("SELECT sqlite_compileoption_used('ENABLE_FTS5')")),
        *counts,
    )


def _file_system(path: Path) -> str:
    """The type of the file system as Linux names it; "" elsewhere."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
        real = path.resolve()
    except OSError:
        return ""
    best, kind = -1, ""
    for line in mounts:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " "))
        if real.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind
