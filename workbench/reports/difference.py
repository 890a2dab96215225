"""What differs between two versions, in the order in which it is told, whatever it is written in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from workbench.domain.diffs import Change, ContentDiff, Diff
from workbench.reports.blocks import change_sign, message_title, short


class Markup(Protocol):
    """How parts are written. `text` is data, `inner` and cells are markup already."""

    def heading(self, text: str) -> str: ...

    def paragraph(self, inner: str) -> str: ...

    def code(self, text: str) -> str: ...

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str: ...

    def lines(self, diff: Diff, context: int = 3) -> str:
        """Two texts, with `context` unchanged lines beside each change."""


def difference(found: ContentDiff, markup: Markup, context: int) -> Iterator[str]:
    if found.same:
        yield markup.paragraph("Both say the same.")
    many = len(found.messages) > 1
    for message in found.messages:
        if message.same:
            continue
        title = message_title(message, many)
        if title:
            yield markup.heading(title)
        if not message.diff.same or message.left is None or message.right is None:
            yield markup.lines(message.diff, context)
        yield from _changes("Fields of the message", message.extra, markup)
    yield from _changes("Template format", (found.format,) if found.format else (), markup)
    yield from _changes("Settings", found.settings, markup)
    yield from _changes("Variables", found.variables, markup)
    for rename in found.renamed:
        places = f"in {rename.count} place{'s' * (rename.count != 1)}"
        yield markup.paragraph(f"Variable renamed: {markup.code(rename.old)} → {markup.code(rename.new)} {places}")
    for verb, names in (("now used", found.variables_used_added), ("no longer used", found.variables_used_removed)):
        if others := found.not_renamed(names):
            yield markup.paragraph(f"Variables {verb}: {', '.join(map(markup.code, others))}")


def _changes(title: str, changes: Sequence[Change], markup: Markup) -> Iterator[str]:
    if not changes:
        return
    yield markup.heading(title)
    yield markup.table(("", "what", "before", "after"), (_cells(one, markup) for one in changes if one.text is None))
    for one in changes:
        if one.text is not None:
            yield markup.paragraph(f"{markup.code(change_sign(one))} {markup.code(one.path)}")
            yield markup.lines(one.text)


def _cells(change: Change, markup: Markup) -> tuple[str, str, str, str]:
    before = "" if change.kind == "added" else markup.code(short(change.before))
    after = "" if change.kind == "removed" else markup.code(short(change.after))
    return markup.code(change_sign(change)), markup.code(change.path), before, after
