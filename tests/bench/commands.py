"""Whole commands against bare Python, and get + render: `commands.py STORE [ROUNDS]`. Prints ratios of minima.

Budgets: show ≤ 12 × `python -c pass`; get + render ≤ 200 µs. Rounds are interleaved because machines drift.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path


def timed(argv: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(argv, check=True, capture_output=True)
    return time.perf_counter() - started


def main(store: str, rounds: int) -> None:
    from workbench import Workbench

    with Workbench.open(store=Path(store)) as workbench:
        row = workbench.library.page(limit=1)[0]
        reference = f"{row.name}@{row.latest}"
        values = {"company_name": "Acme"}
        workbench.get(reference).render(**values)
        started = time.perf_counter()
        for _ in range(2000):
            workbench.get(reference).render(**values)
        print(f"get + render      {(time.perf_counter() - started) / 2000 * 1e6:8.0f} µs")

    workbench_command = [sys.executable, "-m", "workbench", "--store", store]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "show": [*workbench_command, "show", reference],
        "log": [*workbench_command, "log", row.name],
        "search": [*workbench_command, "search", "escalate"],
        "list": [*workbench_command, "list"],
    }
    best = dict.fromkeys(commands, float("inf"))
    for _ in range(rounds):
        for name, argv in commands.items():
            best[name] = min(best[name], timed(argv))
    floor = best["python -c pass"]
    for name, seconds in best.items():
        print(f"{name:<16} {seconds * 1000:8.1f} ms  {seconds / floor:6.1f} ×")


if __name__ == "__main__":
    main(sys.argv[1], int((sys.argv[2:] or ["9"])[0]))
