"""One open store file: reading, and writing in immediate transactions.

Every write begins with BEGIN IMMEDIATE: a plain BEGIN that reads before it writes fails with "database is locked" as
soon as two processes write, whatever the time-out is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.errors import BadInput, StoreError, StoreReadOnly
from workbench.store.engine import plain_error, sqlite3

Parameters = Sequence[Any] | Mapping[str, Any]
Row = tuple[Any, ...]


class Database:
    """A connection and the file it stands on; used in the thread that opened it."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        *,
        readonly: bool,
        writable: bool = True,
        closed: Callable[[], None] | None = None,
    ) -> None:
        """`closed` closes the connection and whatever else was made for it. `writable`: the file itself could be."""
        self._closed = closed or connection.close
        self.connection = connection
        self.path = path
        self.readonly = readonly
        self.writable = writable
        self._identity = _identity(path)
        self._depth = 0
        self._wrote = False
        self._after: list[Callable[[], None]] = []

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        with self._plain_words():
            return self.connection.execute(sql, parameters).fetchall()

    def each(self, sql: str, parameters: Parameters = ()) -> Iterator[Row]:
        """Row by row, for what is read once and is not kept. Nothing is to be written before the last one."""
        with self._plain_words():
            yield from self.connection.execute(sql, parameters)

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        with self._plain_words():
            found: Row | None = self.connection.execute(sql, parameters).fetchone()
            return found

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, parameters)
        return found[0] if found else None

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """A statement that writes, inside `write()`; the id of the row it inserted."""
        if not self._depth:
            raise StoreError("a write outside of a transaction", "this is a fault of the program: please report it")
        with self._plain_words():
            return self.connection.execute(sql, parameters).lastrowid or 0

    def insert(self, table: str, **values: Any) -> int:
        """`table` and the columns are names in our code, never data."""
        marks = ", ".join("?" * len(values))
        return self.run(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))  # noqa: S608

    @contextmanager
    def write(self) -> Iterator[None]:
        """All or nothing; inside another `write()` a savepoint, so that a part can fail alone.

        Raises `StoreReadOnly`; `StoreError` when the file was deleted or replaced meanwhile, is busy, or the disk
        is full.
        """
        self.refuse_readonly()
        outermost = self._depth == 0
        if outermost:
            self._check_same_file()
        begin, commit, rollback = (
            ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
            if outermost
            else (f"SAVEPOINT part{self._depth}", f"RELEASE part{self._depth}", f"ROLLBACK TO part{self._depth}")
        )
        with self._plain_words():
            self.connection.execute(begin)
            self._depth += 1
            try:
                yield
                self.connection.execute(commit)
                self._wrote = True
            except BaseException:
                # A full disk ends the transaction by itself; a second rollback would hide why.
                if self.connection.in_transaction:
                    self.connection.execute(rollback)
                raise
            finally:
                self._depth -= 1
                if outermost:
                    after, self._after = self._after, []
        if outermost:
            for act in after:
                act()

    def interrupt(self) -> None:
        """From any thread: what is being read at this moment ends with a `StoreError`."""
        self.connection.interrupt()

    def refuse_readonly(self, message: str = "") -> None:
        """Raises `StoreReadOnly` with the message, and with what could be done, where nothing may be written."""
        if self.readonly:
            hint = "open it without --readonly to change it" if self.writable else "its medium or rights forbid it"
            raise StoreReadOnly(message or f"{self.path} is open for reading only", hint)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Once the transaction that is open now is on the disk, and only then; the same act is done once."""
        if act not in self._after:
            self._after.append(act)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several reads that see one state of the store, whatever others write meanwhile."""
        with self._plain_words():
            nested = self.connection.in_transaction
            if not nested:
                self.connection.execute("BEGIN")
            try:
                yield
            finally:
                if not nested and self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    def close(self) -> None:
        try:
            if self._wrote:
                self.connection.execute("PRAGMA analysis_limit=400")
                self.connection.execute("PRAGMA optimize")
        except sqlite3.Error:
            pass  # statistics only: they may be refreshed another time
        finally:
            self._closed()

    def _check_same_file(self) -> None:
        now = _identity(self.path)
        if now != self._identity:
            what = "was deleted" if now is None else "was replaced by another file"
            raise StoreError(
                f"{self.path} {what} while it was open",
                "nothing was written; open it again, or put the file back",
            )

    @contextmanager
    def _plain_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise plain_error(error, self.path) from error
        except UnicodeEncodeError as error:
            raise BadInput(
                f"a lone surrogate (U+{ord(error.object[error.start]):04X}) at character {error.start + 1} is not text"
            ) from error


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return (facts.st_dev, facts.st_ino)
