"""Runs: one model call with everything needed to repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["finished", "failed", "cancelled"]
Origin = Literal["run", "compare", "evaluation", "production", "replay"]


@dataclass(frozen=True)
class Request:
    """Exactly what is sent. `body` is the chat-completions body: model, messages and parameters; never a key."""

    endpoint: str
    model: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Usage:
    """Tokens. None: the endpoint did not say. `estimated`: counted by us."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    estimated: bool = False


@dataclass(frozen=True)
class Price:
    """Dollars a million tokens, and where they come from; a local model costs 0, an unknown price is None."""

    input_per_million: float
    output_per_million: float
    source: str


@dataclass(frozen=True)
class Run:
    """Durations in seconds. `output` is what was streamed before it ended, whole or partial. Id is a UUID."""

    id: str
    prompt: str
    number: str
    """"" for a run of a draft that was not saved as a version until now."""
    digest: str
    """Of the content that was run, a version's or a draft's."""
    variables: Mapping[str, Any] = field(hash=False)
    request: Request
    status: Status
    output: str
    error: str = ""
    response: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The facts as sent by the endpoint: id, model, finish_reason, usage, tool_calls, reasoning, refusal."""
    finish_reason: str = ""
    usage: Usage = Usage()
    price: Price | None = None
    cost: float | None = None
    """Dollars; None is unknown, 0 is free."""
    first_token: float | None = None
    duration: float = 0.0
    started_at: str = ""
    actor: str = ""
    origin: Origin = "run"
    seed: int | None = None
    turns: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    """Messages of the request that came after those of the version: the conversation that it continues."""
    follows: str = ""
    """Id of the run whose answer it continues from."""
    rating: int | None = None
    """1 to 5; None: not rated."""
    starred: bool = False
    note: str = ""

    @property
    def is_draft(self) -> bool:
        return not self.number

    @property
    def reference(self) -> str:
        """`NAME@NUMBER`, or `NAME#DIGEST` for a draft, cut to twelve digits."""
        return f"{self.prompt}@{self.number}" if self.number else f"{self.prompt}#{self.digest[:12]}"

    @property
    def model(self) -> str:
        """`endpoint/model`."""
        return f"{self.request.endpoint}/{self.request.model}"

    @property
    def tool_calls(self) -> tuple[Mapping[str, Any], ...]:
        """`{"id", "type", "function": {"name", "arguments"}}` each; arguments as the model wrote them."""
        return tuple(self.response.get("tool_calls", ()))

    @property
    def reasoning(self) -> str:
        return str(self.response.get("reasoning", ""))

    @property
    def refusal(self) -> str:
        return str(self.response.get("refusal", ""))

    @property
    def said(self) -> str:
        """What came as the answer, in words: its text or its refusal, then the tools that it calls."""
        functions = (call["function"] for call in self.tool_calls)
        called = (f"calls {one['name']}({one['arguments']})" for one in functions)
        return "\n".join(filter(None, (self.output or self.refusal, *called)))

    @property
    def attempts(self) -> int:
        """How often it was sent: again after errors that may pass."""
        found = self.response.get("attempts")
        return found if isinstance(found, int) else 1

    @property
    def tokens_per_second(self) -> float | None:
        """Output tokens over the time after the first one; None when it cannot be told."""
        tokens = self.usage.output_tokens
        if not tokens or self.first_token is None or self.duration <= self.first_token:
            return None
        return tokens / (self.duration - self.first_token)


@dataclass(frozen=True)
class RunRow:
    """A run as a list shows it: without its bodies."""

    id: str
    prompt: str
    number: str
    model: str
    status: Status
    finish_reason: str
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    first_token: float | None
    duration: float
    started_at: str
    actor: str
    origin: Origin
    error: str = ""
    endpoint: str = ""
    digest: str = ""
    """Of the content that was run."""
    rating: int | None = None
    starred: bool = False
    note: str = ""
    follows: str = ""
    """Id of the run that it continues."""


@dataclass(frozen=True)
class RunFilter:
    """Which runs a list shows: those that everything given is true of."""

    prompt: str | None = None
    number: str | None = None
    drafts: bool = False
    """Only runs of drafts that are not saved."""
    model: str | None = None
    """A part of `endpoint/model`, in any case."""
    status: Status | None = None
    text: str | None = None
    """Words of the answer, the error, the variables or the note, in any order and case, the last perhaps only begun;
    other parts of them are found in the newest runs."""
    starred: bool = False
    rating: int | None = None
    """At least so good."""
    until: str | None = None
    """Only what had started by this time, as it is stored."""
    origin: Origin | None = None
    """`replay`: only what was sent again."""
    same: str | None = None
    """Id of a run, or how it begins: only runs of its prompt with the same variables, on whatever version and model."""


@dataclass(frozen=True)
class Started:
    run_id: str
    request: Request


@dataclass(frozen=True)
class Delta:
    text: str


@dataclass(frozen=True)
class Reasoning:
    """A piece of what the model thinks before it answers; no part of the answer."""

    text: str


@dataclass(frozen=True)
class Refusal:
    """A piece of the model's words for why it does not answer; no part of the answer."""

    text: str


@dataclass(frozen=True)
class ToolCall:
    """A piece of call `index`. `id` and `name` are "" where they came before; `arguments` go behind earlier ones."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True)
class Waiting:
    """Nothing is streamed yet and why: the local model starts, or an endpoint asked to wait `seconds`."""

    reason: str
    seconds: float = 0.0
    attempt: int = 0
    """How many times it was sent and failed; 0: nothing was sent yet."""


@dataclass(frozen=True)
class Finished:
    run: Run


@dataclass(frozen=True)
class Failed:
    run: Run
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Cancelled:
    run: Run


Piece = Delta | Reasoning | Refusal | ToolCall
RunEvent = Started | Waiting | Piece | Finished | Failed | Cancelled
RunEnd = Finished | Failed | Cancelled


def cost_of(usage: Usage, price: Price | None) -> float | None:
    """Dollars, or None when the price or the tokens are unknown; what is free costs 0 however many tokens it was."""
    if price is not None and price.input_per_million == price.output_per_million == 0:
        return 0.0
    if price is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    return (usage.input_tokens * price.input_per_million + usage.output_tokens * price.output_per_million) / 1_000_000
