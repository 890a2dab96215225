"""What the app costs against bare Textual: `terminal_costs.py STORE [ROUNDS] [COLUMNSxROWS]`.

Budgets: first paint ≤ 1.4 × a one-widget app (≤ 1.3 × with ten prompts); a key to its paint ≤ 1.3 × a bare Line-API
list; ≤ 1 KB for a move inside a view, ≤ 12 KB for a page; idle 0 bytes and no CPU; quit ≤ 300 ms; memory ≤ 60 MB. What
the panes that follow the cursor send, which is another prompt's text, is told beside the move.
Rounds and keys are interleaved because machines drift; ratios are of minima and medians. Times are those at which the
bytes come, before the emulator works them out; besides, the processor's time up to then, which other programs disturb
less. All are compiled beforehand, as an installed program is.
"""

from __future__ import annotations

import os
import re
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyte

from tests.support.terminal import Terminal

KEYS = 40
FRAME_END = b"\x1b[1;1H"
"""Where Textual leaves the terminal's own cursor after each frame."""
FIRST = 20.0
"""Seconds within which there is a first byte."""
REST = 0.8
"""Seconds without a byte after which all that opening draws has been drawn."""
QUIT = {"bare list": "\x11", "workbench": "q"}
BARE = str(Path(__file__).with_name("bare_apps.py"))


class Chunk(NamedTuple):
    """Bytes that came at once."""

    seconds: float
    """Since the start."""
    spent: float
    """Seconds of the processor until then."""
    data: bytes


def opened_at(argv: list[str], signs: Mapping[str, str], size: tuple[int, int]) -> dict[str, Chunk]:
    """With which bytes each of the signs (name → regular expression) first stood on the screen of a new program."""
    started = time.perf_counter()
    with Terminal(argv, env=dict(os.environ), columns=size[0], rows=size[1]) as terminal:
        # The emulator takes longer than the program: it comes afterwards, so that nobody waits for it.
        chunks = [Chunk(time.perf_counter() - started, busy_seconds(terminal.pid), data) for data in pieces(terminal)]
    shown: dict[str, Chunk] = {}
    screen = pyte.Screen(*size)
    stream = pyte.ByteStream(screen)
    for chunk in chunks:
        stream.feed(chunk.data)
        text = "\n".join(screen.display)
        for name, sign in signs.items():
            if name not in shown and re.search(sign, text):
                shown[name] = chunk
    missing = signs.keys() - shown.keys()
    assert not missing, f"{sorted(missing)} never appeared; the screen:\n{text}"
    return shown


def pieces(terminal: Terminal) -> Iterator[bytes]:
    """What comes until nothing has come for a while."""
    patience = FIRST
    while select.select([terminal.fd], [], [], patience)[0]:
        patience = REST
        try:
            data = os.read(terminal.fd, 65536)
        except OSError:
            return
        if not data:
            return
        yield data


