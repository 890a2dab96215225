"""Two sides as Markdown: edited paragraphs in one piece, with `<del>` and `<ins>` around their words."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence

from workbench.domain.diffs import ContentDiff, Diff, sums
from workbench.reports.blocks import Block, Line, blocks
from workbench.reports.difference import difference as walked
from workbench.reports.markdown import code, document, plain, table

_TAGS = {"delete": "del", "insert": "ins"}


def diff_document(left: str, right: str, found: ContentDiff, *, context: int = 3, facts: Sequence[str] = ()) -> str:
    """The whole document. `left` and `right` name the sides, `facts` say more of them, one line each; all are data."""
    parts = [f"## {plain(left)} → {plain(right)}", "\n".join(f"- {plain(fact)}" for fact in facts)]
    return document([*parts, *difference(found, context=context)])


def difference(found: ContentDiff, *, context: int = 3) -> Iterator[str]:
    """What differs, in parts that stand a blank line apart."""
    return walked(found, _Markdown(), context)


class _Markdown:
    def heading(self, text: str) -> str:
        return f"#### {plain(text)}"

    def paragraph(self, inner: str) -> str:
        return inner

    def code(self, text: str) -> str:
        return code(text)

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        return table(headers, rows)

    def lines(self, diff: Diff, context: int = 3) -> str:
        rows = [row for block in blocks(diff, context) for row in _rows(block)]
        return f"{plain(sums(diff))}\n\n" + table(("", "", "text"), rows)


def whole_text(role: str, text: str) -> str:
    """A message as it stands."""
    return table((role,), [("<br>".join(code(line) if line else "" for line in text.split("\n")),)])


def _rows(block: Block) -> Iterator[tuple[str, str, str]]:
    """(line number, sign, text) of a table."""
    if block.told:
        yield "", "", f"<em>{html.escape(block.told, quote=False)}</em>"
    if block.woven is not None:
        for line, of_right in zip(block.woven, block.right, strict=True):
            yield str(of_right.number), code(block.sign), _line(line)
        return
    if block.kind in ("equal", "reflow", "wsdiff"):
        for line in block.right:
            yield str(line.number), "" if block.kind == "equal" else code(block.sign), _line(line)
        return
    for lines, sign in ((block.left, "-"), (block.right, "+")):
        moved = block.sign if block.kind in ("moved_from", "moved_to") else sign
        for line in lines:
            yield str(line.number), code(moved), _line(line)


def _line(line: Line) -> str:
    if not line.spans:
        return ""
    text = "".join(
        f"<{tag}>{html.escape(span.text, quote=False)}</{tag}>"
        if (tag := _TAGS.get(span.kind))
        else html.escape(span.text, quote=False)
        for span in line.spans
    )
    return f"<code>{text}</code>"
