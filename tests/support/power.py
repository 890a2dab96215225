"""A disk that loses power: what was written since the last sync is kept, lost or torn at random.

The store runs on it through a SQLite VFS of its own, so that its real statements meet a simulated platter.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


class Disk:
    """What the platter holds, and what is only in the cache."""

    def __init__(self) -> None:
        self.durable: dict[str, bytearray] = {}
        self.pending: dict[str, list[tuple[int, bytes | None]]] = {}
        """Name → (offset, bytes) in the order of writing; None for the bytes: cut to the offset."""

    def write(self, name: str, offset: int, data: bytes | None) -> None:
        self.pending.setdefault(name, []).append((offset, data))

    def sync(self, name: str) -> None:
        body = self.durable.setdefault(name, bytearray())
        for offset, data in self.pending.pop(name, []):
            _apply(body, offset, data)

    def delete(self, name: str) -> None:
        self.durable.pop(name, None)
        self.pending.pop(name, None)

    def lose_power(self, chance: random.Random, folder: Path) -> None:
        """Writes into `folder` what is found when the power is back."""
        for name in {*self.durable, *self.pending}:
            body = bytearray(self.durable.get(name, b""))
            for offset, data in self.pending.get(name, []):
                if chance.random() < 0.5:
                    continue
                if data is not None and chance.random() < 0.2:
                    data = data[: SECTOR * chance.randint(0, len(data) // SECTOR)]
                _apply(body, offset, data)
            (folder / Path(name).name).write_bytes(body)


def _apply(body: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del body[offset:]
        return
    if len(body) < offset:
        body.extend(bytes(offset - len(body)))
    body[offset : offset + len(data)] = data


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._name = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802 SQLite's name
        self._disk.write(self._name, offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.write(self._name, size, None)
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.sync(self._name)
        super().xSync(flags)


class PowerVFS(apsw.VFS):
    def __init__(self, name: str, disk: Disk) -> None:
        self._disk = disk
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self._disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self._disk.delete(filename)
        super().xDelete(filename, syncdir)


class Connection:
    """As much of `sqlite3.Connection` as the store uses, on a disk that may lose power."""

    def __init__(self, path: Path, vfs: str, synchronous: int) -> None:
        self._apsw = apsw.Connection(str(path), vfs=vfs)
        # A Python VFS has no shared memory: the WAL must be this connection's alone.
        for pragma in ("locking_mode=exclusive", "journal_mode=wal", f"synchronous={synchronous}", "foreign_keys=ON"):
            self._apsw.execute(f"PRAGMA {pragma}").fetchall()
        self._apsw.execute("PRAGMA recursive_triggers=ON; PRAGMA wal_autocheckpoint=20").fetchall()

    def execute(self, sql: str, parameters: Any = ()) -> _Cursor:
        return _Cursor(self._apsw.execute(sql, parameters or None), self._apsw)

    @property
    def in_transaction(self) -> bool:
        return self._apsw.in_transaction

    def close(self) -> None:
        self._apsw.close()


class _Cursor:
    def __init__(self, rows: Any, connection: apsw.Connection) -> None:
        # APSW runs a statement only as its rows are fetched.
        self._rows: list[tuple[Any, ...]] = rows.fetchall()
        self.lastrowid = connection.last_insert_rowid()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows[0] if self._rows else None
