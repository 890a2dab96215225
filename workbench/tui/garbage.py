"""When garbage is looked for: looking through all there is takes 50 ms and more, which no key shall wait for."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable

EVERY = 1.0
"""Seconds between two looks whether there is time for it."""
QUIET = 0.7
"""Seconds without a key after which the next one is not expected at once."""
DUE = 10
"""Collections of young objects after which all are looked through, which is Python's own measure."""
OVERDUE = 60
"""So many, and it is done although keys come."""
REST = 100
"""How many times as long as the last search took there is none again."""
MANY = 100
"""Modules that came together: what they brought stays, and is not looked through again."""
_NEVER = 1_000_000_000


class Garbage:
    """Young objects are collected as ever. Nothing happens before `stands`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = self._rested = clock()
        self._modules = self._frozen = 0

    def stands(self) -> None:
        """What the start brought stays; from now on there is a collector again."""
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], _NEVER)
        gc.enable()
        self._modules = self._frozen = len(sys.modules)

    def key(self) -> None:
        self._key = self._clock()

    def look(self) -> None:
        """Search all, if there is much and nobody waits. To be called every now and then on the app's thread."""
        before, self._modules = self._modules, len(sys.modules)
        if not self._frozen or before != self._modules:
            return  # a thread is importing: what it makes is neither garbage nor whole
        if self._modules - self._frozen >= MANY:
            self._frozen = self._modules
            gc.collect(1)
            gc.freeze()
            return
        searches, now = gc.get_count()[2], self._clock()
        if searches < DUE or (searches < OVERDUE and (now - self._key < QUIET or now < self._rested)):
            return
        gc.collect()
        self._rested = self._clock() + REST * (self._clock() - now)
