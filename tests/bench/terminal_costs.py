"""First paint, keys and idle of the app against bare Textual: `terminal_costs.py STORE [ROUNDS] [COLUMNSxROWS]`.

Budgets: first paint ≤ 1.4 × a one-widget app; a key to its paint ≤ 1.3 × a bare Line-API list; ≤ 1 KB for a move,
≤ 12 KB for a page; idle 0 bytes. Rounds are interleaved because machines drift; ratios are of minima and medians.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.support.terminal import Terminal

BARE = str(Path(__file__).with_name("bare_apps.py"))


def first_paint(argv: list[str], ready: str, size: tuple[int, int]) -> tuple[float, Terminal]:
    started = time.perf_counter()
    terminal = Terminal(argv, env=dict(os.environ), columns=size[0], rows=size[1])
    terminal.wait_for(ready)
    return terminal.read_at - started, terminal


def key_costs(terminal: Terminal, key: str, times: int) -> tuple[list[float], float]:
    """Seconds from a key to the first byte of its paint, and the mean bytes it sent."""
    delays, sent = [], 0
    for _ in range(times):
        before = len(terminal.raw)
        started = time.perf_counter()
        terminal.write(key.encode())
        while len(terminal.raw) == before and time.perf_counter() - started < 2:
            terminal.read_once(0.001)
        delays.append(terminal.read_at - started)
        terminal.read_for(0.25)
        sent += len(terminal.raw) - before
    return delays, sent / times


def main(store: str, rounds: int, size: tuple[int, int]) -> None:
    home = tempfile.mkdtemp()
    os.environ.update({"XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home})
    programs = {
        "one widget": ([sys.executable, BARE, "one"], "ready"),
        "bare list": ([sys.executable, BARE, "list"], "ready"),
        "workbench": ([sys.executable, "-m", "workbench", "--store", store], r"\? help"),
        "workbench, content": ([sys.executable, "-m", "workbench", "--store", store], r"\d\.\d\.\d"),
    }
    paints: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, (argv, ready) in programs.items():
            seconds, terminal = first_paint(argv, ready, size)
            paints[name].append(seconds)
            terminal.close()
    floor = min(paints["one widget"])
    for name, all_seconds in paints.items():
        best = min(all_seconds)
        print(f"first paint  {name:<20} {best * 1000:7.0f} ms  {best / floor:5.2f} ×")

    for name in ("bare list", "workbench"):
        _, terminal = first_paint(*programs[name], size)
        terminal.read_for(1.5)
        for label, key in (("j", "j"), ("ctrl+d", "\x04")):
            delays, sent = key_costs(terminal, key, 20)
            p50, p95 = statistics.median(delays), sorted(delays)[-2]
            print(f"{label:<7} {name:<12} p50 {p50 * 1000:6.1f} ms  p95 {p95 * 1000:6.1f} ms  {sent:8.0f} bytes")
        before = len(terminal.raw)
        terminal.read_for(5)
        print(f"idle    {name:<12} {len(terminal.raw) - before} bytes in 5 s")
        terminal.close()


if __name__ == "__main__":
    columns, _, rows = (sys.argv[3:] or ["160x45"])[0].partition("x")
    main(sys.argv[1], int((sys.argv[2:] or ["5"])[0]), (int(columns), int(rows)))
