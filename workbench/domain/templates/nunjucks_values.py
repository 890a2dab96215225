"""Values as Nunjucks 3 has them: JavaScript's truth, comparing, arithmetic and text, and the filters known here.

Checked against the real one, value by value; what is not here is refused by name, never guessed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workbench.domain.templates.output import js_text
from workbench.errors import TemplateError


class Undefined:
    """A value that is not there; written as nothing, and other than null in a few places."""

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED = Undefined()


def is_nothing(value: Any) -> bool:
    return value is None or value is UNDEFINED


def is_true(value: Any) -> bool:
    """Empty lists and mappings are true in JavaScript."""
    if isinstance(value, (list, tuple, Mapping)):
        return True
    return not (is_nothing(value) or value is False or value == "" or value == 0 or value != value)


def text_of(value: Any) -> str:
    """As it is written into the result."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (list, tuple)):
        return ",".join(text_of(item) for item in value)
    return "" if is_nothing(value) else js_text(value)


def joined_text(value: Any) -> str:
    """As `~` and `+` have it, where nothing is a word."""
    return "undefined" if value is UNDEFINED else "null" if value is None else text_of(value)


def member(holder: Any, key: Any) -> Any:
    """Never fails: what is not there is undefined."""
    if isinstance(holder, Mapping):
        return holder.get(text_of(key), UNDEFINED)
    if isinstance(holder, str):
        units = _units(holder)
        if key == "length":
            return len(units)
        index = _index(key)
        return _from_units(units[index : index + 1]) if 0 <= index < len(units) else UNDEFINED
    if isinstance(holder, (list, tuple)):
        if key == "length":
            return len(holder)
        index = _index(key)
        return holder[index] if 0 <= index < len(holder) else UNDEFINED
    return UNDEFINED


def _index(key: Any) -> int:
    if isinstance(key, bool):
        return -1
    if isinstance(key, int):
        return key
    return int(key) if isinstance(key, str) and key.isascii() and key.isdigit() and str(int(key)) == key else -1


def _units(text: str) -> list[bytes]:
    raw = text.encode("utf-16-le", "surrogatepass")
    return [raw[at : at + 2] for at in range(0, len(raw), 2)]


def _from_units(units: Sequence[bytes]) -> str:
    try:
        return b"".join(units).decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise TemplateError("a sign that takes two places in JavaScript is cut in two") from error


def number_of(value: Any) -> float:
    """`Number(value)`. `TemplateError` for lists and mappings."""
    if isinstance(value, bool) or value is None:
        return float(bool(value))
    if value is UNDEFINED:
        return math.nan
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value.strip() or 0) if "_" not in value and "n" not in value.lower() else math.nan
        except ValueError:
            return math.nan
    raise TemplateError("a list or a mapping is compared or counted with")


def loosely_equal(one: Any, other: Any) -> bool:
    """`==` of JavaScript."""
    if is_nothing(one) or is_nothing(other):
        return is_nothing(one) and is_nothing(other)
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    return number_of(one) == number_of(other)


def strictly_equal(one: Any, other: Any) -> bool:
    kinds = (str, bool, (int, float))
    same = next((isinstance(other, kind) for kind in kinds if isinstance(one, kind)), one is other)
    return bool(same and not (isinstance(other, bool) and not isinstance(one, bool)) and one == other)


