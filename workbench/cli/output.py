"""The only writer of standard output: data, as a table on a terminal, as plain fields or JSON in a pipe.

Nothing that a prompt, a name or a model says reaches a terminal as a control character. In a pipe, content is the
exact bytes that were stored.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.text import UNSAFE, one_line, visible

_MIN_COLUMN = 10


def on_terminal() -> bool:
    return sys.stdout.isatty()


def width() -> int:
    return shutil.get_terminal_size((100, 24)).columns


def coloured() -> bool:
    """Colour only on a terminal that has it, and not with NO_COLOR. Git's pager is one, and git says so."""
    return (
        (on_terminal() or os.environ.get("GIT_PAGER_IN_USE") == "true")
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") not in ("dumb", "", None)
    )


def style(text: str, *codes: int) -> str:
    """`text`, which must be safe already, in a colour or weight (SGR codes) where there is colour."""
    return f"\x1b[{';'.join(map(str, codes))}m{text}\x1b[0m" if codes and coloured() else text


def styled(line: str) -> None:
    """One line made of parts that went through `visible` and `style`."""
    _write(line + "\n")


def line(text: str = "") -> None:
    _write((one_line(text) if on_terminal() else text) + "\n")


def content(text: str) -> None:
    """A text somebody wrote: its exact bytes in a pipe; visible, and ended by a newline, on a terminal."""
    if on_terminal():
        text = visible(text)
        text = text if text.endswith("\n") or not text else text + "\n"
    _write(text)


def give_up() -> None:
    """Whoever read us has gone; the interpreter must not complain about it when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def piece(text: str) -> None:
    """A part of a text that is still coming; shown at once."""
    _write(visible(text) if on_terminal() else text)


def data(value: Any) -> None:
    """`{"ok": true, "data": value}`: the one shape of every answer with --json."""
    _json({"ok": True, "data": value})


def failure(kind: str, message: str, hint: str, exit_code: int, **more: Any) -> None:
    """`{"ok": false, "error": {…}}`: what --json answers when a command fails."""
    _json({"ok": False, "error": {"kind": kind, "message": message, "hint": hint, "exit_code": exit_code, **more}})


def bare_json(value: Any) -> None:
    """JSON that is itself the content, such as a request body."""
    _json(value)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], stretch: int = -1) -> None:
    """Aligned under headers on a terminal, the column `stretch` shortened to fit; tab-separated fields in a pipe.

    The first column names what the row is about and is never cut: it is what is typed next. Where nothing is left to
    cut, columns at the end are left out.
    """
    cells = [[one_line(cell) for cell in row] for row in rows]
    if not on_terminal():
        _write("".join("\t".join(row) + "\n" for row in cells))
        return
    if not cells:
        return
    widths = [max(cell_width(text) for text in column) for column in zip(headers, *cells, strict=True)]
    excess = sum(widths) + 2 * (len(widths) - 1) - width()
    for column in (stretch % len(widths), *sorted(range(1, len(widths)), key=lambda at: -widths[at])):
        if excess > 0 and widths[column] > _MIN_COLUMN:
            cut = min(excess, widths[column] - _MIN_COLUMN)
            widths[column] -= cut
            excess -= cut
    while excess > 0 and len(widths) > 2:
        excess -= widths.pop() + 2
    _write(style(_aligned(headers, widths), 1) + "\n")
    _write("".join(_aligned(row, widths) + "\n" for row in cells))


def findings(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """As `table`, with nothing cut: the last column says what is the matter, in as many lines as it takes."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    if not on_terminal() or not cells:
        table(headers, cells)
        return
    widths = [max(cell_width(text) for text in column) for column in list(zip(headers, *cells, strict=True))[:-1]]
    room = max(_MIN_COLUMN, width() - sum(widths) - 2 * len(widths))
    _write(style(f"{_aligned(headers, widths).ljust(sum(widths) + 2 * len(widths))}{headers[-1]}", 1) + "\n")
    for *others, last in cells:
        for line in _folded(last, room):
            _write(
                "  ".join([*(fit(text, columns) for text, columns in zip(others, widths, strict=True)), line]) + "\n"
            )
            others = [""] * len(widths)


def _folded(text: str, columns: int) -> list[str]:
    """At spaces. A longer word stays whole for the terminal to break, so that a path can be copied."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and cell_width(longer) > columns:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def facts(pairs: Mapping[str, str]) -> None:
    """`name  value` lines; empty values are left out."""
    shown = {name: value for name, value in pairs.items() if value}
    longest = max(map(len, shown), default=0)
    for name, value in shown.items():
        if on_terminal():
            _write(f"{style(name.ljust(longest), 2)}  {one_line(value)}\n")
        else:
            _write(f"{name}\t{one_line(value)}\n")


def cell_width(text: str) -> int:
    """Columns of a terminal: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) or char == "\u200d" else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def fit(text: str, columns: int) -> str:
    """Exactly `columns` wide: padded, or cut with `…`. `text` must be safe already."""
    if cell_width(text) > columns:
        kept, used = "", 0
        for char in text:
            used += cell_width(char)
            if used > columns - 1:
                break
            kept += char
        text = kept + "…"
    return text + " " * (columns - cell_width(text))


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(fit(text, columns) for text, columns in zip(row, widths, strict=False)).rstrip()


def _json(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    _write(re.sub(UNSAFE.pattern.replace("\x00-\x1f", ""), _escape, text) + "\n")


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]


def _write(text: str) -> None:
    """UTF-8 into a pipe whatever the locale; what a terminal cannot show is replaced."""
    stream = sys.stdout
    if stream.isatty():
        stream.buffer.write(text.encode(stream.encoding or "utf-8", "replace"))
    else:
        stream.buffer.write(text.encode("utf-8", "surrogateescape"))
    stream.buffer.flush()
