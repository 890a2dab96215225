"""Reviewing what a diff shows: what was said stands below its line, and a key says more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from workbench.domain.diffs import ContentDiff
from workbench.domain.prompts import Content
from workbench.domain.releases.reviews import Review
from workbench.text import one_line
from workbench.tui.screens.diff.picking import DiffPicking
from workbench.tui.screens.releases.releasing import Releasing
from workbench.tui.widgets.diff.anchors import Anchor, anchor_at
from workbench.tui.widgets.diff.blocks import LEFT, RIGHT
from workbench.tui.widgets.diff.comments import Comment, message_line, starts_of
from workbench.tui.widgets.plan_lines import review_told
from workbench.tui.workers import start_worker


class DiffReviewing(DiffPicking, Releasing, inherit_bindings=False):
    async def meant_version(self) -> tuple[str, str] | None:
        """What stands on the right."""
        side = self.right
        if side.version is None or side.kind not in ("version", "draft"):
            self.host.say(f"{side.name} is no version", error=True)
            return None
        return side.version.prompt, side.version.number if side.kind == "version" else ""

    # -- what was said

    def compare_now(self, keep: int | None = None, *arguments: Any, **options: Any) -> None:
        # They belong to lines that may not be shown any more.
        self.view.look = replace(self.view.look, comments=())
        super().compare_now(keep, *arguments, **options)

    def _show(self, found: ContentDiff, first: bool, keep: int | None = None) -> None:
        super()._show(found, first, keep)
        if first:
            self._read_comments()

    def prompt_changed(self, prompt: str | None) -> None:
        super().prompt_changed(prompt)
        version = self.right.version
        if version is not None and prompt in (None, version.prompt):
            self._read_comments()

    def _read_comments(self) -> None:
        start_worker(self, self._show_comments, group="comments", exclusive=True, exit_on_error=False)

    async def _show_comments(self) -> None:
        left, right = self.left, self.right
        version = right.version
        if self.values is not None or version is None or right.kind != "version":
            return
        name = version.prompt
        said = await self.attempt(lambda w: w.approving.of(name))
        if said is None or (left, right) != (self.left, self.right) or self.comparison is None:
            return
        found = tuple(self._placed([review for review in said if not review.withdrawn], self.comparison))
        if found != self.view.look.comments:
            self.view.look = replace(self.view.look, comments=found)
            self.view.step_lost()
            self.view.build(self.view.here)

    def _placed(self, said: list[Review], comparison: ContentDiff) -> Iterator[Comment]:
        right = self.right.version
        for review in said:
            ink = {"approve": "new_sign", "request_changes": "warning"}.get(review.kind, "moved_sign")
            if review.line is None:
                if right is not None and review.digest == right.digest:
                    yield Comment(-1, RIGHT, 0, one_line(review_told(review)), ink)
                continue
            for which, side in ((LEFT, self.left), (RIGHT, self.right)):
                of = side.version
                if side.kind != "version" or of is None or of.prompt != review.prompt:
                    continue
                if review.line_number == of.number and (place := message_line(of.content, review.line - 1)):
                    part = _part_of(comparison, which, place[0])
                    if part is not None:
                        yield Comment(part, which, place[1], one_line(review_told(review, in_place=True)), ink)
                        break

    # -- saying more

    async def action_diff_comment(self) -> None:
        """On the line under the cursor, of whichever side it is."""
        from workbench.tui.screens.releases.review_sheet import Place, ReviewSheet

        if not self.may_change() or (found := await self.saved_version()) is None:
            return
        anchor = self._meant_line()
        if anchor is not None and (anchor.row is None or anchor.row.kind == "equal" or anchor.above):
            anchor = anchor_at(self.view.laid_out, self.view.cursor, RIGHT)
        if anchor is None or self.comparison is None or self.values is not None or anchor.above:
            self.host.say("put the cursor on a line of a template to comment on it; p reviews the whole", error=True)
            return
        side = self.left if anchor.side == LEFT else self.right
        message = self.comparison.messages[anchor.part] if anchor.part < len(self.comparison.messages) else None
        index = -1 if message is None else message.left_index if anchor.side == LEFT else message.right_index
        if index < 0 or side.version is None or side.kind != "version" or side.version.prompt != found[0]:
            self.host.say("only a line of a message of this prompt's versions can be commented on", error=True)
            return
        content = side.version.content
        text = _line_of(content, index, anchor.line)
        place = Place(side.version.number, starts_of(content)[index] + anchor.line + 1, text)
        self.app.push_screen(ReviewSheet(*found, place=place))

    def _meant_line(self) -> Anchor | None:
        """The line under the cursor; what tells where lines were moved stands for the first of them."""
        laid_out = self.view.laid_out
        anchor = anchor_at(laid_out, self.view.cursor)
        row = None if anchor is None else anchor.row
        if anchor is None or row is None or not anchor.above or row.kind not in ("moved_from", "moved_to"):
            return anchor
        below = laid_out.blocks[laid_out.at(self.view.cursor)[0] + 1]
        return replace(anchor, above=0) if below.row is row else anchor


def _line_of(content: Content, message: int, line: int) -> str:
    lines = content.messages[message].content.split("\n")
    return lines[line] if line < len(lines) else ""


def _part_of(comparison: ContentDiff, side: int, message: int) -> int | None:
    for part, each in enumerate(comparison.messages):
        if (each.left_index if side == LEFT else each.right_index) == message:
            return part
    return None
