"""list, search and promote in one small and one large store: `scaling.py SMALL LARGE`. Prints large over small.

Budget: ≤ 2 × from 1,000 to 100,000 prompts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from workbench import Workbench


def best_of(act: Callable[[], object], rounds: int = 15) -> float:
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - started)
    return best


def measure(path: Path) -> dict[str, float]:
    with Workbench.open(store=path) as workbench:
        row = workbench.library.page(limit=1)[0]
        numbers = [version.number for version in workbench.library.versions(row.name)][:2]
        turn = 0

        def promote() -> None:
            nonlocal turn
            turn += 1
            workbench.deploying.promote(f"{row.name}@{numbers[turn % 2]}", "dev", "bench")

        return {
            "first page of the list": best_of(lambda: workbench.library.page(limit=200)),
            "search, 20 hits": best_of(lambda: workbench.library.search("revision 3", 20)),
            "versions of a prompt": best_of(lambda: workbench.library.versions(row.name)),
            "promote": best_of(promote),
        }


def main() -> None:
    small, large = (measure(Path(argument)) for argument in sys.argv[1:3])
    for name, seconds in small.items():
        print(f"{name:<24} {seconds * 1000:8.2f} ms → {large[name] * 1000:8.2f} ms   {large[name] / seconds:5.2f} ×")


if __name__ == "__main__":
    main()
