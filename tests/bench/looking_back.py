"""Looking back in a large store: history pages, what was live at a time, blame, undo.

`python -m tests.bench.looking_back FILE [PROMPTS]` makes the store first where there is none (20,000 prompts, 100,000
versions, 300,000 deployments take some minutes); prints milliseconds of the median and of the slowest of ten calls.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.seed_store import FOLDERS, WORDS
from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.history import HistoryFilter
from workbench.domain.prompts import Content
from workbench.services.library import Library
from workbench.services.past.blaming import Blaming
from workbench.services.past.history import History
from workbench.services.past.time_machine import TimeMachine
from workbench.services.releases.releasing import Releasing
from workbench.store import Store, open_store
from workbench.store.checks import read_facts

BUDGET = 100.0
"""Milliseconds."""
START = datetime(2025, 9, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
EACH = 5
MOVES = 22
LONG = "support/long-lived"
PEOPLE = ("Ana <ana@example.org>", "Ben <ben@example.org>", "ci <ci@example.org>")
"""Those who act there; the first did what was done last."""


def name_of(index: int) -> str:
    return f"{FOLDERS[index % len(FOLDERS)]}/team-{index // 100:04d}/prompt-{index:06d}"


class Clock:
    """A year, told in as many equal steps as there are acts."""

    def __init__(self, acts: int) -> None:
        self.acts = acts
        self.done = 0

    def __call__(self) -> str:
        return (START + YEAR * min(1.0, self.done / self.acts)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seed(path: Path, prompts: int) -> None:
    """Versions and deployments of all prompts in one random order, as a year brings them. The rows are those that the
    services write, but for the search index and the hashes that `verify` asks for: neither is looked back with."""
    chosen = random.Random(7)
    clock = Clock(prompts * (EACH + MOVES))
    store = open_store(path, clock=clock)
    todo = [index for index in range(prompts) for _ in range(EACH + MOVES)]
    chosen.shuffle(todo)
    places = [environment.name for environment in DEFAULT_ENVIRONMENTS]
    ids: dict[int, int] = {}
    versions: dict[int, list[int]] = {}
    live: dict[tuple[int, str], int] = {}
    began = time.monotonic()
    for begin in range(0, len(todo), 20_000):
        with store.write():
            for index in todo[begin : begin + 20_000]:
                clock.done += 1
                who, name, at = chosen.choice(PEOPLE), name_of(index), clock()
                have = versions.setdefault(index, [])
                if not have or (len(have) < EACH and chosen.random() < 0.4):
                    if index not in ids:
                        ids[index] = store.prompts.add(name, "", at)
                    number, note = f"1.0.{len(have)}", f"revision {len(have)} says it more plainly"
                    content = Content.of_text(" ".join(chosen.choices(WORDS, k=60)) + f" {index} {number}")
                    parent = f"1.0.{len(have) - 1}" if have else None
                    have.append(
                        store.versions.add(
                            ids[index], number, content, author=who, at=at, note=note, parent=parent, source={}
                        )
                    )
                    details = {"number": number, "digest": content.digest, "parent": parent, "note": note}
                    kind = "version.save" if parent else "prompt.create"
                    store.events.append(kind, name, actor=who, at=at, details=details)
                    continue
                place, version = chosen.choice(places), chosen.choice(have)
                if live.get((index, place)) != version:
                    live[index, place] = version
                    why = f"because of case {chosen.random():.6f}"
                    row = store.deployments.move(ids[index], place, "promote", version, actor=who, at=at, reason=why)
                    told = {"deployment": row, "environment": place, "before": None, "after": None, "reason": why}
                    store.events.append("deployment.promote", name, actor=who, at=at, details=told)
            if begin + 20_000 >= len(todo):
                for prompt_id in ids.values():
                    store.prompts.refresh_latest(prompt_id, clock())
        print(f"{begin + 20_000:>8} of {len(todo)} acts, {time.monotonic() - began:.0f} s", file=sys.stderr)
    with store.write():
        seed_long(Library(store, DEFAULT_ENVIRONMENTS, PEOPLE[0]), chosen)
    store.close()


def seed_long(library: Library, chosen: random.Random) -> None:
    """A prompt of 100 versions of about 5,000 characters, each with a few edits, moves and new lines."""

    def line() -> str:
        return " ".join(chosen.choices(WORDS, k=chosen.randint(6, 14)))

    lines = [line() for _ in range(75)]
    for number in range(100):
        for _ in range(3):
            at = chosen.randrange(len(lines))
            words = lines[at].split()
            words[chosen.randrange(len(words))] = chosen.choice(WORDS) + str(number)
            lines[at] = " ".join(words)
        if number % 5 == 0:
            lines.insert(chosen.randrange(len(lines)), line())
            lines.pop(chosen.randrange(len(lines)))
        if number % 11 == 0:
            at = chosen.randrange(len(lines) - 5)
            moved = lines[at : at + 3]
            del lines[at : at + 3]
            lines[at // 2 : at // 2] = moved
        library.save(LONG, Content.of_text("\n".join(lines)), note=f"revision {number}")


def measures(store: Store, prompts: int) -> dict[str, Callable[[random.Random], object]]:
    history = History(store, DEFAULT_ENVIRONMENTS, PEOPLE[0])
    machine = TimeMachine(store, DEFAULT_ENVIRONMENTS)
    blaming = Blaming(store, DEFAULT_ENVIRONMENTS)
    releasing = Releasing(store, DEFAULT_ENVIRONMENTS, PEOPLE[0])

    def at(chosen: random.Random) -> str:
        return (START + YEAR * chosen.random()).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def one(chosen: random.Random) -> str:
        return name_of(chosen.randrange(prompts))

    def recent(chosen: random.Random) -> str:
        return (START + YEAR * (1 - chosen.random() / 365)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def number(chosen: random.Random) -> str:
        return f"{one(chosen)}@latest"

    return {
        "history, first page": lambda _: history.event_page(),
        "history, a page in the middle": lambda c: history.event_page(before=c.randrange(10**5, 3 * 10**5)),
        "history of a prompt": lambda c: history.event_page(HistoryFilter(prompt=one(c))),
        "history by kind": lambda _: history.event_page(HistoryFilter(kinds=("version",))),
        "history by who": lambda _: history.event_page(HistoryFilter(actor="ben")),
        "history by a rare text": lambda c: history.event_page(HistoryFilter(text=f"case {c.random():.6f}")),
        "history between two times": lambda c: history.event_page(HistoryFilter(since=at(c), until=recent(c))),
        "history by environment": lambda _: history.event_page(HistoryFilter(environment="production")),
        "deployments, first page": lambda _: history.deployment_page(),
        "deployments to production": lambda _: history.deployment_page(HistoryFilter(environment="production")),
        "deployments by a rare text": lambda c: history.deployment_page(HistoryFilter(text=f"case {c.random():.6f}")),
        "deployments since a time": lambda c: history.deployment_page(HistoryFilter(since=at(c))),
        "live at a time, a page": lambda c: machine.live_at(at(c), after=(one(c), ""), limit=200),
        "live at a time, one prompt": lambda c: machine.live_at(at(c), one(c)),
        "library a day ago, one prompt": lambda c: machine.prompt_at(one(c), recent(c)),
        "versions at a time": lambda c: machine.versions_at(one(c), "2026-08-31T00:00:00.000000Z"),
        "blame, 100 versions": lambda _: blaming.blame(LONG),
        "what undo would take back": lambda _: history.next_acts(),
        "promotion sheet": lambda c: releasing.plan(number(c), "production"),
        "whole library a day ago": lambda c: machine.prompts_at(recent(c)),
        "whole library at a time": lambda c: machine.prompts_at(at(c)),
        "live at a time, everything": lambda c: machine.live_at(at(c)),
    }


def main(path: Path, prompts: int = 20_000) -> int:
    if not path.exists():
        seed(path, prompts)
    store = open_store(path, readonly=True)
    facts = read_facts(store.database)
    print(f"{facts.prompts:,} prompts, {facts.versions:,} versions, {facts.deployments:,} deployments")
    over = 0
    for what, call in measures(store, prompts).items():
        chosen, took = random.Random(3), []
        for _ in range(10):
            began = time.process_time()
            call(chosen)
            took.append(1000 * (time.process_time() - began))
        took.sort()
        whole = what.startswith("whole") or what.endswith("everything")
        over += took[5] > BUDGET and not whole
        print(f"{what:32} {took[5]:7.1f} {took[-1]:7.1f}" + (" over" if took[5] > BUDGET else ""))
    store.close()
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:3])))
