"""What a rendering has written so far, counted against the bounds; and values written as JavaScript writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.domain.templates.bounds import MAX_OUTPUT, LimitExceeded, Meter, size_of


class Output:
    """Collects texts, and marks between them."""

    def __init__(self, meter: Meter) -> None:
        self.pieces: list[Any] = []
        """Texts, and marks of other types in the places where they were put."""
        self.meter = meter
        self.length = 0

    def text(self, text: str) -> None:
        self.meter.step()
        if text:
            self.length += len(text)
            if self.length > MAX_OUTPUT:
                raise LimitExceeded(f"the result is longer than {MAX_OUTPUT:,} characters")
            self.meter.make(len(text))
            self.pieces.append(text)

    def mark(self, mark: Any) -> None:
        self.meter.step()
        self.pieces.append(mark)


def js_text(value: Any) -> str:
    """As `String(value)` of JavaScript, where null and undefined are nothing. Raises `LimitExceeded`."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if isinstance(value, (list, tuple)):
        size_of(value)
        return ",".join(js_text(item) for item in value)
    return "[object Object]" if isinstance(value, Mapping) else str(value)
