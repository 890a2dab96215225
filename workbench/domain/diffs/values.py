"""What differs between two JSON objects, found by DeepDiff: every nested change with its path, and none told twice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from workbench.domain.diffs.model import Diff
from workbench.domain.diffs.ordering import paired
from workbench.domain.diffs.phases import diff_texts

ChangeKind = Literal["added", "removed", "changed", "reordered"]
Keys = tuple[str | int, ...]
_SET_LIKE = ("tags", "required", "enum")
_NAMES = ("name", "id", "key", "title")
"""What tells one object of a list from another."""
_TOO_BIG = 200_000
"""Characters of JSON from which a part is compared as a text: DeepDiff needs seconds for such a tree."""
_LONG = 60
"""Characters from which a text is compared word by word."""


@dataclass(frozen=True)
class Change:
    """One value that differs. `before` is None when it was added, `after` when it was removed."""

    path: str
    """For people: `tools.get_weather.description`. What came to a set or left it has the path of the set."""
    kind: ChangeKind
    """`reordered`: the same named objects in another order; `before` and `after` are their names."""
    before: Any = None
    after: Any = None
    keys: Keys = ()
    """The same path, unambiguous. A place in a list is that of the right side, or of the left one if it was removed."""
    text: Diff | None = None
    """The words that changed, when both values are long texts; the lines of both as JSON, when they are huge."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The key of a list's item, once both lists are written as objects so that what belongs together has one key."""

    index: int
    removed: bool = False
    in_set: bool = False


