"""`inputs`: the named variable sets of a prompt."""

from __future__ import annotations

import json

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import Act, Acts, current, json_option
from workbench.cli.values import one_case, variable_options, variables
from workbench.domain.inputs import VariableSet
from workbench.domain.times import day_and_time
from workbench.errors import BadInput


class _Inputs(Acts):
    """`inputs PROMPT` lists, as `inputs list PROMPT` does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ({"-h", "--help"} & set(args)) and not any(word in self.commands for word in args):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("inputs", cls=_Inputs)
def inputs() -> None:
    """List, show, save, rename and delete the named variable sets of a prompt."""


@inputs.command("list", cls=Act)
@click.argument("prompt", required=False)
@json_option
def list_sets(prompt: str | None) -> None:
    """List the sets of PROMPT, or of all prompts."""
    session = current()
    workbench = session.workbench()
    rows = workbench.inputs.sets(workbench.library.prompt(prompt).name if prompt else None)
    if session.json:
        output.data([shapes.variable_set(row) for row in rows])
        return
    output.table(
        ("prompt", "set", "by", "when", "values"),
        (
            (
                row.prompt,
                row.name,
                row.actor,
                day_and_time(row.updated_at),
                json.dumps(dict(row.values), ensure_ascii=False),
            )
            for row in rows
        ),
    )
    if not rows:
        diagnostics.say("no variable sets yet; workbench inputs save PROMPT NAME -v KEY=VALUE makes one")


@inputs.command("show", cls=Act)
@click.argument("prompt")
@click.argument("name", metavar="SET")
@json_option
def show(prompt: str, name: str) -> None:
    """Print the values of a set as JSON, as --vars reads them."""
    found = current().workbench().inputs.set(prompt, name)
    if current().json:
        output.data(shapes.variable_set(found))
    else:
        output.bare_json(dict(found.values))


@inputs.command("save", cls=Act)
@click.argument("prompt")
@click.argument("name", metavar="SET")
@variable_options
@click.option(
    "--line", type=click.IntRange(1), metavar="N", help="The line of a --vars file that holds several inputs."
)
@click.option("--run", "run", metavar="ID", help="What this run was given.")
@json_option
def save(prompt: str, name: str, pairs: tuple[str, ...], file: str | None, line: int | None, run: str | None) -> None:
    """Make a set, or give it other values. -v goes over --vars, and both over --run."""
    workbench = current().workbench()
    values = dict(workbench.running.run(run).variables) if run else {}
    values |= one_case(file, line) if file is not None and line is not None else variables((), file)
    values |= variables(pairs, None)
    if not values:
        raise BadInput("a set needs values", "give -v KEY=VALUE, --vars FILE or --run ID")
    _told(workbench.inputs.save(prompt, name, values), "saved")


@inputs.command("rename", cls=Act)
@click.argument("prompt")
@click.argument("name", metavar="SET")
@click.argument("to", metavar="NEW")
@json_option
def rename(prompt: str, name: str, to: str) -> None:
    """Give a set another name."""
    renamed = current().workbench().inputs.rename(prompt, name, to)
    diagnostics.done(f"the variable set {name!r} of {renamed.prompt} is called {renamed.name!r} now")
    if current().json:
        output.data(shapes.variable_set(renamed))


@inputs.command("delete", cls=Act)
@click.argument("prompt")
@click.argument("name", metavar="SET")
@json_option
def delete(prompt: str, name: str) -> None:
    """Delete a set; undo brings it back."""
    workbench = current().workbench()
    found = workbench.inputs.set(prompt, name)
    workbench.inputs.delete(prompt, name)
    _told(found, "deleted")


def _told(found: VariableSet, what: str) -> None:
    diagnostics.done(f"{what} the variable set {found.name!r} of {found.prompt}")
    if current().json:
        output.data(shapes.variable_set(found))
