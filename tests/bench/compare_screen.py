"""Keys while answers stream: `python -m tests.bench.compare_screen [COLUMNSxROWS]`.

The run screen, then six columns of an endpoint that misbehaves, 20 inputs, 3 repeats, 64 calls at once, in a real
terminal. Printed: how long a key takes until the bytes of its first visible effect are there (of what a key opens the
head, of a move the mark) and, where nothing else is drawn, until the frame is whole; how many bytes a second are sent,
how fast `esc` ends all calls, and what is on record after quitting in the middle. Budget: 50 ms for a key, 100 ms for
a stop.
"""

from __future__ import annotations

import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests.support.terminal import Terminal
from workbench.composition import Workbench
from workbench.domain.comparisons import Column, Comparison
from workbench.domain.inputs import Case
from workbench.domain.prompts import Content, Message

SERVER = (
    "import sys\nfrom tests.support.fake_endpoint import fake_endpoint\n"
    "with fake_endpoint() as e:\n    print(e.base_url, flush=True)\n    sys.stdin.read()\n"
)
FAULTY = ("talk", "flaky", "retry-now", "cut", "429", "error-mid")


class Stamped(Terminal):
    """Reads in a thread of its own, so that no bytes wait, and get a later time, while those before are worked out."""

    def __init__(self, size: tuple[int, int]) -> None:
        argv = [sys.executable, "-m", "workbench"]
        super().__init__(argv, env=dict(os.environ), columns=size[0], rows=size[1])
        self._came: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        data = b"-"
        while data:
            try:
                data = os.read(self._fd, 65536)
            except OSError:
                data = b""
            self._came.put((time.perf_counter(), data))

    def read_once(self, timeout: float, most: int = 65536) -> bool:
        try:
            self.read_at, data = self._came.get(timeout=timeout)
        except queue.Empty:
            return timeout > 0 and self.pid != 0
        self.raw += data
        self._stream.feed(data)
        return bool(data)


def prepared(folder: Path, url: str, models: tuple[str, ...], cases: int, repeats: int) -> Comparison:
    config = f"concurrency: 64\nstore: {folder}/p.db\nactor: ana\ndefault_model: fake/whole\n"
    (folder / "workbench.yaml").write_text(f"{config}endpoints: {{fake: {{base_url: '{url}', concurrency: 64}}}}\n")
    with Workbench.open(start=folder) as workbench:
        version = workbench.library.save("bench", Content((Message("user", "{{ q }}"),)))
        columns = [Column(version, f"fake/{model}") for model in models]
        given = [Case(f"case {n}", {"q": f"question {n}"}) for n in range(cases)]
        return workbench.comparing.begin(columns, given, repeats=repeats)


def library(folder: Path, size: tuple[int, int]) -> Terminal:
    os.chdir(folder)
    terminal = Stamped(size)
    terminal.wait_for("bench")
    terminal.read_for(1.0)
    return terminal


def opened(folder: Path, size: tuple[int, int]) -> Terminal:
    terminal = library(folder, size)
    terminal.press("c")
    terminal.wait_for("of each cell")
    terminal.press("L")
    terminal.wait_for("an earlier comparison|judged")
    terminal.press("\r")
    terminal.wait_for("input 1 of")
    return terminal


class Took(NamedTuple):
    """All in seconds."""

    delay: float
    """From the key to the bytes of its first visible effect."""
    waited: float
    """Of these the main thread of the app was ready to go on and had no core."""
    whole: float = 0.0
    """From the key to the last bytes that came; 0 where more than the key draws."""


def waited(terminal: Terminal) -> float:
    """https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat"""
    numbers = Path(f"/proc/{terminal.pid}/task/{terminal.pid}/schedstat").read_text().split()
    return int(numbers[1]) / 1e9


def key(terminal: Terminal, pressed: bytes, wanted: str, row: int, rest: float = 0.0) -> Took:
    """Until the bytes came with which it stands in this row of the screen; with `rest`, for so long on until all of
    what it draws has come."""
    before, started = waited(terminal), time.perf_counter()
    terminal.write(pressed)
    while wanted not in terminal.row(row) and time.perf_counter() - started < 5:
        terminal.read_once(0.002)
    delay, without = terminal.read_at - started, waited(terminal) - before
    terminal.read_for(rest)
    return Took(delay, without, terminal.read_at - started if rest else 0.0)


def told(what: str, keys: list[Took]) -> None:
    said = [_percentiles([one.delay for one in keys]), _percentiles([one.delay - one.waited for one in keys])]
    whole = [one.whole for one in keys if one.whole]
    ended = f"   whole {_percentiles(whole)}" if whole else ""
    print(f"{what:<44} {said[0]} ms   with a core of its own {said[1]} ms{ended}")


def _percentiles(seconds: list[float]) -> str:
    worst = sorted(seconds)
    found = (statistics.median(worst), worst[max(0, int(len(worst) * 0.95) - 1)], worst[-1])
    return "p50 {:5.1f}  p95 {:5.1f}  most {:5.1f}".format(*(1000 * one for one in found))


