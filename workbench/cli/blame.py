"""`blame`: the version that brought each line, and what was done to a line on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import act, current, json_option
from workbench.domain.blame import BlamedLine, Touch
from workbench.domain.times import age, day_and_time

if TYPE_CHECKING:
    from workbench.services.past.blaming import Blame


@act("blame")
@click.argument("reference", metavar="REF")
@click.option("--line", "number", metavar="N", type=click.IntRange(1), help="Step back through what this line was.")
@json_option
def blame(reference: str, number: int | None) -> None:
    """Show for each line the version that last changed its words, and the one that brought it where that is another.

    Lines are followed where they were moved, re-wrapped or edited a little.
    """
    session = current()
    found = session.workbench().blaming.blame(reference)
    if session.json:
        lines = found.lines if number is None else (found.line(number),)
        output.data(
            {
                "prompt": found.version.prompt,
                "version": found.version.number,
                "complete": found.complete,
                "lines": [_line(found, line) for line in lines],
            }
        )
    elif number is None:
        _all(found)
    else:
        _one(found, found.line(number))
    if not found.complete:
        diagnostics.warn(f"only the last {len(found.steps)} versions were looked at; some lines are older")


def _all(found: Blame) -> None:
    now = datetime.now(UTC).isoformat()
    rows = []
    for line in found.lines:
        step, brought = found.steps[line.changed.step], found.steps[line.brought.step]
        rows.append(
            (
                str(line.line),
                step.number,
                age(step.at, now) if output.on_terminal() else step.at,
                step.author,
                brought.number if brought is not step else "",
                line.text,
                step.note,
            )
        )
    output.table(("line", "version", "age", "who", "from", "text", "note"), rows, stretch=6)


def _one(found: Blame, line: BlamedLine) -> None:
    output.table(
        ("version", "what", "line", "when", "who", "text", "note"),
        (
            (
                found.steps[touch.step].number,
                touch.kind,
                str(touch.line),
                day_and_time(found.steps[touch.step].at),
                found.steps[touch.step].author,
                touch.text,
                found.steps[touch.step].note,
            )
            for touch in line.touches
        ),
        stretch=6,
    )


def _line(found: Blame, line: BlamedLine) -> dict[str, Any]:
    return {
        "line": line.line,
        "text": line.text,
        "changed": found.steps[line.changed.step].number,
        "brought": found.steps[line.brought.step].number,
        "history": [_touch(found, touch) for touch in line.touches],
    }


def _touch(found: Blame, touch: Touch) -> dict[str, Any]:
    step = found.steps[touch.step]
    return {
        "version": step.number,
        "what": touch.kind,
        "line": touch.line,
        "text": touch.text,
        "before": touch.before if touch.kind != "brought" else None,
        "author": step.author,
        "at": step.at,
        "note": step.note,
    }
