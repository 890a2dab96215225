"""What the diff view costs through a pty: `python -m tests.bench.diff_view [COLUMNSxROWS] [TIMES]`.

For pairs of 5,000 and 50,000 characters and of a megabyte, in paragraphs and on one line: milliseconds from the key
that opens the diff to its first lines; then, for every kind of key, to the first and last byte of its paint, p50 and
p95, the processor time until the first byte (on Linux; what the clock shows on a machine that others use is mostly
theirs), and the bytes it sent, in true colours and in sixteen. Budgets: 50,000 characters open within 100 ms; scrolls,
jumps, layouts and resizes paint within 30 ms at p95; a full page is at most 12 KB in sixteen colours at 160×50.
"""

from __future__ import annotations

import os
import select
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench.diff_pairs import pair
from tests.support.terminal import Terminal
from workbench import Workbench
from workbench.domain.prompts import Content

QUIET = 0.12
"""Seconds without a byte after which a paint is over."""
KEYS = {
    "j": "j",
    "page down": "\x1b[6~",
    "half page": "\x04",
    "J": "J",
    "K": "K",
    "]": "]",
    "layout": "|",
    "G": "G",
    "g": "g",
}
COLOURS = {"true": {"COLORTERM": "truecolor"}, "16": {"COLORTERM": "", "TERM": "xterm-16color"}}


class Cost(NamedTuple):
    """Seconds to the first byte and to the last one, seconds of the processor to the first one, and bytes."""

    first: float
    last: float
    used: float
    sent: int


class Timed(Terminal):
    """Reads without drawing, which would cost more than what is measured."""

    def spent(self) -> float:
        """Seconds of the processor that the program has used, in all of its threads; 0 where nobody counts them."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def paint(self, begin: float, before: float, quiet: float = QUIET) -> Cost:
        """From `begin`, when the program had used `before` seconds of the processor."""
        first = last = used = 0.0
        got = bytearray()
        deadline = time.perf_counter() + 5
        while time.perf_counter() < deadline:
            ready, _, _ = select.select([self._fd], [], [], quiet if got else 0.4)
            if not ready:
                break
            data = os.read(self._fd, 1 << 20)
            last = time.perf_counter()
            if not first:
                first, used = last, self.spent() - before
            got += data
        self.raw += got
        self._stream.feed(bytes(got))
        return Cost(first - begin, last - begin, used, len(got))

    def key(self, key: str) -> Cost:
        before, begin = self.spent(), time.perf_counter()
        self.write(key.encode())
        return self.paint(begin, before)


def opened(store: Path, colours: str, size: tuple[int, int]) -> Timed:
    argv = [sys.executable, "-m", "workbench", "--store", str(store)]
    terminal = Timed(argv, env={**os.environ, **COLOURS[colours]}, columns=size[0], rows=size[1])
    terminal.wait_for(r"1\.0\.1")
    terminal.read_for(1.0)
    return terminal


def until(terminal: Timed, texts: tuple[bytes, ...], begin: float, seconds: float = 30.0) -> float:
    """Seconds until the program has written one of the texts."""
    start = len(terminal.raw)
    while not any(text in terminal.raw[start:] for text in texts) and time.perf_counter() - begin < seconds:
        ready, _, _ = select.select([terminal._fd], [], [], 0.5)
        if ready:
            terminal.raw += os.read(terminal._fd, 1 << 20)
    return time.perf_counter() - begin


def measure(name: str, store: Path, colours: str, size: tuple[int, int], times: int) -> None:
    terminal = opened(store, colours, size)
    before, begin = terminal.spent(), time.perf_counter()
    terminal.write(b"d")
    painted = until(terminal, (b"comparing the words", b" words"), begin)
    used = terminal.spent() - before
    whole = until(terminal, (b"tokens",), begin)
    terminal.read_for(1.0)
    print(
        f"{name:<16} {colours:<5} open: first lines {painted * 1000:6.0f} ms (processor {used * 1000:.0f} ms), "
        f"all words {whole * 1000:6.0f} ms"
    )
    for label, key in KEYS.items():
        costs = [terminal.key(key) for _ in range(times)]
        show(name, colours, label, [cost for cost in costs if cost.sent])
    costs = []
    for n in range(times):
        before, begin = terminal.spent(), time.perf_counter()
        terminal.resize(size[0] - 10 * (n % 2), size[1])
        costs.append(terminal.paint(begin, before))
    show(name, colours, "resize", costs)
    terminal.close()


def show(name: str, colours: str, label: str, costs: list[Cost]) -> None:
    if not costs:
        return
    first, last, used = (sorted(cost[n] * 1000 for cost in costs) for n in (0, 1, 2))
    p95 = round(0.95 * (len(costs) - 1))
    sent = [cost.sent for cost in costs]
    print(
        f"{name:<16} {colours:<5} {label:<10} first byte p50 {statistics.median(first):5.1f} p95 {first[p95]:5.1f} ms "
        f"(processor {statistics.median(used):4.1f}, {used[p95]:4.1f}), "
        f"last byte p50 {statistics.median(last):5.1f} p95 {last[p95]:5.1f} ms, "
        f"{statistics.median(sent):6.0f} bytes, most {max(sent):6}"
    )


def main(size: tuple[int, int], times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ.update({f"XDG_{name}_HOME": folder for name in ("DATA", "CONFIG", "STATE")})
        for length, one_line in (
            (5_000, False),
            (50_000, False),
            (50_000, True),
            (1_000_000, False),
            (1_000_000, True),
        ):
            name = f"{length // 1000} K {'line' if one_line else 'paragraphs'}"
            store = home / f"{length}{one_line}.db"
            with Workbench.open(store=store, actor="ana") as workbench:
                for text in pair(length, one_line):
                    workbench.library.save("bench", Content.of_text(text))
            for colours in COLOURS:
                measure(name, store, colours, size, times)


if __name__ == "__main__":
    columns, _, rows = (sys.argv[1:] or ["160x50"])[0].partition("x")
    main((int(columns), int(rows)), int((sys.argv[2:] or ["20"])[0]))