def busy_seconds(pid: int) -> float:
    """As `cpu_seconds`, to the microsecond, but only of the threads that are there now."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def opened(argv: list[str], ready: str, size: tuple[int, int]) -> Terminal:
    terminal = Terminal(argv, env=dict(os.environ), columns=size[0], rows=size[1])
    terminal.wait_for(ready)
    return terminal


class KeyCost(NamedTuple):
    seconds: float
    """Until the first byte of its paint."""
    sent: int
    """Bytes of the first frame, in which the cursor is where the key put it."""
    after: int
    """Bytes of what follows the cursor."""


def key_cost(terminal: Terminal, key: str) -> KeyCost | None:
    """None where the key painted nothing."""
    before = len(terminal.raw)
    started = time.perf_counter()
    terminal.write(key.encode())
    while len(terminal.raw) == before and time.perf_counter() - started < 2:
        terminal.read_once(0.001)
    if len(terminal.raw) == before:
        return None
    delay = terminal.read_at - started
    terminal.read_for(0.25)
    end = terminal.raw.find(FRAME_END, before)
    end = len(terminal.raw) if end < 0 else end + len(FRAME_END)
    return KeyCost(delay, end - before, len(terminal.raw) - end)


def cpu_seconds(pid: int) -> float:
    """Spent so far by all threads."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def most_memory(pid: int) -> float:
    """MB held at once so far."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def quit_time(terminal: Terminal, key: str) -> float:
    """Seconds from the key to the end of the process."""
    started = time.perf_counter()
    terminal.write(key.encode())
    terminal.wait_gone()
    return time.perf_counter() - started


def main(store: str, rounds: int, size: tuple[int, int]) -> None:
    home = tempfile.mkdtemp()
    os.environ.update({"XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home})
    os.environ["PYTHONPYCACHEPREFIX"] = str(Path(home, "compiled"))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    programs = {
        "one widget": ([sys.executable, BARE, "one"], {"one widget": "ready"}),
        "bare list": ([sys.executable, BARE, "list"], {"bare list": "ready"}),
        "workbench": (
            [sys.executable, "-m", "workbench", "--store", store],
            {"workbench": r"\? help", "workbench, content": r"\d\.\d\.\d"},
        ),
    }
    paints: dict[str, list[Chunk]] = {name: [] for _, signs in programs.values() for name in signs}
    for compiled in [False] + [True] * rounds:
        for argv, signs in programs.values():
            for name, chunk in opened_at(argv, signs, size).items():
                if compiled:
                    paints[name].append(chunk)
    floor, floor_spent = best(paints["one widget"])
    for name, chunks in paints.items():
        seconds, spent = best(chunks)
        print(
            f"first paint  {name:<20} {seconds * 1000:7.0f} ms  {seconds / floor:5.2f} ×   "
            f"CPU {spent * 1000:7.0f} ms  {spent / floor_spent:5.2f} ×"
        )

    compared = ("bare list", "workbench")
    terminals = {name: opened(programs[name][0], programs[name][1][name], size) for name in compared}
    for terminal in terminals.values():
        terminal.read_for(2)  # what is drawn and loaded after the first paint is no key's
    for label, key, budget in (("j", "j", 1024), ("ctrl+d", "\x04", 12 * 1024)):
        costs: dict[str, list[KeyCost]] = {name: [] for name in compared}
        for _ in range(KEYS):
            for name, terminal in terminals.items():
                if (cost := key_cost(terminal, key)) is not None:
                    costs[name].append(cost)
        silent = [name for name in compared if len(costs[name]) < KEYS]
        if silent:
            # The end of the list: what is left would be of other rows than the bare list's.
            print(f"{label:<7} not compared: the store is too small, {', '.join(silent)} came to its end")
            continue
        bare = _percentiles([cost.seconds for cost in costs["bare list"]])
        for name in compared:
            p50, p95 = _percentiles([cost.seconds for cost in costs[name]])
            sent, after = (statistics.mean(each) for each in list(zip(*costs[name], strict=True))[1:])
            print(
                f"{label:<7} {name:<12} p50 {p50 * 1000:6.1f} ms {p50 / bare[0]:5.2f} ×  p95 {p95 * 1000:6.1f} ms "
                f"{p95 / bare[1]:5.2f} ×  {sent:6.0f} bytes (budget {budget}) and {after:.0f} of what follows"
            )
    for name, terminal in terminals.items():
        terminal.read_for(1)
        before, spent = len(terminal.raw), cpu_seconds(terminal.pid)
        terminal.read_for(5)
        sent, idle = len(terminal.raw) - before, cpu_seconds(terminal.pid) - spent
        memory = most_memory(terminal.pid)
        seconds = quit_time(terminal, QUIT[name])
        print(
            f"{name:<12} idle {sent} bytes, {idle / 5:.1%} CPU in 5 s; "
            f"memory {memory:.0f} MB; quit {seconds * 1000:.0f} ms"
        )
        terminal.close()


def best(chunks: Sequence[Chunk]) -> tuple[float, float]:
    """The least seconds and the least of the processor's."""
    return min(chunk.seconds for chunk in chunks), min(chunk.spent for chunk in chunks)


def _percentiles(delays: list[float]) -> tuple[float, float]:
    """The median, and what one in twenty exceeds."""
    return statistics.median(delays), sorted(delays)[int(len(delays) * 0.95) - 1]


if __name__ == "__main__":
    columns, _, rows = (sys.argv[3:] or ["160x45"])[0].partition("x")
    main(sys.argv[1], int((sys.argv[2:] or ["5"])[0]), (int(columns), int(rows)))
