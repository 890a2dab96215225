"""How many tokens a text is, where only the model's own tokenizer could say exactly.

The estimate cuts a text as the tokenizers of GPT models do before they merge bytes (words with the space before them,
up to three digits, runs of signs, runs of white space: the pattern of `cl100k_base` in OpenAI's tiktoken) and counts
each cut by its length, in steps that were fitted to English prose and code, where it is within a tenth of what a real
tokenizer counts. Other languages and rare words are often half as much again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.prompts import canonical_json

_CUTS = re.compile(
    r"(?P<word>[ ]?[A-Za-z]+(?:'[A-Za-z]{1,2})?)|(?P<digits>[ ]?[0-9]{1,3})|(?P<space>\s+)"
    r"|(?P<signs>[ ]?[!-/:-@\[-`{-~]+)|(?P<wide>[\u2e80-\u9fff\uac00-\ud7af\U00020000-\U0003ffff])|(?P<other>.)",
    re.DOTALL,
)
_LETTERS_A_TOKEN = 8
"""Of a longer word; most shorter ones are one token."""
_SIGNS_A_TOKEN = 3
PER_MESSAGE = 4
"""Tokens that a chat template puts around a message: OpenAI's cookbook, "How to count tokens with tiktoken", counts 3
and the role; ChatML (`<|im_start|>role … <|im_end|>`) spends 5."""
PER_ANSWER = 3
"""Tokens with which the answer is opened, from the same source."""


@dataclass(frozen=True)
class Counted:
    """Tokens of a request before it is sent."""

    messages: tuple[int, ...]
    """Of each message with what the chat template puts around it."""
    rest: int
    """Of what is no message: tools, a response format, the opening of the answer."""
    exact: bool
    """Counted by the model's own tokenizer; else estimated."""

    @property
    def total(self) -> int:
        return sum(self.messages) + self.rest


def estimate_tokens(text: str) -> int:
    tokens = 0
    other = 0
    for cut in _CUTS.finditer(text):
        kind, length = cut.lastgroup, cut.end() - cut.start()
        if kind == "word":
            tokens += -(-length // _LETTERS_A_TOKEN)
        elif kind == "signs":
            tokens += -(-length // _SIGNS_A_TOKEN)
        elif kind == "other":
            other += len(cut.group().encode("utf-8", "replace"))
        elif kind != "space" or length > 1 or cut.group() in "\n\t":
            tokens += 1
    # Accented and other letters are merged to about two bytes a token.
    return tokens + -(-other // 2)


def estimate_request(body: Mapping[str, Any]) -> Counted:
    """Of a chat-completions body: its messages, and its tools and response format as the JSON they are sent as."""
    messages: Sequence[Mapping[str, Any]] = body.get("messages", ())
    counts = []
    for message in messages:
        content = message.get("content")
        text = content if isinstance(content, str) else canonical_json(content) if content else ""
        extra = {key: value for key, value in message.items() if key not in ("role", "content")}
        counts.append(PER_MESSAGE + estimate_tokens(text) + (estimate_tokens(canonical_json(extra)) if extra else 0))
    rest = PER_ANSWER + sum(
        estimate_tokens(canonical_json(body[key])) for key in ("tools", "response_format") if body.get(key)
    )
    return Counted(tuple(counts), rest, exact=False)
