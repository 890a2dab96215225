"""Markdown for forges: what is data stands in HTML that they let through, where no sign of it means anything.

A text inside `<code>` is neither Markdown, nor a mention, nor an emoji; it keeps its spaces and wraps on a phone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from workbench.text import one_line

MADE_BY = "<!-- made by workbench -->"
_MEANT = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>:@])")


def plain(text: str) -> str:
    """Data inside of a line of Markdown: shown as it is."""
    return _MEANT.sub(r"\\\1", html.escape(one_line(text), quote=False))


def code(text: str) -> str:
    """Data in a fixed font, also inside tables and headings."""
    return f"<code>{html.escape(one_line(text), quote=False)}</code>"


def cell(text: str) -> str:
    """Data in a cell of a table; no mention and no link."""
    return code(text) if text else ""


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """In HTML, whose cells may hold anything: `headers` are data, cells HTML."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    if not body:
        return ""
    head = "".join(f"<th>{html.escape(header)}</th>" for header in headers)
    return f"<table>\n<tr>{head}</tr>\n{body}</table>"


def folded(summary: str, body: Iterable[str]) -> str:
    """A part that is opened on demand. `summary` is HTML, `body` Markdown."""
    return f"<details><summary>{summary}</summary>\n\n" + "\n\n".join(part for part in body if part) + "\n\n</details>"


def document(parts: Iterable[str]) -> str:
    """Parts with a blank line between them, ended by a newline; what made it says so where nobody sees it."""
    return "\n\n".join([MADE_BY, *(part for part in parts if part)]) + "\n"
