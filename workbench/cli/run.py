"""`run`: send a version to a model and print the answer as it comes."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import act, current, json_option
from workbench.cli.values import settings, text, variable_options, variables
from workbench.domain.runs import Cancelled, Delta, Failed, Finished, Run, RunEvent, Waiting

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.domain.runs import Origin
    from workbench.services.calls import Prepared


@act("run")
@click.argument("reference", metavar="REF")
@variable_options
@click.option("--input", "typed", metavar="TEXT|-", help="The user message of a version that has none.")
@click.option("--model", metavar="ENDPOINT/MODEL", help="This model, in place of the version's.")
@click.option("--set", "sets", metavar="NAME=VALUE", multiple=True, help="A setting for this run alone.")
@click.option("--dry-run", is_flag=True, help="Print the request as JSON; send nothing.")
@click.option("--no-stream", is_flag=True, help="Print the answer once it is whole.")
@json_option
def run(
    reference: str,
    pairs: tuple[str, ...],
    file: str | None,
    typed: str | None,
    model: str | None,
    sets: tuple[str, ...],
    dry_run: bool,
    no_stream: bool,
) -> int:
    """Run a version against a model. The answer goes to standard output, the figures to standard error."""
    workbench = current().workbench()
    prepared = workbench.running.prepare(
        workbench.get(reference),
        variables(pairs, file),
        input=text("-") if typed == "-" else typed,
        model=model,
        settings=settings(sets),
    )
    if dry_run:
        for warning in prepared.warnings:
            diagnostics.warn(warning)
        answer = output.data if current().json else output.bare_json
        answer(shapes.request(prepared.request))
        return diagnostics.DONE
    return carry_out(workbench, prepared, stream=not no_stream)


def carry_out(workbench: Workbench, prepared: Prepared, *, stream: bool, origin: Origin = "run") -> int:
    """Run it, print it, and give the exit code. Ctrl+C and SIGTERM end it as a recorded, cancelled run."""
    for warning in prepared.warnings:
        diagnostics.warn(warning)
    as_json = current().json
    show = _Show(stream=stream and not as_json)
    ended, interrupted = asyncio.run(_drive(workbench, prepared, origin, show))
    if ended is None:
        diagnostics.say("interrupted before anything was sent")
        return interrupted or diagnostics.INTERRUPTED
    found = ended.run
    if as_json:
        output.data(shapes.run(found))
    else:
        show.finish(found)
    if isinstance(ended, Failed):
        diagnostics.fail(ended.message, ended.hint)
        return diagnostics.MODEL_FAILED
    diagnostics.say(figures(found))
    if isinstance(ended, Cancelled):
        diagnostics.say(f"stopped; what came is kept: workbench runs show {found.id[:8]}")
        return interrupted or diagnostics.INTERRUPTED
    return diagnostics.DONE


class _Show:
    """Prints pieces as they come, or the whole at the end."""

    def __init__(self, *, stream: bool) -> None:
        self._stream = stream
        self._printed = False
        self._last = "\n"

    def take(self, event: RunEvent) -> None:
        if isinstance(event, Waiting):
            diagnostics.say(event.reason)
        elif isinstance(event, Delta) and self._stream and event.text:
            output.piece(event.text)
            self._printed = True
            self._last = event.text[-1]

    def finish(self, found: Run) -> None:
        if not self._printed:
            output.content(found.output)
        elif output.on_terminal() and self._last != "\n":
            output.line()


_End = Finished | Failed | Cancelled


async def _drive(workbench: Workbench, prepared: Prepared, origin: Origin, show: _Show) -> tuple[_End | None, int]:
    """The end event, and the exit code of the signal that stopped it (0: none did)."""
    stop = asyncio.Event()
    stopped_by = 0

    def on_signal(number: int) -> None:
        nonlocal stopped_by
        stopped_by = 128 + number
        stop.set()

    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            with suppress(NotImplementedError, ValueError, RuntimeError):  # Windows, or not the main thread
                loop.add_signal_handler(getattr(signal, name), on_signal, int(getattr(signal, name)))
    try:
        async for event in workbench.running.execute(prepared, origin=origin, stop=stop):
            if isinstance(event, Finished | Failed | Cancelled):
                return event, stopped_by
            show.take(event)
    finally:
        await workbench.gateway.release()
    return None, stopped_by


def figures(found: Run) -> str:
    """`local/smollm2-135m · 12 → 40 tokens · 0.3 s to the first · 1.2 s · 38 tokens/s · free · stop`."""
    usage = found.usage
    estimated = "about " if usage.estimated else ""
    parts = [
        f"{found.request.endpoint}/{found.request.model}",
        f"{estimated}{_number(usage.input_tokens)} → {_number(usage.output_tokens)} tokens",
        f"{found.first_token:.2f} s to the first" if found.first_token is not None else "",
        f"{found.duration:.2f} s",
        f"{found.tokens_per_second:.0f} tokens/s" if found.tokens_per_second is not None else "",
        cost(found.cost),
        found.finish_reason,
    ]
    return " · ".join(part for part in parts if part)


def cost(dollars: float | None) -> str:
    if dollars is None:
        return "cost unknown"
    return "free" if dollars == 0 else f"${dollars:.6f}".rstrip("0")


def _number(tokens: int | None) -> str:
    return "?" if tokens is None else str(tokens)
