"""The diff as a unified patch that `git apply` and `patch` accept, exact to the byte."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.domain.diffs.model import Diff

_CONTEXT = 3
_NO_NEWLINE = "\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True)
class _Line:
    sign: str
    text: str
    ended: bool
    """Does a newline follow it in its file?"""

    def __str__(self) -> str:
        return f"{self.sign}{self.text}\n" + ("" if self.ended else _NO_NEWLINE)


def unified_patch(diff: Diff, left_name: str, right_name: str) -> str:
    """ "" when nothing differs. The names get `a/` and `b/`; the text is as it is, control characters included."""
    lines = _lines(diff)
    changed = [index for index, line in enumerate(lines) if line.sign != " "]
    if not changed:
        return ""
    out: list[str] = []
    if left_name == right_name:
        out.append(f"diff --git {_quoted('a/' + left_name)} {_quoted('b/' + right_name)}\n")
    out.append(f"--- {_header('a/' + left_name)}\n+++ {_header('b/' + right_name)}\n")
    l_line = r_line = done = 0
    for start, end in _windows(changed, len(lines)):
        for line in lines[done:start]:
            l_line += line.sign != "+"
            r_line += line.sign != "-"
        body = lines[start:end]
        l_count = sum(line.sign != "+" for line in body)
        r_count = sum(line.sign != "-" for line in body)
        out.append(f"@@ -{_range(l_line, l_count)} +{_range(r_line, r_count)} @@\n")
        out += map(str, body)
        l_line, r_line, done = l_line + l_count, r_line + r_count, end
    return "".join(out)


def _lines(diff: Diff) -> list[_Line]:
    """All lines of both files in patch order. The empty last "line" of a text that ends with a newline is none."""
    out: list[_Line] = []
    removed: list[_Line] = []
    added: list[_Line] = []
    l_last, r_last = len(diff.left_lines) - 1, len(diff.right_lines) - 1

    def flush() -> None:
        out.extend(removed)
        out.extend(added)
        removed.clear()
        added.clear()

    def side(into: list[_Line], sign: str, lines: tuple[str, ...], number: int, last: int) -> None:
        if number < last or lines[number]:
            into.append(_Line(sign, lines[number], number < last))

    for row in diff.rows:
        if row.kind == "equal":
            for i, j in zip(range(row.l0, row.l1), range(row.r0, row.r1), strict=True):
                if (i < l_last) == (j < r_last):
                    flush()
                    side(out, " ", diff.left_lines, i, l_last)
                    continue
                side(removed, "-", diff.left_lines, i, l_last)
                side(added, "+", diff.right_lines, j, r_last)
            continue
        for i in range(row.l0, row.l1):
            side(removed, "-", diff.left_lines, i, l_last)
        for j in range(row.r0, row.r1):
            side(added, "+", diff.right_lines, j, r_last)
    flush()
    return out


def _windows(changed: list[int], count: int) -> list[tuple[int, int]]:
    """Ranges of lines, each with its context; those that touch are one."""
    windows: list[tuple[int, int]] = []
    for index in changed:
        start, end = max(0, index - _CONTEXT), min(count, index + _CONTEXT + 1)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


def _range(before: int, count: int) -> str:
    """An empty range names the line before it, as git does."""
    start = before + 1 if count else before
    return str(start) if count == 1 else f"{start},{count}"


def _quoted(name: str) -> str:
    """Names with quotes, backslashes or control characters are written as git writes them."""
    if not any(char in '"\\' or char < " " or char == "\x7f" for char in name):
        return name
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(c) or (f"\\{ord(c):03o}" if c < " " or c == "\x7f" else c) for c in name) + '"'


def _header(name: str) -> str:
    quoted = _quoted(name)
    # A name with a space ends with a tab, so that what follows is not read as a date.
    return quoted + "\t" if " " in quoted and not quoted.startswith('"') else quoted
