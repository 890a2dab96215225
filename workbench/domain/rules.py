"""What validation looks for, by code; what a project asks of its prompts; and the checks that need no template."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from workbench.domain.prompts import Content

CODES: Mapping[str, str] = {
    "file": "a file that should be a prompt and cannot be read",
    "kept": "something in a file that is kept and means nothing here",
    "name": "a name that no prompt can have, or that differs from another only in case",
    "metadata": "something that the project asks for and that is not there",
    "version": "a number that says something else already, or that does not go up",
    "template": "a template that cannot be read",
    "render": "a variable set that cannot be put into its prompt",
    "variables": "a variable that is used and not declared, or declared and not used",
    "declaration": "a default or a choice that does not fit its variable",
    "settings": "a setting, a response format or a tool that an endpoint or the model would refuse or ignore",
    "examples": "an example that is not in the form that is asked for, or calls a tool that is none",
    "length": "a text that is too short or too long",
    "secret": "what looks like a key or a password",
    "invisible": "a character that cannot be seen, or that turns the direction of the text",
    "link": "a link to a file, or a prompt to be included, that is not there",
}
"""Every code with what it stands for; a project may turn off each of them, with a reason."""
Severity = Literal["error", "warning"]
METADATA = ("description", "tags", "version", "note", "author", "model")
"""What a project can ask of every prompt."""
_SECRETS = re.compile(
    r"""(?x)
    \bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,} | \bAKIA[0-9A-Z]{16}\b | \bgh[pousr]_[A-Za-z0-9]{36,} | \bgithub_pat_\w{40,}
    | \bxox[abprs]-[A-Za-z0-9-]{10,} | \bAIza[0-9A-Za-z_-]{35} | \bhf_[A-Za-z0-9]{30,} | \bglpat-[A-Za-z0-9_-]{20,}
    | \bsk_live_[A-Za-z0-9]{20,} | \bSG\.[\w-]{16,}\.[\w-]{16,} | \bnpm_[A-Za-z0-9]{36} | \bpypi-AgEI[\w-]{20,}
    | \bgsk_[A-Za-z0-9]{40,} | \bAGE-SECRET-KEY-1[0-9A-Z]{20,} | https://hooks\.slack\.com/services/T\w+/B\w+/\w+
    | \b[a-z][a-z0-9+.-]*://[^\s/:@{}<>$]+:(?!pass|pwd|secret|changeme|example|x{3}|\*{3})[^\s/:@{}<>$]{6,}@[\w.-]+
    | -----BEGIN\ (?:[A-Z]+\ )?PRIVATE\ KEY----- | \beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{10,}
    """
)


_TAKE_OUT = "take it out, and make a new one"


@dataclass(frozen=True)
class Rules:
    """What a project asks for beyond what always holds."""

    required: tuple[str, ...] = ()
    """Of `METADATA`."""
    min_length: int = 50
    max_length: int = 50_000
    """Characters of all messages of a prompt together."""
    off: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Code → why it is turned off."""


@dataclass(frozen=True)
class Finding:
    """`where` is a file, or NAME@NUMBER for a stored version. `line` counts from 1 in the file, or in the message of a
    stored version; 0 means the whole."""

    where: str
    line: int
    severity: Severity
    message: str
    code: str = ""
    """Of `CODES`."""
    hint: str = ""
    """How to mend it."""


@dataclass(frozen=True)
class Place:
    """One finding in a text: `message_index` from 0 and `line` from 1; both 0 for the whole."""

    message: str
    hint: str
    message_index: int = 0
    line: int = 0


def length(content: Content, rules: Rules) -> Iterator[Place]:
    total = sum(len(message.content.strip()) for message in content.messages)
    if total < rules.min_length:
        yield Place(f"{total} characters are fewer than {rules.min_length}", "say more, or lower validate.min_length")
    elif total > rules.max_length:
        yield Place(
            f"{total:,} characters are more than {rules.max_length:,}", "split it, or raise validate.max_length"
        )


def secrets(content: Content) -> Iterator[Place]:
    """In the messages, and in what is declared and set. Shows the beginning only: what was found may be real."""
    for index, message in enumerate(content.messages):
        for found in _SECRETS.finditer(message.content):
            line = message.content.count("\n", 0, found.start()) + 1
            yield Place(f"{found.group()[:6]}… looks like a key", _TAKE_OUT, index, line)
    around = {"settings": dict(content.settings), "variables": {one.name: one.as_dict() for one in content.variables}}
    for name, part in around.items():
        for found in _SECRETS.finditer(json.dumps(part, ensure_ascii=False, default=str)):
            yield Place(f"{found.group()[:6]}… in the {name} looks like a key", _TAKE_OUT)
