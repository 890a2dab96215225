"""The rows of the history: as they are asked for, read page by page, and said in a line each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.domain.deployments import Deployment
from workbench.domain.events import Event
from workbench.domain.history import HistoryFilter
from workbench.domain.times import beginning, moment
from workbench.errors import BadInput

if TYPE_CHECKING:
    from workbench.composition import Workbench

KEYS = ("by", "env", "kind", "since", "until")
EXAMPLE = 'words by:ana env:production kind:rollback since:"2d ago" until:2026-09-01'
_PART = re.compile(r'(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))')


@dataclass(frozen=True)
class Asked:
    """`words`: all of them must stand in the line; the first is looked for by the store."""

    filter: HistoryFilter
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One row as it is shown; `prompt` and `number` are where `enter` leads, "" for nowhere."""

    when: str
    text: str
    prompt: str = ""
    number: str = ""
    environment: str = ""


def read_history_filter(typed: str, prompt: str | None) -> Asked:
    """What `EXAMPLE` shows; all that has no key is looked for in names, reasons and notes.

    Raises `BadInput` for a time that cannot be read.
    """
    found, words = HistoryFilter(prompt), list[str]()
    for part in _PART.finditer(typed):
        key, value = part["key"] or "", part["quoted"] if part["quoted"] is not None else part["plain"]
        if key == "by":
            found = replace(found, actor=value)
        elif key == "env":
            found = replace(found, environment=value)
        elif key == "kind":
            found = replace(found, kinds=(value,))
        elif key == "since":
            found = replace(found, since=beginning(value))
        elif key == "until":
            found = replace(found, until=moment(value))
        else:
            words.append(part.group().replace('"', ""))
    words.sort(key=len, reverse=True)
    return Asked(replace(found, text=words[0] if words else ""), tuple(word.casefold() for word in words[1:]))


def problem_of_filter(typed: str) -> str:
    """What is wrong with it, "" for nothing."""
    try:
        read_history_filter(typed, None)
    except BadInput as error:
        return f"{error.message}; {error.hint}"
    return ""


def page_of(asked: Asked, tab: int, before: int | None) -> Callable[[Workbench], tuple[list[Line], int | None]]:
    """Reads one page, newest first: its lines, and where the next one begins, None after the last."""

    def read(workbench: Workbench) -> tuple[list[Line], int | None]:
        short = asked.filter.prompt is not None
        if tab == 0:
            deployments = workbench.history.deployment_page(asked.filter, before=before)
            lines, following = [of_deployment(row, short) for row in deployments.rows], deployments.next
        else:
            events = workbench.history.event_page(asked.filter, before=before)
            lines, following = [of_event(event) for event in events.rows], events.next
        return [line for line in lines if all(word in line.text.casefold() for word in asked.words)], following

    return read


def of_deployment(row: Deployment, short: bool = False) -> Line:
    """`short`: the prompt is known and not named."""
    verb = {"promote": "promoted", "rollback": "rolled back"}[row.kind]
    move = f"{row.before or 'nothing'} → {row.after or 'nothing'}"
    who = f" by {row.actor}" if row.actor else ""
    forced = f" FORCED past {row.forced}" if row.forced else ""
    why = f" · {row.reason}" if row.reason else ""
    name = "" if short else f"{row.prompt}  "
    text = f"{row.environment:<10} {name}{move}  {verb}{who}{forced}{why}"
    return Line(row.at, text, row.prompt, row.after or "", row.environment)


def of_event(event: Event) -> Line:
    from workbench.services.past.telling import told

    sign = "↶ undo: " if event.undoes is not None else "↷ redo: " if event.redoes is not None else ""
    details = event.details
    number = details.get("number") or details.get("after") or ""
    why = details.get("reason") or details.get("note") or details.get("comment") or ""
    text = f"{event.id:>5}  {sign}{told(event)}" + (f" by {event.actor}" if event.actor else "")
    environment = str(details.get("environment") or "")
    number = number if isinstance(number, str) else ""
    return Line(event.at, text + (f" · {why}" if why else ""), event.prompt, number, environment)
