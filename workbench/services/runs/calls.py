"""One model call while it lasts, and the record that is made of it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain.runs import (
    Delta,
    Origin,
    Piece,
    Reasoning,
    Refusal,
    Request,
    Run,
    Status,
    ToolCall,
    Usage,
    Waiting,
)
from workbench.domain.tokens import estimate_tokens
from workbench.errors import WorkbenchError
from workbench.models.chunks import whole_text
from workbench.store import utc_now

if TYPE_CHECKING:
    from workbench.domain.comparisons import CellKey
    from workbench.domain.prompts import Version
    from workbench.models.chunks import Chunk, Reply
    from workbench.models.endpoints import Endpoint
    from workbench.models.gateway import Gateway


PACE = 0.01
"""Seconds between two looks at what came; a screen is drawn every 60 ms."""


@dataclass(frozen=True)
class Prepared:
    """A run that can be sent: everything was checked that can be checked here."""

    version: Version
    variables: Mapping[str, Any] = field(hash=False)
    """As given, the `input` included."""
    request: Request
    endpoint: Endpoint
    warnings: tuple[str, ...] = ()
    turns: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    """Messages that come after the version's: the conversation so far, when an answer is continued."""
    follows: str = ""
    """Id of the run that it continues."""
    cells: list[CellKey] = field(default_factory=list, hash=False, compare=False)
    """The places in comparisons that its run is recorded for; one more when a comparison is changed meanwhile."""


class Call:
    """One call while it lasts: what came, when, and how it ended."""

    def __init__(self, prepared: Prepared, origin: Origin, actor: str) -> None:
        self.id = str(uuid.uuid4())
        self.over = False
        self.hint = ""
        self._prepared = prepared
        self._origin: Origin = origin
        self._actor = actor
        self._began_at = utc_now()
        self._began = time.monotonic()
        self._ended: float | None = None
        self._first: float | None = None
        self._texts: list[str] = []
        self._events: list[Waiting | Piece] = []
        self._failed = 0
        """How many times it was sent and failed."""
        self._sent_again = 0.0
        """When it is or was sent after that, on the monotonic clock."""
        self._changed = asyncio.Event()
        self._told = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._left_out: tuple[str, ...] = ()
        self._reply: Reply | None = None
        self._status: Status = "cancelled"
        self._error = ""

    @property
    def unread(self) -> bool:
        return bool(self._events)

    async def pump(self, gateway: Gateway) -> None:
        """Reads as fast as it comes, however slow the events are read: times are the model's, not the screen's."""
        stream = gateway.stream(self._prepared.request)
        try:
            # What it takes to import a client is no time of the model's.
            await gateway.warm(self._prepared.request)
            self._began = time.monotonic()
            async with aclosing(stream):
                async for item in stream:
                    self._take(item)
            self._status = "finished"
        except asyncio.CancelledError:
            raise
        except WorkbenchError as error:
            self._status, self._error, self.hint = "failed", error.message, error.hint
        except Exception as error:
            # Its text could hold anything, a key too; its kind and place are what a report needs.
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
            self._status, self._error = "failed", f"unexpected {type(error).__name__} at {place}"

    def end(self, _pump: object = None) -> None:
        """To be called once `pump` is done, which a task cancelled before its first step never says itself."""
        self._ended = time.monotonic()
        self.over = True
        if self._timer is not None:
            self._timer.cancel()
        self._changed.set()

    def _take(self, item: Waiting | Chunk) -> None:
        if isinstance(item, Waiting):
            self._events.append(item)
            self._failed = max(self._failed, item.attempt)
            self._sent_again = time.monotonic() + item.seconds
        else:
            self._left_out += item.left_out
            self._reply = item.reply or self._reply
            if not item.text and not item.others:
                return
            # What comes whole has no first token that could be timed.
            if self._first is None and self._prepared.request.body.get("stream"):
                self._first = time.monotonic() - self._began
            for piece in item.others:
                self._show(piece)
            if item.text:
                self._texts.append(item.text)
                self._show(Delta(item.text))
        self._tell()

    def _tell(self) -> None:
        """Wakes the reader, but not more often than every `PACE`: each time costs as much as reading ten pieces."""
        if self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        rest = self._told + PACE - loop.time()
        if rest <= 0:
            self._told = loop.time()
            self._changed.set()
        else:
            self._timer = loop.call_later(rest, self._tell_late)

    def _tell_late(self) -> None:
        self._timer = None
        self._told = asyncio.get_running_loop().time()
        self._changed.set()

    def _show(self, piece: Piece) -> None:
        """Pieces that nobody has read yet are joined, so that a slow reader gets few and large ones."""
        joined = _joined(self._events[-1], piece) if self._events else None
        if joined is None:
            self._events.append(piece)
        else:
            self._events[-1] = joined

    async def news(self) -> list[Waiting | Piece]:
        """What came since the last time; waits for something, or for the end."""
        await self._changed.wait()
        self._changed.clear()
        if self.over:
            self._changed.set()
        events, self._events = self._events, []
        return events

    def run(self) -> Run:
        """The record as of now; without price."""
        prepared, reply = self._prepared, self._reply
        ended = time.monotonic() if self._ended is None else self._ended
        body = {key: value for key, value in prepared.request.body.items() if key not in self._left_out}
        usage = reply.usage if reply is not None else Usage()
        if usage.output_tokens is None and self._texts and reply is not None:
            # Streams send about a token a piece, whole answers say nothing; better than nothing, and marked.
            text = "".join(self._texts)
            streamed = prepared.request.body.get("stream")
            pieces = (reply.pieces or len(self._texts)) if streamed else estimate_tokens(text)
            usage = Usage(usage.input_tokens, pieces, estimated=True)
        seed = body.get("seed")
        return Run(
            id=self.id,
            prompt=prepared.version.prompt,
            number=prepared.version.number,
            digest=prepared.version.digest,
            variables=prepared.variables,
            request=replace(prepared.request, body=body),
            status=self._status,
            output=whole_text("".join(self._texts)),
            error=self._error,
            response=self._response(ended),
            finish_reason=reply.finish_reason if reply is not None else "",
            usage=usage,
            first_token=self._first,
            duration=ended - self._began,
            started_at=self._began_at,
            actor=self._actor,
            origin=self._origin,
            seed=seed if isinstance(seed, int) else None,
            turns=prepared.turns,
            follows=prepared.follows,
        )

    def _response(self, ended: float) -> dict[str, Any]:
        found = self._reply.response() if self._reply is not None else {}
        # One that was stopped while it waited was not sent once more.
        attempts = self._failed + (ended >= self._sent_again)
        if attempts > 1:
            found["attempts"] = attempts
        return found


def _joined(last: Waiting | Piece, piece: Piece) -> Piece | None:
    """Both as one piece; None where they are of different kinds."""
    match last, piece:
        case Delta(before), Delta(text):
            return Delta(before + text)
        case Reasoning(before), Reasoning(text):
            return Reasoning(before + text)
        case Refusal(before), Refusal(text):
            return Refusal(before + text)
        case ToolCall(), ToolCall() if last.index == piece.index:
            arguments = last.arguments + piece.arguments
            return ToolCall(last.index, last.id or piece.id, last.name + piece.name, arguments)
    return None
