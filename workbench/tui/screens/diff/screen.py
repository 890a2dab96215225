"""The diff of two versions, drafts, files, texts or answers: side by side, below each other, or words inline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from workbench.domain.diffs import compare, unified_patch
from workbench.domain.prompts import Version
from workbench.services.diffs.sides import Side, levelled, of_text, of_version
from workbench.tui.bindings import bindings_for
from workbench.tui.screens.diff.picking import Picked
from workbench.tui.screens.diff.reviewing import DiffReviewing

__all__ = ["DiffScreen"]


class DiffScreen(DiffReviewing, inherit_bindings=False):
    BINDINGS = bindings_for("diff")

    def __init__(
        self,
        left: Version | Side,
        right: Version | Side,
        numbers: Sequence[str] = (),
        picked: Picked | None = None,
    ) -> None:
        """From `left` (older) to `right`. `numbers`: those of the right one's prompt, the highest first.

        `picked` takes the draft that is made of chosen changes; without it the editor is opened on it.
        """
        super().__init__(_side(left), _side(right), numbers)
        self.picked = picked

    @classmethod
    def of_texts(cls, left: str, right: str, left_name: str, right_name: str, *, prompt: str = "") -> DiffScreen:
        """Two texts with their names, such as the answers of two runs. Versions and answers of `prompt`, where they
        may be known, can be put in their place."""

        def answer(text: str, name: str) -> Side:
            return replace(of_text(text, name, "output"), answers=prompt)

        return cls(answer(left, left_name), answer(right, right_name))

    def action_diff_copy(self) -> None:
        left, right = levelled(self.left, self.right)
        choices: list[tuple[str, Callable[[], str | Awaitable[str]]]] = [
            ("patch", lambda: _patch(left, right)),
            ("right text", lambda: right.content.text),
            ("left text", lambda: left.content.text),
            ("diff as Markdown", lambda: _written(left, right, as_page=False)),
            ("diff as a page", lambda: _written(left, right, as_page=True)),
        ]
        if left.version is not None and right.version is not None and left.kind == right.kind == "version":
            references = f"{left.version.reference} {right.version.reference}"
            choices.append(("command", lambda: f"workbench diff {references}"))
        self.host.offer_copy(choices)


async def _patch(left: Side, right: Side) -> str:
    found = await asyncio.to_thread(compare, left.content, right.content)
    return "".join(unified_patch(m.diff, left.name, right.name) for m in found.messages)


async def _written(left: Side, right: Side, *, as_page: bool) -> str:
    """To hand on: see `workbench diff --html`."""
    from workbench.reports.diff_html import diff_page
    from workbench.reports.diff_markdown import diff_document

    whole = left.kind == right.kind == "version" and left.version is not None and right.version is not None
    pair = (left.version, right.version) if whole else (left.content, right.content)
    facts = [f"{side.name}: {side.told}" for side in (left, right) if side.told]

    def write() -> str:
        return (diff_page if as_page else diff_document)(left.name, right.name, compare(*pair), facts=facts)

    return await asyncio.to_thread(write)


def _side(given: Version | Side) -> Side:
    return of_version(given) if isinstance(given, Version) else given