def is_less(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.encode("utf-16-be", "surrogatepass") < other.encode("utf-16-be", "surrogatepass")
    return number_of(one) < number_of(other)


def contains(item: Any, holder: Any) -> bool:
    if isinstance(holder, (list, tuple)):
        return any(strictly_equal(one, item) for one in holder)
    if isinstance(holder, str):
        return joined_text(item) in holder
    if isinstance(holder, Mapping):
        return text_of(item) in holder
    raise TemplateError(f"`in` is asked of {joined_text(holder)!r}, which holds nothing")


def added(one: Any, other: Any) -> Any:
    if all(isinstance(value, (int, float)) or is_nothing(value) for value in (one, other)):
        return plain(number_of(one) + number_of(other))
    return joined_text(one) + joined_text(other)


def plain(value: float) -> float | int:
    """A whole number without its point."""
    return int(value) if math.isfinite(value) and value.is_integer() and abs(value) < 1e21 else value


def divided(one: Any, other: Any) -> float | int:
    top, bottom = number_of(one), number_of(other)
    if bottom == 0:
        return math.nan if top == 0 or math.isnan(top) else math.copysign(math.inf, top) * math.copysign(1, bottom)
    return plain(top / bottom)


def remainder(one: Any, other: Any) -> float | int:
    top, bottom = number_of(one), number_of(other)
    return math.nan if bottom == 0 or not math.isfinite(top) else plain(math.fmod(top, bottom))


# Filters ------------------------------------------------------------------------------------------------------------


def _text(value: Any, name: str) -> str:
    """What the filters of texts take: nothing and false count as an empty text."""
    if is_nothing(value) or value is False:
        return ""
    if isinstance(value, str):
        return value
    raise TemplateError(f"the filter {name} is given {text_of(value)[:40]!r}, which is no text")


def _length(value: Any) -> Any:
    if is_nothing(value) or value is False:
        return 0
    return len(value) if isinstance(value, Mapping) else member(value, "length")


def _at(value: Any, name: str, place: int) -> Any:
    if is_nothing(value):
        raise TemplateError(f"the filter {name} is given nothing")
    length = member(value, "length")
    return member(value, place if place >= 0 else length + place) if isinstance(length, int) else UNDEFINED


def _default(value: Any, other: Any = UNDEFINED, falsy: Any = False) -> Any:
    if is_true(falsy):
        return value if is_true(value) else other
    return other if value is UNDEFINED else value


def _join(value: Any, sign: Any = "", key: Any = UNDEFINED) -> str:
    if not isinstance(value, (list, tuple)):
        raise TemplateError("the filter join is given no list")
    if is_true(key) and any(is_nothing(item) for item in value):
        raise TemplateError("the filter join is given a list that holds nothing somewhere")
    items = [member(item, key) for item in value] if is_true(key) else value
    return ("," if is_nothing(sign) else text_of(sign)).join(text_of(item) for item in items)


def _replace(value: Any, old: Any, new: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = text_of(value)
    if not isinstance(value, str):
        return value
    if not isinstance(old, str) or not old or not isinstance(new, str):
        raise TemplateError("the filter replace is given no texts")
    return value.replace(old, new)


def _dump(value: Any, spaces: Any = UNDEFINED) -> Any:
    if value is UNDEFINED:
        return value
    indent = spaces if isinstance(spaces, int) and not isinstance(spaces, bool) and spaces > 0 else None
    signs = (",", ": ") if indent else (",", ":")
    return json.dumps(_as_json(value), ensure_ascii=False, indent=min(indent, 10) if indent else None, separators=signs)


def _as_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _as_json(one) for key, one in value.items() if one is not UNDEFINED}
    if isinstance(value, (list, tuple)):
        return [_as_json(one) for one in value]
    if value is UNDEFINED:
        return None
    if isinstance(value, float):
        return plain(value) if math.isfinite(value) else None
    return value


def _capitalize(value: Any) -> str:
    text = _text(value, "capitalize").lower()
    return text[:1].upper() + text[1:]


def _trim(value: Any) -> str:
    if not isinstance(value, str):
        raise TemplateError(f"the filter trim is given {joined_text(value)[:40]!r}, which is no text")
    return value.strip()


FILTERS: Mapping[str, tuple[Callable[..., Any], int]] = {
    "upper": (lambda value: _text(value, "upper").upper(), 0),
    "lower": (lambda value: _text(value, "lower").lower(), 0),
    "capitalize": (_capitalize, 0),
    "trim": (_trim, 0),
    "length": (_length, 0),
    "default": (_default, 2),
    "d": (_default, 2),
    "join": (_join, 2),
    "first": (lambda value: _at(value, "first", 0), 0),
    "last": (lambda value: _at(value, "last", -1), 0),
    "replace": (_replace, 2),
    "dump": (_dump, 1),
    "safe": (lambda value: "" if is_nothing(value) else value, 0),
}
"""Name → the filter, and how many arguments it takes at most. `safe` stands at the end of an output only."""
