"""Keys while a comparison streams: `python -m tests.bench.compare_screen [COLUMNSxROWS]`.

Six columns of an endpoint that misbehaves, 20 inputs, 3 repeats, 64 calls at once, in a real terminal. Printed: how
long a key takes until the bytes of its effect are there, how many bytes a second are sent,
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


def opened(folder: Path, size: tuple[int, int]) -> Terminal:
    os.chdir(folder)
    terminal = Stamped(size)
    terminal.wait_for("bench")
    terminal.read_for(0.5)
    terminal.press("c")
    terminal.wait_for("of each cell")
    terminal.press("L")
    terminal.wait_for("an earlier comparison|judged")
    terminal.press("\r")
    terminal.wait_for("input 1 of")
    return terminal


def until(terminal: Terminal, wanted: str, row: int) -> float:
    """Seconds until the bytes came with which it stands in this row of the screen."""
    started = time.perf_counter()
    while wanted not in terminal.row(row) and time.perf_counter() - started < 5:
        terminal.read_once(0.002)
    return terminal.read_at - started


def told(what: str, delays: list[float]) -> None:
    worst = sorted(delays)
    p50, p95, most = (1000 * one for one in (statistics.median(worst), worst[int(len(worst) * 0.95) - 1], worst[-1]))
    print(f"{what:<44} p50 {p50:5.1f}  p95 {p95:5.1f}  most {most:5.1f} ms")


def streaming(size: tuple[int, int], url: str) -> None:
    folder = Path(tempfile.mkdtemp())
    comparison = prepared(folder, url, ("drip",) * 6, 2, 1)
    terminal = opened(folder, size)
    terminal.read_for(2.0)
    told("a key while six columns stream", moves(terminal))
    before, began = len(terminal.raw), time.perf_counter()
    terminal.read_for(3.0)
    print(f"sent while streaming {(len(terminal.raw) - before) / (time.perf_counter() - began):.0f} bytes a second")
    terminal.write(b"\x1b")
    print(f"esc until it says that it stopped            {until(terminal, 'stopped', size[1] - 2) * 1000:.1f} ms")
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


def moves(terminal: Terminal) -> list[float]:
    """From column to column, six times round."""
    delays = []
    for step in range(36):
        terminal.write(b"l")
        delays.append(until(terminal, f"▸ {'ABCDEF'[(step + 1) % 6]} ", 1))
        terminal.read_for(0.15)
    return delays


def misbehaving(size: tuple[int, int], url: str) -> None:
    folder = Path(tempfile.mkdtemp())
    comparison = prepared(folder, url, FAULTY, 20, 3)
    terminal = opened(folder, size)
    delays = []
    for case in range(2, 21):
        terminal.write(b"n")
        delays.append(until(terminal, f"input {case} of 20", 0))
        terminal.read_for(0.25)
    # What was passed too quickly to be fetched is fetched on the way back.
    for case in range(19, 0, -1):
        terminal.write(b"N")
        delays.append(until(terminal, f"input {case} of 20", 0))
        terminal.read_for(0.4)
    terminal.wait_for("360 of 360 answers", timeout=60)
    told("a key while up to 64 calls come and fail", delays)
    terminal.write(b"\x03")
    terminal.wait_gone()
    terminal.close()
    print("on record:", recorded(folder, comparison))


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
        streaming(size, url)
        misbehaving(size, url)
    finally:
        server.communicate("")


if __name__ == "__main__":
    columns, _, rows = (sys.argv[1:] or ["160x45"])[0].partition("x")
    main((int(columns), int(rows)))