def compare_values(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two JSON objects, in the order of their keys and then of the paths.

    An unset value (None) is none at all, 1 equals 1.0 but not true, tools are known by their names, lists that are
    sets (`tags`, `required`, `enum`) have no order, and an item put into a list is one change wherever it is put.
    """
    before, after = _plain(a), _plain(b)
    changes: list[Change] = []
    for key in [*before, *(key for key in after if key not in before)]:
        changes += _compare_part(key, before.get(key), after.get(key))
        if key == "tools":
            changes += _reordered(a.get(key), b.get(key))
    return tuple(changes)


def _compare_part(key: str, before: Any, after: Any) -> list[Change]:
    # As JSON, because Python says that True == 1
    if _json(before) == _json(after):
        return []
    if not (isinstance(before, (dict, list)) and type(before) is type(after)):
        return [change((key,), before, after)]
    if len(_json(before)) + len(_json(after)) > _TOO_BIG:
        text = diff_texts(_pretty(before), _pretty(after))
        return [Change(_path((key,)), "changed", before, after, (key,), text)]
    return _deep(key, *_aligned(before, after, key))


def _deep(key: str, before: Any, after: Any) -> list[Change]:
    # A third of a second to import, so only where two settings differ that are not plain values
    from deepdiff import DeepDiff
    from deepdiff.operator import BaseOperator

    changes: list[Change] = []

    class Texts(BaseOperator):  # type: ignore[misc, unused-ignore]
        """Takes texts away from DeepDiff, which would compare them line by line."""

        def __init__(self) -> None:
            super().__init__(types=[str])

        def give_up_diffing(self, level: Any, diff_instance: Any) -> bool:  # noqa: ARG002
            if level.t1 != level.t2:
                changes.append(_found(key, level))
            return True

    tree = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0, custom_operators=[Texts()])
    changes += [_found(key, level) for group in tree.values() for level in group]
    return sorted(changes, key=_place_and_kind)


def _place_and_kind(found: Change) -> tuple[list[tuple[bool, str]], bool]:
    """By place; of two at the same place what left comes first. DeepDiff's own order is another in every process."""
    return [(isinstance(key, str), str(key).rjust(9)) for key in found.keys], found.kind == "added"


def _found(key: str, level: Any) -> Change:
    # As a list, because DeepDiff's paths in words are ambiguous.
    steps = (key, *level.path(output_format="list"))
    keys = tuple(step.index if isinstance(step, _Place) else step for step in steps)
    found = change(keys, _restored(level.t1), _restored(level.t2))
    if isinstance(steps[-1], _Place) and steps[-1].in_set:
        return replace(found, path=_path(keys[:-1]))
    return found


def change(keys: Keys, before: Any, after: Any) -> Change:
    kind: ChangeKind = "added" if before is None else "removed" if after is None else "changed"
    text = None
    if (
        isinstance(before, str)
        and isinstance(after, str)
        and ("\n" in before or "\n" in after or max(len(before), len(after)) >= _LONG)
    ):
        text = diff_texts(before, after)
    return Change(_path(keys), kind, before, after, keys, text)


def _path(keys: Keys) -> str:
    return ".".join(map(_segment, keys))


def _segment(key: str | int) -> str:
    text = str(key)
    return json.dumps(text, ensure_ascii=False) if "." in text or not text else text


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _pretty(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str, ensure_ascii=False, indent=2)


def _plain(value: Any, name: str = "") -> Any:
    """As JSON, with what means nothing taken out, so that only what means something differs."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part, str(key)) for key, part in value.items() if part is not None}
    if isinstance(value, (list, tuple)):
        named = _by_name(value) if name == "tools" else None
        if named is not None:
            return {key: _plain(tool) for key, tool in named.items()}
        parts = [_plain(part) for part in value]
        return sorted(parts, key=_json) if name in _SET_LIKE else parts
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _by_name(tools: Sequence[Any]) -> dict[str, Any] | None:
    """Tools by function name; None when one has no name or two have the same."""
    named: dict[str, Any] = {}
    for tool in tools:
        name = _name(tool)
        if name is None or name in named:
            return None
        named[name] = tool
    return named


def _name(item: Any) -> str | None:
    if not isinstance(item, Mapping):
        return None
    function = item.get("function")
    found = _name(function) if isinstance(function, Mapping) else None
    return found or next((item[key] for key in _NAMES if isinstance(item.get(key), str)), None)


def _reordered(before: Any, after: Any) -> list[Change]:
    """Named tools that both sides have, when these come in another order."""
    if not (isinstance(before, (list, tuple)) and isinstance(after, (list, tuple))):
        return []
    old, new = _by_name(before), _by_name(after)
    if old is None or new is None:
        return []
    was, now = [name for name in old if name in new], [name for name in new if name in old]
    return [Change("tools", "reordered", was, now, ("tools",))] if was != now else []


def _aligned(before: Any, after: Any, name: str = "") -> tuple[Any, Any]:
    """Both values with each pair of lists written as objects: items that belong together have the same key. `name`:
    the key they stand under."""
    if isinstance(before, dict) and isinstance(after, dict):
        both = {key: _aligned(before[key], after[key], key) for key in before if key in after}
        return (
            {key: both[key][0] if key in both else part for key, part in before.items()},
            {key: both[key][1] if key in both else part for key, part in after.items()},
        )
    if not (isinstance(before, list) and isinstance(after, list)):
        return before, after
    left: dict[_Place, Any] = {}
    right: dict[_Place, Any] = {}
    is_set = name in _SET_LIKE

    def alike(i: int, j: int) -> float:
        # In a set nothing takes the place of anything.
        return 0.0 if is_set else _likeness(before[i], after[j])

    for i, j in paired(list(map(_json, before)), list(map(_json, after)), alike):
        if i < 0:
            right[_Place(j, in_set=is_set)] = after[j]
        elif j < 0:
            left[_Place(i, removed=True, in_set=is_set)] = before[i]
        else:
            left[_Place(j)], right[_Place(j)] = _aligned(before[i], after[j])
    return left, right


def _likeness(one: Any, other: Any) -> float:
    if type(one) is not type(other):
        return 0.01
    if not isinstance(one, dict):
        return 0.1
    if _name(one) is not None and _name(one) == _name(other):
        return 2.0
    same = sum([key in other and _json(one[key]) == _json(other[key]) for key in one])
    return 0.1 + same / max(1, len(one), len(other))


def _restored(value: Any) -> Any:
    """None for DeepDiff's own sign for what is not there."""
    return None if type(value).__name__ == "NotPresent" else value
