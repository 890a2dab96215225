"""`rollback`: making live again what was live before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.deploy import expect_option, moved, number_of, reason_option
from workbench.cli.session import act, current, json_option
from workbench.domain.deployments import Deployment, Plan, Refusal
from workbench.errors import BadInput, NotFound, Refused

if TYPE_CHECKING:
    from workbench.services.releases.deploying import Unset


@act("rollback")
@click.argument("prompt")
@click.argument("environment", metavar="ENV")
@click.option("--to", metavar="VERSION", help="An earlier one than the one before.")
@click.option("--at", "time", metavar="TIME", help="What was live there then: '2h ago', 'yesterday 14:00'.")
@reason_option
@expect_option
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--list", "listed", is_flag=True, help="List what was live there, newest first; change nothing.")
@json_option
def rollback(
    prompt: str,
    environment: str,
    to: str | None,
    time: str | None,
    reason: str,
    expect: str | None,
    dry_run: bool,
    listed: bool,
) -> None:
    """Make live again in ENV what was live there before; again, and it goes further back.

    Asks nothing, even where ENV is protected: the way back must never be slower than the mistake. No check, and no
    mistake in the config, stands in its way.
    """
    session = current()
    session.forgiving = True
    deploying = session.workbench().deploying
    if listed:
        _list_earlier(deploying.earlier(prompt, environment))
        return
    if time is not None:
        if to is not None:
            raise BadInput("--to and --at are two wishes", "give one of them")
        to = _live_then(prompt, environment, time)
    plan = _allowed(deploying.plan_rollback(prompt, environment, to))
    _check_rollback(plan, expect)
    if dry_run:
        _tell(plan)
        return
    moved(deploying.rollback(prompt, environment, reason, to=plan.target, expected=_expected(expect)))


def _live_then(prompt: str, environment: str, time: str) -> str:
    from workbench.domain.times import day_and_time, moment

    at = moment(time)
    for row in current().workbench().time_machine.live_at(at, prompt, environment):
        return row.number
    raise NotFound(
        f"nothing of {prompt} was live in {environment} at {day_and_time(at)}",
        hint=f"workbench rollback {prompt} {environment} --list",
    )


def _list_earlier(rows: list[Deployment]) -> None:
    from workbench.domain.times import day_and_time

    if current().json:
        output.data([shapes.deployment(row) for row in rows])
        return
    output.table(
        ("version", "since", "who", "kind", "why"),
        ((row.after or "-", day_and_time(row.at), row.actor, row.kind, row.reason) for row in rows),
        stretch=4,
    )
    if not rows:
        diagnostics.say("nothing else was live there")


def _allowed(decision: Plan | Refusal) -> Plan:
    if isinstance(decision, Refusal):
        raise Refused(decision.reasons, decision.hint)
    return decision


def _check_rollback(plan: Plan, expect: str | None) -> None:
    from workbench.errors import MovedMeanwhile

    if expect is not None and number_of(expect) != plan.current:
        raise MovedMeanwhile(
            f"{plan.current or 'nothing'} is live in {plan.environment.name}, not {number_of(expect) or 'nothing'}",
            f"look at workbench history {plan.prompt} --env {plan.environment.name}, then decide again",
        )


def _expected(expect: str | None) -> str | Unset | None:
    from workbench.services.releases.deploying import UNSET

    return UNSET if expect is None else number_of(expect)


def _tell(plan: Plan) -> None:
    if current().json:
        output.data(
            {
                "dry_run": True,
                "prompt": plan.prompt,
                "environment": plan.environment.name,
                "kind": plan.kind,
                "before": plan.current,
                "after": plan.target,
                "warnings": list(plan.warnings),
            }
        )
    else:
        output.line(f"{plan.prompt}: {plan.environment.name} {plan.current or 'nothing'} → {plan.target} ({plan.kind})")
