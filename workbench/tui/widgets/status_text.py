"""The line that says where one is, what is live there, what runs, and as whom one acts, fitted to its width."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells, set_cell_size

from workbench.text import name_of

ACTS_AS = "as "
IDLE = "0 running"
LONGEST_ACTOR = 12
"""Cells of who acts that all else leaves to it."""
LEAST_WHERE = 44
"""Cells that what is the matter leaves to where one is."""
LEAST_TROUBLE = 36
"""Cells that where one is leaves to what is the matter, beyond those."""
LEAST_NAME = 12
"""Cells of the first part, the name, that the parts behind it leave to it."""
_BETWEEN = " · "
SURELY = 9
"""What a part is worth that is never left out."""


def status_text(where: str, running: str, trouble: str, actor: str, width: int) -> str:
    """One line of at most `width` cells.

    That nothing runs is said where there is room for it; then the name gives way, from its front, then who acts loses
    their address, and last the end of what is live. What runs is never cut.
    """
    names = (actor, name_of(actor))
    who = cut(names[-1], LONGEST_ACTOR)
    room = width - (cell_len(ACTS_AS + who) + 2 if who else 0)
    if running == IDLE and cell_len(where + _BETWEEN + running) + (LEAST_NAME if trouble else 0) > room:
        running = ""
    behind = _BETWEEN + running if running else ""
    if trouble:
        left_to_both = room - cell_len(behind + _BETWEEN)
        least = min(LEAST_TROUBLE, left_to_both - min(cell_len(where), LEAST_WHERE))
        behind += _BETWEEN + cut(trouble, max(1, least, left_to_both - cell_len(where)))
    left = _fitted(where, room - cell_len(behind)) + behind
    if not who:
        return left
    room = width - cell_len(left) - len(ACTS_AS) - 2
    who = ACTS_AS + next((name for name in names if cell_len(name) <= room), who)
    return left + " " * max(2, width - cell_len(left) - cell_len(who)) + who


def room_for_where(running: str, actor: str, width: int) -> int:
    """Cells that are left for where one is, when nothing is the matter; that nothing runs may go for it."""
    who = cut(name_of(actor), LONGEST_ACTOR)
    behind = _BETWEEN + running if running and running != IDLE else ""
    return width - (cell_len(ACTS_AS + who) + 2 if who else 0) - cell_len(behind)


def joined(told: Sequence[tuple[str, int]], room: int) -> str:
    """(text, worth): the parts of where one is in one line. Those of the least worth are left out until the others
    have room; those of worth `SURELY` always stay."""
    left = list(told)
    while cell_len(_BETWEEN.join(text for text, _ in left)) > room:
        least = min((worth for _, worth in left), default=SURELY)
        if least >= SURELY:
            break
        left.remove(next(each for each in reversed(left) if each[1] == least))
    return _BETWEEN.join(text for text, _ in left)


def cut(text: str, width: int) -> str:
    """At most so many cells, with `…` where something was left out."""
    return text if cell_len(text) <= width else set_cell_size(text, max(0, width - 1)) + "…"


def _fitted(where: str, width: int) -> str:
    over = cell_len(where) - width
    name, between, rest = where.partition(_BETWEEN)
    if over <= 0 or not between or cell_len(name) <= LEAST_NAME:
        return cut(where, width)
    what, colon, name = name.rpartition(": ")  # what kind of place it is stays: `past: support/help`
    kept = max(LEAST_NAME, cell_len(name) - over) - 1
    return cut(what + colon + "…" + _end(name, kept) + between + rest, width)


def _end(text: str, width: int) -> str:
    """Its last cells, at most `width`."""
    return chop_cells(text[::-1], width)[0][::-1] if width > 0 and text else ""
