"""Times as people read and write them: theirs, of the place they are in. The store keeps UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from workbench.errors import BadInput

EXAMPLES = "2026-09-01, '2026-09-01 14:03', 2h or 'yesterday 14:00'"

_STORED = "%Y-%m-%dT%H:%M:%S.%fZ"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPAN = (
    r"(\d{1,6})\s*(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:eeks?)?)(?![a-z])|"
    r"(\d{1,6})([smhdw])(?=\d)"
)
_AGO = re.compile(rf"(?:(?:{_SPAN})\s*)+(?:ago)?")
_ONE_SPAN = re.compile(_SPAN)
_DAY_WORD = re.compile(rf"(today|yesterday|{'|'.join(f'{day[:3]}(?:{day[3:]})?' for day in _DAYS)})(?:\s+(.+))?")
_CLOCK = re.compile(r"\d\d?:\d\d(:\d\d(\.\d{1,6})?)?")


def day_and_time(stored: str) -> str:
    """`2026-09-01 14:03` in local time, for a time as it is stored."""
    try:
        return datetime.fromisoformat(stored).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return stored[:16].replace("T", " ")


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


def moment(typed: str, now: datetime | None = None) -> str:
    """The stored time that a person means: see `EXAMPLES`; also `now`, `14:03`, `monday 9:00`, `1h30m ago`.

    Without a zone it is local time. A day alone means its end, so that what was live on that day is what was live
    when it closed; a minute alone means its end too. Raises `BadInput`.
    """
    return _read(typed, now, end=True)


def beginning(typed: str, now: datetime | None = None) -> str:
    """As `moment`, but a day alone means when it began, and a minute too: for what happened since."""
    return _read(typed, now, end=False)


def span_seconds(typed: str) -> int | None:
    """`24h`, `30 minutes`, `1d 12h` in seconds; None for any other text."""
    text = " ".join(typed.lower().split())
    return _summed(text) if _AGO.fullmatch(text) and not text.endswith("ago") else None


def _summed(text: str) -> int:
    found = (match.groups() for match in _ONE_SPAN.finditer(text))
    return sum(int(a or c) * _SECONDS[(b or d)[0]] for a, b, c, d in found)


def _read(typed: str, now: datetime | None, *, end: bool) -> str:
    now = now or datetime.now(UTC)
    text = " ".join(typed.split())
    try:
        at, length = _relative(text.lower(), now) or _absolute(text)
        if end and length:
            at += length - timedelta(microseconds=1)
        return at.astimezone(UTC).strftime(_STORED)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{typed!r} is not a time", f"write {EXAMPLES}") from error


def _relative(text: str, now: datetime) -> tuple[datetime, timedelta] | None:
    """A time as it stands to now, and how long the day or minute is that it names; None for any other text."""
    if text == "now":
        return now, timedelta()
    if _AGO.fullmatch(text):
        return now - timedelta(seconds=_summed(text)), timedelta()
    today = now.astimezone().date()
    if _CLOCK.fullmatch(text):
        return _on(today, text)
    if match := _DAY_WORD.fullmatch(text):
        word, clock = match.groups()
        if word == "today":
            day = today
        elif word == "yesterday":
            day = today - timedelta(days=1)
        else:
            # The last one before today: nobody calls today by its name.
            weekday = next(index for index, name in enumerate(_DAYS) if name.startswith(word))
            day = today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
        return _on(day, clock)
    return None


def _absolute(text: str) -> tuple[datetime, timedelta]:
    at = datetime.fromisoformat(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return _on(at.date(), None)
    short = re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text)
    return at, timedelta(minutes=1) if short else timedelta()


def _on(day: date, clock: str | None) -> tuple[datetime, timedelta]:
    """A day of the place; in it a day can be longer or shorter than 24 hours, so its end is the next one's start."""
    start = datetime.combine(day, time())
    if clock is None:
        length = datetime.combine(day + timedelta(days=1), time()).astimezone() - start.astimezone()
        return start.astimezone(), length
    if not _CLOCK.fullmatch(clock):
        raise ValueError(clock)
    at = time.fromisoformat(clock.rjust(len(clock) + (clock.index(":") == 1), "0"))
    return datetime.combine(day, at), timedelta(minutes=1) if clock.count(":") == 1 else timedelta()
