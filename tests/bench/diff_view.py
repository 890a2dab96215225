"""What the diff view costs through a pty: `python -m tests.bench.diff_view [COLUMNSxROWS] [TIMES] [WORD…]`.

For pairs of 5,000 and 50,000 characters and of a megabyte, in paragraphs and on one line: milliseconds from the key
that opens the diff to its first lines and to all of its words, the first time and the median of those after it; the
same for a step to another version, where the first thousand bytes count as lines. Then, for every kind of key, to the
first and last byte of its paint, p50 and p95, the processor time until the last one (on Linux; what the clock shows on
a machine that others use is mostly theirs), and the bytes it sent; in true colours and in sixteen. Words choose among
texts, colours and keys: `160x50 20 1000K line 16 layout resize`.

Budgets: 50,000 characters open within 100 ms; scrolls, jumps, layouts and resizes paint within 30 ms at p95; a full
page is at most 12 KB in sixteen colours at 160×50.
"""

from __future__ import annotations

import os
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from tests.bench.diff_pairs import pair
from tests.support.terminal import ESC, Terminal
from workbench import Workbench
from workbench.domain.prompts import Content

QUIET = 0.12
"""Seconds without a byte after which a paint is over."""
WORKING = 4.0
"""The same where words may still be compared."""
OPENED = 4
"""Times that the diff is opened, and stepped."""
TEXTS = (("5K", 5_000), ("50K", 50_000), ("1000K", 1_000_000))
SHAPES = ("paragraphs", "line")
COLOURS = {"true": {"COLORTERM": "truecolor"}, "16": {"COLORTERM": "", "TERM": "xterm-16color"}}


class Kind(NamedTuple):
    """Keys pressed in turn; what is typed before and after all of them."""

    keys: Sequence[str]
    before: str = ""
    after: str = ""


KEYS = {
    "j": Kind("j"),
    "page": Kind(("\x1b[6~",)),
    "half": Kind(("\x04",)),
    "J": Kind("J"),
    "K": Kind("K"),
    "word": Kind("]"),
    "layout": Kind("|"),
    "ends": Kind("Gg"),
    "search": Kind("an\x7f\x7f", "/", ESC),
}
STEP = "step"
STEPS = "<>"
"""To another version on the left, and back."""
RESIZE = "resize"


class Cost(NamedTuple):
    """Seconds to the first byte and to the last one, seconds of the processor to the last one, and bytes."""

    first: float
    last: float
    used: float
    sent: int


class Shown(NamedTuple):
    """Seconds to the first lines, seconds of the processor to them, and seconds to all words."""

    lines: float
    used: float
    words: float


