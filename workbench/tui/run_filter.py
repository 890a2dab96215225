"""What a person types to see only some of the runs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast, get_args

from workbench.domain.names import near
from workbench.domain.runs import Origin, RunFilter, Status
from workbench.domain.times import moment
from workbench.errors import BadInput

WORDS = ("starred", "draft")
KEYS = ("version", "model", "status", "rating", "until", "origin", "same", "text")
_PART = re.compile(r'(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))')


def read_filter(typed: str, prompt: str | None) -> RunFilter:
    """`version:1.3.0 model:mini status:failed rating:4 until:"2h ago" starred draft`; all else is in the texts.

    `origin:replay` are those that were sent again, `same:3f2a1b` those with the same input as that run.

    Raises `BadInput` naming the value that cannot be, and the nearest one that can.
    """
    found = RunFilter(prompt)
    text: list[str] = []
    for part in _PART.finditer(typed):
        key, value = part["key"] or "", part["quoted"] if part["quoted"] is not None else part["plain"]
        if not key and part["quoted"] is None and value in WORDS:
            found = replace(found, starred=True) if value == "starred" else replace(found, drafts=True)
        elif key in KEYS and value:
            found, more = _with(found, key, value)
            text += more
        else:
            text.append(part.group().replace('"', ""))
    return replace(found, text=" ".join(text) or None)


def _with(found: RunFilter, key: str, value: str) -> tuple[RunFilter, list[str]]:
    if key == "text":
        return found, [value]
    if key == "version":
        return replace(found, number=value), []
    if key == "model":
        return replace(found, model=value), []
    if key == "until":
        return replace(found, until=moment(value)), []
    if key == "rating":
        if value not in {"1", "2", "3", "4", "5"}:
            raise BadInput(f"a rating is 1 to 5, not {value!r}", "rating:4 shows runs rated 4 and 5")
        return replace(found, rating=int(value)), []
    if key == "same":
        return replace(found, same=value.lower()), []
    if key == "origin":
        return replace(found, origin=cast("Origin", _one_of(key, value, get_args(Origin)))), []
    return replace(found, status=cast("Status", _one_of(key, value, get_args(Status)))), []


def _one_of(key: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        close = near(value, known, 1)
        raise BadInput(f"there is no {key} {value!r}", f"did you mean {close[0]}?" if close else ", ".join(known))
    return value
