"""`promote`: making versions live."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import act, current, json_option
from workbench.errors import BadInput, Refused

if TYPE_CHECKING:
    from workbench.domain.deployments import Deployment
    from workbench.domain.releases.plans import PromotionPlan, ReleasePlan
    from workbench.services.releases.releasing import PlanMoved, Releasing

P = TypeVar("P", "PromotionPlan", "ReleasePlan")
reason_option = click.option("-m", "--reason", default="", metavar="WHY", help="Why; kept in the ledger.")
expect_option = click.option(
    "--expect", metavar="CURRENT", help="Only if this number is live there now; `none` means nothing is."
)
_yes = click.option("--yes", is_flag=True, help="Do not ask, even where the environment is protected.")


@act("promote")
@click.argument("references", metavar="REF ENV | [PROMPT…]", nargs=-1)
@click.option("--from", "source", metavar="ENV", help="What is live there: all that differs, or only the PROMPTs.")
@click.option("--to", "target", metavar="ENV", help="Where to, of several; they move as one act, all or none.")
@reason_option
@expect_option
@click.option("--dry-run", is_flag=True, help="Print the whole plan, and change nothing.")
@click.option("--force", is_flag=True, help="Past checks that do not pass, where the config allows it; needs -m.")
@_yes
@json_option
def promote(
    references: tuple[str, ...],
    source: str | None,
    target: str | None,
    reason: str,
    expect: str | None,
    dry_run: bool,
    force: bool,
    yes: bool,
) -> int:
    """Make the version REF live in the environment ENV; or several at once with --to, and --from.

    The plan that --dry-run prints is the plan that is carried out: when somebody moved something meanwhile, it says
    who, gives the new plan and ends with 4.
    """
    from workbench.services.releases.releasing import PlanMoved

    releasing = current().workbench().releasing
    try:
        if source is None and target is None:
            if len(references) != 2:
                raise BadInput(
                    "promote needs a version and an environment", "workbench promote REF ENV, or --from … --to …"
                )
            return _one(releasing, *references, reason, expect, dry_run, force, yes)
        if target is None:
            raise BadInput("--from needs --to", f"workbench promote --from {source} --to ENV")
        if expect is not None:
            raise BadInput("--expect is for one prompt", "leave it out: what was shown is what is moved")
        return _many(releasing, references, source or "", target, reason, dry_run, force, yes)
    except PlanMoved as error:
        return _moved_meanwhile(error)


def _one(
    releasing: Releasing,
    reference: str,
    environment: str,
    reason: str,
    expect: str | None,
    dry_run: bool,
    force: bool,
    yes: bool,
) -> int:
    from workbench.cli import release_shapes, release_text
    from workbench.cli.pager import paged

    plan = releasing.plan(reference, environment)
    _check_expected(plan, expect)
    if dry_run:
        if current().json:
            output.data({"dry_run": True, **release_shapes.plan(plan)})
        else:
            with paged():
                release_text.tell(plan)
        return diagnostics.DONE if plan.allowed or (force and plan.forceable) else diagnostics.NO
    if not plan.refusals:
        # Raises when something was moved while they ran, so what was expected still holds.
        plan = run_commands(releasing, plan)
    for warning in plan.warnings:
        diagnostics.warn(warning)
    _confirm(plan.environment.name, plan.environment.protected, [plan], reason, yes, force)
    row = releasing.promote(plan, reason, force=force)
    moved(row)
    return diagnostics.DONE


def _many(
    releasing: Releasing,
    references: tuple[str, ...],
    source: str,
    target: str,
    reason: str,
    dry_run: bool,
    force: bool,
    yes: bool,
) -> int:
    from workbench.cli import release_shapes, release_text
    from workbench.cli.pager import paged

    if not source and not references:
        raise BadInput("there is nothing named to promote", f"workbench promote --to {target} REF…, or --from ENV")
    with diagnostics.counting("planning") as advance:
        release = releasing.plan_many(target, source=source, prompts=references, progress=advance)
    if dry_run:
        if current().json:
            output.data({"dry_run": True, **release_shapes.release(release)})
        else:
            with paged():
                release_text.tell_release(release)
            diagnostics.say(_summary(release))
        return diagnostics.DONE if release.allowed or (force and release.forceable) else diagnostics.NO
    release = run_commands(releasing, release)
    for plan in release.plans:
        for warning in plan.warnings:
            diagnostics.warn(f"{plan.prompt}: {warning}")
    if release.plans:
        _confirm(release.environment.name, release.environment.protected, release.plans, reason, yes, force)
    rows = releasing.promote_many(release, reason, force=force)
    for row in rows[:-1]:
        diagnostics.say(_told(row))
    diagnostics.done(_told(rows[-1]))
    if current().json:
        output.data([shapes.deployment(row) for row in rows])
    return diagnostics.DONE


def _summary(release: ReleasePlan) -> str:
    return f"{len(release.plans)} would move, {len(release.same)} are the same already"


def run_commands(releasing: Releasing, plan: P) -> P:
    """The team's own commands, their output as it comes; ctrl+c ends them and changes nothing."""
    if not plan.to_run or current().readonly:
        return plan
    for check in plan.to_run:
        diagnostics.say(f"running {check.label}")
    return releasing.run_commands(plan, said=lambda _label, text: diagnostics.say(text.rstrip("\n")))


