"""`undo` and `redo`: taking back what was done, from wherever it was done."""

from __future__ import annotations

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import act, current, json_option
from workbench.services.past.history import Undone

_expect = click.option(
    "--expect", metavar="ID", type=click.IntRange(1), help="Only while this event (see --dry-run) is the last."
)
_dry_run = click.option("--dry-run", is_flag=True, help="Say what it would be, and change nothing.")


@act("undo")
@click.option("--redo", is_flag=True, help="The same as workbench redo.")
@click.option("--event", metavar="ID", type=click.IntRange(1), help="This act of the history, not the last one.")
@_expect
@_dry_run
@json_option
def undo(redo: bool, event: int | None, expect: int | None, dry_run: bool) -> None:
    """Take back the last act, whoever did it: a save, a promotion, a review, a tag, a rating … It is recorded too.

    Refused, with the reason, where somebody has moved on since.
    """
    if redo and event is not None:
        raise click.UsageError("--redo does again what undo took back last; it goes without --event")
    if dry_run and event is not None:
        raise click.UsageError("--dry-run tells what the last act is; workbench history tells what an event was")
    acts = current().workbench().history
    if dry_run:
        _tell(redo)
    elif redo:
        _done(acts.redo(expected=expect), "workbench undo")
    else:
        _done(acts.undo(event, expected=expect), "workbench redo")


@act("redo")
@_expect
@_dry_run
@json_option
def redo(expect: int | None, dry_run: bool) -> None:
    """Do again what the last undo took back."""
    if dry_run:
        _tell(True)
    else:
        _done(current().workbench().history.redo(expected=expect), "workbench undo")


def _tell(redo: bool) -> None:
    session = current()
    acts = session.workbench().history
    last = acts.next_acts()[1 if redo else 0]
    told = acts.next_redo() if redo else acts.next_undo()
    if session.json:
        output.data({"dry_run": True, "message": told or None, "event": last.id if last else None})
    elif told:
        output.line(told)
    else:
        diagnostics.say("nothing to redo" if redo else "nothing to undo")


def _done(undone: Undone, back: str) -> None:
    diagnostics.done(undone.message, back)
    if current().json:
        output.data(
            {
                "message": undone.message,
                "event": shapes.event(undone.event),
                "events": [event.id for event in undone.events],
            }
        )
