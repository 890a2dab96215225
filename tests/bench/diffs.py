"""The diff beside others: `diffs.py [FOLDER] [--only KIND] [--rounds N] [--check] [--budgets]`.

CPU time, git's process included, and how well it can be read (`diff_reading.py`): on made-up pairs of every kind, and
on the consecutive files (in the natural order of their names) of each folder inside FOLDER. Others: difflib with and
without `autojunk` (lines, then the words of what changed), git's histogram word diff, and diff-match-patch where it is
installed. Each pair runs in a process of its own that is ended after 20 seconds: that is a failure.

With `--check` nothing is measured: all invariants are tried on the same pairs, under two hash seeds. With `--budgets`
neither: how far time budgets are overshot, on the long and the hostile pairs.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from unittest.mock import patch

from tests.bench.diff_methods import METHODS, Match, Method
from tests.bench.diff_reading import Figures, read
from tests.domain.diffs.hostile import ADVERSARIES
from tests.domain.diffs.invariants import all_hold
from tests.domain.diffs.texts import LARGE, SMALL
from workbench.domain.diffs import diff_lines, diff_texts

TIME_LIMIT = 20.0
TARGETS = {
    "5,000 characters": 15,
    "50,000 characters": 100,
    "1 MB in paragraphs": 300,
    "1 MB on one line": 2000,
}
BUDGETS = (0.1, 0.3, 1.0, 2.0)
_SEEDS = ("0", "77")


def measured(method: Method, left: str, right: str, rounds: int) -> Figures | None:
    """None when it failed or took too long."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_child, args=(method, left, right, rounds, sender))
    process.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(TIME_LIMIT + rounds + 10) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()


def _child(method: Method, left: str, right: str, rounds: int, sender: Connection) -> None:
    best = float("inf")
    matches: list[Match] = []
    for _ in range(rounds):
        started = _cpu()
        matches = method(left, right)
        best = min(best, _cpu() - started)
        if best > TIME_LIMIT:
            return
        if best > 1:
            break
    sender.send(read(left, right, matches, best))


