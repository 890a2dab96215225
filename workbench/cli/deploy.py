"""`promote` and `rollback`: moving what is live."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import act, current, json_option
from workbench.domain.deployments import Deployment, Plan, Refusal
from workbench.errors import Refused

if TYPE_CHECKING:
    from workbench.services.deploying import Unset

_reason = click.option("-m", "--reason", default="", metavar="WHY", help="Why; kept in the ledger.")
_expect = click.option(
    "--expect", metavar="CURRENT", help="Only if this number is live there now; `none` means nothing is."
)
_dry_run = click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
_yes = click.option("--yes", is_flag=True, help="Do not ask, even where the environment is protected.")


@act("promote")
@click.argument("reference", metavar="REF")
@click.argument("environment", metavar="ENV")
@_reason
@_expect
@_dry_run
@_yes
@json_option
def promote(reference: str, environment: str, reason: str, expect: str | None, dry_run: bool, yes: bool) -> None:
    """Make the version REF live in the environment ENV."""
    deploying = current().workbench().deploying
    plan = _allowed(deploying.plan(reference, environment))
    _check_expected(plan, expect)
    if dry_run:
        _tell(plan)
        return
    _confirm(plan, reason, yes)
    # The number, not the reference: what was shown is what is moved, whatever `latest` means by now.
    exact = f"{plan.prompt}@{plan.target}"
    _moved(deploying.promote(exact, environment, reason, expected=_expected(plan, expect, shown=not yes)))


@act("rollback")
@click.argument("prompt")
@click.argument("environment", metavar="ENV")
@click.option("--to", metavar="VERSION", help="An earlier one than the one before.")
@_reason
@_expect
@_dry_run
@json_option
def rollback(prompt: str, environment: str, to: str | None, reason: str, expect: str | None, dry_run: bool) -> None:
    """Make live again in ENV what was live there before; again, and it goes further back.

    Asks nothing, even where ENV is protected: the way back must never be slower than the mistake.
    """
    deploying = current().workbench().deploying
    plan = _allowed(deploying.plan_rollback(prompt, environment, to))
    _check_expected(plan, expect)
    if dry_run:
        _tell(plan)
        return
    _moved(deploying.rollback(prompt, environment, reason, to=plan.target, expected=_expected(plan, expect)))


def _allowed(decision: Plan | Refusal) -> Plan:
    if isinstance(decision, Refusal):
        raise Refused(decision.reasons, decision.hint)
    return decision


def _check_expected(plan: Plan, expect: str | None) -> None:
    """Told before anything is asked; the act itself checks again inside its transaction."""
    from workbench.errors import MovedMeanwhile

    if expect is not None and _number(expect) != plan.current:
        raise MovedMeanwhile(
            f"{plan.current or 'nothing'} is live in {plan.environment.name}, not {_number(expect) or 'nothing'}",
            f"look at workbench history {plan.prompt} --env {plan.environment.name}, then decide again",
        )


def _number(expect: str) -> str | None:
    return None if expect in ("none", "") else expect


def _expected(plan: Plan, expect: str | None, *, shown: bool = False) -> str | Unset | None:
    """What must still be live: what was asked for, else what the person was `shown` when confirming."""
    from workbench.services.deploying import UNSET

    if expect is not None:
        return _number(expect)
    return plan.current if plan.environment.protected and shown else UNSET


def _confirm(plan: Plan, reason: str, yes: bool) -> None:
    for warning in plan.warnings:
        diagnostics.warn(warning)
    environment = plan.environment.name
    if not plan.environment.protected:
        return
    if not reason:
        raise Refused(f"{environment} is protected: say why", "add -m WHY")
    if yes:
        return
    if not (sys.stdin.isatty() and diagnostics.on_terminal()):
        raise Refused(f"{environment} is protected and nobody is here to confirm", "add --yes")
    diagnostics.say(_sentence(plan))
    if click.prompt(f"type {environment} to confirm", default="", show_default=False, err=True) != environment:
        raise Refused("not confirmed, nothing was changed")


def _sentence(plan: Plan) -> str:
    return f"{plan.prompt}: {plan.environment.name} {plan.current or 'nothing'} → {plan.target} ({plan.kind})"


def _tell(plan: Plan) -> None:
    for warning in plan.warnings:
        diagnostics.warn(warning)
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
        output.line(_sentence(plan))


def _moved(row: Deployment) -> None:
    verb = "rolled back" if row.kind == "rollback" else "promoted"
    diagnostics.done(f"{verb} {row.prompt}: {row.environment} {row.before or 'nothing'} → {row.after or 'nothing'}")
    if current().json:
        output.data(shapes.deployment(row))
