"""How long ago something was, in at most four characters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], str]


def now_utc() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def age(then: str, now: str) -> str:
    """`then` and `now` as ISO UTC: `now`, `5m`, `2h`, `3d`, `6w`, `2y`; "" for a time that cannot be read."""
    try:
        seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(then)).total_seconds()
    except (ValueError, TypeError):
        return ""
    for unit, length in (("y", 31_536_000), ("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= length * (2 if unit == "w" else 1):
            return f"{int(seconds // length)}{unit}"
    return "now"
