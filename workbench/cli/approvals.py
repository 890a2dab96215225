"""`approve`, `review` and `check`: what people and machines say of a version before it is promoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import act, current, json_option
from workbench.errors import BadInput, NotFound

if TYPE_CHECKING:
    from workbench.domain.releases.reviews import Review

_SIDES = {"old": "old", "left": "old", "new": "new", "right": "new"}
_withdraw = click.option("--withdraw", is_flag=True, help="Take back what you said of it last.")


@act("approve")
@click.argument("reference", metavar="REF")
@click.argument("environment", metavar="ENV")
@click.option("-m", "--comment", default="", metavar="TEXT", help="What you think of it.")
@_withdraw
@json_option
def approve(reference: str, environment: str, comment: str, withdraw: bool) -> None:
    """Approve the version REF for the environment ENV. It counts for this content, under whatever number."""
    approving = current().workbench().approving
    if withdraw:
        if comment:
            raise BadInput("a withdrawal has no comment", "leave out -m, or comment: workbench review REF -m …")
        _said(approving.withdraw(reference, environment), "took back that")
        return
    _said(approving.approve(reference, environment, comment))


@act("review")
@click.argument("reference", metavar="REF")
@click.option("--request-changes", "request", is_flag=True, help="It should not be promoted like this.")
@click.option("-m", "--comment", default="", metavar="TEXT", help="What you say; without --request-changes a comment.")
@click.option("--env", "environment", default="", metavar="ENV", help="For this environment only.")
@click.option("--line", type=click.IntRange(1), metavar="N", help="The line of the text, as `show` prints it.")
@click.option(
    "--at", "place", metavar="SIDE:LINE", help="SIDE is new (REF), old (what it would replace) or a selector."
)
@_withdraw
@json_option
def review(
    reference: str,
    request: bool,
    comment: str,
    environment: str,
    line: int | None,
    place: str | None,
    withdraw: bool,
) -> None:
    """Comment on the version REF, or request changes, as a whole or on a line. Without -m, list what was said."""
    approving = current().workbench().approving
    if withdraw:
        if comment or request or line or place:
            raise BadInput("--withdraw takes back what you said last, and says nothing new")
        _said(approving.withdraw(reference, environment), "took back that")
        return
    if not comment:
        if request or line or place:
            raise BadInput("a review without words says nothing", "say what you mean with -m")
        _list(approving.of_version(reference))
        return
    if line is not None and place is not None:
        raise BadInput("--line and --at both say where", "leave one out")
    line_of = None
    if place is not None:
        line_of, line = _place(place, reference, environment)
    say = approving.request_changes if request else approving.comment
    _said(say(reference, comment, environment, line=line, line_of=line_of))


@act("check")
@click.argument("reference", metavar="REF")
@click.argument("environment", metavar="ENV")
@json_option
def check(reference: str, environment: str) -> int:
    """Ask what ENV asks of a promotion of REF, and run its commands. Exits with 1 unless everything passes."""
    from workbench.cli import release_shapes, release_text
    from workbench.cli.deploy import run_commands

    releasing = current().workbench().releasing
    plan = run_commands(releasing, releasing.plan(reference, environment))
    if current().json:
        output.data([release_shapes.check(one) for one in plan.checks])
    else:
        release_text.tell_checks(plan.checks)
        if not plan.checks:
            diagnostics.say(f"{environment} asks for nothing; workbench.yaml may name checks")
    return diagnostics.NO if plan.unmet else diagnostics.DONE


def _place(place: str, reference: str, environment: str) -> tuple[str, int]:
    """The number of the version and the line in it."""
    side, colon, digits = place.rpartition(":")
    if not colon or not digits.isdecimal() or int(digits) < 1:
        raise BadInput(f"{place!r} is not SIDE:LINE", "for example new:12, old:3 or 1.3.2:3")
    workbench = current().workbench()
    version = workbench.get(reference)
    if _SIDES.get(side) == "new":
        return version.number, int(digits)
    if _SIDES.get(side) == "old":
        live = workbench.deploying.live(version.prompt)
        where = environment or next(reversed(live), "")
        number = live.get(where) or version.parent
        if number is None:
            raise NotFound(f"there is nothing that {version.reference} would replace", hint="name a version: 1.0.0:3")
        return number, int(digits)
    return workbench.library.resolve_selector(version.prompt, side).number, int(digits)


def _list(found: list[Review]) -> None:
    from workbench.cli import release_shapes, release_text

    if current().json:
        output.data([release_shapes.review(one) for one in found])
        return
    for one in found:
        output.line(release_text.review_line(one))
    if not found:
        diagnostics.say("nobody said anything of it yet; workbench approve REF ENV, or workbench review REF -m …")


def _said(found: Review, before: str = "") -> None:
    from workbench.cli import release_shapes, release_text

    diagnostics.done(f"{before} {release_text.review_line(found)}".strip())
    if current().json:
        output.data(release_shapes.review(found))
