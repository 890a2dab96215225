"""The plan of a promotion in a large store: `releases.py FILE [PROMPTS] [VERSIONS_EACH] [DEPLOYMENTS_EACH]`.

Makes the store first where there is none, by SQL, because recording 300,000 promotions one by one takes an hour; its
rows have no events, so `verify` would name them. Budget: a plan within 100 ms with 20,000 prompts, 100,000 versions
and 300,000 deployments, and also for the prompt that has most of them.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench.seed_store import seed
from workbench import Workbench
from workbench.domain.environments import CheckRule, Environment
from workbench.domain.releases.checking import read_check
from workbench.domain.releases.checks import Reading
from workbench.services.releases.approving import Approving
from workbench.services.releases.releasing import Releasing
from workbench.store import open_store

NAMES = ("dev", "staging", "production")
BUSY = 2_000
"""Deployments and reviews of the busiest prompt."""


def rules() -> tuple[CheckRule, ...]:
    reading = Reading("production", "staging", NAMES)
    wanted = {
        "validates": None,
        "note": None,
        "tagged": "reviewed",
        "was_in": "staging",
        "soaked": "24h",
        "approved": 1,
        "compared": {"min_votes": 20},
        "command": "true",
    }
    return tuple(read_check(name, value, reading) for name, value in wanted.items())


ENVIRONMENTS = (Environment("dev"), Environment("staging"), Environment("production", True, rules()))


def fill(path: Path, each: int) -> None:
    """Deployments of every prompt, round its versions and environments, and many of the first one."""
    with sqlite3.connect(path) as connection:
        versions: dict[int, list[int]] = {}
        for version_id, prompt_id in connection.execute("SELECT id, prompt_id FROM versions ORDER BY id"):
            versions.setdefault(prompt_id, []).append(version_id)
        rows = []
        for prompt_id, ids in versions.items():
            count = BUSY if prompt_id == 1 else each
            for turn in range(count):
                environment = NAMES[turn % 3]
                at = f"2026-{turn % 12 + 1:02d}-01T00:00:{turn % 60:02d}.{turn:06d}Z"
                rows.append((prompt_id, environment, "promote", None, ids[turn % len(ids)], "bench", at, "why"))
        connection.executemany(
            "INSERT INTO deployments (prompt_id, environment, kind, before_id, after_id, actor, at, reason) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        connection.execute("DELETE FROM live")
        connection.execute(
            "INSERT INTO live SELECT d.prompt_id, d.environment, d.after_id, v.number FROM deployments d "
            "JOIN versions v ON v.id = d.after_id "
            "WHERE d.id IN (SELECT max(id) FROM deployments GROUP BY prompt_id, environment)"
        )
        connection.execute("ANALYZE")
    connection.close()


def timed(act: Callable[[], object], rounds: int = 25) -> tuple[float, float]:
    """Median and worst, in milliseconds."""
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        act()
        found.append((time.perf_counter() - started) * 1000)
    return statistics.median(found), max(found)


def main() -> None:
    path = Path(sys.argv[1])
    prompts, each, deployments = (int(text) for text in (*sys.argv[2:], "20000", "5", "15")[:3])
    if not path.exists():
        seed(path, prompts, each)
        fill(path, deployments)
    with Workbench.open(store=path) as workbench:
        name = workbench.library.page(limit=1)[0].name
        prompt = workbench.library.page(limit=500)[-1].name
        numbers = [row.number for row in workbench.library.versions(prompt)]
        reviewer = Approving(workbench.store, ENVIRONMENTS, "reviewer")
        if not reviewer.of(name):
            with workbench.store.write():
                for turn in range(BUSY):
                    reviewer.comment(f"{name}@{numbers[turn % len(numbers)]}", f"remark {turn}", line=1)
        service = Releasing(workbench.store, ENVIRONMENTS, "bench")
        counts = {
            table: workbench.store.database.value(f"SELECT count(*) FROM {table}")  # noqa: S608 — names in this file
            for table in ("prompts", "versions", "deployments", "reviews")
        }
        print(", ".join(f"{count:,} {table}" for table, count in counts.items()))
        for what, reference in (("a plan", f"{prompt}@{numbers[0]}"), ("of the busiest prompt", f"{name}@latest")):
            median, worst = timed(partial(service.plan, reference, "production"))
            print(f"{what:<24} median {median:7.2f} ms, worst {worst:7.2f} ms")
        median, worst = timed(lambda: reviewer.of(name), 5)
        print(f"{'reviews of that one':<24} median {median:7.2f} ms, worst {worst:7.2f} ms")
        median, worst = timed(lambda: service.plan_many("production", source="staging", prompts=[prompt]), 5)
        print(f"{'a release of one':<24} median {median:7.2f} ms, worst {worst:7.2f} ms")
    started = time.perf_counter()
    open_store(path).close()
    print(f"{'opening the store':<24} {(time.perf_counter() - started) * 1000:14.2f} ms")


if __name__ == "__main__":
    main()
