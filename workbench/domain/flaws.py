"""What may be wrong at one place of a content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Flaw:
    severity: Literal["error", "warning"]
    message: str
    path: tuple[str | int, ...]
    """Where in a native file: `("messages", 0, "content")`, `("variables", "tier", "default")`."""
    text_line: int = 0
    """The line inside the message, from 1; 0 where the flaw is no place in a text."""
    hint: str = ""
    code: str = ""
    """Of `rules.CODES`."""
