"""A merge as one text, its conflicts between marks as git writes them (`merge.conflictStyle=diff3`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.domain.merging.contents import Conflict, Merge

MARKS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


@dataclass(frozen=True)
class Names:
    """What base, ours and theirs are called."""

    base: str
    ours: str
    theirs: str


def marked_text(merge: Merge, names: Names, *, values: bool = True) -> str:
    """The messages as one text, then with `values` the settings and declarations that both sides changed.

    Marks stand around whole lines, so that what is left when one side is taken out is exactly the other one.
    """
    parts: list[str] = []
    for one in merge.messages:
        if isinstance(one, Conflict):
            parts.append(marked(one.base, one.ours, one.theirs, names))
            continue
        text = _by_lines(one.parts, names)
        alone = len(merge.messages) == 1 and one.role == "system"
        parts.append(text if alone else f"[{one.role}]\n{text}")
    body = "\n\n".join(parts)
    for conflict in merge.conflicts:
        if values and conflict.kind == "value":
            body = f"{_own_line(body)}{conflict.where}:\n" + marked(
                conflict.base, conflict.ours, conflict.theirs, names
            )
    return body


def marked(base: str, ours: str, theirs: str, names: Names) -> str:
    """Whole lines, the last one with its end."""
    left, middle, between, right = MARKS
    return (
        f"{left} {names.ours}\n{_own_line(ours)}{middle} {names.base}\n{_own_line(base)}"
        f"{between}\n{_own_line(theirs)}{right} {names.theirs}\n"
    )


def _by_lines(parts: Sequence[str | Conflict], names: Names) -> str:
    out = begun = ""
    sides: tuple[str, str, str] | None = None
    for part in parts:
        if isinstance(part, Conflict):
            base, ours, theirs = sides or (begun, begun, begun)
            sides = (base + part.base, ours + part.ours, theirs + part.theirs)
            begun = ""
            continue
        text = part
        if sides is not None:
            line, end, text = part.partition("\n")
            sides = (sides[0] + line, sides[1] + line, sides[2] + line)
            if not end:
                continue
            out += marked(*sides, names)
            sides = None
        whole, end, begun = text.rpartition("\n")
        out += whole + end
    return out + (begun if sides is None else marked(*sides, names))


def unsolved(text: str) -> int:
    """The line of the first mark of a conflict, from 1; 0 where there is none."""
    lines = enumerate(text.split("\n"), 1)
    return next((number for number, line in lines if line.startswith((MARKS[0] + " ", MARKS[3] + " "))), 0)


def _own_line(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
