"""Merging three texts by what they say: sentences, lines of lists, headings and code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workbench.domain.merging.three_way import Item, Stretch, exchanged, side_of, three_way
from workbench.domain.merging.units import Unit, units_of

_ALIKE = 0.5
"""The share of their words that a sentence and its edited form have in common, at least."""


@dataclass(frozen=True)
class Clash:
    """What both sides changed, each in its way."""

    base: str
    ours: str
    theirs: str


Part = str | Clash
"""A text that needs no decision, or one that does."""


def merge_texts(base: str, ours: str, theirs: str) -> tuple[Part, ...]:
    """The parts in order; no two texts beside each other, none of them empty.

    What only one side changed is as that side has it. A side that is the base counts for nothing, and two sides that
    say the same are one. Exchanging the sides exchanges them in the clashes, and nothing else.
    """
    if ours == theirs or theirs == base:
        return (ours,) if ours else ()
    if ours == base:
        return (theirs,) if theirs else ()
    units = units_of(base)
    one, other = (exchanged(side_of(units, units_of(side), _key, _alike)) for side in (ours, theirs))
    out: list[Part] = []
    for found in three_way(units, one, other, lambda unit: "\n" not in unit.before):
        merged = _item(found) if isinstance(found, Item) else _stretch(found)
        _add(out, merged)
    return tuple(out)


def _key(unit: Unit) -> str:
    return unit.key


def _alike(one: Unit, other: Unit) -> float:
    if not one.body or not other.body:
        return 1.0 if one.body == other.body else 0.0
    if one.key == other.key:
        return 1.0
    a, b = one.words, other.words
    share = 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
    return share if share >= _ALIKE else 0.0


_Units = list[Unit] | tuple[list[Unit], list[Unit], list[Unit]]
"""What is agreed, or base, ours and theirs of a clash."""


def _item(found: Item[Unit]) -> _Units:
    base, ours, theirs = found.base, found.ours, found.theirs
    if ours is None or theirs is None:
        rest = theirs if ours is None else ours
        if rest is None or not (found.theirs_edited if ours is None else found.ours_edited):
            return []
        return [base], [] if ours is None else [ours], [] if theirs is None else [theirs]
    before = _white(base.before, ours.before, theirs.before)
    if found.ours_edited and found.theirs_edited and ours.key != theirs.key:
        return [base], [ours], [theirs]
    if found.ours_edited != found.theirs_edited:
        return [Unit(before, ours.body if found.ours_edited else theirs.body)]
    return [Unit(before, _white(base.body, ours.body, theirs.body))]


def _stretch(found: Stretch[Unit]) -> _Units:
    if not found.theirs_changed:
        return _spaced(found, found.ours)
    if not found.ours_changed:
        return _spaced(found, found.theirs)
    if [unit.key for unit in found.ours] == [unit.key for unit in found.theirs]:
        both = zip(found.ours, found.theirs, strict=True)
        return [Unit(_wider(one.before, other.before), _wider(one.body, other.body)) for one, other in both]
    return found.base, found.ours, found.theirs


def _spaced(found: Stretch[Unit], taken: Sequence[Unit]) -> list[Unit]:
    """The units that are taken, with the white space before them as either side changed it."""
    before = {
        id(side): _white(base.before, ours.before, theirs.before)
        for base, ours, theirs in found.pairs
        if ours is not None and theirs is not None
        for side in (ours, theirs)
    }
    return [replace(unit, before=before.get(id(unit), unit.before)) for unit in taken]


def _white(base: str, ours: str, theirs: str) -> str:
    """Texts that differ in white space only."""
    if ours == base:
        return theirs
    return ours if theirs == base else _wider(ours, theirs)


def _wider(one: str, other: str) -> str:
    return max(one, other, key=lambda text: (text.count("\n"), len(text), text))


def _add(out: list[Part], merged: _Units) -> None:
    if isinstance(merged, list):
        _add_text(out, _text(merged))
        return
    base, ours, theirs = merged
    head, tail = _shared(ours, theirs)
    agreed, rest = ours[:head], ours[len(ours) - tail :]
    ours, theirs = ours[head : len(ours) - tail], theirs[head : len(theirs) - tail]
    _add_text(out, _text(agreed))
    if ours and theirs and ours[0].before == theirs[0].before:
        _add_text(out, ours[0].before)
        ours, theirs = [replace(ours[0], before=""), *ours[1:]], [replace(theirs[0], before=""), *theirs[1:]]
        base = [replace(base[0], before=""), *base[1:]] if base else base
    clash = Clash(_text(base), _text(ours), _text(theirs))
    if clash.base == clash.theirs or clash.ours == clash.theirs:
        _add_text(out, clash.ours)
    elif clash.base == clash.ours:
        _add_text(out, clash.theirs)
    else:
        out.append(clash)
    _add_text(out, _text(rest))


def _shared(ours: Sequence[Unit], theirs: Sequence[Unit]) -> tuple[int, int]:
    """How many units both begin and end with."""
    most = min(len(ours), len(theirs))
    head = next((i for i in range(most) if ours[i] != theirs[i]), most)
    tail = next((i for i in range(most - head) if ours[-1 - i] != theirs[-1 - i]), most - head)
    return head, tail


def _add_text(out: list[Part], text: str) -> None:
    if not text:
        return
    if out and isinstance(out[-1], str):
        out[-1] += text
    else:
        out.append(text)


def _text(units: Iterable[Unit]) -> str:
    return "".join(unit.text for unit in units)
