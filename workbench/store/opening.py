"""Opening a store: made whole or not at all, refused when it is not ours, damaged or too new, migrated when older."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from workbench.errors import StoreCorrupt, StoreError, StoreReadOnly, StoreTooNew
from workbench.store.database import Database
from workbench.store.engine import BUSY_SECONDS, backup_hint, plain_error, sqlite3
from workbench.store.rights import can_write
from workbench.store.schema import APPLICATION_ID, SCHEMA

Told = Callable[[str, float], None]
"""Hears what is being done, and for how many seconds already."""
_PRAGMAS = ("foreign_keys=ON", "recursive_triggers=ON", "cache_size=-2000", "temp_store=MEMORY", "mmap_size=0")
_MAGIC = b"SQLite format 3\x00"


def open_database(path: Path, *, readonly: bool, create: bool, told: Told | None = None) -> Database:
    """`told` hears how long it takes to migrate an older one.

    Raises `StoreError` when there is none and none may be made, `StoreCorrupt`, `StoreTooNew`, `StoreReadOnly`."""
    path = Path(path).expanduser().absolute()
    if not path.exists():
        if readonly or not create:
            raise StoreError(
                f"there is no store at {path}", "make one with: workbench init, or choose one with --store"
            )
        _refuse_orphaned_wal(path)
        _create(path)
    _check_header(path)
    writable = can_write(path)
    readonly = readonly or not writable
    with ExitStack() as undone:
        try:
            connection = _connect(path, undone) if readonly else _connect_to_write(path)
            undone.callback(connection.close)
            if _check_schema(connection, path, readonly=readonly and writable) and readonly:
                connection = _migrated_copy(connection, path, undone)
            elif not readonly:
                _migrate(connection, path, told)
        except sqlite3.Error as error:
            raise plain_error(error, path) from error
        return Database(connection, path, readonly=readonly, writable=writable, closed=undone.pop_all().close)


def _connect_to_write(path: Path) -> sqlite3.Connection:
    # NORMAL loses acknowledged commits in a power cut.
    return _tuned("file:" + quote(str(path)) + "?mode=rw", "journal_mode=WAL", "synchronous=FULL")


def _connect(path: Path, closed: ExitStack) -> sqlite3.Connection:
    """For reading only; what was made for it goes away with `closed`."""
    uri = "file:" + quote(str(path))
    try:
        return _tuned(uri + "?mode=ro")
    except sqlite3.OperationalError:
        pass
    # A read-only medium has no room for the shared-memory file. Without a journal beside it nothing can be missing from
    # the file, and it can be read as it is; with one, what was committed last is in it, and both are read elsewhere.
    wal = path.with_name(path.name + "-wal")
    if not (wal.exists() and wal.stat().st_size):
        return _tuned(uri + "?immutable=1&mode=ro")
    import shutil

    with _scratch(path, closed) as folder:
        for each in (path, wal):
            shutil.copyfile(each, folder / each.name)
    return _tuned("file:" + quote(str(folder / path.name)) + "?mode=rw")


def _migrated_copy(connection: sqlite3.Connection, path: Path, closed: ExitStack) -> sqlite3.Connection:
    """An older store where nothing can be written is brought up to date elsewhere, for as long as it is open."""
    with _scratch(path, closed) as folder, closing(sqlite3.connect(folder / path.name)) as target:
        connection.backup(target)
    copy = _tuned("file:" + quote(str(folder / path.name)) + "?mode=rw")
    closed.callback(copy.close)
    _migrate(copy, folder / path.name)
    return copy


@contextmanager
def _scratch(path: Path, closed: ExitStack) -> Iterator[Path]:
    """A folder that goes away with `closed`; `StoreError` for what cannot be copied into it."""
    from tempfile import TemporaryDirectory

    try:
        yield Path(closed.enter_context(TemporaryDirectory(prefix="workbench-", ignore_cleanup_errors=True)))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be copied to be read: {error.strerror}",
            "make room in the folder for temporary files, or set TMPDIR",
        ) from error


def _tuned(uri: str, *further: str) -> sqlite3.Connection:
    """Closed again where it cannot be what is asked for."""
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for pragma in further:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _check_header(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except IsADirectoryError as error:
        raise StoreError(f"{path} is a folder, not a store", "name a file inside it") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error
    if not start:
        raise StoreCorrupt(f"{path} is empty (0 bytes): it is not a store", backup_hint(path))
    if start != _MAGIC:
        raise StoreCorrupt(f"{path} is not a store: it is not an SQLite file", backup_hint(path))


def _check_schema(connection: sqlite3.Connection, path: Path, *, readonly: bool) -> bool:
    """Whether it is older than this program. `readonly`: it could be migrated, but is not to be changed."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreCorrupt(f"{path} is an SQLite file of another program, not a store", "choose another with --store")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA:
        raise StoreTooNew(
            f"{path} was written by a newer program (schema {version}; this one knows {SCHEMA})",
            "update workbench; nothing was changed",
        )
    if version < SCHEMA and readonly:
        raise StoreReadOnly(
            f"{path} has the older schema {version} and must be migrated to {SCHEMA} first",
            "open it once without --readonly",
        )
    return bool(version < SCHEMA)


def _migrate(connection: sqlite3.Connection, path: Path, told: Told | None = None) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] < SCHEMA:
        from workbench.store.migrations import migrate

        migrate(connection, path, told)


def _refuse_orphaned_wal(path: Path) -> None:
    wal = path.with_name(path.name + "-wal")
    if wal.exists() and wal.stat().st_size:
        raise StoreCorrupt(
            f"{path} is missing, but its journal {wal.name} is there",
            "put the file back beside it; " + backup_hint(path),
        )


def _create(path: Path) -> None:
    """The file appears under its name only when it is complete: a first start that is killed leaves no half store,
    and of several first starts at once one wins while the others find it done."""
    from workbench.store.migrations import build

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}.tmp")
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StoreError(
            f"no store can be made at {path}: {error.strerror}", "choose another place with --store"
        ) from error
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            build(connection)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another first start was faster, and its store is as good
        except OSError:
            # No hard links on this file system: claim the name first, so that no other store is overwritten.
            try:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError:
                return
            draft.replace(path)
    except sqlite3.Error as error:
        raise plain_error(error, path) from error
    except OSError as error:
        raise StoreError(f"no store can be made at {path}: {error.strerror}") from error
    finally:
        for leftover in (draft, draft.with_name(draft.name + "-wal"), draft.with_name(draft.name + "-shm")):
            leftover.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A new name in a folder survives a power cut only once the folder itself is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
