"""Between Textual and the terminal: nothing unsafe goes out, nothing broken comes in, it is given back whole."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import sys
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.segment import Segment
from textual import events
from textual.color import Color
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter

from workbench.text import UNSAFE
from workbench.tui.pastes import Pasted, Pastes


class SafeText(LineFilter):
    """The last line of defence: deletes control and direction characters from what any widget draws.

    They are zero cells wide, so the layout holds. Views show them as pictures before they come here.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 Textual's signature
        if not any(UNSAFE.search(segment.text) for segment in segments):
            return segments
        return [Segment(UNSAFE.sub("", text), style, control) for text, style, control in segments]


SAFE_TEXT = SafeText()
"""One object for the whole process: Textual's strips remember what they look like per filter object."""

RESTORED = "\x1b[?1016l"
"""Textual leaves mouse reporting in pixels on where the terminal resizes in band."""


class TolerantDriver(LinuxDriver):
    """Input bytes that are not UTF-8 become U+FFFD; in the stock driver one of them ends the app."""

    starts = 0
    """How often the terminal was taken over; after each of them nothing is known of what it shows."""

    def start_application_mode(self) -> None:
        self.starts += 1
        super().start_application_mode()  # type: ignore[no-untyped-call]

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
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    data = os.read(self.fileno, 4096)
                    if not data:
                        # The terminal is gone; SIGHUP ends the app. Without a pause this would be a busy loop.
                        self.exit_event.wait(0.1)
                        continue
                    # Half a character decodes to nothing yet, and to the parser nothing means the end.
                    if text := decode(data):
                        take(pastes.split(text))
                take(pastes.overdue())
                for event in parser.tick():
                    self.process_message(event)

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
