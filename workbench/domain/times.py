"""Times as people read and write them: theirs, of the place they are in. The store keeps UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from workbench.errors import BadInput

_AGO = re.compile(r"(\d{1,6})\s*(s|m|min|h|d|w)(?:\s+ago)?")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
EXAMPLES = "2026-09-01, '2026-09-01 12:03', 3d or '2h ago'"


def day_and_time(stored: str) -> str:
    """`2026-09-01 14:03` in local time, for a time as it is stored."""
    try:
        return datetime.fromisoformat(stored).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return stored[:16].replace("T", " ")


def moment(typed: str, now: datetime | None = None) -> str:
    """The stored time for `2026-09-01`, `2026-09-01 12:03` (local), an ISO time with zone, `3d` or `2h ago`.

    A day alone means its end, so that what was live on that day is what was live when it closed; a minute alone means
    its end too.
    """
    now = now or datetime.now(UTC)
    text = typed.strip()
    problem = BadInput(f"{typed!r} is not a time", f"write {EXAMPLES}")
    try:
        if match := _AGO.fullmatch(text):
            at = now - timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
        else:
            at = datetime.fromisoformat(text)
            if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                at += timedelta(days=1, microseconds=-1)
            elif re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text):
                at += timedelta(minutes=1, microseconds=-1)
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    except (ValueError, OverflowError) as error:
        raise problem from error