def _moved_meanwhile(error: PlanMoved) -> int:
    from workbench.cli import release_shapes, release_text
    from workbench.domain.releases.plans import ReleasePlan

    new = error.plan
    many = isinstance(new, ReleasePlan)
    if current().json:
        shape = release_shapes.release(new) if isinstance(new, ReleasePlan) else release_shapes.plan(new)
        output.failure(type(error).__name__, error.message, error.hint, error.exit_code, plan=shape)
    diagnostics.fail(error.message, error.hint)
    if not current().json:
        diagnostics.say("the new plan:" if not many else "the new plans:")
        if isinstance(new, ReleasePlan):
            release_text.tell_release(new)
        else:
            release_text.tell(new)
    return error.exit_code


def _check_expected(plan: PromotionPlan, expect: str | None) -> None:
    """Told before anything is asked; the act itself checks again inside its transaction."""
    from workbench.domain.times import day_and_time
    from workbench.services.releases.releasing import PlanMoved

    if expect is None or number_of(expect) == plan.current:
        return
    since = plan.live_since
    who = ""
    if since is not None:
        why = f": {since.reason}" if since.reason else ""
        who = f"; {since.actor or 'somebody'} put it there at {day_and_time(since.at)}{why}"
    raise PlanMoved(
        f"{plan.current or 'nothing'} is live in {plan.environment.name}, not {number_of(expect) or 'nothing'}{who}",
        plan,
    )


def number_of(expect: str) -> str | None:
    return None if expect in ("none", "") else expect


def _confirm(
    environment: str,
    protected: bool,
    plans: tuple[PromotionPlan, ...] | list[PromotionPlan],
    reason: str,
    yes: bool,
    force: bool,
) -> None:
    """Asks nothing where the answer would not matter: what is refused is refused by the act itself."""
    from workbench.cli.release_text import sentence

    refused = any(plan.refusals or (plan.unmet and not (force and plan.forceable)) for plan in plans)
    if not protected or refused:
        return
    if not reason:
        raise Refused(f"{environment} is protected: say why", "add -m WHY")
    if yes:
        return
    if not (sys.stdin.isatty() and diagnostics.on_terminal()):
        raise Refused(f"{environment} is protected and nobody is here to confirm", "add --yes")
    for plan in plans:
        diagnostics.say(sentence(plan))
        for check in plan.unmet:
            diagnostics.warn(f"forced past {check.label}: {check.reason}")
    if click.prompt(f"type {environment} to confirm", default="", show_default=False, err=True) != environment:
        raise Refused("not confirmed, nothing was changed")


def _told(row: Deployment) -> str:
    verb = "rolled back" if row.kind == "rollback" else "promoted"
    forced = f" (forced past {row.forced})" if row.forced else ""
    return f"{verb} {row.prompt}: {row.environment} {row.before or 'nothing'} → {row.after or 'nothing'}{forced}"


def moved(row: Deployment) -> None:
    diagnostics.done(_told(row))
    if current().json:
        output.data(shapes.deployment(row))
