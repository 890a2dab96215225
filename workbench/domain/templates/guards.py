"""Looks at an operation before it is done: how big would its result be?

One function a kind of operation; each raises `LimitExceeded` instead of letting Python try.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from workbench.domain.templates.bounds import MAX_BITS, MAX_WIDTH, LimitExceeded, meter, size_of

_TEXT_METHODS = """
    capitalize casefold center count endswith expandtabs find index isalnum isalpha isascii isdecimal isdigit
    isidentifier islower isnumeric isspace istitle isupper join ljust lower lstrip partition removeprefix removesuffix
    replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title upper zfill
"""

SAFE_METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(_TEXT_METHODS.split()),
    dict: frozenset(("copy", "get", "items", "keys", "values")),
    list: frozenset(("copy", "count", "index")),
    tuple: frozenset(("count", "index")),
    set: frozenset(("copy", "union", "intersection", "difference", "issubset", "issuperset")),
    int: frozenset(("bit_length", "is_integer")),
    float: frozenset(("is_integer",)),
}
"""What a template may call on plain values; `format`, `encode`, `to_bytes` … are left out on purpose."""

_PERCENT = re.compile(r"%(?:\([^)]*\))?[-+ #0]*(\*|\d+)?(?:\.(\*|\d+))?")
_SLOW_TEXT = 400_000


def counted(values: Any) -> Any:
    """The same values, each turn of the loop counted; keeps the length, so that `loop.length` stays what it was."""
    return _Sized(values) if hasattr(values, "__len__") else _count(values)


class _Sized:
    __slots__ = ("values",)

    def __init__(self, values: Any) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Any]:
        return _count(self.values)


def _count(values: Iterable[Any]) -> Iterator[Any]:
    step = meter().step
    for value in values:
        step()
        yield value


def width(value: Any) -> int:
    """A width, precision or count; too big ones are refused, wrong types are left to the operation itself."""
    if isinstance(value, int) and abs(value) > MAX_WIDTH:
        raise LimitExceeded(f"{_number(value)} is more than the {MAX_WIDTH:,} a width or count may be")
    return value if isinstance(value, int) else 0


def operator(sign: str, left: Any, right: Any) -> None:
    """`+`, `*`, `**` and `%`."""
    if isinstance(left, int) and isinstance(right, int):
        bits = {
            "+": lambda: max(left.bit_length(), right.bit_length()),
            "*": lambda: left.bit_length() + right.bit_length(),
            "**": lambda: left.bit_length() * max(right, 0),
        }.get(sign, lambda: 0)()
        if bits > MAX_BITS and not (sign == "**" and abs(left) <= 1):
            raise LimitExceeded("a number would become longer than 3,000 digits")
    elif sign == "+" and isinstance(left, (str, list, tuple)):
        meter().make(size_of(left) + size_of(right))
        if not isinstance(left, str):
            size_of([left, right])
    elif sign == "*":
        for sequence, times in ((left, right), (right, left)):
            if isinstance(sequence, (str, list, tuple)) and isinstance(times, int):
                _repeated(sequence, times)
    elif sign == "%" and isinstance(left, str):
        percent_format(left, right)


def _repeated(sequence: Any, times: int) -> None:
    times = max(times, 0)
    meter().make(size_of(sequence) * times)
    if not isinstance(sequence, str) and len(sequence) * times > MAX_WIDTH * 10:
        raise LimitExceeded("a list would have more than 100,000 parts")


def percent_format(text: str, arguments: Any) -> None:
    """`'%10d' % 1`: widths bounded, `*` refused, and no argument written so often that it adds up."""
    fields = 0
    for match in _PERCENT.finditer(text):
        fields += 1
        for number in match.groups():
            if number == "*":
                raise LimitExceeded("a width given as * is not possible in a template")
            if number:
                width(int(number[:12]))
    meter().make(len(text) + fields * (size_of(arguments) + 64) if fields else len(text))


def replaced(text: Any, old: Any = "", new: Any = "", count: Any = None) -> None:
    if not (isinstance(text, str) and isinstance(old, str) and isinstance(new, str)):
        return
    times = text.count(old)
    if isinstance(count, int) and count >= 0:
        times = min(times, count)
    meter().make(len(text) + times * max(len(new) - len(old), 0))


def joined(values: Iterable[Any], separator: Any) -> list[Any]:
    """The values as a list, so that they can be counted before they are joined."""
    parts = list(counted(values))
    meter().make(size_of(parts) + len(parts) * size_of(separator))
    return parts


def method(name: str, owner: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """A method of a text; answers the arguments to call it with."""
    if name in ("center", "ljust", "rjust", "zfill"):
        width(arguments[0] if arguments else 0)
    elif name == "expandtabs":
        meter().make(len(owner) + owner.count("\t") * max(width(arguments[0] if arguments else 8), 0))
    elif name == "replace":
        replaced(owner, *arguments[:3])
    elif name == "join" and arguments:
        return (joined(arguments[0], owner), *arguments[1:])
    return arguments


def _argument(arguments: tuple[Any, ...], named: Mapping[str, Any], position: int, name: str, default: Any) -> Any:
    return named[name] if name in named else arguments[position] if len(arguments) > position else default


Arguments = tuple[Any, ...]
FilterGuard = Callable[[Any, Arguments, Mapping[str, Any]], Any]
"""Takes the value and the arguments of a filter; answers the value to use."""


def _first_width(value: Any, arguments: Arguments, named: Mapping[str, Any]) -> Any:
    for argument in (*arguments[:1], *named.values()):
        width(argument)
    return value


def _indent(value: Any, arguments: Arguments, named: Mapping[str, Any]) -> Any:
    by = _argument(arguments, named, 0, "width", 4)
    if isinstance(value, str):
        meter().make(len(value) + (value.count("\n") + 1) * (len(by) if isinstance(by, str) else width(by)))
    return value


def _wordwrap(value: Any, arguments: Arguments, named: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        _not_slow(value)
        by = _argument(arguments, named, 0, "width", 79)
        mark = _argument(arguments, named, 2, "wrapstring", "\n")
        pieces = len(value) // max(width(by), 1) * 2 + value.count("\n") + 1
        meter().make(len(value) + pieces * size_of(mark))
    return value


def _slow(value: Any, _arguments: Arguments, _named: Mapping[str, Any]) -> Any:
    return _not_slow(value)


def _not_slow(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _SLOW_TEXT:
        raise LimitExceeded(f"a text of more than {_SLOW_TEXT:,} characters is too long for this filter")
    return value


def _replace(value: Any, arguments: Arguments, named: Mapping[str, Any]) -> Any:
    replaced(
        value,
        _argument(arguments, named, 0, "old", ""),
        _argument(arguments, named, 1, "new", ""),
        _argument(arguments, named, 2, "count", None),
    )
    return value


def _join(value: Any, arguments: Arguments, named: Mapping[str, Any]) -> Any:
    return joined(value, _argument(arguments, named, 0, "d", ""))


def _format(value: Any, arguments: Arguments, named: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        percent_format(value, [list(arguments), dict(named)])
    return value


FILTER_GUARDS: Mapping[str, FilterGuard] = {
    "batch": _first_width,
    "center": _first_width,
    "format": _format,
    "indent": _indent,
    "join": _join,
    "replace": _replace,
    "round": _first_width,
    "slice": _first_width,
    "striptags": _slow,
    "title": _slow,
    "tojson": _first_width,
    "wordwrap": _wordwrap,
}

REMOVED_FILTERS = ("attr", "pprint", "random", "urlize", "xmlattr")
"""`attr` reaches into objects, `random` makes the same input give two prompts, the others are for web pages."""


def _number(value: int) -> str:
    return f"{value:,}" if abs(value) < 10**15 else f"a number of {value.bit_length()} bits"
