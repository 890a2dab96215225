"""Where a version can be live."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Environment:
    name: str
    protected: bool = False
    """A promotion to it must be confirmed by typing its name, or with --yes, and needs a reason."""


DEFAULT_ENVIRONMENTS = (Environment("dev"), Environment("staging"), Environment("production", protected=True))
