"""Where a version can be live, and what must hold before it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CheckRule:
    """One thing that an environment asks of a promotion. `releases.checks` knows the names and reads the rest."""

    name: str
    label: str
    """As a person wrote it: `soaked: 24h`."""
    wanted: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Read and completed; its keys depend on the check."""


@dataclass(frozen=True)
class Environment:
    name: str
    protected: bool = False
    """A promotion to it must be confirmed by typing its name, or with --yes, and needs a reason."""
    checks: tuple[CheckRule, ...] = ()
    """In the order of the config; all must pass."""
    force: bool = False
    """A promotion may be forced past its checks, with a reason."""
    own_approval: bool = True
    """The author of a version may approve it for here."""


DEFAULT_ENVIRONMENTS = (Environment("dev"), Environment("staging"), Environment("production", protected=True))
