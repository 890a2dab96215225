"""Times as people read and write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from workbench.errors import BadInput

_AGO = re.compile(r"(\d{1,6})\s*(s|m|min|h|d|w)(?:\s+ago)?")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}


def day_and_time(stored: str) -> str:
    """`2026-09-01 12:03`, in UTC as it is stored."""
    return stored[:16].replace("T", " ")


def moment(typed: str, now: datetime | None = None) -> str:
    """A stored time for `2026-09-01`, `2026-09-01 12:03`, an ISO time with zone, `3d` or `2h ago`. Without a zone: UTC.

    A day alone means its end, so that what was live on that day is what was live when it closed.
    """
    now = now or datetime.now(UTC)
    if match := _AGO.fullmatch(typed.strip()):
        at = now - timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    else:
        try:
            at = datetime.fromisoformat(typed.strip())
        except ValueError as error:
            raise BadInput(
                f"{typed!r} is not a time", "write 2026-09-01, '2026-09-01 12:03', 3d or '2h ago' (UTC)"
            ) from error
        if re.fullmatch(r"\d{4}-\d\d-\d\d", typed.strip()):
            at += timedelta(days=1, microseconds=-1)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
