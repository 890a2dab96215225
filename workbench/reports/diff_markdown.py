"""Two sides as Markdown: edited paragraphs in one piece, with `<del>` and `<ins>` around their words."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from workbench.domain.diffs import Change, ContentDiff, Diff, sums
from workbench.reports.blocks import Block, Line, blocks, change_sign, message_title, short
from workbench.reports.markdown import code, document, plain, table

_TAGS = {"delete": "del", "insert": "ins"}


def diff_document(left: str, right: str, found: ContentDiff, *, context: int = 3, facts: Sequence[str] = ()) -> str:
    """The whole document. `left` and `right` name the sides, `facts` say more of them, one line each; all are data."""
    parts = [f"## {plain(left)} → {plain(right)}", "\n".join(f"- {plain(fact)}" for fact in facts)]
    return document([*parts, *difference(found, context=context)])


def difference(found: ContentDiff, *, context: int = 3) -> Iterator[str]:
    """What differs, in parts that stand a blank line apart."""
    if found.same:
        yield "Both say the same."
    many = len(found.messages) > 1
    for message in found.messages:
        if message.same:
            continue
        title = message_title(message, many)
        if title:
            yield f"#### {plain(title)}"
        if not message.diff.same or message.left is None or message.right is None:
            yield text_difference(message.diff, context)
        yield from _changes("Fields of the message", message.extra)
    yield from _changes("Template format", (found.format,) if found.format else ())
    yield from _changes("Settings", found.settings)
    yield from _changes("Variables", found.variables)
    for verb, names in (("now used", found.variables_used_added), ("no longer used", found.variables_used_removed)):
        if names:
            yield f"Variables {verb}: {', '.join(map(code, names))}"


def text_difference(diff: Diff, context: int = 3) -> str:
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


def _changes(title: str, changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        return
    yield f"#### {title}"
    yield table(("", "what", "before", "after"), (_change(one) for one in changes if one.text is None))
    for one in changes:
        if one.text is not None:
            yield f"{code(change_sign(one))} {code(one.path)}"
            yield text_difference(one.text)


def _change(one: Change) -> tuple[str, str, str, str]:
    before = "" if one.kind == "added" else code(short(one.before))
    after = "" if one.kind == "removed" else code(short(one.after))
    return change_sign(one), code(one.path), before, after
