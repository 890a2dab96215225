"""Several processes that do random acts on one store, some of them killed in between, and what must hold afterwards.

`python -m tests.support.chaos STORE NAME SEED ACTS` is one such process: each line on standard output acknowledges one
act, or says that it was refused. Every act is done by an actor of its own, so that it is known again in the ledger.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.history import HistoryFilter
from workbench.domain.prompts import Content
from workbench.errors import WorkbenchError
from workbench.services.library import Library
from workbench.services.maintenance import verify
from workbench.services.past.history import History
from workbench.services.past.time_machine import TimeMachine
from workbench.services.releases.approving import Approving
from workbench.services.releases.deploying import Deploying
from workbench.store import Store, open_store

ROOT = Path(__file__).parents[2]
PROMPTS = ("a", "b/c", "b/d", "e")
PLACES = tuple(environment.name for environment in DEFAULT_ENVIRONMENTS)


def act_once(store: Store, actor: str, chosen: random.Random, *, text: str) -> str:
    """One random act by this actor; the word for it. Raises `WorkbenchError` where it is refused."""
    library = Library(store, DEFAULT_ENVIRONMENTS, actor)
    deploying = Deploying(store, DEFAULT_ENVIRONMENTS, actor)
    name, place = chosen.choice(PROMPTS), chosen.choice(PLACES)
    numbers = store.versions.numbers(library.prompt(name).id)
    version = f"{name}@{chosen.choice(numbers)}"
    word = chosen.choice(["promote", "promote", "promote", "rollback", "tag", "approve", "save", "undo", "redo"])
    acts: dict[str, Callable[[], object]] = {
        "promote": lambda: deploying.promote(version, place, text),
        "rollback": lambda: deploying.rollback(name, place, text),
        "tag": lambda: library.tag(chosen.choice([name, version]), *chosen.choice([(["t"], []), ([], ["t"])])),
        "approve": lambda: Approving(store, DEFAULT_ENVIRONMENTS, actor).approve(version, place, text),
        "save": lambda: library.save(name, Content.of_text(text), note=text),
        "undo": lambda: History(store, DEFAULT_ENVIRONMENTS, actor).undo(),
        "redo": lambda: History(store, DEFAULT_ENVIRONMENTS, actor).redo(),
    }
    acts[word]()
    mine = store.paging.events(HistoryFilter(actor=actor), before=None, limit=1000).rows
    return word if any(event.actor == actor for event in mine) else "nothing"


def work(path: str, name: str, seed: str, acts: str) -> None:
    chosen = random.Random(int(seed))
    store = open_store(path)
    for number in range(int(acts)):
        actor = f"{name}.{number}"
        try:
            word = act_once(store, actor, chosen, text=f"{actor} {chosen.random()}")
        except WorkbenchError:
            word = "refused"
        sys.stdout.write(f"{actor} {word}\n")
        sys.stdout.flush()
    store.close()


def begin(path: Path) -> None:
    store = open_store(path)
    library = Library(store, DEFAULT_ENVIRONMENTS, "beginning")
    for name in PROMPTS:
        for text in ("one", "two"):
            library.save(name, Content.of_text(f"{name} {text}"))
    store.close()


@dataclass
class Worker:
    """One of the processes, and its successors where it was killed."""

    name: str
    path: Path
    left: int
    seed: int
    killed: int = 0
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None
    _reader: threading.Thread | None = None

    def start(self) -> None:
        words = [str(self.path), f"{self.name}.{self.killed}", str(self.seed + self.killed), str(self.left)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.chaos", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read, args=(self.process,))
        self._reader.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            # The last line may have been cut by the kill; what is not whole was not acknowledged.
            if line.endswith("\n"):
                actor, word = line.split()
                self.acknowledged.append((actor, word))
                self.left -= 1

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.wait()
        self.killed += 1

    def wait(self) -> None:
        assert self.process is not None
        assert self._reader is not None
        self.process.wait()
        self._reader.join()
        if self.process.stdout is not None:
            self.process.stdout.close()


@dataclass(frozen=True)
class Chaos:
    acknowledged: list[tuple[str, str]]
    """(actor, act) in no particular order; refused ones too."""
    kills: int
    failed: list[int]
    """Exit codes of processes that ended badly by themselves."""


def rage(
    path: Path, *, processes: int, acts: int, seed: int, seconds: float = 0.0, answers: int = 0, most_kills: int = 10**6
) -> Chaos:
    """Each process does so many acts; every so many seconds, or answers of all of them, one is killed and followed by
    another."""
    chosen = random.Random(seed)
    begin(path)
    workers = [Worker(f"w{number}", path, acts, 1000 * number + seed) for number in range(processes)]
    kills, failed = 0, []
    for worker in workers:
        worker.start()
    try:
        while any(worker.running for worker in workers):
            ends = time.monotonic() + seconds
            enough = sum(len(worker.acknowledged) for worker in workers) + answers
            while any(worker.running for worker in workers) and (
                time.monotonic() < ends or sum(len(worker.acknowledged) for worker in workers) < enough
            ):
                time.sleep(0.002)
            # One that has not acknowledged anything yet would be killed while Python starts, which tells nothing.
            busy = [worker for worker in workers if worker.running and worker.left < acts and worker.left > 0]
            if busy and kills < most_kills:
                victim = chosen.choice(busy)
                victim.kill()
                kills += 1
                if victim.left > 0:
                    victim.start()
        for worker in workers:
            worker.wait()
            if worker.process is not None and worker.process.returncode not in (0, -9):
                failed.append(worker.process.returncode)
    finally:
        for worker in workers:
            if worker.running:
                worker.kill()
    return Chaos([one for worker in workers for one in worker.acknowledged], kills, failed)


def faults(path: Path, chaos: Chaos, *, instants: int, seed: int) -> list[str]:
    """What does not hold that must; none when all is well."""
    store = open_store(path)
    found = [f"{check.name}: {check.detail}" for check in verify(store).checks if not check.ok]
    found += [f"a process ended with {code}" for code in chaos.failed]
    with closing(sqlite3.connect(path)) as plain:
        events = plain.execute("SELECT actor, id FROM events").fetchall()
        ledger = plain.execute(
            "SELECT d.id, p.name, d.environment, v.number, d.at, d.actor FROM deployments d "
            "JOIN prompts p ON p.id = d.prompt_id LEFT JOIN versions v ON v.id = d.after_id ORDER BY d.id"
        ).fetchall()
        told = [json.loads(row[0]) for row in plain.execute("SELECT details FROM events ORDER BY id")]
    counts: dict[str, int] = {}
    for actor, _ in events:
        counts[actor] = counts.get(actor, 0) + 1
    for actor, word in chaos.acknowledged:
        expected = 0 if word in ("refused", "nothing") else 1
        if counts.get(actor, 0) != expected:
            found.append(f"{word} of {actor} is {counts.get(actor, 0)} times in the log")
    known = {actor for actor, _ in chaos.acknowledged} | {"beginning"}
    # What was done and not acknowledged any more was the last act of a process that was killed: one at most of each.
    orphans = [actor for actor, count in counts.items() if actor not in known or (count > 1 and actor != "beginning")]
    if len(orphans) > chaos.kills:
        found.append(f"{len(orphans)} acts that nobody acknowledged, and {chaos.kills} kills")
    moves = [details["deployment"] for details in told if "deployment" in details]
    if moves != [row[0] for row in ledger]:
        found.append("the events and the ledger do not tell the same moves in the same order")
    found += _wrong_past(store, ledger, instants, random.Random(seed))
    store.close()
    return found


def _wrong_past(
    store: Store, ledger: list[tuple[int, str, str, str | None, str, str]], instants: int, chosen: random.Random
) -> list[str]:
    """Where the time machine tells something else than the ledger, played from its beginning, had made live."""
    times = [datetime.fromisoformat(row[4]) for row in ledger]
    machine = TimeMachine(store, DEFAULT_ENVIRONMENTS)
    span = (max(times) - min(times)).total_seconds()
    found = []
    for number in range(instants):
        # Also the very moments at which something was moved.
        at = min(times) + timedelta(seconds=chosen.uniform(-0.5, span + 0.5))
        if number % 4 == 0:
            at = chosen.choice(times)
        live: dict[tuple[str, str], str] = {}
        for moved, (_, prompt, environment, after, _, _) in zip(times, ledger, strict=True):
            if moved <= at:
                live.pop((prompt, environment), None)
                if after is not None:
                    live[prompt, environment] = after
        stored = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        past = {(row.prompt, row.environment): row.number for row in machine.live_at(stored)}
        rows = {
            (row.name, place): what
            for row in machine.prompts_at(stored, archived=True)
            for place, what in row.live.items()
        }
        if not past == rows == live:
            found.append(f"at {stored} the time machine tells {past} and {rows}, and it was {live}")
    return found[:3]


if __name__ == "__main__":
    work(*sys.argv[1:])
