"""Between Textual and the terminal: nothing unsafe goes out, nothing broken comes in, it is given back whole."""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import signal
import socket
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Sequence
from io import TextIOWrapper
from typing import Any, TextIO, cast

from rich.segment import Segment
from textual import constants, events
from textual.color import Color
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter

from workbench.text import UNSAFE
from workbench.tui.only_ascii import drawn_in_ascii
from workbench.tui.pastes import Pasted, Pastes


class SafeText(LineFilter):
    """The last line of defence: deletes control and direction characters from what any widget draws.

    They are zero cells wide, so the layout holds. Views show them as pictures before they come here.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 Textual's signature
        if not any(UNSAFE.search(segment.text) for segment in segments):
            return segments
        return [Segment(UNSAFE.sub("", text), style, control) for text, style, control in segments]


class PlainSigns(LineFilter):
    """For terminals and fonts without other signs: frames, bars and marks in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 Textual's signature
        return [Segment(drawn_in_ascii(text), style, control) for text, style, control in segments]


SAFE_TEXT = SafeText()
"""One object for the whole process: Textual's strips remember what they look like per filter object."""
PLAIN_SIGNS = PlainSigns()

REST = 0.1
"""Seconds between two looks at the clock while nothing is typed."""
ALERT = 0.005
"""The same behind an escape, which is a key of its own unless the rest of a sequence comes at once."""
RESTORED = "\x1b[?1016l"
"""Textual leaves mouse reporting in pixels on where the terminal resizes in band."""


class Unbroken:
    """The terminal's file; what is written after the terminal has gone is dropped.

    An error would end Textual's writing thread, and the app then waits for ever for room in its queue.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()


class TolerantDriver(LinuxDriver):
    """Input bytes that are not UTF-8 become U+FFFD, and a terminal may go: in the stock driver either ends badly."""

    starts = 0
    """How often the terminal was taken over; after each of them nothing is known of what it shows."""

    _wake: socket.socket | None = None
    """Written to, it ends the thread that waits for keys at once."""

    _looks = 0
    """How often the size was looked at: once for each start, and for each change."""

    def start_application_mode(self) -> None:
        self.starts += 1
        if not isinstance(self._file, Unbroken):
            self._file = cast(TextIOWrapper, Unbroken(cast(TextIO, self._file)))
        super().start_application_mode()  # type: ignore[no-untyped-call]

    @property
    def resizes(self) -> int:
        """How often the terminal said that its size is another one."""
        return self._looks - self.starts

    def _get_terminal_size(self) -> tuple[int, int]:
        self._looks += 1
        return super()._get_terminal_size()

    def run_input_thread(self) -> None:
        from textual import _xterm_parser

        parser = _xterm_parser.XTermParser(self._debug)
        pastes = Pastes()

        def take(parts: Iterable[str | Pasted]) -> None:
            for part in parts:
                if isinstance(part, Pasted):
                    self.process_message(events.Paste(part.text.replace("\0", "")))
                else:
                    for event in parser.feed(part):
                        self.process_message(event)

        decode = getincrementaldecoder("utf-8")("replace").decode
        woken, self._wake = socket.socketpair()
        alert_until = 0.0
        with selectors.SelectSelector() as selector, woken, self._wake:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = selector.select(ALERT if time.monotonic() < alert_until else REST)
                if any(key.fd == self.fileno for key, _ in ready):
                    data = self._read()
                    if not data:
                        # The terminal is gone, with or without telling us.
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    # Half a character decodes to nothing yet, and to the parser nothing means the end.
                    if text := decode(data):
                        if "\x1b" in text:
                            alert_until = time.monotonic() + constants.ESCAPE_DELAY + 2 * ALERT
                        take(pastes.split(text))
                take(pastes.overdue())
                for event in parser.tick():
                    self.process_message(event)

    def disable_input(self) -> None:
        if self._wake is not None and self._key_thread is not None:
            self.exit_event.set()
            with contextlib.suppress(OSError):
                self._wake.send(b"x")
            self._key_thread.join()
            self._wake = None
            self.exit_event.clear()
        super().disable_input()

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def stop_application_mode(self) -> None:
        self.write(RESTORED)
        super().stop_application_mode()


def driver_class() -> type[LinuxDriver] | None:
    """The driver for a real terminal; None leaves the choice to Textual (tests, other systems)."""
    if os.environ.get("TEXTUAL_DRIVER") or sys.platform == "win32":
        return None
    return TolerantDriver


def over_ssh() -> bool:
    return bool(os.environ.get("SSH_CONNECTION"))


SIGNALS: tuple[signal.Signals, ...] = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)
)


def on_signals(loop: asyncio.AbstractEventLoop, leave: Callable[[int], Any], signals: Sequence[int] = SIGNALS) -> None:
    """`leave(128 + n)` when signal n comes: the stock app would die with the terminal in its own modes."""
    for number in signals:
        try:
            loop.add_signal_handler(number, leave, 128 + int(number))
        except (NotImplementedError, RuntimeError, ValueError):
            # Not the main thread, or not a Unix: then the system's own handling stays.
            return
