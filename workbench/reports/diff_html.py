"""The difference of two sides as HTML: side by side on a wide screen, one below the other on a phone and on paper.

What changed is told by signs as well as by colours: one before each line, and `[-…-]` and `{+…+}` around words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from workbench.domain.diffs import ContentDiff, Diff, sums
from workbench.reports.blocks import Block, Line, blocks
from workbench.reports.difference import difference as walked
from workbench.reports.html import escape, page, table

_TAGS = {"delete": "del", "insert": "ins", "ws": "mark"}
_WHOLE = ("delete", "insert", "replace")
_MOVED = ("moved_from", "moved_to")


def diff_page(left: str, right: str, found: ContentDiff, *, context: int = 3, facts: Sequence[str] = ()) -> str:
    """The whole page. `left` and `right` name the sides, `facts` say more of them, one line each; all are data."""
    body = [f"<h1>{escape(left)} → {escape(right)}</h1>"]
    body += [f'<p class="dim">{escape(fact)}</p>' for fact in facts]
    return page(f"{left} → {right}", [*body, *difference(found, context=context)])


def difference(found: ContentDiff, *, context: int = 3) -> Iterator[str]:
    """What differs, as pieces of HTML."""
    return walked(found, _Html(), context)


class _Html:
    def heading(self, text: str) -> str:
        return f"<h3>{escape(text)}</h3>"

    def paragraph(self, inner: str) -> str:
        return f"<p>{inner}</p>"

    def code(self, text: str) -> str:
        return f"<code>{escape(text)}</code>"

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        return table(headers, rows)

    def lines(self, diff: Diff, context: int = 3) -> str:
        rows = "\n".join(_block(block) for block in blocks(diff, context))
        return f'<p class="dim">{escape(sums(diff))}</p>\n<div class="diff">\n{rows}\n</div>'


def _block(block: Block) -> str:
    moved = " moved" if block.kind in _MOVED else ""
    told = f'<div class="told{moved}">{escape(block.told)}</div>' if block.told else ""
    if block.kind == "folded":
        return told
    kind = moved or {"equal": " equal", "reflow": " flow", "wsdiff": " flow"}.get(block.kind, " edit")
    whole = " whole" if block.kind in _WHOLE else ""
    sides = "".join(
        f'<div class="side {name}">{"".join(_line(line, sign) for line in lines)}</div>'
        for name, lines, sign in zip(("old", "new"), (block.left, block.right), _signs(block), strict=True)
    )
    return f'{told}<div class="row{kind}{whole}">{sides}</div>'


def _signs(block: Block) -> tuple[str, str]:
    return ("-", "+") if block.kind in ("change", "replace", "reflow_edit") else (block.sign, block.sign)


def _line(line: Line, sign: str) -> str:
    spans = "".join(
        f"<{tag}>{escape(span.text)}</{tag}>" if (tag := _TAGS.get(span.kind)) else escape(span.text)
        for span in line.spans
    )
    return f'<div class="line"><i>{line.number}</i><b>{escape(sign)}</b><span>{spans}</span></div>'