def run_screen(size: tuple[int, int], url: str) -> None:
    folder = Path(tempfile.mkdtemp())
    prepared(folder, url, ("drip",) * 2, 1, 1)
    config = folder / "workbench.yaml"
    config.write_text(config.read_text().replace("fake/whole", "fake/drip"))
    terminal = library(folder, size)
    opens, leaves, stops = [], [], []
    for _ in range(6):
        opens.append(key(terminal, b"r", "run bench", 0, rest=0.5))
        leaves.append(key(terminal, b"\x1b", "Prompts", 0, rest=0.5))
    told("r, the first time", opens[:1])
    told("r, again", opens[1:])
    told("esc back to the library", leaves)
    terminal.press("r", "x")
    for _ in range(5):
        terminal.press("\n")
        terminal.wait_for("[0-9] characters")
        stops.append(key(terminal, b"\x1b", "stopp", 1))
        terminal.wait_for("stopped|cancelled")
        terminal.read_for(0.5)
    told("esc while an answer streams, until it is told", stops)
    terminal.write(b"\x03")
    terminal.wait_gone()
    terminal.close()


def streaming(size: tuple[int, int], url: str) -> None:
    folder = Path(tempfile.mkdtemp())
    comparison = prepared(folder, url, ("drip",) * 6, 2, 1)
    terminal = opened(folder, size)
    terminal.read_for(2.0)
    told("a key while six columns stream", moves(terminal))
    before, began = len(terminal.raw), time.perf_counter()
    terminal.read_for(3.0)
    print(f"sent while streaming {(len(terminal.raw) - before) / (time.perf_counter() - began):.0f} bytes a second")
    told("esc until it says that it stopped", [key(terminal, b"\x1b", "stopped", size[1] - 2)])
    terminal.read_for(1.0)
    print("on record after the stop:", recorded(folder, comparison))
    told("the same key while nothing runs", moves(terminal))
    terminal.write(b"r")
    terminal.read_for(1.0)
    terminal.write(b"\x03")
    terminal.read_for(0.5)
    terminal.write(b"y")
    started = time.perf_counter()
    terminal.wait_gone()
    print(f"quit in the middle took                      {(time.perf_counter() - started) * 1000:.0f} ms")
    print("on record after quitting:", recorded(folder, comparison))
    terminal.close()


def moves(terminal: Terminal) -> list[Took]:
    """From column to column, six times round."""
    keys = []
    for step in range(36):
        keys.append(key(terminal, b"l", f"▸ {'ABCDEF'[(step + 1) % 6]} ", 1))
        terminal.read_for(0.15)
    return keys


def misbehaving(size: tuple[int, int], url: str) -> None:
    folder = Path(tempfile.mkdtemp())
    comparison = prepared(folder, url, FAULTY, 20, 3)
    terminal = opened(folder, size)
    keys = []
    for case in range(2, 21):
        keys.append(key(terminal, b"n", f"input {case} of 20", 0))
        terminal.read_for(0.25)
    # What was passed too quickly to be fetched is fetched on the way back.
    for case in range(19, 0, -1):
        keys.append(key(terminal, b"N", f"input {case} of 20", 0))
        terminal.read_for(0.4)
    for step in range(4 * 19):
        if "360 of 360 answers" in terminal.text:
            break
        # On a busy machine also the way back was too quick.
        terminal.press("nN"[step // 19 % 2], pause=1.0)
    terminal.wait_for("360 of 360 answers")
    while "input 1 of" not in terminal.row(0):
        terminal.press("N")
    told("a key while up to 64 calls come and fail", keys)
    every_key(terminal)
    terminal.write(b"\x03")
    terminal.wait_gone()
    terminal.close()
    print("on record:", recorded(folder, comparison))


def every_key(terminal: Terminal) -> None:
    """Each key that opens or turns something, and the one that leads back."""
    steps = (
        ("n", b"n", "input 2 of", 0), ("N", b"N", "input 1 of", 0), ("tab", b"\t", "▸ B ", 1), ("h", b"h", "▸ A ", 1),
        (".", b".", "run 2 of", 0), (",", b",", "run 1 of", 0), ("d", b"d", "answer A", 0),
        ("esc", b"\x1b", "input", 0), ("v", b"v", "prompt A", 0), ("esc", b"\x1b", "input", 0),
        ("enter", b"\r", "run bench", 0), ("esc", b"\x1b", "input", 0), ("=", b"=", "input 2 of", 0),
        ("N", b"N", "judged", 0), ("n", b"n", "input 2 of", 0), ("z", b"z", "input 1 of", 0),
    )  # fmt: skip
    found: dict[str, list[Took]] = {}
    for _ in range(5):
        for name, pressed, wanted, row in steps:
            found.setdefault(name, []).append(key(terminal, pressed, wanted, row, rest=0.4))
    for name, keys in found.items():
        told(f"  {name}", keys)


def recorded(folder: Path, comparison: Comparison) -> str:
    with Workbench.open(start=folder) as workbench:
        runs = workbench.comparing.answers(comparison).values()
        kinds = Counter(f"{run.request.model} {run.status}: {run.error[:40]}".rstrip(": ") for run in runs)
        return f"{len(runs)} answers, {workbench.store.runs.count()} runs; " + ", ".join(
            f"{count} {kind}" for kind, count in sorted(kinds.items())
        )


def main(size: tuple[int, int]) -> None:
    root = str(Path(__file__).parent.parent.parent)
    os.environ["PYTHONPATH"] = root
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert server.stdout is not None
    try:
        url = server.stdout.readline().strip()
        run_screen(size, url)
        streaming(size, url)
        misbehaving(size, url)
    finally:
        server.communicate("")


if __name__ == "__main__":
    columns, _, rows = (sys.argv[1:] or ["160x45"])[0].partition("x")
    main((int(columns), int(rows)))
