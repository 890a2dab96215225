"""Files of a YAML head and a text body, taken apart so that they go together again byte for byte."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain import yaml_core
from workbench.errors import FormatError
from workbench.formats import documents, values

_HEAD = re.compile(
    r"\A(?P<before>(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?:---|\+\+\+)[ \t]*\r?\n)(?P<head>.*?)"
    r"(?P<between>^(?:---|\+\+\+)[ \t]*(?:\r?\n|\Z))(?P<body>.*)\Z",
    re.DOTALL | re.MULTILINE,
)
_OPENED = re.compile(r"\A(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?:---|\+\+\+)[ \t]*\r?\n")


@dataclass(frozen=True)
class Front:
    before: str
    head: str
    between: str
    body: str

    @property
    def text(self) -> str:
        return self.before + self.head + self.between + self.body

    @property
    def body_line(self) -> int:
        """The line of the file in which the body begins."""
        return (self.before + self.head + self.between).count("\n") + 1

    def load(self, file: str) -> tuple[Mapping[str, Any], Mapping[yaml_core.Path, int]]:
        """The head, with lines as in the file; empty for an empty one. `FormatError` where it is no mapping."""
        shift = self.before.count("\n")
        document, lines = yaml_core.load_with_lines("\n" * shift + self.head, file)
        if document is None:
            return {}, lines
        if not isinstance(document, Mapping):
            raise FormatError(f"the head is {values.kind(document)}, not a mapping", file=file, line=shift + 1)
        return document, lines

    def rewritten(self, document: Mapping[str, Any], body: str) -> str:
        """With this head and body; what did not change stays byte for byte."""
        old = yaml_core.load(self.head, "") or {}
        if old == document:
            head = self.head
        elif not old:
            head = yaml_core.dump(document)
        else:
            head = documents.rewritten(self.head, document, "yaml")
        return self.before + head + self.between + body


def split(text: str) -> Front | None:
    """None for a text without a head."""
    found = _HEAD.match(text)
    return Front(**found.groupdict()) if found else None


def is_unclosed(text: str) -> bool:
    return _OPENED.match(text) is not None and split(text) is None


def fresh(document: Mapping[str, Any], body: str) -> str:
    return f"---\n{yaml_core.dump(document) if document else ''}---\n{body}"
