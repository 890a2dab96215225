"""Times are typed and read in the time of the place, and stored in UTC."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from workbench.domain.times import age, beginning, day_and_time, moment
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
        ("2 hours ago", "2026-09-10T10:00:00.000000Z"),
        ("1h30m ago", "2026-09-10T10:30:00.000000Z"),
        ("1 day 2 hrs", "2026-09-09T10:00:00.000000Z"),
        ("90s", "2026-09-10T11:58:30.000000Z"),
        ("now", "2026-09-10T12:00:00.000000Z"),
        ("7:30", "2026-09-10T11:30:59.999999Z"),
        ("today", "2026-09-11T03:59:59.999999Z"),
        ("Yesterday 14:00", "2026-09-09T18:00:59.999999Z"),
        ("yesterday 14:00:05", "2026-09-09T18:00:05.000000Z"),
        ("mon 09:15", "2026-09-07T13:15:59.999999Z"),
        ("thursday", "2026-09-04T03:59:59.999999Z"),
    ],
)
@pytest.mark.usefixtures("new_york")
def test_a_time_is_read_as_people_write_it(typed: str, stored: str) -> None:
    assert moment(typed, NOW) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2026-09-01", "2026-09-01T04:00:00.000000Z"),
        ("2026-09-01 12:03", "2026-09-01T16:03:00.000000Z"),
        ("2026-09-01T14:03+02:00", "2026-09-01T12:03:00.000000Z"),
        ("24h", "2026-09-09T12:00:00.000000Z"),
        ("yesterday", "2026-09-09T04:00:00.000000Z"),
    ],
)
@pytest.mark.usefixtures("new_york")
def test_since_a_day_means_since_it_began(typed: str, stored: str) -> None:
    assert beginning(typed, NOW) == stored


@pytest.mark.usefixtures("new_york")
def test_a_day_ends_where_the_next_begins_also_when_the_clocks_change() -> None:
    assert beginning("2026-11-01", NOW) == "2026-11-01T04:00:00.000000Z"
    assert moment("2026-11-01", NOW) == "2026-11-02T04:59:59.999999Z"


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("2026-09-10T11:59:30Z", "now"),
        ("2026-09-10T11:55:00Z", "5m"),
        ("2026-08-29T12:00:00Z", "12d"),
        ("2026-07-20T12:00:00Z", "7w"),
        ("2024-09-01T12:00:00Z", "2y"),
        ("2026-09-10T13:00:00Z", "now"),
        ("", ""),
    ],
)
def test_an_age_is_one_number(stored: str, words: str) -> None:
    assert age(stored, "2026-09-10T12:00:00Z") == words


@pytest.mark.usefixtures("new_york")
def test_a_stored_time_is_shown_in_local_time() -> None:
    assert day_and_time("2026-09-01T03:03:00.000000Z") == "2026-08-31 23:03"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "ago",
        "3x",
        "2h3",
        "25:00",
        "today 9",
        "mo",
        "2026-13-01",
        "2026-09-01 25:00",
        "2026-9-1",
        "0001-01-01",
        "999999w",
    ],
)
def test_what_is_no_time(typed: str) -> None:
    with pytest.raises(BadInput, match="is not a time"):
        moment(typed, NOW)
