"""The power goes while the services write: what was acknowledged is there afterwards, and nothing is half done."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.power import Connection, Disk, PowerVFS
from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.services.library import Library
from workbench.services.maintenance import verify
from workbench.services.past.history import History
from workbench.services.releases.deploying import Deploying
from workbench.store import Store, open_store, utc_now
from workbench.store.database import Database

NAME = "support/help"
FULL, NORMAL = 2, 1
ROUNDS = 40


@pytest.fixture
def made(tmp_path: Path) -> bytes:
    """A new store, as a file."""
    path = tmp_path / "made.db"
    open_store(path).close()
    return path.read_bytes()


def work(store: Store, acts: int, chance: random.Random) -> Iterator[tuple[set[str], int]]:
    """After each act: the numbers saved and the length of the ledger, which are acknowledged by then."""
    library = Library(store, DEFAULT_ENVIRONMENTS, "ana")
    deploying = Deploying(store, DEFAULT_ENVIRONMENTS, "ana")
    history = History(store, DEFAULT_ENVIRONMENTS, "ana")
    numbers: set[str] = set()
    moves = 0
    for count in range(acts):
        text = f"text {count} " + "words " * chance.randint(1, 900)
        numbers.add(library.save(NAME, Content.of_text(text)).number)
        yield numbers, moves
        deploying.promote(f"{NAME}@latest", chance.choice(["dev", "staging"]), "try")
        moves += 1
        yield numbers, moves
        if count % 3 == 2:
            history.undo()
            moves += 1
            yield numbers, moves


def lose_power_while_working(folder: Path, made: bytes, seed: int, synchronous: int) -> tuple[bool, bool]:
    """(whole, nothing lost) of the store as it is found afterwards."""
    chance = random.Random(seed)
    disk, path = Disk(), folder / "work.db"
    path.write_bytes(made)
    disk.durable[str(path)] = bytearray(made)
    vfs = PowerVFS(f"power-{synchronous}-{seed}", disk)
    connection = Connection(path, f"power-{synchronous}-{seed}", synchronous)
    store = Store(Database(cast(Any, connection), path, readonly=False), utc_now)
    acknowledged: tuple[set[str], int] = (set(), 0)
    for state in work(store, chance.randint(1, 9), chance):
        acknowledged = state
        if chance.random() < 0.06:
            break
    numbers, moves = acknowledged
    after = folder / "after"
    after.mkdir()
    disk.lose_power(chance, after)
    connection.close()
    vfs.unregister()
    found = open_store(after / "work.db")
    prompt = found.prompts.find(NAME)
    kept = set(found.versions.numbers(prompt.id)) if prompt else set()
    ledger = Deploying(found, DEFAULT_ENVIRONMENTS, "ana").ledger(NAME, limit=10_000) if kept else []
    whole = verify(found).ok
    found.close()
    return whole, numbers <= kept and len(ledger) >= moves


def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(tmp_path: Path, made: bytes) -> None:
    probe = open_store(tmp_path / "probe.db")
    synchronous = probe.database.value("PRAGMA synchronous")
    probe.close()
    assert synchronous == FULL
    for seed in range(ROUNDS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert lose_power_while_working(folder, made, seed, synchronous) == (True, True), f"seed {seed}"


def test_the_simulation_loses_what_is_not_synced(tmp_path: Path, made: bytes) -> None:
    outcomes = []
    for seed in range(12):
        folder = tmp_path / str(seed)
        folder.mkdir()
        outcomes.append(lose_power_while_working(folder, made, seed, NORMAL))
    assert any(not kept for _, kept in outcomes)
