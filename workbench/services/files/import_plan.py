"""What an import would do and what it did, file by file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from workbench.domain.templates.converting import to_jinja
from workbench.formats import PromptFile

Action = Literal["new", "changed", "same", "refused"]
Progress = Callable[[int, int], None]
_NAMED = 3
"""Files that are named where there are more of a kind."""


@dataclass(frozen=True)
class ImportItem:
    """What one file would do. `number` is the version it becomes, or is already; "" where that is not known."""

    prompt: str
    number: str
    action: Action
    reason: str
    file: str
    """The path; `line` in it, or 0. `reason` does not repeat it."""
    hint: str = ""
    line: int = 0
    warnings: tuple[str, ...] = ()
    deployed: tuple[str, ...] = ()
    """Where the file says it is live; carried out only with `deploy=True`."""
    stated: PromptFile | None = field(default=None, repr=False, compare=False)

    def as_(self, action: Action, reason: str, hint: str = "") -> ImportItem:
        """The same file with another fate."""
        return replace(self, action=action, reason=reason, hint=hint)


def converted(stated: PromptFile) -> PromptFile:
    """The file's prompt in the jinja dialect where that is provably the same, else as it is with the reason why not."""
    content, why = to_jinja(stated.content)
    if content is None:
        warning = f"{stated.file}: kept in {stated.content.format}, not converted: {why}"
        return replace(stated, warnings=(*stated.warnings, warning))
    return replace(stated, content=content)


@dataclass(frozen=True)
class ImportPlan:
    """`items` by prompt and number, refused files last; `other` are YAML files that are no prompts."""

    items: tuple[ImportItem, ...]
    other: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    """Why data files that may hold prompts could not be looked into, with file and line."""

    def count(self, action: Action) -> int:
        return sum(item.action == action for item in self.items)

    @property
    def passed_over(self) -> str:
        """What of the YAML files in the folders is not taken for prompts, for a key may be mistyped; "" for none."""
        names = ", ".join(self.other[:_NAMED]) + (f" and {more} more" if (more := len(self.other) - _NAMED) > 0 else "")
        count = f"{len(self.other)} YAML file{'s' * (len(self.other) != 1)}"
        return f"not taken for prompts, {count}: {names}; import one by its name to hear why" if self.other else ""

    @property
    def warnings(self) -> tuple[str, ...]:
        told = tuple(warning for item in self.items if item.action != "same" for warning in item.warnings)
        return told + tuple(f"not looked into: {why}" for why in self.unread)


@dataclass(frozen=True)
class ImportReport:
    """What was done. `items` have the numbers that were given; `deployed` is (prompt, environment, number)."""

    items: tuple[ImportItem, ...]
    deployed: tuple[tuple[str, str, str], ...] = ()
    warnings: tuple[str, ...] = ()

    def count(self, action: Action) -> int:
        return sum(item.action == action for item in self.items)

    @property
    def refused(self) -> tuple[ImportItem, ...]:
        return tuple(item for item in self.items if item.action == "refused")
