"""Checking and copying a store. What `verify` finds after tampering is in tests/store/test_immutable.py."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.errors import BadInput, StoreError
from workbench.services.library import Library
from workbench.services.maintenance import backup, health, verify
from workbench.store import Store, open_store


def test_an_empty_and_a_used_store_are_sound(store: Store, library: Library) -> None:
    assert verify(store).ok
    library.save("a", Content.of_text("x"))
    report = verify(store)
    assert report.ok
    assert [check.name for check in report.checks] == [
        "file",
        "definitions",
        "references",
        "digests",
        "events",
        "rows",
        "ledger",
    ]
    assert "1 versions" in report.checks[3].detail


def test_a_backup_never_overwrites(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")
    with pytest.raises(BadInput, match="exists already"):
        backup(store, target)
    assert target.read_text() == "mine"
    with pytest.raises(BadInput, match="exists already"):
        backup(store, store.path)


def test_a_backup_is_the_owners_alone_and_leaves_nothing_beside_it(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    old = os.umask(0)
    try:
        target = backup(store, folder / "copy.db")
    finally:
        os.umask(old)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["copy.db"]


def test_a_backup_to_nowhere_says_so(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no backup can be written"):
        backup(store, tmp_path / "missing" / "copy.db")


def test_a_backup_of_a_store_that_is_open_for_reading_only(store: Store, library: Library, tmp_path: Path) -> None:
    library.save("a", Content.of_text("x"))
    reader = open_store(store.path, readonly=True)
    assert verify(reader).ok
    copy = open_store(backup(reader, tmp_path / "copy.db"), readonly=True)
    assert copy.prompts.count() == 1
    copy.close()
    reader.close()


def test_a_backup_while_others_write_is_one_state(store: Store, library: Library, tmp_path: Path) -> None:
    library.save("a", Content.of_text("0"))
    stop = threading.Event()
    failures: list[Exception] = []

    def write() -> None:
        other = open_store(store.path)
        theirs = Library(other, DEFAULT_ENVIRONMENTS, "ben")
        count = 0
        try:
            while not stop.is_set():
                count += 1
                theirs.save("a", Content.of_text(f"{count} " * 500))
        except Exception as error:
            failures.append(error)
        finally:
            other.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for count in range(3):
            copy = open_store(backup(store, tmp_path / f"copy-{count}.db"))
            assert verify(copy).ok
            copy.close()
    finally:
        stop.set()
        writer.join()
    assert failures == []


def test_health(store: Store, library: Library) -> None:
    library.save("a", Content.of_text("x"))
    facts = health(store)
    assert (facts.prompts, facts.versions, facts.events, facts.runs, facts.deployments) == (1, 1, 1, 0, 0)
    assert (facts.mode, facts.schema, facts.fts5, facts.network) == (0o600, facts.newest_schema, True, False)
    assert facts.bytes > 4096
