"""A new text from two: of the changes between them, exactly those that were chosen, as `git add -p` does.

Hunks are numbered through all messages of a comparison, in its order, as a diff view counts them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from workbench.domain.diffs import ContentDiff, Diff, MessageDiff, hunks
from workbench.domain.prompts import Content, Message

Setting = tuple[str, str]
"""What can be chosen beside the texts: ("settings", key), ("variables", name) or ("format", "")."""


def picked_text(diff: Diff, taken: Collection[int]) -> str:
    """The left text with the hunks `taken` (indexes into `hunks(diff)`) as the right text has them.

    None of them gives the left text back and all of them the right one, byte for byte. A paragraph that moved is
    two changes, where it was and where it is: taken alone, one removes it and the other repeats it.
    """
    lines: list[str] = []
    chosen = {
        index for number, (start, end) in enumerate(hunks(diff)) if number in taken for index in range(start, end)
    }
    for index, row in enumerate(diff.rows):
        if index in chosen:
            lines += diff.right_lines[row.r0 : row.r1]
        else:
            lines += diff.left_lines[row.l0 : row.l1]
    return "\n".join(lines)


def hunks_of_moves(diff: Diff) -> tuple[frozenset[int], ...]:
    """Hunks that hold the two ends of the same moves: whoever takes one most likely wants the others."""
    hunk_of = {index: number for number, (start, end) in enumerate(hunks(diff)) for index in range(start, end)}
    groups: list[set[int]] = []
    ends: dict[int, set[int]] = {}
    for index, row in enumerate(diff.rows):
        if row.move >= 0:
            ends.setdefault(row.move, set()).add(hunk_of[index])
    for group in ends.values():
        touching = [other for other in groups if other & group]
        for other in touching:
            groups.remove(other)
        groups.append(group.union(*touching))
    return tuple(frozenset(group) for group in groups if len(group) > 1)


def picked_messages(messages: Sequence[MessageDiff], taken: Collection[int]) -> tuple[Message, ...]:
    """The messages of the left side with exactly the hunks `taken`, in the order of the right one.

    An added message is there with what was taken of it, a removed one is gone once all of it was taken.
    """
    found: list[Message] = []
    first = 0
    for each in messages:
        own = range(first, first + len(hunks(each.diff)))
        first = own.stop
        chosen = [number - own.start for number in own if number in taken]
        text = picked_text(each.diff, chosen)
        if each.left is None and each.right is not None:
            if chosen or not own:
                found.append(replace(each.right, content=text))
        elif each.right is None and each.left is not None:
            if not own or len(chosen) < len(own):
                found.append(replace(each.left, content=text))
        elif each.right is not None:
            found.append(replace(each.right, content=text))
    return tuple(found)


def moves_among(messages: Sequence[MessageDiff]) -> tuple[frozenset[int], ...]:
    """As `hunks_of_moves`, for all messages."""
    found: list[frozenset[int]] = []
    first = 0
    for each in messages:
        found += [frozenset(first + number for number in group) for group in hunks_of_moves(each.diff)]
        first += len(hunks(each.diff))
    return tuple(found)


def changed_settings(comparison: ContentDiff) -> tuple[Setting, ...]:
    """Those that differ, each once, however much differs inside."""
    found = [("format", "")] if comparison.format is not None else []
    for where, changes in (("settings", comparison.settings), ("variables", comparison.variables)):
        found += [(where, str(change.keys[0])) for change in changes]
    return tuple(dict.fromkeys(found))


def picked_settings(left: Content, right: Content, left_out: Collection[Setting]) -> Content:
    """The right content with those settings, variables and format as the left one has them that are left out."""
    settings = {key: value for key, value in right.settings.items() if ("settings", key) not in left_out}
    settings |= {key: value for key, value in left.settings.items() if ("settings", key) in left_out}
    before = {variable.name: variable for variable in left.variables if ("variables", variable.name) in left_out}
    kept = [v for v in right.variables if ("variables", v.name) not in left_out or v.name in before]
    variables = [before.pop(v.name, v) for v in kept]
    dialect = left.format if ("format", "") in left_out else right.format
    return replace(right, format=dialect, variables=(*variables, *before.values()), settings=settings)
