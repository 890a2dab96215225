"""The only writer of standard error, and the owner of the exit codes."""

from __future__ import annotations

import sys

from workbench.text import visible

DONE = 0
NO = 1
"""The answer is no: refused, invalid, different with --exit-code, damaged."""
BAD_INPUT = 2
NOT_FOUND = 3
MOVED = 4
MODEL_FAILED = 5
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


def _write(text: str) -> None:
    stream = sys.stderr
    safe = visible(text).encode(stream.encoding or "utf-8", "backslashreplace").decode(stream.encoding or "utf-8")
    stream.write(safe + "\n")
    stream.flush()
