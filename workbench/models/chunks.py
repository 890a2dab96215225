"""What an endpoint streams, read without trusting it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from workbench.domain.runs import Piece, Reasoning, Refusal, ToolCall, Usage


class Chunk(NamedTuple):
    """A piece of an answer. The first one carries the `reply`, which grows with the others."""

    text: str = ""
    others: tuple[Piece, ...] = ()
    """What came beside the text, in its order: reasoning, refusals, tool calls."""
    left_out: tuple[str, ...] = ()
    """Fields of the body that this endpoint refused and that were therefore not sent."""
    reply: Reply | None = None


_FACTS = ("id", "model", "created", "system_fingerprint", "service_tier")


@dataclass
class Reply:
    """What has come so far, grown chunk by chunk by `add`; anything that is not what it should be is passed over."""

    finish_reason: str = ""
    usage: Usage = field(default_factory=Usage)
    facts: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    """Chunks that were a model's, whatever they held."""
    pieces: int = 0
    """Chunks that held text: about as many as tokens."""
    said_something: bool = False
    """More than white space."""
    _about: list[Any] = field(default_factory=list)
    """What the last chunk said of the whole answer."""
    _calls: dict[int, dict[str, Any]] = field(default_factory=dict)
    _reasoning: list[str] = field(default_factory=list)
    _refusal: list[str] = field(default_factory=list)

    def add(self, raw: Mapping[str, Any]) -> tuple[str, tuple[Piece, ...]]:
        """The text of this chunk, and what else it holds. A whole answer, not streamed, is one chunk."""
        choices = raw.get("choices")
        usage = raw.get("usage")
        if isinstance(choices, list) or isinstance(usage, dict):
            self.seen += 1
        about = [raw.get(key) for key in _FACTS]
        if about != self._about:  # the same in every chunk, as a rule
            self._about = about
            for key, value in zip(_FACTS, about, strict=True):
                if isinstance(value, str | int) and not isinstance(value, bool):
                    self.facts[key] = value
        if isinstance(usage, dict):
            self.facts["usage"] = usage
            self.usage = Usage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            return "", ()
        choice = choices[0]
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason:
            self.finish_reason = self.facts["finish_reason"] = reason
        delta = choice.get("delta", choice.get("message"))
        if not isinstance(delta, dict):
            return "", ()
        text = _text(delta.get("content"))
        if text:
            self.pieces += 1
            self.said_something = self.said_something or not text.isspace()
        if len(delta) - ("content" in delta) - ("role" in delta) == 0:
            return text, ()
        others: list[Piece] = []
        for key in ("reasoning_content", "reasoning"):
            if isinstance(delta.get(key), str) and delta[key]:
                self._reasoning.append(delta[key])
                others.append(Reasoning(delta[key]))
                break
        if refusal := _text(delta.get("refusal")):
            self._refusal.append(refusal)
            others.append(Refusal(refusal))
        others += self._add_calls(delta.get("tool_calls"))
        return text, tuple(others)

    def _add_calls(self, calls: Any) -> list[ToolCall]:
        pieces = []
        for position, call in enumerate(calls if isinstance(calls, list) else ()):
            if not isinstance(call, dict):
                continue
            index = call.get("index")
            index = index if isinstance(index, int) else position
            known = self._calls.setdefault(
                index, {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
            )
            called_id = call["id"] if isinstance(call.get("id"), str) and not known["id"] else ""
            known["id"] = known["id"] or called_id
            function = call.get("function")
            said = {"name": "", "arguments": ""}
            for key in said:
                if isinstance(function, dict) and isinstance(function.get(key), str):
                    said[key] = function[key]
                    known["function"][key] += function[key]
            pieces.append(ToolCall(index, called_id, said["name"], said["arguments"]))
        return pieces

    @property
    def tool_calls(self) -> list[dict[str, Any]]:
        return [self._calls[index] for index in sorted(self._calls)]

    @property
    def refusal(self) -> str:
        return "".join(self._refusal)

    def response(self) -> dict[str, Any]:
        """The facts as JSON for the record: id, model, finish_reason, usage, tool_calls, reasoning, refusal."""
        out = dict(self.facts)
        if self._calls:
            out["tool_calls"] = self.tool_calls
        if self._reasoning:
            out["reasoning"] = "".join(self._reasoning)
        if self._refusal:
            out["refusal"] = self.refusal
        text = whole_text(json.dumps(out, ensure_ascii=False, default=str))
        cleaned: dict[str, Any] = json.loads(
            text, parse_constant=lambda _: None
        )  # NaN is no JSON and could not be stored
        return cleaned


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(content: Any) -> str:
    """A string, or the text parts of a list of parts, as some endpoints stream it."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str))
    return ""


def whole_text(text: str) -> str:
    """Surrogate pairs that came in two chunks joined; a half that stayed alone cannot be stored and becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
