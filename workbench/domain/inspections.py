"""What a change of files does to prompts: which ones it touches, what is wrong with them, and how they render."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from workbench.domain.diffs import ContentDiff, compare
from workbench.domain.prompts import Version
from workbench.domain.rules import Finding

Kind = Literal["added", "changed", "renamed", "deleted", "unreadable", "around"]
"""`unreadable`: its file is there and cannot be read any more. `around`: only what stands around the content changed:
note, tags, description, tests, where it is live."""


@dataclass(frozen=True)
class Touched:
    """One prompt. `after` is its highest version that differs, `before` what that is held against: the same number on
    the other side, else the one below it; None where there is none."""

    name: str
    kind: Kind
    file: str
    """Where it stands now, or stood, relative to the top of the repository."""
    before: Version | None = None
    after: Version | None = None
    was: str = ""
    """The name before it was renamed."""
    numbers: tuple[str, ...] = ()
    """The versions that are new or say something else now."""

    @cached_property
    def difference(self) -> ContentDiff | None:
        """None where there is nothing to compare with, or nothing left."""
        if self.before is None or self.after is None:
            return None
        return compare(self.before, self.after)

    @property
    def told(self) -> str:
        """The kind for people."""
        return "content as before" if self.kind == "around" else self.kind

    @property
    def story(self) -> str:
        """On one line: `1.2.0 → 1.3.0`, `renamed from a/b, 1.2.0`; "" for a prompt without numbers that was edited."""
        before = self.before.number if self.before else ""
        after = self.after.number if self.after else ""
        moved = f"{before} → {after}" if before and after and before != after else after or before
        return ", ".join(part for part in (f"renamed from {self.was}" if self.was else "", moved) if part)


@dataclass(frozen=True)
class Trial:
    """One variable set put into one version. `why` is empty where it rendered."""

    prompt: str
    number: str
    set: str
    why: str = ""
    severity: Literal["error", "warning", ""] = ""
    """"" for what rendered, and for what could not be tried for want of values."""


@dataclass(frozen=True)
class Inspection:
    base: str
    """The name of what the change is held against, for people."""
    touched: tuple[Touched, ...]
    findings: tuple[Finding, ...] = ()
    trials: tuple[Trial, ...] = ()

    @property
    def errors(self) -> int:
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        return len(self.findings) - self.errors

    @property
    def verdict(self) -> str:
        """`1 error, 2 warnings`."""
        errors, warnings = self.errors, self.warnings
        return f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"

    @property
    def rendered(self) -> int:
        return sum(not trial.why for trial in self.trials)


_TOLD: tuple[Kind, ...] = ("added", "changed", "renamed", "deleted", "unreadable")


def counted(touched: Sequence[Touched]) -> str:
    """`2 changed, 1 added`; "no prompt touched" for none."""
    kinds = [one.kind for one in touched]
    told = [f"{kinds.count(kind)} {kind}" for kind in _TOLD if kind in kinds]
    if "around" in kinds:
        told.append(f"{kinds.count('around')} with other notes, tags or tests")
    return ", ".join(told) or "no prompt touched"
