"""The difference of two sides as HTML: side by side on a wide screen, one below the other on a phone and on paper.

What changed is told by signs as well as by colours: one before each line, and `[-…-]` and `{+…+}` around words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.domain.diffs import Change, ContentDiff, Diff, sums
from workbench.reports.blocks import Block, Line, blocks, change_sign, message_title, short
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
    if found.same:
        yield "<p>Both say the same.</p>"
    many = len(found.messages) > 1
    for message in found.messages:
        if message.same:
            continue
        title = message_title(message, many)
        if title:
            yield f"<h3>{escape(title)}</h3>"
        if not message.diff.same or message.left is None or message.right is None:
            yield text_difference(message.diff, context)
        yield from _changes("Fields of the message", message.extra)
    yield from _changes("Template format", (found.format,) if found.format else ())
    yield from _changes("Settings", found.settings)
    yield from _changes("Variables", found.variables)
    for verb, names in (("now used", found.variables_used_added), ("no longer used", found.variables_used_removed)):
        if names:
            yield f"<p>Variables {verb}: {', '.join(f'<code>{escape(name)}</code>' for name in names)}</p>"


def text_difference(diff: Diff, context: int = 3) -> str:
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


def _changes(title: str, changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        return
    yield f"<h3>{escape(title)}</h3>"
    plain = [change for change in changes if change.text is None]
    yield table(("", "what", "before", "after"), (_change(change) for change in plain))
    for change in changes:
        if change.text is not None:
            yield f"<p>{change_sign(change)} <code>{escape(change.path)}</code></p>"
            yield text_difference(change.text)


def _change(change: Change) -> tuple[str, str, str, str]:
    before = "" if change.kind == "added" else f"<code>{escape(short(change.before))}</code>"
    after = "" if change.kind == "removed" else f"<code>{escape(short(change.after))}</code>"
    return change_sign(change), f"<code>{escape(change.path)}</code>", before, after
