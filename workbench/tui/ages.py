"""How long ago something was, in at most four characters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from workbench.domain.times import age as age

Now = Callable[[], str]


def now_utc() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
