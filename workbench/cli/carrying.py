"""Carrying out a run: the answer to standard output as it comes, the figures to standard error."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import current
from workbench.domain.answers import check_answer
from workbench.domain.runs import Cancelled, Delta, Failed, Finished, Reasoning, Refusal, Run, RunEvent, Waiting

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.domain.runs import Origin
    from workbench.services.runs.calls import Prepared


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
        check = check_answer(found.output, found.request.body.get("response_format"))
        output.data({**shapes.run(found), "problems": list(check.problems)})
    else:
        show.finish(found)
    if isinstance(ended, Failed):
        diagnostics.fail(ended.message, ended.hint)
        return diagnostics.MODEL_FAILED
    diagnostics.say(figures(found))
    _say_what_else(found)
    if isinstance(ended, Cancelled):
        diagnostics.say(f"cancelled; what came is kept: workbench runs show {found.id[:8]}")
        return interrupted or diagnostics.INTERRUPTED
    return diagnostics.DONE


def _say_what_else(found: Run) -> None:
    """What the answer holds beside its text, and what is wrong with it."""
    for call in found.tool_calls:
        function = call["function"]
        diagnostics.say(f"calls {function['name']}({function['arguments']})")
    if found.tool_calls:
        names = [str(call["function"]["name"]) for call in found.tool_calls]
        told = zip(names, found.tool_calls, strict=True)
        keys = [name if names.count(name) == 1 else str(call["id"]) for name, call in told]
        results = " ".join(f"--tool {key}=RESULT" for key in keys)
        diagnostics.say(f"  answer: workbench runs continue {found.id[:8]} {results}")
    if found.refusal:
        diagnostics.warn("the model refused")
    if found.status == "finished" and not found.tool_calls and not found.refusal:
        for problem in check_answer(found.output, found.request.body.get("response_format")).problems:
            diagnostics.warn(f"the answer does not fit the schema: {problem}" if problem.startswith("$") else problem)


class _Show:
    """Prints pieces as they come, or the whole at the end; what the model thinks only to somebody who watches."""

    def __init__(self, *, stream: bool) -> None:
        self._stream = stream
        self._printed = False
        self._last = "\n"
        self._thinks = False

    def take(self, event: RunEvent) -> None:
        if isinstance(event, Reasoning):
            if self._stream and diagnostics.on_terminal():
                diagnostics.piece(event.text if self._thinks else f"thinks: {event.text}")
                self._thinks = True
            return
        self._end_thought()
        if isinstance(event, Waiting):
            diagnostics.say(event.reason)
        elif isinstance(event, Delta | Refusal) and self._stream and event.text:
            output.piece(event.text)
            self._printed = True
            self._last = event.text[-1]

    def _end_thought(self) -> None:
        if self._thinks:
            diagnostics.say("")
            self._thinks = False

    def finish(self, found: Run) -> None:
        self._end_thought()
        if not self._printed:
            output.content(found.output or found.refusal)
        elif output.on_terminal() and self._last != "\n":
            output.line()


_End = Finished | Failed | Cancelled


async def _drive(workbench: Workbench, prepared: Prepared, origin: Origin, show: _Show) -> tuple[_End | None, int]:
    """The end event, and the exit code of the signal that stopped it (0: none did)."""
    stop = asyncio.Event()
    with stopping(stop.set) as stopped_by:
        try:
            async for event in workbench.running.execute(prepared, origin=origin, stop=stop):
                if isinstance(event, Finished | Failed | Cancelled):
                    return event, stopped_by()
                show.take(event)
        finally:
            await workbench.gateway.release()
        return None, stopped_by()


@contextmanager
def stopping(stop: Callable[[], object]) -> Iterator[Callable[[], int]]:
    """Ctrl+C, SIGTERM and SIGHUP call `stop` in place of ending the program. Gives the exit code of the one that came
    (0: none did)."""
    came = 0

    def on_signal(number: int) -> None:
        nonlocal came
        came = 128 + number
        stop()

    loop = asyncio.get_running_loop()
    taken = []
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            with suppress(NotImplementedError, ValueError, RuntimeError):  # Windows, or not the main thread
                loop.add_signal_handler(getattr(signal, name), on_signal, int(getattr(signal, name)))
                taken.append(getattr(signal, name))
    try:
        yield lambda: came
    finally:
        for number in taken:
            loop.remove_signal_handler(number)


def figures(found: Run) -> str:
    """`local/smollm2-135m · 12 → 40 tokens · 0.3 s to the first · 1.2 s · 38 tokens/s · free · stop`."""
    usage = found.usage
    estimated = "about " if usage.estimated else ""  # what is counted by us is the output
    parts = [
        f"{found.request.endpoint}/{found.request.model}",
        f"{_number(usage.input_tokens)} → {estimated}{_number(usage.output_tokens)} tokens",
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
