"""How a prompt looked before what was recorded since: each change is thought away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.domain.prompts import PromptRow


def row_before(row: PromptRow, changes: Sequence[tuple[str, Mapping[str, Any]]]) -> PromptRow:
    """The row before these changes, newest first."""
    for kind, details in changes:
        if kind == "tag.change" and not details["number"]:
            row = replace(row, tags=tags_before(row.tags, [details]))
        elif kind == "prompt.describe":
            row = replace(row, description=details["before"])
        elif kind in ("prompt.archive", "prompt.unarchive"):
            row = replace(row, archived=kind == "prompt.unarchive")
        # Saving, and taking a save back, can change these two as well.
        if "description" in details:
            row = replace(row, description=details["description"]["before"])
        if "archived" in details:
            row = replace(row, archived=not details["archived"])
    return row


def tags_before(tags: Sequence[str], changes: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The tags before these changes, newest first."""
    now = set(tags)
    for details in changes:
        now = (now - set(details["added"])) | set(details["removed"])
    return tuple(sorted(now))
