"""`hooks`: what was told to whom, and telling it now."""

from __future__ import annotations

from typing import Any

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import Acts, current, json_option
from workbench.domain.hooks import Delivery
from workbench.domain.times import day_and_time
from workbench.errors import BadInput


@click.group("hooks", cls=Acts)
def hooks() -> None:
    """Tell others about promotions and rollbacks: see `hooks:` in the config."""


@hooks.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="At most so many.")
@json_option
def list_(limit: int) -> None:
    """List the hooks and what they were told: what is open first, then the newest."""
    session = current()
    service = session.workbench().hooks
    found = service.deliveries(limit)
    if session.json:
        output.data(
            {
                "hooks": [
                    {
                        "name": hook.name,
                        "target": hook.target,
                        "environments": list(hook.environments) or None,
                        "on": list(hook.on),
                    }
                    for hook in service.hooks
                ],
                "deliveries": [_shape(one) for one in found],
            }
        )
        return
    for hook in service.hooks:
        where = ", ".join(hook.environments) or "every environment"
        diagnostics.say(f"{hook.name} → {hook.target}: {' and '.join(hook.on)} in {where}")
    if not service.hooks:
        diagnostics.say("no hooks; `hooks: {NAME: {url: https://…}}` in the config adds one")
    output.table(
        ("event", "hook", "state", "attempts", "next", "what", "error"),
        (
            (
                str(one.event.id),
                one.hook,
                one.state,
                str(one.attempts),
                day_and_time(one.next_at) if one.state == "pending" else day_and_time(one.done_at or ""),
                f"{one.event.prompt} {one.event.details.get('environment')} {one.event.details.get('after') or '-'}",
                one.error,
            )
            for one in found
        ),
    )


@hooks.command("deliver")
@click.option("--again", is_flag=True, help="What was given up too.")
@click.option("--abide", is_flag=True, hidden=True, help="Wait for what is to be tried later.")
@json_option
def deliver(again: bool, abide: bool) -> int:
    """Deliver now what is pending, also what would be tried later. Exits with 1 when something did not work.

    This happens by itself after each promotion and rollback; from cron it goes on with what failed for long.
    """
    session = current()
    service = session.workbench().hooks
    if abide:
        service.abide()
        return diagnostics.DONE
    if not service.hooks:
        raise BadInput("there are no hooks in this config", "workbench config show tells which files were read")
    if again:
        service.again()
    tried = service.deliver(due_only=False)
    if session.json:
        output.data([_shape(one) for one in tried])
    else:
        for one in tried:
            diagnostics.say(f"{one.hook}: event {one.event.id} {one.state}" + (f": {one.error}" if one.error else ""))
        if not tried:
            diagnostics.say("nothing is pending")
    return diagnostics.DONE if all(one.state == "delivered" for one in tried) else diagnostics.NO


def _shape(one: Delivery) -> dict[str, Any]:
    return {
        "event": one.event.id,
        "kind": one.event.kind,
        "prompt": one.event.prompt,
        "hook": one.hook,
        "state": one.state,
        "attempts": one.attempts,
        "next_at": one.next_at if one.state == "pending" else None,
        "done_at": one.done_at,
        "error": one.error or None,
    }
