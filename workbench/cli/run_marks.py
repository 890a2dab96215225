"""The commands of `runs` that say something of a run, or take it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import Act, current, json_option
from workbench.errors import BadInput

if TYPE_CHECKING:
    from workbench.domain.runs import Run

_KINDS = ("json", "jsonl", "curl", "python")


@click.command("star", cls=Act)
@click.argument("run", metavar="ID")
@click.option("--off", is_flag=True, help="Take the star away.")
@json_option
def star(run: str, off: bool) -> None:
    """Give a run a star."""
    workbench = current().workbench()
    _marked(workbench.rating.star(workbench.running.run(run).id, not off), "unstarred" if off else "starred")


@click.command("rate", cls=Act)
@click.argument("run", metavar="ID")
@click.argument("rating", metavar="1…5|none")
@json_option
def rate(run: str, rating: str) -> None:
    """Rate a run from 1 to 5; none clears the rating."""
    if rating not in ("none", "-", *"12345"):
        raise BadInput(f"{rating!r} is no rating", "1 to 5, or none")
    workbench = current().workbench()
    value = int(rating) if rating in "12345" else None
    _marked(workbench.rating.rate(workbench.running.run(run).id, value), f"rated {value}" if value else "not rated")


@click.command("note", cls=Act)
@click.argument("run", metavar="ID")
@click.argument("text")
@json_option
def note(run: str, text: str) -> None:
    """Write a note on a run; an empty one clears it."""
    workbench = current().workbench()
    _marked(workbench.rating.note(workbench.running.run(run).id, text), "noted")


@click.command("keep", cls=Act)
@click.argument("run", metavar="ID")
@click.argument("name", metavar="SET")
@json_option
def keep(run: str, name: str) -> None:
    """Make the input of a run a variable set of its prompt."""
    workbench = current().workbench()
    saved = workbench.inputs.save_run(workbench.running.run(run), name)
    diagnostics.done(f"kept the input as the variable set {saved.name!r} of {saved.prompt}")
    if current().json:
        output.data(shapes.variable_set(saved))


@click.command("export", cls=Act)
@click.argument("run", metavar="ID…", nargs=-1, required=True)
@click.option("--format", "kind", type=click.Choice(_KINDS), default="json", show_default=True, help="The form.")
def export(run: tuple[str, ...], kind: Any) -> None:
    """Print runs as JSON or JSONL, or one as a curl command or a Python script. Never a key in it."""
    from workbench.services.runs.snippets import export_runs

    workbench = current().workbench()
    found = [workbench.running.run(one) for one in run]
    output.content(export_runs(found, kind, workbench.gateway))


COMMANDS = (star, rate, note, keep, export)


def _marked(run: Run, what: str) -> None:
    diagnostics.done(f"run {run.id[:8]}: {what}")
    if current().json:
        output.data(shapes.run(run))
