"""All changes beside each other: the whole diff in one column as high as the screen."""

from __future__ import annotations

from workbench.tui.widgets.diff.layout import LaidOut
from workbench.tui.widgets.diff.palette import Signs, sign_of
from workbench.tui.widgets.diff.words import places_of

Ruled = tuple[str, str]
"""(sign, ink) of one row of the ruler."""
_INKS = {"-": "old_sign", "+": "new_sign", "<": "moved_sign", ">": "moved_sign"}


def ruler_of(laid_out: LaidOut, height: int, signs: Signs) -> list[Ruled]:
    """One entry a row. Where removed and added lines share one, it says that they changed."""
    found: list[set[str]] = [set() for _ in range(height)]
    total = max(laid_out.height, height)
    for index, block in enumerate(laid_out.blocks):
        if block.hunk < 0 or block.row is None or block.fold is not None:
            continue
        top, bottom = laid_out.tops[index], laid_out.tops[index + 1] - 1
        sign = signs.degraded if block.coarse else sign_of(block.kind, signs)
        first, last = top * height // total, bottom * height // total
        if last - first > 1 and not block.coarse and block.kind in ("change", "reflow_edit"):
            # A paragraph of pages: where in it something changed.
            rows = {place.y * height // total for place in places_of(laid_out, index)}
        else:
            rows = set(range(first, last + 1))
        for row in rows:
            found[min(row, height - 1)].add(sign)
    return [_ruled(each, signs) for each in found]


def _ruled(kinds: set[str], signs: Signs) -> Ruled:
    if not kinds:
        return " ", "dim"
    if len(kinds) > 1:
        quiet = {signs.reflow, signs.white}
        loud = kinds - quiet or kinds
        kinds = loud if len(loud) == 1 else {signs.degraded} if signs.degraded in loud else {"~"}
    (sign,) = kinds
    if sign in (signs.reflow, signs.white):
        return sign, "dim"
    return sign, "warning" if sign == signs.degraded else _INKS.get(sign, "strong")
