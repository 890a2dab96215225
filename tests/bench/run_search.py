"""Looking for words in a million runs: `python -m tests.bench.run_search [RUNS]`.

Each answer has some 60 words. Printed: what the index costs a run that is recorded, and how long the first and the
next page of 200 runs take for each letter of a word that is typed, for a word in every answer, in one of a thousand, in
one of all, in none, and for a part of a word. What takes longer than 100 ms is given up in the app by the next key.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from tests.store.test_runs import a_run
from workbench.composition import Workbench
from workbench.domain.prompts import Content
from workbench.domain.runs import RunFilter
from workbench.store import Store, open_store


def filled(path: Path, runs: int) -> Store:
    with Workbench.open(store=path, actor="ana") as workbench:
        digest = workbench.library.save("support/x", Content.of_text("Hi")).digest
    store, words = open_store(path), [f"word{n}" for n in range(5000)]
    dice = random.Random(1)
    began, cpu = time.perf_counter(), time.process_time()
    for first in range(0, runs, 1000):
        with store.write():
            for n in range(first, min(first + 1000, runs)):
                rare = "seldom " if n % 1000 == 0 else "once " if n == 7 else ""
                store.runs.add(a_run(digest=digest, output=f"answer {rare}{' '.join(dice.choices(words, k=60))}"))
    took, used = time.perf_counter() - began, time.process_time() - cpu
    print(f"{runs} runs recorded, {took / runs * 1e6:.0f} µs each, {used / runs * 1e6:.0f} µs CPU")
    return store


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.db"
        store = filled(path, runs)
        size = path.stat().st_size
        print(f"{size / 1e6:.0f} MB")
        typed = ("w", "wo", "wor", "word", "word7", "word77", "answer", "answer wo", "answer word77", "seldom word12")
        for text in (*typed, "seldom", "once", "nothing", "eldo", "seldom word1"):
            times = []
            found = before = None
            for _ in range(2):
                began, cpu = time.perf_counter(), time.process_time()
                rows = store.runs.rows(wanted=RunFilter("support/x", text=text), limit=200, before=before)
                times += [(time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000]
                found = found or len(rows)
                before = rows[-1].id if rows else before
            first, next_one = ("{:7.1f} ms, {:6.1f} CPU".format(*pair) for pair in (times[:2], times[2:]))
            print(f"{text:<14} {found or 0:>4} found   first page {first}   next {next_one}")
        store.close()


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["1000000"])[0]))
