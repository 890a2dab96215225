"""Several processes, and processes that are killed: nothing acknowledged is lost, nothing is half done."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.services.library import Library
from workbench.services.maintenance import verify
from workbench.services.releases.deploying import Deploying
from workbench.store import Store, open_store
from workbench.store.schema import SCHEMA

ROOT = Path(__file__).parents[2]


def start(act: str, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.writers", act, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(store_path: Path) -> None:
    rounds = random.Random(7)
    store = open_store(store_path)
    library = Library(store, DEFAULT_ENVIRONMENTS, "ana")
    deploying = Deploying(store, DEFAULT_ENVIRONMENTS, "ana")
    total = 0
    for turn in range(12):
        name = f"killed-{turn}"
        writer = start("save_and_promote", store_path, name)
        assert writer.stdout is not None
        # The first promotion waits for what it imports; what comes after it is what may be cut anywhere.
        first = writer.stdout.readline() + writer.stdout.readline()
        time.sleep(rounds.uniform(0, 0.08))
        writer.kill()
        rest, _ = writer.communicate()
        # The last line may have been cut by the kill; what is not whole was not acknowledged.
        acknowledged = [line.split() for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]
        saved = [number for verb, number in acknowledged if verb == "saved"]
        promoted = [number for verb, number in acknowledged if verb == "promoted"]
        assert saved, "the writer did nothing before it was killed"
        assert set(saved) <= {row.number for row in library.versions(name)}
        assert set(promoted) <= {row.after for row in deploying.ledger(name)}
        total += len(acknowledged)
    assert total > 24
    report = verify(store)
    assert report.ok, report
    assert kept_together(store) == []
    store.close()


def kept_together(store: Store) -> list[str]:
    """Acts without their event, or events without their act."""
    saved = {(e.prompt, e.details["number"]) for e in store.events.newest(limit=10**6) if "number" in e.details}
    moved = {e.details["deployment"] for e in store.events.newest(limit=10**6) if "deployment" in e.details}
    versions = {(name, number) for _, name, number, _, _ in store.versions.page_of_bodies(0, 10**6)}
    ledger = {row.id for row in store.deployments.newest(None, None, 10**6)}
    return [str(one) for one in (saved ^ versions) | {("", str(i)) for i in moved ^ ledger}]


def test_eight_processes_promote_at_once(store_path: Path, store: Store, library: Library) -> None:
    for text in ("one", "two"):
        library.save("shared", Content.of_text(text))
    writers = [start("promote_in_turn", store_path, f"actor-{n}", "25") for n in range(8)]
    acknowledged: list[int] = []
    for writer in writers:
        out, errors = writer.communicate(timeout=60)
        assert (writer.returncode, errors) == (0, "")
        acknowledged += map(int, out.split())
    ledger = store.deployments.newest(None, None, 10_000)
    assert sorted(acknowledged) == sorted(row.id for row in ledger)
    assert len(acknowledged) == 8 * 25
    rows = ledger[::-1]
    assert all(row.before == before.after for before, row in pairwise(rows))
    assert verify(store).ok


def test_eight_first_starts_at_once_make_one_store(store_path: Path, tmp_path: Path) -> None:
    signal = tmp_path / "go"
    starts = [start("first_start", store_path, signal, f"first-{n}") for n in range(8)]
    time.sleep(0.8)
    signal.touch()
    for count, process in enumerate(starts):
        out, errors = process.communicate(timeout=60)
        assert (process.returncode, out, errors) == (0, f"first-{count}@1.0.0\n", "")
    # What each acknowledged is there: none of them made its own store over another's.
    store = open_store(store_path)
    assert [row.name for row in store.prompts.all(())] == [f"first-{n}" for n in range(8)]
    store.close()
    with sqlite3.connect(store_path) as connection:
        applied = connection.execute("SELECT name FROM _sqlite_migrations").fetchall()
    connection.close()
    assert len(applied) == len(set(applied)) == SCHEMA
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".tmp"] == []


def test_another_process_is_noticed(store: Store, store_path: Path) -> None:
    before = store.data_version()
    assert store.data_version() == before
    other = open_store(store_path)
    Library(other, DEFAULT_ENVIRONMENTS, "ben").save("new", Content.of_text("x"))
    other.close()
    assert store.data_version() != before


@pytest.mark.parametrize("first", ["upgrade", "promote"])
def test_a_reader_that_turns_writer_is_not_locked_out(store_path: Path, library: Library, first: str) -> None:
    other = open_store(store_path)
    library.save("shared", Content.of_text("one"))
    theirs = Deploying(other, DEFAULT_ENVIRONMENTS, "ben")
    assert theirs.live("shared") == {}
    library.save("shared", Content.of_text("two"))
    assert theirs.promote("shared", "dev", first).after == "1.0.1"
    other.close()
