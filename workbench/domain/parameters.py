"""The settings of a version as parameters of a call: which are known, and what their values must be."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from workbench.errors import BadInput

_NUMBERS = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "min_p", "typical_p", "repeat_penalty")
_WHOLE = ("max_tokens", "max_completion_tokens", "seed", "top_k", "top_logprobs", "n")
KNOWN = frozenset(
    {
        "model", *_NUMBERS, *_WHOLE, "stop", "response_format", "tools", "tool_choice", "parallel_tool_calls",
        "logit_bias", "logprobs", "user", "metadata", "store", "service_tier", "reasoning_effort", "reasoning",
        "verbosity", "prediction", "modalities", "repetition_penalty", "random_seed", "safe_prompt", "thinking",
        "provider", "transforms", "keep_alive", "grammar", "cache_prompt", "guided_json", "guided_choice",
        "guided_regex", "chat_template_kwargs", "web_search_options", "prompt_cache_key", "safety_identifier",
    }
)  # fmt: skip
"""What OpenAI and the servers that speak its language take in a chat request's body."""
OURS = frozenset({"messages", "stream", "stream_options"})
"""Parts of the body that are made for each call and are nobody's setting."""


def check_parameters(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Warnings for settings that are sent although nobody here knows them.

    Raises `BadInput` for a misspelt name, a value of the wrong kind, and what is not a setting.
    """
    warnings = []
    for name, value in settings.items():
        if name in OURS:
            raise BadInput(f"{name!r} is not a setting; it is made for each run", "remove it")
        if name not in KNOWN:
            close = get_close_matches(name, KNOWN, n=1, cutoff=0.8)
            if close:
                raise BadInput(f"unknown setting {name!r}", f"did you mean {close[0]}?")
            warnings.append(f"setting {name!r} is not known here; it is sent as it is")
        elif value is not None:
            _check_value(name, value)
    return tuple(warnings)


def _check_value(name: str, value: Any) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in _NUMBERS and not is_number:
        raise BadInput(f"{name} must be a number, not {value!r}", f"for example {name}: 0.7")
    if name in _WHOLE and not (is_number and isinstance(value, int)):
        raise BadInput(f"{name} must be a whole number, not {value!r}", f"for example {name}: 100")
    if name in ("max_tokens", "max_completion_tokens") and value < 1:
        raise BadInput(f"{name} must be at least 1, not {value}")
    if name == "n" and value != 1:
        raise BadInput("n must be 1: a run is one answer", "run it again for another one")
