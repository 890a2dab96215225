"""`runs`: the recorded runs; list them, show one, send one again, go on from one."""

from __future__ import annotations

import json
from typing import Any, get_args

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.carrying import carry_out, cost, figures
from workbench.cli.run_marks import COMMANDS
from workbench.cli.session import Act, Acts, current, json_option
from workbench.cli.values import settings, text
from workbench.domain.runs import Origin, RunFilter
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
    """List the recorded runs (of one PROMPT), show one, send one again, go on from one, rate and export them."""


for command in COMMANDS:
    runs.add_command(command)


@runs.command("list", cls=Act)
@click.argument("prompt", required=False)
@click.option("--status", type=click.Choice(("finished", "failed", "cancelled")), help="Only these.")
@click.option("--number", "--version", "number", metavar="VERSION", help="Only of this version.")
@click.option("--drafts", is_flag=True, help="Only of drafts that are not saved.")
@click.option("--model", metavar="TEXT", help="Only where endpoint/model holds this.")
@click.option("--text", "words", metavar="TEXT", help="Only where the answer, error, variables or note hold this.")
@click.option("--starred", is_flag=True, help="Only those with a star.")
@click.option("--rating", type=click.IntRange(1, 5), help="Only those rated so or better.")
@click.option("--origin", type=click.Choice(get_args(Origin)), help="Only what was run so; replay: sent again.")
@click.option("--same", metavar="ID", help="Only with the same input as this run.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1), help="At most so many.")
@json_option
def list_runs(
    prompt: str | None,
    status: Any,
    number: str | None,
    drafts: bool,
    model: str | None,
    words: str | None,
    starred: bool,
    rating: int | None,
    origin: Any,
    same: str | None,
    limit: int,
) -> None:
    """List the runs, newest first."""
    session = current()
    running = session.workbench().running
    wanted = RunFilter(
        prompt,
        number,
        drafts,
        model,
        status,
        words,
        starred,
        rating,
        origin=origin,
        same=running.run(same).id if same else None,
    )
    rows = running.runs(limit=limit, wanted=wanted)
    if session.json:
        output.data([shapes.run_row(row) for row in rows])
        return
    output.table(
        ("run", "when", "prompt", "model", "status", "in", "out", "cost", "seconds", "mark", "error"),
        (
            (
                row.id[:8] if output.on_terminal() else row.id,
                day_and_time(row.started_at),
                f"{row.prompt}@{row.number}" if row.number else f"{row.prompt}#{row.digest[:12]}",
                row.model,
                row.status,
                "?" if row.input_tokens is None else str(row.input_tokens),
                "?" if row.output_tokens is None else str(row.output_tokens),
                cost(row.cost),
                f"{row.duration:.2f}",
                ("*" if row.starred else "") + (str(row.rating) if row.rating else ""),
                row.error or row.note,
            )
            for row in rows
        ),
    )
    if not rows:
        diagnostics.say("no runs yet" if wanted == RunFilter() else "no such runs")


@runs.command("show", cls=Act)
@click.argument("run", metavar="ID")
@click.option("--chain", is_flag=True, help="The whole conversation that it is part of.")
@json_option
def show(run: str, chain: bool) -> None:
    """Show a run: what was sent, what came back. The first digits of its id are enough."""
    session = current()
    running = session.workbench().running
    found = running.run(run)
    if chain:
        of_chain = [running.run(row.id) for row in running.chain(found.id)]
        if session.json:
            output.data([shapes.run(one) for one in of_chain])
            return
        for one in of_chain:
            for message in one.turns[-1:] or one.request.body.get("messages", ())[-1:]:
                output.line(f"── {message.get('role', '')}")
                output.content(str(message.get("content") or "") + "\n")
            output.line(f"── assistant ({one.id[:8]})")
            output.content(one.said + "\n")
        return
    if session.json:
        output.data(shapes.run(found))
        return
    if output.on_terminal():
        output.facts(
            {
                "run": found.id,
                "version": found.reference + (" (draft)" if found.is_draft else ""),
                "when": f"{day_and_time(found.started_at)} by {found.actor} ({found.origin})",
                "status": found.status,
                "error": found.error,
                "figures": figures(found),
                "rating": str(found.rating or "") + (" *" if found.starred else ""),
                "note": found.note,
                "follows": found.follows[:8],
                "variables": json.dumps(dict(found.variables), ensure_ascii=False),
            }
        )
        output.line()
        if found.reasoning:
            output.line("── reasoning")
            output.content(found.reasoning + "\n")
            output.line("── answer")
    output.content(found.said)


@runs.command("replay", cls=Act)
@click.argument("run", metavar="ID")
@click.option("--model", metavar="ENDPOINT/MODEL", help="Another model.")
@click.option("--version", "number", metavar="SELECTOR", help="Another version, with the same variables.")
@click.option("--set", "sets", metavar="NAME=VALUE|JSON", multiple=True, help="Another setting.")
@click.option("--no-stream", is_flag=True, help="Print the answer once it is whole.")
@json_option
def replay(run: str, model: str | None, number: str | None, sets: tuple[str, ...], no_stream: bool) -> int:
    """Send a run again: the same version, variables, settings and model, unless others are named."""
    workbench = current().workbench()
    found = workbench.running.run(run)
    version = workbench.library.resolve_selector(found.prompt, number) if number else None
    prepared = workbench.conversing.replay(
        found, version=version, model=model, settings=settings(sets), stream=not no_stream
    )
    return carry_out(workbench, prepared, stream=not no_stream, origin="replay")


@runs.command("continue", cls=Act)
@click.argument("run", metavar="ID")
@click.option("--input", "typed", metavar="TEXT|-", help="What the user says next.")
@click.option("--tool", "results", metavar="NAME=RESULT", multiple=True, help="The result of a tool that was called.")
@click.option("--model", metavar="ENDPOINT/MODEL", help="Another model.")
@click.option("--set", "sets", metavar="NAME=VALUE|JSON", multiple=True, help="Another setting.")
@click.option("--no-stream", is_flag=True, help="Print the answer once it is whole.")
@json_option
def go_on(
    run: str, typed: str | None, results: tuple[str, ...], model: str | None, sets: tuple[str, ...], no_stream: bool
) -> int:
    """Go on from the answer of a run: with a further user message, or with the results of the tools it called."""
    if (typed is None) == (not results):
        raise BadInput("say how it goes on", "either --input TEXT or --tool NAME=RESULT")
    workbench = current().workbench()
    found = workbench.running.run(run)
    how: dict[str, Any] = {"model": model, "settings": settings(sets), "stream": not no_stream}
    if typed is not None:
        message = text("-") if typed == "-" else typed
        prepared = workbench.conversing.go_on(found, message, **how)
    else:
        prepared = workbench.conversing.answer_tools(found, _results(results), **how)
    return carry_out(workbench, prepared, stream=not no_stream)


def _results(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise BadInput(f"--tool {pair!r} has no result", "write --tool NAME=RESULT")
        found[name] = value
    return found
