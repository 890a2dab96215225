"""A new text from two: of the changes between them, exactly those that were chosen, as `git add -p` does."""

from __future__ import annotations

from collections.abc import Collection

from workbench.domain.diffs import Diff, hunks


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
