"""A merge as one text, its conflicts between marks as git writes them (`merge.conflictStyle=diff3`)."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.domain.merging.contents import Conflict, Merge

MARKS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


@dataclass(frozen=True)
class Names:
    """What base, ours and theirs are called."""

    base: str
    ours: str
    theirs: str


def marked_text(merge: Merge, names: Names) -> str:
    """The messages as one text, then settings and declarations that both sides changed."""
    parts: list[str] = []
    for one in merge.messages:
        if isinstance(one, Conflict):
            parts.append(marked(one, names))
            continue
        text = ""
        for part in one.parts:
            text = text + part if isinstance(part, str) else _own_line(text) + marked(part, names)
        alone = len(merge.messages) == 1 and one.role == "system"
        parts.append(text if alone else f"[{one.role}]\n{text}")
    body = "\n\n".join(parts)
    for conflict in merge.conflicts:
        if conflict.kind == "value":
            body = f"{_own_line(body)}{conflict.where}:\n{marked(conflict, names)}"
    return body


def marked(conflict: Conflict, names: Names) -> str:
    """Whole lines, the last one with its end."""
    left, middle, between, right = MARKS
    return (
        f"{left} {names.ours}\n{_lines(conflict.ours)}{middle} {names.base}\n{_lines(conflict.base)}"
        f"{between}\n{_lines(conflict.theirs)}{right} {names.theirs}\n"
    )


def _lines(text: str) -> str:
    return _own_line(text.strip("\n")) if text.strip() else ""


def _own_line(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
