"""`history` and `changes`: who did what, what was live when, and what is different since."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import act, current, json_option
from workbench.domain.deployments import Deployment
from workbench.domain.events import UNTOLD, Event
from workbench.domain.history import HistoryFilter, Page, T
from workbench.domain.times import beginning, day_and_time, moment
from workbench.errors import BadInput

_TIME = "2026-09-01, '2026-09-01 14:03', 3d, '2h ago', 'yesterday 14:00'"


@act("history")
@click.argument("prompt", required=False)
@click.option("--env", "environment", metavar="ENV", help="The deployments to this environment.")
@click.option("--deployments", is_flag=True, help="The deployments to all environments, in place of all events.")
@click.option("--at", "time", metavar="TIME", help=f"What was live then: {_TIME}.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="version.save, deployment, promote, … Repeatable.")
@click.option("--by", "who", default="", metavar="WHO", help="A part of who did it.")
@click.option("--text", default="", metavar="WORDS", help="A part of why, of the prompt or of anything recorded.")
@click.option("--since", metavar="TIME", help="From then on; a day begins at its first minute.")
@click.option("--until", metavar="TIME", help="Up to then; a day ends with its last minute.")
@click.option("--before", metavar="ID", type=click.IntRange(1), help="The page before this event or deployment.")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1), help="At most so many.")
@json_option
def history(
    prompt: str | None,
    environment: str | None,
    deployments: bool,
    time: str | None,
    kinds: tuple[str, ...],
    who: str,
    text: str,
    since: str | None,
    until: str | None,
    before: int | None,
    limit: int,
) -> None:
    """Show the events, the deployments to one environment, or what was live at a time. Newest first."""
    acts = current().workbench().history
    if time is not None:
        if any((kinds, who, text, since, until, before, deployments)):
            raise BadInput(
                "--at shows what was live at one time, of all or of PROMPT and --env", "use --since, --until"
            )
        _live_at(moment(time), prompt, environment)
        return
    asked = HistoryFilter(
        prompt,
        environment,
        kinds,
        who,
        text,
        beginning(since) if since else None,
        moment(until) if until else None,
    )
    if environment is not None or deployments:
        _check_environment(environment)
        _deployments(*_gathered(lambda at: acts.deployment_page(asked, before=at, limit=limit), before, limit))
    else:
        _events(*_gathered(lambda at: acts.event_page(asked, before=at, limit=limit), before, limit))


def _gathered(page: Callable[[int | None], Page[T]], before: int | None, limit: int) -> tuple[list[T], int | None]:
    """The rows, and where the next ones begin; a page can have looked at its share without finding enough."""
    rows: list[T] = []
    following = before
    while True:
        found = page(following)
        rows += found.rows
        following = found.next
        if len(rows) >= limit or following is None:
            return rows[:limit], following


def _check_environment(environment: str | None) -> None:
    if environment is None:
        return
    session = current()
    known = {*session.config.environment_names, *session.workbench().store.past.environments()}
    if environment not in known:
        raise BadInput(
            f"there is no environment {environment!r}", "use one of " + ", ".join(session.config.environment_names)
        )


def _live_at(at: str, prompt: str | None, environment: str | None) -> None:
    session = current()
    _check_environment(environment)
    rows = session.workbench().time_machine.live_at(at, prompt, environment)
    if session.json:
        output.data({"at": at, "live": [shapes.then(row) for row in rows]})
        return
    output.table(
        ("prompt", "in", "version", "now", "since", "who", "why"),
        (
            (
                row.prompt,
                row.environment,
                row.number,
                "the same" if row.now == row.number else row.now or "nothing",
                day_and_time(row.deployment.at)[: 10 if output.on_terminal() else None],
                row.deployment.actor,
                row.deployment.reason,
            )
            for row in rows
        ),
        stretch=6,
    )
    if not rows:
        diagnostics.say(f"nothing was live at {day_and_time(at)}")


def _deployments(rows: list[Deployment], following: int | None) -> None:
    if current().json:
        output.data([shapes.deployment(row) for row in rows])
        return
    output.table(
        ("when", "prompt", "environment", "kind", "from", "to", "who", "why"),
        (
            (
                day_and_time(row.at),
                row.prompt,
                row.environment,
                row.kind,
                row.before or "-",
                row.after or "-",
                row.actor,
                row.reason + (f" (forced past {row.forced})" if row.forced else ""),
            )
            for row in rows
        ),
    )
    _more(following, bool(rows))


def _events(rows: list[Event], following: int | None) -> None:
    if current().json:
        output.data([shapes.event(row) for row in rows])
        return
    output.table(
        ("when", "event", "prompt", "who", "details"),
        ((day_and_time(row.at), _kind(row), row.prompt or "-", row.actor, _details(row.details)) for row in rows),
    )
    _more(following, bool(rows))


def _more(following: int | None, found: bool) -> None:
    if not found:
        diagnostics.say("nothing is recorded that is so; workbench history alone shows all")
    if following is not None:
        diagnostics.say(f"there are older ones: add --before {following}")


def _kind(row: Event) -> str:
    word = " (undo)" if row.undoes is not None else " (redo)" if row.redoes is not None else ""
    return row.kind + word


def _details(details: Mapping[str, Any]) -> str:
    return " ".join(
        f"{key}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in details.items()
        if value not in (None, "", [], {}) and key not in UNTOLD
    )


@act("changes")
@click.option("--since", default="24h", show_default=True, metavar="TIME", help=f"{_TIME}; a day begins with it.")
@click.option("--until", metavar="TIME", help="Up to then, in place of now.")
@json_option
def changes(since: str, until: str | None) -> None:
    """Show what is different since a time: new versions, what is live, tags. What came and went again is not."""
    session = current()
    start = beginning(since)
    rows = session.workbench().time_machine.changes(start, moment(until) if until else None)
    if session.json:
        output.data({"since": start, "changes": [shapes.changed(row) for row in rows]})
        return
    output.table(
        ("prompt", "what", "from", "to", "when", "who", "note"),
        (
            (
                row.prompt,
                row.environment or row.what,
                row.before or "-",
                row.after or "-",
                day_and_time(row.at) if row.at else "",
                row.actor,
                row.note,
            )
            for row in rows
        ),
    )
    if not rows:
        diagnostics.say(f"nothing is different since {day_and_time(start)}")
