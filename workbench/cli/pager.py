"""Long answers through the reader's pager, as git shows them."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, cast


class _Collecting(io.StringIO):
    """Stands for the terminal while it is written to, so that everything is written as to it."""

    def __init__(self, terminal: TextIO) -> None:
        super().__init__()
        self._buffer = io.BytesIO()
        self._terminal = terminal

    @property
    def buffer(self) -> io.BytesIO:
        return self._buffer

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._terminal.encoding

    def isatty(self) -> bool:
        return True


def command() -> list[str]:
    """What pages: `PAGER`, else less where there is one; empty for none."""
    wish = os.environ.get("PAGER")
    if wish is None:
        return ["less"] if shutil.which("less") else []
    try:
        words = shlex.split(wish)
    except ValueError:
        return []
    return [] if words in ([], ["cat"]) else words


@contextmanager
def paged(wanted: bool = True) -> Iterator[None]:
    """What is written inside goes through the pager when standard output is a terminal and it does not fit on it."""
    terminal, pager = sys.stdout, command()
    if not wanted or not pager or not terminal.isatty():
        yield
        return
    collected = _Collecting(terminal)
    sys.stdout = cast(TextIO, collected)
    try:
        yield
    finally:
        sys.stdout = terminal
    text = collected.buffer.getvalue()
    if text.count(b"\n") < shutil.get_terminal_size((100, 24)).lines:
        _to_terminal(terminal, text)
        return
    # As git does it: quit when it fits, keep colours, leave the screen as it is.
    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    try:
        process = subprocess.Popen(pager, stdin=subprocess.PIPE, env=environment)
    except OSError:
        _to_terminal(terminal, text)
        return
    with suppress(BrokenPipeError):
        process.communicate(text)
    process.wait()


def _to_terminal(terminal: TextIO, text: bytes) -> None:
    terminal.buffer.write(text)
    terminal.buffer.flush()
