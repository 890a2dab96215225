"""Running a team's own command as a check: no shell, a time limit, its output kept, and it can be stopped.

Nothing here touches the store, so it may run on any thread.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.domain.releases.checks import CommandResult, Ended
from workbench.models.secrets import Secret, scrub

KEPT = 100_000
"""Characters of output that are kept: the beginning and the end."""
_LOOK = 0.05
_GRACE = 2.0
"""Seconds between asking a command to end and ending it."""
Cancel = Callable[[], bool]
Said = Callable[[str, str], None]
"""Gets the label of the command and what it writes, by whole lines, so that no key comes in two pieces."""


@dataclass(frozen=True)
class Command:
    """One command for one content; `about` is where its result belongs."""

    label: str
    words: tuple[str, ...]
    timeout: float
    """Seconds."""
    folder: Path
    environment: tuple[tuple[str, str], ...]
    """What is added to the environment of this process: `WORKBENCH_REFERENCE` and the like."""
    prompt: str
    digest: str
    where: str
    """The environment that asks for it."""


class Stopped(Exception):
    """Somebody cancelled it; nothing is to be kept."""


@dataclass(frozen=True)
class Runner:
    commands: tuple[Command, ...]
    actor: str
    clock: Callable[[], str]
    secrets: tuple[Secret, ...] = ()

    def run(self, cancel: Cancel | None = None, said: Said | None = None) -> list[CommandResult]:
        """One after the other; what was asked for several times is run once. When it is cancelled: those that ended."""
        found: list[CommandResult] = []
        for command in dict.fromkeys(self.commands):
            try:
                found.append(self._one(command, cancel or (lambda: False), said or (lambda _label, _text: None)))
            except Stopped:
                break
        return found

    def _one(self, command: Command, cancel: Cancel, said: Said) -> CommandResult:
        began = time.monotonic()
        ended, exit_code, output = run_words(
            command.words,
            folder=command.folder,
            environment=dict(command.environment),
            timeout=command.timeout,
            cancel=cancel,
            said=lambda text: said(command.label, scrub(text, self.secrets)),
        )
        return CommandResult(
            0,
            command.prompt,
            command.digest,
            command.where,
            command.words,
            ended,
            exit_code,
            scrub(shortened(output), self.secrets),
            round(time.monotonic() - began, 3),
            self.actor,
            self.clock(),
        )


def run_words(
    words: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    timeout: float,
    cancel: Cancel,
    said: Callable[[str], None],
) -> tuple[Ended, int | None, str]:
    """(how it ended, exit code, all that it wrote). Raises `Stopped`. Whatever it started is ended with it."""
    try:
        process = subprocess.Popen(
            list(words),
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return "not_started", None, f"{words[0]}: {reason}\n"
    written = _Written(said)
    try:
        ended = _follow(process, time.monotonic() + timeout, cancel, written)
    finally:
        _end(process)
    return ended, process.returncode if ended == "exited" else None, written.text


class _Written:
    """What a command writes: told line by line, and kept as far as anyone will read it."""

    def __init__(self, said: Callable[[str], None]) -> None:
        self._said = said
        self._parts: list[bytes] = []
        self._size = 0
        self._line = b""

    def take(self, piece: bytes) -> None:
        *whole, self._line = (self._line + piece).rsplit(b"\n", 1)
        if not whole and len(self._line) > KEPT:
            whole, self._line = [self._line], b""
        if whole:
            self._said(whole[0].decode("utf-8", errors="replace") + "\n")
        # What no one keeps is not held either: a command may write for hours.
        if self._size < 50 * KEPT:
            self._parts.append(piece)
        self._size += len(piece)

    def end(self) -> None:
        if self._line:
            self._said(self._line.decode("utf-8", errors="replace"))

    @property
    def text(self) -> str:
        return b"".join(self._parts).decode("utf-8", errors="replace")


def _follow(process: subprocess.Popen[bytes], deadline: float, cancel: Cancel, written: _Written) -> Ended:
    assert process.stdout is not None  # noqa: S101 — it was asked for
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while _goes_on(deadline, cancel):
            if selector.select(_LOOK):
                piece = os.read(process.stdout.fileno(), 65536)
                if not piece:
                    break
                written.take(piece)
            elif process.poll() is not None:
                break  # what it started may hold its output open for ever
        else:
            return "timed_out"
    written.end()
    while process.poll() is None:
        if not _goes_on(deadline, cancel):
            return "timed_out"
        time.sleep(_LOOK)
    return "exited"


def _goes_on(deadline: float, cancel: Cancel) -> bool:
    """False once its time is over. Raises `Stopped`."""
    if cancel():
        raise Stopped
    return time.monotonic() <= deadline


def _end(process: subprocess.Popen[bytes]) -> None:
    """The whole group: a test runner has children of its own."""
    running = process.poll() is None
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        if running and number == signal.SIGTERM:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def shortened(text: str) -> str:
    """The beginning and the end, where there is more than is kept."""
    text = text.replace("\0", "\N{SYMBOL FOR NULL}")
    if len(text) <= KEPT:
        return text
    left_out = len(text) - KEPT
    return f"{text[: KEPT // 2]}\n… {left_out:,} characters left out …\n{text[-KEPT // 2 :]}"
