"""The time a diff may take, asked about wherever work can pile up."""

from __future__ import annotations

import time

A_LOOK = 4096
"""Steps of a short loop between two looks at the clock."""


class Deadline:
    """`passed()` turns true, and stays so, when the seconds are used up. None: never."""

    __slots__ = ("_at",)

    def __init__(self, seconds: float | None = None) -> None:
        self._at = None if seconds is None else time.perf_counter() + seconds

    def passed(self) -> bool:
        return self._at is not None and time.perf_counter() >= self._at
