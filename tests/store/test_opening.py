"""What is opened, what is refused, and what lies on the disk afterwards."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory, gettempdir

import pytest

from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.errors import StoreCorrupt, StoreError, StoreReadOnly, StoreTooNew
from workbench.services.keeping import Keeping
from workbench.services.library import Library
from workbench.services.maintenance import backup, verify
from workbench.services.runs.drafting import Drafting
from workbench.store import Store, open_store
from workbench.store.migrations import migrations
from workbench.store.opening import open_database
from workbench.store.rights import can_write
from workbench.store.schema import APPLICATION_ID, SCHEMA, is_older


def filled(path: Path) -> Path:
    store = open_store(path)
    Library(store, DEFAULT_ENVIRONMENTS, "ana").save("support/x", Content.of_text("Hello"))
    store.close()
    return path


def test_missing_folders_are_made_and_the_file_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "prompts.db"
    old = os.umask(0)
    try:
        open_store(path).close()
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["prompts.db"]


def test_the_pragmas_that_durability_needs(store: Store) -> None:
    for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("mmap_size", 0)):
        assert store.database.value(f"PRAGMA {pragma}") == value


def test_none_is_made_when_none_may_be(store_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store at"):
        open_store(store_path, create=False)
    with pytest.raises(StoreError, match="there is no store at"):
        open_store(store_path, readonly=True)
    assert not store_path.exists()


@pytest.mark.parametrize("readonly", [False, True])
@pytest.mark.parametrize(
    ("content", "says"), [(b"", "is empty"), (b"hello, I am a text", "not an SQLite file"), (b"SQL", "not an SQLite")]
)
def test_what_is_no_store_is_refused_and_left_alone(
    store_path: Path, content: bytes, says: str, readonly: bool
) -> None:
    store_path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match=says):
        open_store(store_path, readonly=readonly)
    assert store_path.read_bytes() == content


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        open_store(tmp_path)


def test_another_programs_database_is_refused_and_left_alone(store_path: Path) -> None:
    with sqlite3.connect(store_path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = store_path.read_bytes()
    with pytest.raises(StoreCorrupt, match="another program"):
        open_store(store_path)
    # Only the mark for the journal's mode may differ; their tables are as they were.
    assert store_path.read_bytes()[100:] == before[100:]


def test_a_damaged_store_is_refused_naming_the_last_backup(store_path: Path) -> None:
    filled(store_path)
    copy = store_path.with_name("prompts.db.monday.backup")
    copy.write_bytes(store_path.read_bytes())
    store_path.write_bytes(store_path.read_bytes()[:100] + b"\xff" * 8000)
    with pytest.raises(StoreCorrupt) as caught:
        open_store(store_path).prompts.count()
    assert str(copy) in caught.value.hint


def test_a_truncated_store_never_shows_a_traceback(store_path: Path) -> None:
    whole = filled(store_path).read_bytes()
    for size in (20, 99, 100, 4096, len(whole) - 4096):
        store_path.write_bytes(whole[:size])
        with pytest.raises(StoreError):
            store = open_store(store_path)
            try:
                report = verify(store)
                if not report.ok:
                    raise StoreError("found by verify")
            finally:
                store.close()


def test_a_journal_without_its_file_is_not_replayed_into_a_new_one(store_path: Path) -> None:
    store_path.with_name("prompts.db-wal").write_bytes(b"x" * 100)
    with pytest.raises(StoreCorrupt, match="journal"):
        open_store(store_path)
    assert not store_path.exists()


def test_a_newer_store_is_refused_and_left_alone(store_path: Path) -> None:
    with sqlite3.connect(filled(store_path)) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA + 1}")
    connection.close()
    with pytest.raises(StoreTooNew, match=f"schema {SCHEMA + 1}"):
        open_store(store_path)
    with sqlite3.connect(store_path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA + 1,)
    connection.close()


def older(path: Path, version: int) -> None:
    """A store as the program made it when it had `version` migrations."""
    from sqlite_utils import Database

    connection = sqlite3.connect(path, isolation_level=None)
    steps = [step.name for step in migrations.pending(Database(connection))]
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrations.apply(Database(connection), stop_before=steps[version] if version < len(steps) else None)
    connection.execute(f"PRAGMA user_version={version}")
    connection.execute(
        "INSERT INTO prompts (name, created_at, updated_at) VALUES ('old', '2026-01-01T00:00:00.000000Z', '')"
    )
    connection.close()


@pytest.mark.parametrize("version", range(1, SCHEMA))
def test_an_older_store_is_copied_then_migrated(store_path: Path, version: int) -> None:
    older(store_path, version)
    with pytest.raises(StoreReadOnly, match="migrated"):
        open_store(store_path, readonly=True)
    store = open_store(store_path)
    library = Library(store, DEFAULT_ENVIRONMENTS, "ana")
    assert [row.name for row in library.prompts()] == ["old"]
    library.save("old", Content.of_text("works"))
    assert verify(store).ok
    store.close()
    copies = list(store_path.parent.glob("*.backup"))
    assert len(copies) == 1
    assert stat.S_IMODE(copies[0].stat().st_mode) == 0o600
    with sqlite3.connect(copies[0]) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)
        assert connection.execute("SELECT name FROM prompts").fetchall() == [("old",)]
    connection.close()


def test_how_long_a_migration_takes_is_told(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.store.migrations._STEPS_OF_SQLITE", 10)
    assert not is_older(store_path)
    older(store_path, 9)
    assert is_older(store_path)
    told: list[tuple[str, float]] = []
    open_database(
        store_path, readonly=False, create=False, told=lambda what, seconds: told.append((what, seconds))
    ).close()
    assert list(dict.fromkeys(what for what, _ in told)) == ["copying it first", "changing it"]
    assert all(seconds >= 0 for _, seconds in told)
    assert not is_older(store_path)
    store_path.write_bytes(b"SQLite format 3\x00" + bytes(100))
    assert not is_older(store_path), "of another program"


def test_there_are_as_many_migrations_as_the_schema_says() -> None:
    from sqlite_utils import Database

    with closing(Database(memory=True)) as empty:
        assert len(migrations.pending(empty)) == SCHEMA


def test_reading_only_refuses_every_change_and_keeps_nothing(store_path: Path) -> None:
    store = open_store(filled(store_path), readonly=True)
    library = Library(store, DEFAULT_ENVIRONMENTS, "ana")
    assert library.version("support/x").content.text == "Hello"
    with pytest.raises(StoreReadOnly) as refused:
        library.save("support/x", Content.of_text("changed"))
    assert refused.value.hint == "open it without --readonly to change it"
    Keeping(store).keep("inputs:x", {"a": 1})
    assert Keeping(store).kept("inputs:x") is None
    store.close()


def test_a_store_that_was_closed_is_read_where_nothing_can_be_written(store_path: Path) -> None:
    filled(store_path)
    folder = store_path.parent
    store_path.chmod(0o400)
    folder.chmod(0o500)
    try:
        store = open_store(store_path, readonly=True)
        assert [row.name for row in Library(store, DEFAULT_ENVIRONMENTS, "ana").prompts()] == ["support/x"]
        store.close()
    finally:
        folder.chmod(0o700)


@pytest.fixture
def sealed() -> Iterator[Callable[[Path], AbstractContextManager[None]]]:
    """Makes a folder one where nobody can write, also not who runs as root."""
    folders = []

    @contextmanager
    def seal(folder: Path) -> Iterator[None]:
        folders.append(folder)
        for each in folder.iterdir():
            each.chmod(0o444)
        folder.chmod(0o555)
        effective = os.geteuid()
        if effective == 0:
            os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(effective)

    yield seal
    for folder in folders:
        if folder.exists():
            folder.chmod(0o700)


@pytest.mark.parametrize("journal", ["", "-wal", "-wal -shm"])
def test_a_read_only_medium_is_read_with_all_that_was_committed(
    sealed: Callable[[Path], AbstractContextManager[None]], store_path: Path, journal: str
) -> None:
    writer = open_store(store_path)
    Library(writer, DEFAULT_ENVIRONMENTS, "ana").save("support/x", Content.of_text("Hello"))
    kept = ["", *journal.split()] if journal else []
    with TemporaryDirectory(dir=gettempdir()) as folder:
        place = Path(folder) / "prompts.db"
        for ending in kept:
            copyfile(f"{store_path}{ending}", f"{place}{ending}")
        writer.close()
        if not kept:
            copyfile(store_path, place)
        whole = {each.name: each.read_bytes() for each in Path(folder).iterdir()}
        with sealed(Path(folder)):
            reader = open_store(place, readonly=True)
            assert Library(reader, DEFAULT_ENVIRONMENTS, "").version("support/x").content.text == "Hello"
            assert reader.path == place
            with pytest.raises(StoreReadOnly) as refused:
                Library(reader, DEFAULT_ENVIRONMENTS, "").save("support/x", Content.of_text("changed"))
            assert refused.value.hint == "its medium or rights forbid it"
            with pytest.raises(StoreReadOnly) as refused:
                Drafting(reader, DEFAULT_ENVIRONMENTS, "").keep("support/x", Content.of_text("changed"))
            assert refused.value.hint == "its medium or rights forbid it"
            reader.close()
        assert {each.name: each.read_bytes() for each in Path(folder).iterdir()} == whole


def test_an_older_store_on_a_read_only_medium_is_read_as_it_would_be(
    sealed: Callable[[Path], AbstractContextManager[None]], store_path: Path
) -> None:
    filled(store_path)
    with sqlite3.connect(store_path) as connection:
        # As the last step but one left it; that step only makes indexes.
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'index_ratings'")
        connection.execute("DROP INDEX runs_ratings")
        connection.execute(f"PRAGMA user_version={SCHEMA - 1}")
    connection.close()
    with pytest.raises(StoreReadOnly, match="older schema"):
        open_store(store_path, readonly=True)
    with TemporaryDirectory(dir=gettempdir()) as folder:
        place = Path(folder) / "prompts.db"
        copyfile(store_path, place)
        whole = place.read_bytes()
        with sealed(Path(folder)):
            assert not can_write(place)
            reader = open_store(place)
            assert reader.readonly
            assert Library(reader, DEFAULT_ENVIRONMENTS, "").version("support/x").content.text == "Hello"
            with pytest.raises(StoreReadOnly):
                Library(reader, DEFAULT_ENVIRONMENTS, "").save("support/x", Content.of_text("changed"))
            reader.close()
        assert [(each.name, each.read_bytes()) for each in Path(folder).iterdir()] == [("prompts.db", whole)]


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_was_deleted_or_replaced_is_not_written(
    store: Store, store_path: Path, library: Library, replaced: bool
) -> None:
    library.save("support/x", Content.of_text("Hello"))
    store_path.unlink()
    if replaced:
        store_path.write_bytes(b"another file")
    with pytest.raises(StoreError, match="was replaced" if replaced else "was deleted"):
        library.save("support/x", Content.of_text("changed"))


def test_a_full_disk_is_told_and_nothing_is_half_written(store: Store, library: Library) -> None:
    library.save("support/x", Content.of_text("Hello"))
    pages = store.database.value("PRAGMA page_count")
    store.database.value(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(StoreError, match="the disk is full"):
        library.save("support/y", Content.of_text("word " * 100_000))
    store.database.value("PRAGMA max_page_count=1073741823")
    assert [row.name for row in library.prompts()] == ["support/x"]
    assert len(store.events.newest()) == 1
    library.save("support/y", Content.of_text("now there is room"))
    assert verify(store).ok


def test_a_part_that_fails_does_not_take_the_rest_with_it(store: Store, library: Library) -> None:
    with store.write():
        library.save("kept", Content.of_text("x"))
        with pytest.raises(ValueError, match="stop"), store.write():
            library.save("dropped", Content.of_text("x"))
            raise ValueError("stop")
    assert [row.name for row in library.prompts()] == ["kept"]
    assert verify(store).ok


def test_a_backup_opens_as_a_store(store: Store, library: Library, tmp_path: Path) -> None:
    library.save("support/x", Content.of_text("Hello"))
    copy = open_store(backup(store, tmp_path / "copy.db"))
    assert Library(copy, DEFAULT_ENVIRONMENTS, "ana").version("support/x").content.text == "Hello"
    assert verify(copy).ok
    copy.close()


def test_reading_imports_no_sqlite_utils(store_path: Path) -> None:
    import subprocess
    import sys

    program = (
        "import sys; from workbench.store import open_store; from workbench.services.library import Library; "
        "from workbench.domain.deployments import DEFAULT_ENVIRONMENTS as E; "
        f"s = open_store({str(filled(store_path))!r}); Library(s, E, 'a').version('support/x'); "
        "print([m for m in ('sqlite_utils', 'openai', 'textual', 'deepdiff', 'pydantic') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
