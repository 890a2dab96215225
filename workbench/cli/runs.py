"""`runs`: the recorded runs; list them, show one, send one again."""

from __future__ import annotations

import json
from typing import Any

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.run import carry_out, cost, figures
from workbench.cli.session import Act, Acts, current, json_option
from workbench.domain.times import day_and_time
from workbench.errors import BadInput


class _Runs(Acts):
    """`runs PROMPT` lists, as `runs list PROMPT` does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ({"-h", "--help"} & set(args)) and not any(word in self.commands for word in args):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("runs", cls=_Runs)
def runs() -> None:
    """List the recorded runs (of one PROMPT), show one, or send one again."""


@runs.command("list", cls=Act)
@click.argument("prompt", required=False)
@click.option("--status", type=click.Choice(("finished", "failed", "cancelled")), help="Only these.")
@click.option("--number", metavar="VERSION", help="Only of this version.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1), help="At most so many.")
@json_option
def list_runs(prompt: str | None, status: Any, number: str | None, limit: int) -> None:
    """List the runs, newest first."""
    session = current()
    rows = session.workbench().running.runs(prompt, limit=limit, status=status, number=number)
    if session.json:
        output.data([shapes.run_row(row) for row in rows])
        return
    output.table(
        ("run", "when", "prompt", "model", "status", "in", "out", "cost", "seconds", "error"),
        (
            (
                row.id[:8] if output.on_terminal() else row.id,
                day_and_time(row.started_at),
                f"{row.prompt}@{row.number}",
                row.model,
                row.status,
                "?" if row.input_tokens is None else str(row.input_tokens),
                "?" if row.output_tokens is None else str(row.output_tokens),
                cost(row.cost),
                f"{row.duration:.2f}",
                row.error,
            )
            for row in rows
        ),
    )
    if not rows:
        diagnostics.say("no runs yet")


@runs.command("show", cls=Act)
@click.argument("run", metavar="ID")
@json_option
def show(run: str) -> None:
    """Show a run: what was sent, what came back. The first digits of its id are enough."""
    session = current()
    found = session.workbench().running.run(run)
    if session.json:
        output.data(shapes.run(found))
        return
    if output.on_terminal():
        output.facts(
            {
                "run": found.id,
                "version": f"{found.prompt}@{found.number}",
                "when": f"{day_and_time(found.started_at)} by {found.actor} ({found.origin})",
                "status": found.status,
                "error": found.error,
                "figures": figures(found),
                "variables": json.dumps(dict(found.variables), ensure_ascii=False),
            }
        )
        output.line()
    output.content(found.output)


@runs.command("replay", cls=Act)
@click.argument("run", metavar="ID")
@click.option("--model", metavar="ENDPOINT/MODEL", help="Another model.")
@click.option("--version", "number", metavar="SELECTOR", help="Another version, with the same variables.")
@click.option("--no-stream", is_flag=True, help="Print the answer once it is whole.")
@json_option
def replay(run: str, model: str | None, number: str | None, no_stream: bool) -> int:
    """Send a run again: the same version, variables, settings and model, unless others are named."""
    workbench = current().workbench()
    found = workbench.running.run(run)
    version = workbench.library.resolve_selector(found.prompt, number or found.number)
    sent = found.request
    kept = {key: value for key, value in sent.body.items() if key not in _NOT_SETTINGS}
    prepared = workbench.running.prepare(
        version,
        found.variables,
        model=model or f"{sent.endpoint}/{sent.model}",
        # Another version brings its own settings; that is what is tried with it.
        settings={} if number else kept,
    )
    if not number and not model and prepared.request.body.get("messages") != sent.body.get("messages"):
        raise BadInput(
            f"run {found.id[:8]} cannot be rebuilt as it was sent", f"name the version: --version {found.number}"
        )
    return carry_out(workbench, prepared, stream=not no_stream, origin="replay")


_NOT_SETTINGS = ("messages", "model", "stream", "stream_options")
