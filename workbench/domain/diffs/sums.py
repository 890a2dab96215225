"""What changed, in one line for people."""

from __future__ import annotations

from workbench.domain.diffs.model import Diff


def sums(diff: Diff) -> str:
    """In words and in lines, and what was not compared in full."""
    stats = diff.stats
    told = [f"+{stats.words_added} -{stats.words_removed} words"]
    for count, what in (
        (stats.lines_changed, "edited"),
        (stats.lines_added, "added"),
        (stats.lines_removed, "removed"),
        (stats.lines_moved, "moved"),
        (stats.lines_reflowed, "re-wrapped"),
        (stats.lines_white_space, "with other white space"),
    ):
        if count:
            told.append(f"{_counted(count, 'line')} {what}")
    if diff.degraded and diff.degraded[0].lacks == "moves":
        told.append("edited moves not looked for")
    elif diff.degraded:
        told.append(f"{_counted(len(diff.degraded), 'block')} compared by lines only")
    return ", ".join(told)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
