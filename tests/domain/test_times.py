"""Times are typed and read in the time of the place, and stored in UTC."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from workbench.domain.times import day_and_time, moment
from workbench.errors import BadInput

NOW = datetime(2026, 9, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four hours behind UTC in September."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2026-09-01", "2026-09-02T03:59:59.999999Z"),
        (" 2026-09-01 12:03", "2026-09-01T16:03:59.999999Z"),
        ("2026-09-01T12:03:04Z", "2026-09-01T12:03:04.000000Z"),
        ("2026-09-01T14:03+02:00", "2026-09-01T12:03:00.000000Z"),
        ("3d", "2026-09-07T12:00:00.000000Z"),
        ("2h ago", "2026-09-10T10:00:00.000000Z"),
    ],
)
@pytest.mark.usefixtures("new_york")
def test_a_time_is_read_as_people_write_it(typed: str, stored: str) -> None:
    assert moment(typed, NOW) == stored


@pytest.mark.usefixtures("new_york")
def test_a_stored_time_is_shown_in_local_time() -> None:
    assert day_and_time("2026-09-01T03:03:00.000000Z") == "2026-08-31 23:03"


@pytest.mark.parametrize("typed", ["", "now", "2026-13-01", "2026-09-01 25:00", "2026-9-1", "0001-01-01", "999999w"])
def test_what_is_no_time(typed: str) -> None:
    with pytest.raises(BadInput, match="is not a time"):
        moment(typed, NOW)
