"""Takes bracketed pastes out of what a terminal sends, whole and unread.

Textual looks for keys inside a paste: an escape character in it ends the paste early, and the rest runs as keys.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

BEGIN, END = "\x1b[200~", "\x1b[201~"
PATIENCE = 1.0
"""Seconds of silence after which a paste whose end never came is over."""


@dataclass(frozen=True)
class Pasted:
    text: str


class Pastes:
    """`split` gives, in order, typed text (str) and whole pastes; a paste may arrive in any number of pieces."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held = ""
        """The beginning of what may become `BEGIN`."""
        self._pieces: list[str] | None = None
        """The paste under way; None outside of one."""
        self._last = 0.0

    def split(self, text: str) -> Iterator[str | Pasted]:
        self._last = self._clock()
        text = self._held + text
        self._held = ""
        while text:
            if self._pieces is None:
                typed, begin, text = text.partition(BEGIN)
                if begin:
                    self._pieces = [""]
                else:
                    typed, self._held = _hold_back(typed)
                if typed:
                    yield typed
            else:
                # The end may be cut in two by the reads: the last piece is kept as long as it.
                pasted, end, rest = (self._pieces.pop() + text).partition(END)
                if end:
                    self._pieces.append(pasted)
                    yield self._finished()
                else:
                    self._pieces += [pasted[: -len(END)], pasted[-len(END) :]]
                text = rest

    def overdue(self) -> Iterator[str | Pasted]:
        """What waits for an end that does not come."""
        if (self._held or self._pieces is not None) and self._clock() - self._last > PATIENCE:
            if self._held:
                yield self._held
                self._held = ""
            if self._pieces is not None:
                yield self._finished()

    def _finished(self) -> Pasted:
        pasted = Pasted("".join(self._pieces or ()))
        self._pieces = None
        return pasted


def _hold_back(text: str) -> tuple[str, str]:
    """What is typed for certain, and an end that may be the beginning of `BEGIN`. Escape alone is a key, and `ESC [` is
    left to Textual, which waits for what follows."""
    for length in range(len(BEGIN) - 1, 2, -1):
        if text.endswith(BEGIN[:length]):
            return text[:-length], text[-length:]
    return text, ""
