"""Settings that some models refuse, or quietly leave out.

Sources: the OpenAI client's own words on `max_tokens`, `stop` and `reasoning_effort`; OpenAI's guide to reasoning
models (what they refuse); Anthropic's page on its OpenAI-compatible endpoint (what it ignores). A model that nobody
here knows takes everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_REASONING = re.compile(r"(o[1-9](-.*)?|gpt-[5-9](?!.*chat)([.-].*)?)")
_SOMETIMES = re.compile(r"gpt-(5\.[1-9]|[6-9]).*")
"""Reasoning models that can be told not to reason, and then take what the others do."""
_OPENAI = re.compile(r"(gpt-|chatgpt-|o[1-9](-|$)).*")
_SAMPLING: Mapping[str, float | None] = {
    "temperature": 1,
    "top_p": 1,
    "presence_penalty": 0,
    "frequency_penalty": 0,
    "logit_bias": None,
    "logprobs": None,
    "top_logprobs": None,
}
"""Setting → the one value that is taken all the same."""
_NOT_OPENAI = ("top_k", "min_p", "repeat_penalty")
_CLAUDE_IGNORES = (
    *("frequency_penalty", "presence_penalty", "seed", "logprobs", "top_logprobs", "logit_bias", "metadata"),
    *("response_format", "service_tier", "store", "user"),
)


def misuses(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(setting, what is wrong, how to mend it) for the model that the settings name."""
    model = settings.get("model")
    if not isinstance(model, str):
        return
    endpoint, _, name = model.rpartition("/")
    given = {key: value for key, value in settings.items() if value is not None}
    if _REASONING.fullmatch(name):
        yield from _of_reasoning(name, given)
    elif _OPENAI.fullmatch(name) and "reasoning_effort" in given:
        yield "reasoning_effort", f"{name} does not reason, and refuses reasoning_effort", "leave it out"
    if _OPENAI.fullmatch(name) and endpoint in ("", "openai"):
        for key in _NOT_OPENAI:
            if key in given:
                yield key, f"{name} does not know {key}", "leave it out"
    if name.startswith("claude-") and endpoint in ("", "anthropic"):
        yield from _of_claude(name, given)


def _of_reasoning(name: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if "max_tokens" in given:
        yield "max_tokens", f"{name} refuses max_tokens", "write max_completion_tokens, which counts its thoughts too"
    if _SOMETIMES.fullmatch(name) and given.get("reasoning_effort") == "none":
        return
    for key, taken in _SAMPLING.items():
        if key in given and (taken is None or given[key] != taken):
            yield key, f"{name} refuses {key} while it reasons", "leave it out"
    if "stop" in given and re.match(r"o3|o4-mini", name):
        yield "stop", f"{name} refuses stop", "leave it out"


def _of_claude(name: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in _CLAUDE_IGNORES:
        if key in given:
            yield (
                key,
                f"{name} ignores {key} on its OpenAI-compatible endpoint",
                "say it in the prompt, or leave it out",
            )
    temperature = given.get("temperature")
    if isinstance(temperature, (int, float)) and temperature > 1:
        yield "temperature", f"{name} takes a temperature up to 1; more is cut to that", "write 1 or less"
    if given.get("n", 1) != 1:
        yield "n", f"{name} gives one answer only", "leave n out"
