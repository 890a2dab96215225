"""Prompts and their versions. Values only: nothing here reads or writes.

What a version holds is `contents`, whose names are here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.domain.contents import (
    FORMATS,
    INCLUDING,
    INPUT,
    MAX_DEPTH,
    ROLES,
    Content,
    Message,
    Variable,
    canonical_json,
    check_content,
    content_from_dict,
    variable_from_dict,
)

__all__ = [
    "FORMATS",
    "INCLUDING",
    "INPUT",
    "MAX_DEPTH",
    "ROLES",
    "Content",
    "Message",
    "PromptRow",
    "SearchHit",
    "Variable",
    "Version",
    "VersionRow",
    "canonical_json",
    "check_content",
    "content_from_dict",
    "variable_from_dict",
]


@dataclass(frozen=True)
class Version:
    """An immutable snapshot. Times are ISO 8601 in UTC, `2026-09-01T12:03:00.000000Z`."""

    id: int
    prompt: str
    number: str
    """"" for a draft that is run or compared before it is saved."""
    content: Content
    author: str = ""
    created_at: str = ""
    note: str = ""
    parent: str | None = None
    """The number it was made from; None for a first version."""
    tags: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    """Where it is live now, in the order of the environments."""
    source: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Where it was imported from: format, path, id, version, commit, unknown keys."""
    withdrawn: bool = False

    @property
    def digest(self) -> str:
        return self.content.digest

    @property
    def reference(self) -> str:
        """`NAME@NUMBER`, or `NAME#DIGEST` for a draft, cut to twelve digits."""
        return f"{self.prompt}@{self.number}" if self.number else f"{self.prompt}#{self.digest[:12]}"

    def render(self, **variables: Any) -> list[dict[str, Any]]:
        """The messages with the variables put in, ready for any chat client.

        Raises `MissingVariables` naming all that are missing, `TemplateError`, `BadInput` for a wrong choice or type.
        """
        # Whoever only reads does not wait for what renders.
        from workbench.domain.templates import render

        return [m.as_dict() for m in render(self.content, variables).messages]


@dataclass(frozen=True)
class VersionRow:
    """A version as a list shows it: without its content."""

    id: int
    number: str
    digest: str
    author: str
    created_at: str
    note: str
    parent: str | None
    tags: tuple[str, ...]
    environments: tuple[str, ...]
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class PromptRow:
    """A prompt as the library shows it."""

    id: int
    name: str
    description: str
    tags: tuple[str, ...]
    archived: bool
    latest: str
    """Number of the highest version by semver; "" when there is none."""
    version_count: int
    updated_at: str
    live: Mapping[str, str] = field(default_factory=dict, hash=False)
    """environment → number."""


@dataclass(frozen=True)
class SearchHit:
    prompt: str
    number: str
    snippet: str
    """One line around the match, not marked up; `start` and `end` are the match inside it."""
    start: int = 0
    end: int = 0
