"""`history` and `undo`: who did what, what was live when, and taking it back."""

from __future__ import annotations

import json
from typing import Any

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import act, current, json_option
from workbench.domain.events import UNTOLD
from workbench.domain.times import day_and_time, moment
from workbench.errors import BadInput


@act("history")
@click.argument("prompt", required=False)
@click.option("--env", "environment", metavar="ENV", help="The deployments to this environment.")
@click.option("--at", "time", metavar="TIME", help="What was live then: 2026-09-01, '2026-09-01 12:03', 3d, '2h ago'.")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1), help="At most so many.")
@json_option
def history(prompt: str | None, environment: str | None, time: str | None, limit: int) -> None:
    """Show the events, the deployments to one environment, or what was live at a time. Newest first."""
    workbench = current().workbench()
    if time is not None:
        _live_at(moment(time), prompt, environment)
    elif environment is not None:
        _deployments(workbench.deploying.ledger(prompt, environment, limit))
    else:
        _events(workbench.history.events(prompt, limit=limit))


def _live_at(at: str, prompt: str | None, environment: str | None) -> None:
    session = current()
    deploying = session.workbench().deploying
    if environment is not None and environment not in session.config.environment_names:
        raise BadInput(
            f"there is no environment {environment!r}", "use one of " + ", ".join(session.config.environment_names)
        )
    live = [row for row in deploying.live_at(at, prompt) if environment in (None, row[1])]
    if session.json:
        output.data(
            {"at": at, "live": [{"prompt": name, "environment": env, "version": number} for name, env, number in live]}
        )
        return
    output.table(("prompt", "environment", "version"), live)
    if not live:
        diagnostics.say(f"nothing was live at {day_and_time(at)} UTC")


def _deployments(rows: list[Any]) -> None:
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
                row.reason,
            )
            for row in rows
        ),
    )


def _events(rows: list[Any]) -> None:
    if current().json:
        output.data([shapes.event(row) for row in rows])
        return
    output.table(
        ("when", "event", "prompt", "who", "details"),
        ((day_and_time(row.at), _kind(row), row.prompt or "-", row.actor, _details(row.details)) for row in rows),
    )


def _kind(row: Any) -> str:
    word = " (undo)" if row.undoes is not None else " (redo)" if row.redoes is not None else ""
    return str(row.kind) + word


def _details(details: Any) -> str:
    return " ".join(
        f"{key}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in details.items()
        if value not in (None, "", [], {}) and key not in UNTOLD
    )


@act("undo")
@click.option("--redo", is_flag=True, help="Do again what the last undo took back.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken back.")
@json_option
def undo(redo: bool, dry_run: bool) -> None:
    """Take back the last act: a save, a promotion, a rollback, a tag, an archiving. It is recorded too."""
    session = current()
    acts = session.workbench().history
    if dry_run:
        if redo:
            raise BadInput("--dry-run tells only what undo would take back", "leave out --redo")
        told = acts.next_undo()
        if session.json:
            output.data({"dry_run": True, "message": told or None})
        elif told:
            output.line(told)
        else:
            diagnostics.say("nothing to undo")
        return
    undone = acts.redo() if redo else acts.undo()
    diagnostics.done(undone.message, "workbench undo" if redo else "workbench undo --redo")
    if session.json:
        output.data({"message": undone.message, "event": shapes.event(undone.event)})
