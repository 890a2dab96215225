"""`run`: send a version, or a draft of one, to a model and print the answer as it comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.carrying import carry_out, cost
from workbench.cli.session import act, current, json_option
from workbench.cli.values import one_case, settings, text, variable_options, variables
from workbench.domain.prompts import INPUT, Version

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.services.runs.previewing import Preview


@act("run")
@click.argument("reference", metavar="REF")
@variable_options
@click.option(
    "--line", type=click.IntRange(1), metavar="N", help="The line of a --vars file that holds several inputs."
)
@click.option("--use", metavar="SET", help="A named variable set of the prompt; -v and --vars go over it.")
@click.option("--input", "typed", metavar="TEXT|-", help="The user message of a version that has none.")
@click.option("--model", metavar="ENDPOINT/MODEL", help="This model, in place of the version's.")
@click.option("--set", "sets", metavar="NAME=VALUE|JSON", multiple=True, help="A setting for this run alone.")
@click.option("--draft", metavar="FILE|-", help="Run this text or prompt file in place of the version; saves nothing.")
@click.option("--dry-run", is_flag=True, help="Print the request as JSON, its tokens and its price; send nothing.")
@click.option("--no-stream", is_flag=True, help="Print the answer once it is whole.")
@json_option
def run(
    reference: str,
    pairs: tuple[str, ...],
    file: str | None,
    line: int | None,
    use: str | None,
    typed: str | None,
    model: str | None,
    sets: tuple[str, ...],
    draft: str | None,
    dry_run: bool,
    no_stream: bool,
) -> int:
    """Run a version against a model. The answer goes to standard output, the figures to standard error."""
    workbench = current().workbench()
    version = _draft(workbench, reference, draft) if draft is not None else workbench.get(reference)
    values: dict[str, Any] = dict(workbench.inputs.set(version.prompt, use).values) if use else {}
    values |= one_case(file, line) if file is not None and line is not None else variables((), file)
    values |= variables(pairs, None)
    if typed is not None:
        values[INPUT] = text("-") if typed == "-" else typed
    asked: dict[str, Any] = {"model": model, "settings": settings(sets), "stream": not no_stream}
    if dry_run:
        return _show_preview(workbench, workbench.previewing.preview(version, values, **asked))
    prepared = workbench.running.prepare(version, values, **asked)
    if use:
        workbench.inputs.use(version.prompt, use)
    return carry_out(workbench, prepared, stream=not no_stream)


def _draft(workbench: Workbench, reference: str, file: str) -> Version:
    """FILE in place of what the version says, kept as a draft. REF may be a name that is new."""
    from workbench.cli.save import content_of
    from workbench.errors import NotFound

    try:
        before: Version | None = workbench.get(reference)
    except NotFound:
        if "@" in reference:
            raise
        before = None
    name = before.prompt if before is not None else reference
    content = content_of(name, file, before, None, None)
    return workbench.drafting.keep(name, content, parent=before.number if before is not None else None)


def _show_preview(workbench: Workbench, preview: Preview) -> int:
    """1 while variables are missing; nothing is sent and nothing recorded."""
    preview = asyncio.run(_counted(workbench, preview))
    if preview.prepared is None:
        # Raised again, so that it is told as it would be when it is sent.
        from workbench.errors import MissingVariables

        raise MissingVariables(preview.missing)
    for warning in preview.prepared.warnings:
        diagnostics.warn(warning)
    tokens, forecast = preview.tokens, preview.forecast
    facts = shapes.preview(preview)
    if current().json:
        output.data(facts)
    else:
        output.bare_json(shapes.request(preview.prepared.request))
    for one in preview.differs:
        diagnostics.say(one.told)
    if tokens is not None:
        kind = "exactly " if tokens.exact else "about "
        each = " + ".join(map(str, tokens.messages))
        diagnostics.say(f"{kind}{tokens.total} tokens ({each}, {tokens.rest} around them), nothing was sent")
    if forecast is not None:
        length = f" with {forecast.output_tokens} tokens of answer ({forecast.reckoned_from})"
        known = forecast.output_tokens is not None
        diagnostics.say(
            f"{cost(forecast.likely if known else forecast.input_cost)}{length if known else ' for the input'}"
        )
    return diagnostics.DONE


async def _counted(workbench: Workbench, preview: Preview) -> Preview:
    try:
        return await workbench.previewing.counted(preview)
    finally:
        await workbench.gateway.release()
