"""For terminals, fonts and locales without other signs: what the program itself says, in ASCII."""

from __future__ import annotations

import locale
import os

_IN_ASCII = str.maketrans({"·": "-", "→": ">", "≈": "~", "×": "x", "⚠": "!", "…": "...", "¶": "=", "✓": "x", "✗": "o"})

_LINES = range(0x2500, 0x2580)
_DRAWN = str.maketrans(
    {chr(code): "+" for code in _LINES}
    | dict.fromkeys("─━═╌╍┄┅┈┉╴╶╸╺╼╾", "-")
    | dict.fromkeys("│┃║╎╏┆┇┊┋╵╷╹╻╽╿▌▐▍▎▏▕", "|")
    | dict.fromkeys("▁▂▃▄", "_")
    | dict.fromkeys("▅▆▇█▀▔▉▊▋", "#")
    | {"●": "*", "○": "o", "★": "*", "☆": "*", "▾": "v", "▼": "v", "▸": ">", "▶": ">", "◀": "<", "▴": "^", "▲": "^"}
)
"""Frames, bars and marks: one cell each, and such as no prose is written with."""


def ascii_only() -> bool:
    """WORKBENCH_ASCII says so, or the locale has no other signs."""
    wish = os.environ.get("WORKBENCH_ASCII", "")
    return wish not in ("", "0") or (not wish and "utf" not in locale.getpreferredencoding(False).lower())


def in_ascii(text: str) -> str:
    """With the signs that the program uses written as ASCII; data in it stays as it is."""
    return text.translate(_IN_ASCII)


def drawn_in_ascii(text: str) -> str:
    """As long as before, with frames, bars and marks drawn in ASCII; what prose is written with stays as it is."""
    return text if text.isascii() else text.translate(_DRAWN)
