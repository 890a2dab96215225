"""What of the log and the ledger is asked for, and the pages in which it comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class HistoryFilter:
    """All that is given must hold; "" and None ask for nothing."""

    prompt: str | None = None
    environment: str | None = None
    kinds: tuple[str, ...] = ()
    """One of them: `version.save`, or the part before the dot, `version`; of deployments `promote` and `rollback`."""
    actor: str = ""
    """A part of who acted, in upper or lower case."""
    text: str = ""
    """A part of the prompt's name, of why, or of anything else that was recorded."""
    since: str | None = None
    """A stored time; that moment itself counts, for `until` too."""
    until: str | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    rows: list[T]
    """Newest first."""
    next: int | None
    """What to give as `before` for the next page; None: that was all.

    A page can hold fewer rows than asked for, even none, and have a next one: a bounded number of rows is looked at
    for each, so that no page takes long."""
