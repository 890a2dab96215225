"""How long to wait before asking again."""

from __future__ import annotations

import random
import time
from email.utils import parsedate_to_datetime

from workbench.models.failures import retry_is_sensible

ATTEMPTS = 3
"""One call and at most two more."""
LONGEST_WAIT = 60.0
"""Seconds; an endpoint that asks for a day gets a minute."""
FIRST_WAIT = 0.5


def wait_before_retry(error: BaseException, attempt: int) -> tuple[float, bool] | None:
    """Seconds to wait after failed `attempt` (from 1) and whether the endpoint asked for it; None: give up."""
    if attempt >= ATTEMPTS or not retry_is_sensible(error):
        return None
    asked = _retry_after(error)
    if asked is not None:
        return min(asked, LONGEST_WAIT), True
    base = FIRST_WAIT * 2 ** (attempt - 1)
    return base * random.uniform(0.75, 1.5), False  # noqa: S311  spreads callers, guards nothing


def _retry_after(error: BaseException) -> float | None:
    """Seconds from `retry-after-ms` or `Retry-After` (seconds or an HTTP date), None where it is absent or absurd."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    if headers is None:
        return None
    try:
        if (milliseconds := headers.get("retry-after-ms")) is not None:
            seconds = float(milliseconds) / 1000
        elif (text := headers.get("retry-after")) is None:
            return None
        else:
            try:
                seconds = float(text)
            except ValueError:
                seconds = parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, seconds) if seconds == seconds else None
