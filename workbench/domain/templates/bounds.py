"""The limits a rendering keeps to, and the meter that counts against them.

The sandbox of Jinja2 stops attribute tricks, but not templates that never end or that fill the memory. Every operation
that can make something bigger therefore reports here; no single one can make more than `MAX_VALUE` characters, and
between two of them the clock is looked at, so that a rendering ends soon after `MAX_SECONDS` at the latest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

MAX_TEMPLATE = 4_000_000
"""Characters of one template text."""
MAX_OUTPUT = 4_000_000
"""Characters one message may render to."""
MAX_VALUE = 4_000_000
"""Characters of one value made by a template; also what all its parts come to when it is written out."""
MAX_ITEMS = 100_000
"""Parts of one list or mapping made by a template, those of its parts included."""
MAX_CREATED = 32_000_000
"""Characters of all values made during one rendering, so that many variables cannot hold more together."""
MAX_STEPS = 200_000
"""Turns of all loops, calls, filters and operators of one rendering."""
MAX_WIDTH = 10_000
"""Widths, precisions and counts given to filters and methods."""
MAX_BITS = 10_000
"""Size of a whole number: about 3,000 digits, fewer than Python refuses to print."""
MAX_SECONDS = 1.2


class LimitExceeded(Exception):
    """A bound was passed; the message is a sentence for the person."""


class Meter:
    """Counts one rendering. Cheap: a step is an addition and a comparison, the clock is read every 64 steps."""

    __slots__ = ("created", "deadline", "steps")

    def __init__(self) -> None:
        self.steps = 0
        self.created = 0
        self.deadline = time.monotonic() + MAX_SECONDS

    def step(self, count: int = 1) -> None:
        self.steps += count
        if self.steps > MAX_STEPS:
            raise LimitExceeded(f"the template takes more than {MAX_STEPS:,} steps (loops inside loops?)")
        if count > 1 or not self.steps & 63:
            self.look_at_the_clock()

    def look_at_the_clock(self) -> None:
        if time.monotonic() > self.deadline:
            raise LimitExceeded(f"the template takes longer than {MAX_SECONDS:g} seconds")

    def make(self, characters: int) -> None:
        """A value of that many characters is about to be made or written out."""
        if characters > MAX_VALUE:
            raise LimitExceeded(f"a value would become longer than {MAX_VALUE:,} characters")
        self.created += characters
        if self.created > MAX_CREATED:
            raise LimitExceeded(f"the values come to more than {MAX_CREATED:,} characters together")
        if characters > 4096:
            self.look_at_the_clock()


_METER: ContextVar[Meter | None] = ContextVar("workbench_template_meter", default=None)


@contextmanager
def metered() -> Iterator[Meter]:
    """One rendering: what happens inside counts on one new meter."""
    token = _METER.set(meter := Meter())
    try:
        yield meter
    finally:
        _METER.reset(token)


def meter() -> Meter:
    """The meter of this rendering; a fresh one where nothing renders (constants folded while compiling)."""
    return _METER.get() or Meter()


def size_of(value: Any, on_other: Callable[[Any], None] | None = None) -> int:
    """Characters `value` would come to when written out, within a factor; `LimitExceeded` past the bounds.

    A part that occurs twice counts twice: `[a, a]` of `[a, a]` … is small in memory and endless on paper.
    `on_other` is shown the parts that are neither text nor containers.
    """
    if isinstance(value, str):
        return len(value)
    if not isinstance(value, (list, tuple, dict, set, frozenset)):
        return 16
    total = items = 0
    stack: list[Any] = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            total += len(part) + 4
        elif isinstance(part, Mapping):
            items += len(part)
            stack.extend(part.keys())
            stack.extend(part.values())
        elif isinstance(part, (list, tuple, set, frozenset)):
            items += len(part)
            stack.extend(part)
        else:
            total += 16
            if on_other is not None:
                on_other(part)
        if items > MAX_ITEMS:
            raise LimitExceeded(f"a list would have more than {MAX_ITEMS:,} parts")
        if total > MAX_VALUE:
            raise LimitExceeded(f"a value would become longer than {MAX_VALUE:,} characters")
    return total