def _cpu() -> float:
    """Seconds of this process and of those it waited for: what else the machine does is not counted."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def folder_pairs(folder: Path) -> Iterator[tuple[str, str, str]]:
    for place in sorted({path.parent for path in folder.rglob("*") if path.is_file()}):
        files = sorted((path for path in place.iterdir() if path.is_file()), key=_natural)
        for one, other in pairwise(files):
            try:
                left, right = (path.read_bytes().decode() for path in (one, other))
            except UnicodeDecodeError:
                continue
            if left != right:
                yield f"{place.name}/{other.name}", left, right


def _natural(path: Path) -> list[tuple[bool, int, str]]:
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", path.name)]


def compare_on(title: str, pairs: Iterable[tuple[str, str, str]], rounds: int, each: bool) -> None:
    totals: dict[str, list[Figures]] = {name: [] for name in METHODS}
    failed: Counter[str] = Counter()
    coarse: Counter[str] = Counter()
    count = 0
    for name, left, right in pairs:
        count += 1
        results = {method: measured(METHODS[method], left, right, rounds) for method in METHODS}
        least = min((figures.marked for figures in results.values() if figures), default=0)
        for method, figures in results.items():
            if figures is None:
                failed[method] += 1
                continue
            figures.coarse = figures.marked > 2 * least + 0.05 * (len(left) + len(right))
            coarse[method] += figures.coarse
            totals[method].append(figures)
        if each:
            _print_pair(name, left, right, results)
    print(f"\n{title}: {count} pairs")
    heads = ("p50 ms", "p90", "worst", "fragments", "confetti", "cuts", "aligned", "coarse", "failed")
    print(" " * 24 + "".join(f"{head:>10}" for head in heads))
    for method, found in totals.items():
        if not found:
            continue
        times = sorted(figures.seconds * 1e3 for figures in found)
        edited = sum(figures.edited for figures in found)
        share = f"{100 * sum(figures.aligned for figures in found) / edited:.0f} %" if edited else "–"
        sums = [sum(getattr(figures, what) for figures in found) for what in ("fragments", "confetti", "cuts")]
        spread = (statistics.median(times), times[int(len(times) * 0.9)], times[-1])
        cells = [*(f"{ms:.1f}" for ms in spread), *map(str, sums), share, str(coarse[method]), str(failed[method])]
        print(f"{method:24}" + "".join(f"{cell:>10}" for cell in cells))


def _print_pair(name: str, left: str, right: str, results: dict[str, Figures | None]) -> None:
    started = _cpu()
    diff_lines(left, right)
    first = (_cpu() - started) * 1e3
    target = f"  target {TARGETS[name]} ms" if name in TARGETS else ""
    print(f"\n{name} ({len(left):,} → {len(right):,} characters), first phase {first:.1f} ms{target}")
    for method, figures in results.items():
        if figures is None:
            print(f"  {method:22} failed")
        else:
            f = figures
            print(
                f"  {method:22}{f.seconds * 1e3:9.1f} ms{f.fragments:8} fragments{f.confetti:7} confetti{f.cuts:6} cuts"
                f"{f.aligned:5}/{f.edited} aligned{100 * f.marked / max(1, len(left) + len(right)):7.1f} % marked"
                + ", coarse"
                * f.coarse
            )


# -- what must hold


def check(pairs: Iterable[tuple[str, str, str]]) -> bool:
    """Prints each pair that does not hold, how many there were, and a digest of all their diffs."""
    count = broken = 0
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory() as folder:
        for name, left, right in pairs:
            count += 1
            try:
                digest.update(repr(all_hold(left, right, Path(folder))).encode(errors="surrogatepass"))
            except Exception:
                broken += 1
                print(f"{name} does not hold\n{traceback.format_exc()}")
    print(f"{count} pairs, {broken} do not hold; {digest.hexdigest()[:12]}")
    return not broken


def check_under_seeds() -> bool:
    """This very command in processes of their own: the same invariants, and the same diffs."""
    told: list[str] = []
    for seed in _SEEDS:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "tests.bench.diffs", *sys.argv[1:]]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
        print(f"PYTHONHASHSEED={seed}: {done.stdout}", end="")
        told.append(done.stdout if done.returncode == 0 else "")
    return len(set(told)) == 1 and told[0] != ""


def overshoot(kinds: dict[str, Callable[[], tuple[str, str]]]) -> None:
    """The time taken as a multiple of each budget, `*` where something was left coarse; 1 is all of it. Both are of
    the processor, so that it tells what the engine does, not what else runs."""
    print(" " * 32 + "first phase" + "".join(f"{budget:>8} s" for budget in BUDGETS))
    worst = dict.fromkeys(BUDGETS, 0.0)
    for name, make in kinds.items():
        left, right = make()
        started = time.process_time()
        diff_lines(left, right)
        cells = [f"{(time.process_time() - started) * 1e3:8.0f} ms"]
        for budget in BUDGETS:
            with patch("time.perf_counter", time.process_time):
                started = time.process_time()
                degraded = diff_texts(left, right, budget=budget).degraded
                times = (time.process_time() - started) / budget
            worst[budget] = max(worst[budget], times)
            cells.append(f"{times:9.2f}{'*' if degraded else ' '}")
        print(f"{name:32}" + "".join(cells), flush=True)
    print(f"{'worst':43}" + "".join(f"{worst[budget]:9.2f} " for budget in BUDGETS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--only", default="", help="kinds of made-up pairs whose name holds this")
    parser.add_argument("--rounds", type=int, default=3, help="of which the best counts")
    parser.add_argument("--check", action="store_true", help="try the invariants in place of measuring")
    parser.add_argument("--budgets", action="store_true", help="measure how far time budgets are overshot")
    arguments = parser.parse_args()
    kinds = {name: make for name, make in {**SMALL, **LARGE}.items() if arguments.only in name}
    made_up = [(name, *make(7)) for name, make in kinds.items()]
    if arguments.check:
        if os.environ.get("PYTHONHASHSEED") not in _SEEDS:
            sys.exit(not check_under_seeds())
        sys.exit(not check([*made_up, *(folder_pairs(arguments.folder) if arguments.folder else ())]))
    if arguments.budgets:
        hostile = {name: make for name, make in ADVERSARIES.items() if arguments.only in name}
        overshoot({**{name: partial(make, 7) for name, make in kinds.items() if name in LARGE}, **hostile})
        return
    compare_on("made-up pairs", made_up, arguments.rounds, each=True)
    if arguments.folder:
        compare_on(str(arguments.folder), folder_pairs(arguments.folder), arguments.rounds, each=False)


if __name__ == "__main__":
    main()
