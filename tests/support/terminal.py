"""A real terminal for tests: a program in a pty, its bytes fed to a terminal emulator (pyte)."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from typing import Self

import pyte

ENTER, ESC, UP, DOWN = "\r", "\x1b", "\x1b[A", "\x1b[B"
DANGEROUS = re.compile(rb"\x1b\]52|\x1b\]8;|\x1bP|\x1b_|\x1b\]0;|\x1b\[6n")
"""Sequences that no data may bring to a terminal: clipboard, links, device strings, titles, cursor queries."""


class Terminal:
    """`raw` holds every byte the program wrote; `text` is the screen as a person sees it."""

    def __init__(
        self, argv: Sequence[str], *, env: Mapping[str, str] | None = None, columns: int = 80, rows: int = 24
    ) -> None:
        self.columns, self.rows = columns, rows
        self.raw = bytearray()
        self.read_at = 0.0
        """When the last bytes came, on `time.perf_counter`; before this emulator has worked them out."""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            # By the child itself, so that no program starts before its terminal has a size.
            self._fd = 0
            self._set_size(columns, rows)
            os.environ.update({"TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})})
            # The readline library puts the test run's own size there, also past Python's back.
            for size in ("COLUMNS", "LINES"):
                os.environ.pop(size, None)
                os.unsetenv(size)
            os.execvp(argv[0], list(argv))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def fd(self) -> int:
        """The end that is read, for whoever reads past the emulator."""
        return self._fd

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def row(self, number: int) -> str:
        """One row of the screen, which is quicker than all of it."""
        cells = self._screen.buffer[number]
        return "".join(cells[column].data for column in range(self.columns))

    def column_of(self, sign: str, row: int) -> list[int]:
        """The cells of a row of the screen in which `sign` stands."""
        cells = self._screen.buffer[row]
        return [column for column in range(self.columns) if cells[column].data == sign]

    def resize(self, columns: int, rows: int) -> None:
        self._screen.resize(rows, columns)
        self._set_size(columns, rows)

    def press(self, *keys: str, pause: float = 0.15) -> None:
        """Each key as its own write, and what it made the program draw."""
        for key in keys:
            os.write(self._fd, key.encode())
            self.read_for(pause)

    def write(self, data: bytes) -> None:
        os.write(self._fd, data)

    def read_for(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if not self.read_once(left):
                return

    def wait_for(self, pattern: str, timeout: float = 20.0) -> str:
        """The screen once `pattern` (a regular expression) is on it; AssertionError with the screen otherwise."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if re.search(pattern, self.text):
                return self.text
            if not self.read_once(0.2):
                break
        if re.search(pattern, self.text):
            return self.text
        raise AssertionError(f"{pattern!r} never appeared; the screen:\n{self.text}")

    def wait_gone(self, timeout: float = 10.0) -> int:
        """The exit status as the shell knows it (128 + signal when killed)."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self.read_once(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                while self.read_once(0.05):
                    pass
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
        raise AssertionError(f"still running after {timeout} s; the screen:\n{self.text}")

    def wait_stopped(self, timeout: float = 10.0) -> None:
        """Until the program has suspended itself."""
        deadline = time.monotonic() + timeout
        while not os.WIFSTOPPED(os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)[1]):
            assert time.monotonic() < deadline, f"not suspended after {timeout} s"
            self.read_for(0.05)
        self.read_for(0.2)

    def hang_up(self) -> None:
        """Close the terminal's own end, as a terminal window or a lost connection does."""
        os.close(self._fd)
        self._fd = -1

    def wait_dead(self, timeout: float) -> bool:
        """Whether the process ends by itself, after `hang_up`."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                self.pid = 0
                return True
            time.sleep(0.05)
        return False

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def left_behind(self) -> list[str]:
        """Modes still on at the end: alternate screen, mouse, paste, focus; and a hidden cursor."""
        modes: dict[bytes, bool] = {}
        for number, sign in re.findall(rb"\x1b\[\?([0-9;]+)([hl])", bytes(self.raw)):
            for mode in number.split(b";"):
                modes[mode] = sign == b"h"
        watched = (b"1049", b"1000", b"1002", b"1003", b"1006", b"1015", b"1016", b"2004", b"1004")
        on = [mode.decode() for mode in watched if modes.get(mode)]
        return on + (["cursor hidden"] if modes.get(b"25") is False else [])

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_once(self, timeout: float, most: int = 65536) -> bool:
        """Wait at most `timeout` seconds for at most `most` bytes; False once the program is gone."""
        ready, _, _ = select.select([self._fd], [], [], timeout)
        if not ready:
            return timeout > 0 and self.pid != 0
        try:
            data = os.read(self._fd, most)
        except OSError:
            return False
        self.read_at = time.perf_counter()
        self.raw += data
        self._stream.feed(data)
        return bool(data)
