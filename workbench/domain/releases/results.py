"""What all comparisons of two versions say together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.domain.enough import Standing


@dataclass(frozen=True)
class Result:
    """`a` and `b` are references (drafts too)."""

    a: str
    b: str
    standing: Standing
    comparisons: tuple[str, ...]
    """Ids, oldest first."""
    last: str
    """When the last verdict was given."""
    hidden: int
    """How many of the verdicts were given with the sides hidden."""
    repeated: int = 0
    """Votes on inputs that were judged again later, which do not count."""
