"""The only writer of standard error, and the owner of the exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workbench.text import visible

DONE = 0
NO = 1
"""The answer is no: refused, invalid, different with --exit-code, damaged."""
BAD_INPUT = 2
NOT_FOUND = 3
MOVED = 4
MODEL_FAILED = 5
_MANY = 200
"""Items from which it is worth saying how far things are."""
CRASHED = 70
INTERRUPTED = 130
BROKEN_PIPE = 141


def say(message: str) -> None:
    """Narration: what was done, and how to undo it."""
    _write(message)


def warn(message: str) -> None:
    _write(f"warning: {message}")


def fail(message: str, hint: str = "") -> None:
    """What was wrong, and on the next line what to do instead."""
    _write(f"workbench: {message}")
    if hint:
        _write(f"  {hint}")


def done(message: str, undo: str = "workbench undo") -> None:
    """One line for an act that changed something."""
    _write(f"{message} · undo: {undo}" if undo else message)


def on_terminal() -> bool:
    return sys.stderr.isatty()


def piece(text: str) -> None:
    """A part of what is still being told; shown at once."""
    _write(text, end="")


def _write(text: str, end: str = "\n") -> None:
    stream = sys.stderr
    safe = visible(text).encode(stream.encoding or "utf-8", "backslashreplace").decode(stream.encoding or "utf-8")
    stream.write(safe + end)
    stream.flush()


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Gives a function that takes items done and in all; one line that is written over, on a terminal only."""
    last = -1

    def advance(done: int, total: int) -> None:
        nonlocal last
        hundredth = 100 * done // total if total else 100
        if on_terminal() and total > _MANY and hundredth != last:
            last = hundredth
            sys.stderr.write(f"\r{what} {done} of {total}")
            sys.stderr.flush()

    yield advance
    if last >= 0:
        sys.stderr.write("\r" + " " * 60 + "\r")


@contextmanager
def lasting(what: str) -> Iterator[Callable[[str, float], None]]:
    """Gives a function that takes what is being done and for how many seconds: one line that is written over, from the
    first second on; where that is no terminal, a line for each thing."""
    shown: tuple[str, int] = ("", 0)

    def told(doing: str, seconds: float) -> None:
        nonlocal shown
        now = (doing, int(seconds))
        if now == shown or not now[1]:
            return
        if on_terminal():
            sys.stderr.write(f"\r{visible(what)}: {doing}, {now[1]} s \x1b[K")
            sys.stderr.flush()
        elif doing != shown[0]:
            say(f"{what}: {doing} …")
        shown = now

    yield told
    if shown[1] and on_terminal():
        sys.stderr.write("\r\x1b[K")


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Gives a function that takes bytes done and in all: a bar on a terminal, a line every tenth elsewhere."""
    if not on_terminal():
        yield _Tenths(what)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Tenths:
    def __init__(self, what: str) -> None:
        self._what = what
        self._said = -1

    def __call__(self, done: int, total: int) -> None:
        tenth = 10 * done // total if total else 0
        if tenth > self._said:
            self._said = tenth
            say(f"{self._what}: {10 * tenth} % of {total / 1e6:.0f} MB")