class Timed(Terminal):
    """Reads without drawing, which would cost more than what is measured."""

    def spent(self) -> float:
        """Seconds of the processor that the program has used, in all of its threads; 0 where nobody counts them."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def paint(self, act: Callable[[], object]) -> Cost:
        before, begin = self.spent(), time.perf_counter()
        act()
        first = last = used = 0.0
        sent = 0
        deadline = begin + 5
        while time.perf_counter() < deadline:
            ready, _, _ = select.select([self._fd], [], [], QUIET if sent else 0.4)
            if not ready:
                break
            data = os.read(self._fd, 1 << 20)
            last = time.perf_counter() - begin
            used = self.spent() - before
            first = first or last
            sent += len(data)
        return Cost(first, last, used, sent)

    def keyed(self, key: str) -> Cost:
        return self.paint(lambda: self.write(key.encode()))

    def compared(self, key: str, lines_by: Callable[[bytearray], bool]) -> Shown:
        """After a key that compares something else, until nothing has come for some seconds."""
        got = bytearray()
        before, begin = self.spent(), time.perf_counter()
        self.write(key.encode())
        lines = used = last = 0.0
        while select.select([self._fd], [], [], WORKING)[0]:
            got += os.read(self._fd, 1 << 20)
            last = time.perf_counter() - begin
            if not lines and lines_by(got):
                lines, used = last, self.spent() - before
        return Shown(lines, used, last)


def has_lines(got: bytearray) -> bool:
    """For what is sent to a screen that was another one."""
    return b"comparing the words" in got or b" words" in got


def has_page(got: bytearray) -> bool:
    return len(got) > 1000


def opened(store: Path, colours: str, size: tuple[int, int]) -> Timed:
    argv = [sys.executable, "-m", "workbench", "--store", str(store)]
    terminal = Timed(argv, env={**os.environ, **COLOURS[colours]}, columns=size[0], rows=size[1])
    terminal.wait_for(r"1\.0\.2")
    terminal.read_for(1.0)
    return terminal


def measure(name: str, store: Path, colours: str, size: tuple[int, int], times: int, wanted: set[str]) -> None:
    terminal = opened(store, colours, size)
    costs = []
    for _ in range(OPENED):
        costs.append(terminal.compared("d", has_lines))
        terminal.write(ESC.encode())
        terminal.read_for(0.5)
    show_compared(name, colours, "open", costs)
    terminal.compared("d", has_lines)
    for label, kind in KEYS.items():
        if not wanted or label in wanted:
            show(name, colours, label, pressed(terminal, kind, times))
    if not wanted or RESIZE in wanted:
        narrower = cycle((size[0] - 10, size[0]))
        resizes = [terminal.paint(lambda: terminal.resize(next(narrower), size[1])) for _ in range(times)]
        show(name, colours, RESIZE, resizes)
    if not wanted or STEP in wanted:
        keys = islice(cycle(STEPS), OPENED)
        show_compared(name, colours, STEP, [terminal.compared(key, has_page) for key in keys])
    terminal.close()


def pressed(terminal: Timed, kind: Kind, times: int) -> list[Cost]:
    """Of the keys that painted something."""
    terminal.write(kind.before.encode())
    terminal.read_for(0.3)
    costs = [terminal.keyed(key) for key in islice(cycle(kind.keys), times)]
    terminal.write(kind.after.encode())
    terminal.read_for(0.3)
    return [cost for cost in costs if cost.sent]


def show_compared(name: str, colours: str, label: str, costs: Sequence[Shown]) -> None:
    first, *again = costs
    middle = Shown(*(statistics.median(cost[n] for cost in again) for n in range(len(first))))
    for when, cost in (("first", first), ("then", middle)):
        lines, used, words = (seconds * 1000 for seconds in cost)
        told = f"lines {lines:6.1f} ms (processor {used:5.1f}), words {words:6.0f} ms"
        print(f"{name:<16} {colours:<5} {label:<9} {when:<5} {told}", flush=True)


def show(name: str, colours: str, label: str, costs: Sequence[Cost]) -> None:
    if not costs:
        return
    first, last, used = (sorted(cost[n] * 1000 for cost in costs) for n in (0, 1, 2))
    p95 = round(0.95 * (len(costs) - 1))
    sent = [cost.sent for cost in costs]
    print(
        f"{name:<16} {colours:<5} {label:<9} first byte p50 {statistics.median(first):5.1f} p95 {first[p95]:5.1f}, "
        f"last byte p50 {statistics.median(last):5.1f} p95 {last[p95]:5.1f} ms "
        f"(processor {statistics.median(used):4.1f}, {used[p95]:4.1f}), "
        f"{statistics.median(sent):6.0f} bytes, most {max(sent):6}",
        flush=True,
    )


def chosen(names: Sequence[str], words: set[str]) -> list[str]:
    """Those that were asked for; all where none was."""
    return [name for name in names if name in words] or list(names)


def main(size: tuple[int, int], times: int, words: set[str]) -> None:
    if unknown := words - {*dict(TEXTS), *SHAPES, *COLOURS, *KEYS, STEP, RESIZE}:
        sys.exit(f"nothing is called {', '.join(sorted(unknown))}")
    wanted = words & {*KEYS, STEP, RESIZE}
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({f"XDG_{name}_HOME": folder for name in ("DATA", "CONFIG", "STATE")})
        for length in chosen([name for name, _ in TEXTS], words):
            for shape in chosen(SHAPES, words):
                name = f"{length} {shape}"
                store = Path(folder) / f"{length}{shape}.db"
                before, after = pair(dict(TEXTS)[length], shape == "line")
                with Workbench.open(store=store, actor="ana") as workbench:
                    for text in (before.replace(" customer ", " client "), before, after):
                        workbench.library.save("bench", Content.of_text(text))
                for colours in chosen(list(COLOURS), words):
                    measure(name, store, colours, size, times, wanted)


if __name__ == "__main__":
    sizes = [arg for arg in sys.argv[1:] if "x" in arg and arg[:1].isdigit()]
    columns, _, rows = (sizes or ["160x50"])[0].partition("x")
    counts = [arg for arg in sys.argv[1:] if arg.isdigit() and arg not in COLOURS]
    main((int(columns), int(rows)), int((counts or ["20"])[0]), set(sys.argv[1:]) - {*sizes, *counts})
