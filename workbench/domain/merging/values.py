"""Merging JSON objects key by key: settings, declarations, further fields of messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from workbench.domain.prompts import canonical_json


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()
"""The value of a key that is not there."""
Path = tuple[str, ...]
Decide = Callable[[Path, Any, Any, Any], Any]
"""(path, base, ours, theirs) → what stands there until somebody decides."""


def merge_values(base: Any, ours: Any, theirs: Any, decide: Decide, path: Path = ()) -> Any:
    """The merged value, with what `decide` gives in the place of every key that both sides changed, each in its way.

    Lists are one value, but for lists of tools, which are known by the names of their functions. 1 is not true.
    """
    if same(ours, theirs) or same(theirs, base):
        return ours
    if same(ours, base):
        return theirs
    if _is_mapping(ours) and _is_mapping(theirs) and (_is_mapping(base) or base is MISSING):
        return _keys(base if _is_mapping(base) else {}, ours, theirs, decide, path)
    named = [_named(value) for value in (base, ours, theirs)]
    if named[1] is not None and named[2] is not None and (named[0] is not None or base is MISSING):
        return list(_keys(named[0] or {}, named[1], named[2], decide, path).values())
    return decide(path, base, ours, theirs)


def _keys(
    base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], decide: Decide, path: Path
) -> dict[str, Any]:
    merged = {}
    for key in dict.fromkeys((*ours, *theirs)):
        before, one, other = (each.get(key, MISSING) for each in (base, ours, theirs))
        value = merge_values(before, one, other, decide, (*path, key))
        if value is not MISSING:
            merged[key] = value
    return merged


def merge_sets(base: Iterable[str], ours: Iterable[str], theirs: Iterable[str]) -> tuple[str, ...]:
    """What is on both sides, and what either side added; sorted."""
    before, one, other = set(base), set(ours), set(theirs)
    return tuple(sorted((one & other) | (one - before) | (other - before)))


def same(one: Any, other: Any) -> bool:
    """As JSON, because Python says that True == 1."""
    if one is MISSING or other is MISSING:
        return one is other
    return canonical_json(one) == canonical_json(other)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


def _named(value: Any) -> dict[str, Any] | None:
    """Tools by the names of their functions; None for any other value."""
    if not isinstance(value, list) or not value:
        return None
    found = {}
    for item in value:
        function = item.get("function") if isinstance(item, Mapping) else None
        name = function.get("name") if isinstance(function, Mapping) else None
        if not isinstance(name, str) or name in found:
            return None
        found[name] = item
    return found
