"""From a run to the next one: the same again, or the conversation continued."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.domain.names import near
from workbench.domain.runs import Run
from workbench.errors import BadInput
from workbench.services.library import Library
from workbench.services.runs.calls import Prepared
from workbench.services.runs.drafting import Drafting
from workbench.services.runs.running import Running

if TYPE_CHECKING:
    from workbench.domain.prompts import Version

_NOT_SETTINGS = ("messages", "model", "stream", "stream_options")


class Conversing:
    """Every method gives what `Running.execute` sends. All belong to the store's thread."""

    def __init__(self, running: Running, library: Library, drafting: Drafting) -> None:
        self._running = running
        self._library = library
        self._drafting = drafting

    def version_of(self, run: Run) -> Version:
        """What it ran: the version, or the draft as it was."""
        if run.number:
            return self._library.resolve_selector(run.prompt, run.number)
        return self._drafting.get(run.prompt, run.digest)

    def replay(
        self,
        run: Run,
        *,
        version: Version | None = None,
        model: str | None = None,
        settings: Mapping[str, Any] | None = None,
        stream: bool = True,
    ) -> Prepared:
        """The same input again, with the messages of its conversation: on this version, on that model, or as it was.

        Another version brings its own settings; else they are the run's. Raises `BadInput` when it cannot be rebuilt
        as it was sent, and whatever `Running.prepare` raises.
        """
        sent = run.request
        prepared = self._running.prepare(
            version or self.version_of(run),
            run.variables,
            model=model or f"{sent.endpoint}/{sent.model}",
            settings={**({} if version else _settings(run)), **(settings or {})},
            turns=run.turns,
            follows=run.follows,
            stream=stream,
        )
        if version is None and prepared.request.body.get("messages") != sent.body.get("messages"):
            raise BadInput(
                f"run {run.id[:8]} cannot be rebuilt as it was sent",
                f"name the version: --version {run.number}" if run.number else "",
            )
        return prepared

    def go_on(
        self,
        run: Run,
        message: str,
        *,
        model: str | None = None,
        settings: Mapping[str, Any] | None = None,
        stream: bool = True,
    ) -> Prepared:
        """The conversation with one more user message behind the run's answer.

        Raises `BadInput` when the run has no answer to go on from, or its answer asks for tool results.
        """
        if run.tool_calls:
            names = ", ".join(call["function"]["name"] for call in run.tool_calls)
            raise BadInput(f"the answer calls tools ({names})", "answer them first with their results")
        return self._next(run, [{"role": "user", "content": message}], model, settings, stream)

    def answer_tools(
        self,
        run: Run,
        results: Mapping[str, str],
        *,
        model: str | None = None,
        settings: Mapping[str, Any] | None = None,
        stream: bool = True,
    ) -> Prepared:
        """The conversation with the results of the tools that the answer called, by id of the call or name of the tool.

        Raises `BadInput` naming calls without a result and results without a call.
        """
        turns, used = [], set()
        known: list[str] = []
        missing = []
        for call in run.tool_calls:
            name, call_id = call["function"]["name"], call["id"]
            known += [call_id, name]
            key = call_id if call_id in results else name
            if key in results:
                used.add(key)
                turns.append({"role": "tool", "tool_call_id": call_id, "content": results[key]})
            else:
                missing.append(f"{name} ({call_id})" if call_id else name)
        if not run.tool_calls:
            raise BadInput(f"the answer of run {run.id[:8]} calls no tool")
        strange = [key for key in results if key not in used]
        if strange:
            close = near(strange[0], known, 1)
            raise BadInput(
                f"the answer calls no tool {strange[0]!r}", f"did you mean {close[0]}?" if close else ", ".join(known)
            )
        if missing:
            raise BadInput("a result is missing for " + ", ".join(missing))
        return self._next(run, turns, model, settings, stream)

    def _next(
        self,
        run: Run,
        said: Sequence[Mapping[str, Any]],
        model: str | None,
        settings: Mapping[str, Any] | None,
        stream: bool,
    ) -> Prepared:
        answer = answer_message(run)
        if answer is None:
            raise BadInput(f"run {run.id[:8]} has no answer to go on from", f"it is {run.status}; run it again")
        sent = run.request
        return self._running.prepare(
            self.version_of(run),
            run.variables,
            model=model or f"{sent.endpoint}/{sent.model}",
            settings={**_settings(run), **(settings or {})},
            turns=(*run.turns, answer, *said),
            follows=run.id,
            stream=stream,
        )


def answer_message(run: Run) -> Mapping[str, Any] | None:
    """The answer as the assistant's message of a conversation; None where nothing was said. A part counts too."""
    if run.tool_calls:
        return {"role": "assistant", "content": run.output or None, "tool_calls": [dict(c) for c in run.tool_calls]}
    text = run.output or run.refusal
    return {"role": "assistant", "content": text} if text else None


def arguments_of(call: Mapping[str, Any]) -> str:
    """The arguments of a tool call, laid out where they are JSON, else as the model wrote them."""
    written = str(call["function"]["arguments"])
    try:
        return json.dumps(json.loads(written), indent=2, ensure_ascii=False)
    except ValueError:
        return written


def _settings(run: Run) -> dict[str, Any]:
    return {key: value for key, value in run.request.body.items() if key not in _NOT_SETTINGS}
