"""Eight processes, two hundred random acts each, one killed every few seconds.

`python -m tests.bench.chaos [PROCESSES] [ACTS] [SECONDS] [SEED]`; exits with 1 and says what does not hold.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.support.chaos import faults, rage


def main(processes: int = 8, acts: int = 200, every: float = 2.0, seed: int = 1) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prompts.db"
        began = time.monotonic()
        chaos = rage(path, processes=processes, acts=acts, seconds=every, seed=seed)
        words = Counter(word for _, word in chaos.acknowledged)
        print(
            f"{len(chaos.acknowledged)} answers, {chaos.kills} kills, {time.monotonic() - began:.0f} s: {dict(words)}"
        )
        found = faults(path, chaos, instants=200, seed=seed)
    for fault in found:
        print(fault)
    print("verify is clean, each act is in the log once, 200 instants are as they were" if not found else "FAILED")
    return 1 if found else 0


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(*[kind(text) for kind, text in zip((int, int, float, int), given, strict=False)]))
