"""Semantic version numbers: reading, ordering and proposing the next one (semver.org 2.0.0)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.errors import BadInput

if TYPE_CHECKING:
    from semver import Version as SemVer

BUMPS = ("patch", "minor", "major", "pre")
FIRST = "1.0.0"


@lru_cache(maxsize=65536)
def parse_number(text: str) -> SemVer:
    """`1.4.0`, `1.4.0-rc.1`; `BadInput` for anything else. Build metadata (`+…`) is refused: it has no order."""
    from semver import Version as SemVer

    try:
        number = SemVer.parse(text)
    except (ValueError, TypeError) as error:
        raise BadInput(
            f"{text!r} is not a version number", "write MAJOR.MINOR.PATCH, for example 1.4.0 or 1.4.0-rc.1"
        ) from error
    if number.build:
        raise BadInput(f"{text!r} has build metadata, which has no order", f"write {number.replace(build=None)}")
    return number


Precedence = tuple[int, int, int, bool, tuple[tuple[int, int, str], ...]]


def precedence(number: str) -> Precedence:
    """What sorts texts that are known to be numbers, by semver.org 2.0.0 §11; a tenth of the cost of reading them."""
    release, dash, pre = number.partition("-")
    major, minor, patch = release.split(".")
    identifiers = pre.split(".") if dash else ()
    # Without leading zeros, which none has, the longer of two numbers is the higher one.
    ranks = tuple((0, len(one), one) if one.isdigit() else (1, 0, one) for one in identifiers)
    return int(major), int(minor), int(patch), not dash, ranks


def is_number(text: str) -> bool:
    try:
        parse_number(text)
    except BadInput:
        return False
    return True


def highest(numbers: Iterable[str]) -> str | None:
    """By precedence, so that 1.4.0-rc.1 is below 1.4.0; None for no number at all."""
    return max(numbers, key=parse_number, default=None)


def descending(numbers: Iterable[str]) -> list[str]:
    return sorted(numbers, key=parse_number, reverse=True)


def propose(taken: Iterable[str], base: str | None, bump: str = "patch") -> str:
    """The next free number after `base` (None: nothing saved yet).

    A patch of a pre-release is its release (1.4.0-rc.1 → 1.4.0), as in semver's own next_version; `pre` counts the
    pre-release up, or opens the next patch's (1.3.2 → 1.3.3-rc.1). A number that is taken is stepped over.
    """
    if bump not in BUMPS:
        raise BadInput(f"unknown bump {bump!r}", "use one of " + ", ".join(BUMPS))
    used = set(taken)
    if base is None:
        candidate = parse_number(FIRST)
        if bump == "pre":
            candidate = candidate.replace(prerelease="rc.1")
        base_bump = bump
    else:
        candidate = _bumped(parse_number(base), bump)
        base_bump = bump
    while str(candidate) in used:
        candidate = _bumped(candidate, base_bump)
    return str(candidate)


def _bumped(number: SemVer, bump: str) -> SemVer:
    if bump == "pre":
        if number.prerelease:
            return number.bump_prerelease()
        return number.bump_patch().replace(prerelease="rc.1")
    return number.next_version(bump)
