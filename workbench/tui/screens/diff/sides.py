"""What the diff compares: two sides, stepping through versions, templates or what is sent; and the engine's work."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from textual.content import Content as Shown

from workbench.domain.diffs import ContentDiff, refine
from workbench.domain.estimates import estimated_message_tokens
from workbench.domain.prompts import Version
from workbench.errors import WorkbenchError
from workbench.services.diffs.differing import Refining
from workbench.services.diffs.sides import Side, filled_in, levelled, of_version, values_of_kept
from workbench.text import one_line
from workbench.tui.differ import BUDGET, differences, refined
from workbench.tui.screens.diff.base import DiffBase, Told
from workbench.tui.widgets.diff.blocks import LEFT, RIGHT
from workbench.tui.widgets.diff.heads import Note, sheet_of
from workbench.tui.widgets.diff.palette import said
from workbench.tui.widgets.status_text import SURELY
from workbench.tui.workers import start_worker

AT_ONCE = 60_000
"""Characters of what is on the screen that are compared while another process works on everything."""


class Values(NamedTuple):
    """What the variables are filled in with."""

    name: str
    """Where the values are from, to say it."""
    values: Mapping[str, Any]


class DiffSides(DiffBase, inherit_bindings=False):
    def __init__(self, left: Side, right: Side, numbers: Sequence[str]) -> None:
        super().__init__()
        self.left, self.right = left, right
        self.comparison: ContentDiff | None = None
        self.values: Mapping[str, Any] | None = None
        """What the variables are filled in with; None shows the templates."""
        self._chosen_values: Values | None = None
        """What was chosen for it; None takes what was filled in last."""
        self._numbers = tuple(numbers)
        self._compared: tuple[Side, Side] = (left, right)
        self._absent: tuple[str, ...] = ()
        self._tokens = ""

    # -- comparing

    def compare_now(self, keep: int | None = None, budget: float | None = BUDGET) -> None:
        start_worker(
            self,
            self._compare,
            keep,
            budget,
            group="compare",
            exclusive=True,
            description="compare",
            exit_on_error=True,
        )

    async def _compare(self, keep: int | None, budget: float | None) -> None:
        try:
            if self.values is None:
                left, right = levelled(self.left, self.right)
            else:
                left, right, self._absent = filled_in(self.left, self.right, self.values)
        except WorkbenchError as error:
            self.values = None
            self.host.say(f"cannot be rendered: {error.message}", error=True)
            left, right = levelled(self.left, self.right)
        self._compared = (left, right)
        self._tokens = ""
        self._show_title()
        first = True
        whole = self.values is None and left.kind == right.kind == "version"
        old, new = (side.version if whole and side.version is not None else side.content for side in (left, right))
        async for found in differences(old, new, self.mode, budget=budget, first=self._on_screen_first):
            self._show(found, first, keep)
            first = False
        await self._count_tokens(left, right)

    def _show(self, found: ContentDiff, first: bool, keep: int | None = None) -> None:
        self.comparison = found
        # Who wrote a version and why stands on the line of its side.
        others = tuple(change for change in found.metadata if change.path not in ("author", "note"))
        sheet = sheet_of(replace(found, metadata=others), self._compared[1].content)
        if all(side.is_plain for side in self._compared):
            # Of plain texts nobody has said who speaks.
            sheet = replace(sheet, parts=tuple(replace(part, head="text") for part in sheet.parts))
        sheet = replace(sheet, facts=(*self._told(), *sheet.facts))
        if self.view.look.layout != self.layout_wanted:
            self.view.set_look(layout=self.layout_wanted)
        if first:
            self.view.show(sheet, keep)
        else:
            self.view.update(sheet)

    def _told(self) -> list[Note]:
        sides = self._compared
        told: list[Note] = [
            (f"{sign} {side.name}  {side.told}".rstrip(), ink)
            for sign, side, ink in (("-", sides[0], "old_sign"), ("+", sides[1], "new_sign"))
        ]
        if self.values is not None and self._absent:
            told.append((f"⚠ without a value, so left as written: {', '.join(self._absent)}", "warning"))
        return told

    def _on_screen_first(self, coarse: ContentDiff) -> ContentDiff | None:
        """The words of the blocks that are on the screen, unless there is too much of them."""
        wanted = self.view.coarse_on_screen()
        if wanted is None:
            return None
        part, blocks = wanted
        diff = coarse.messages[part].diff if part < len(coarse.messages) else None
        if diff is None or not blocks:
            return None
        size = 0
        for index in blocks:
            block = diff.degraded[index]
            size += sum(map(len, diff.left_lines[block.l0 : block.l1]))
            size += sum(map(len, diff.right_lines[block.r0 : block.r1]))
        if size > AT_ONCE:
            return None
        messages = list(coarse.messages)
        messages[part] = replace(messages[part], diff=refine(diff, blocks))
        return replace(coarse, messages=tuple(messages))

    # -- refining what was left coarse

    def action_diff_refine(self) -> None:
        if left := self._left_coarse():
            here = self.view.coarse_here()
            if here is None:
                every = self.host.key_of("diff.refine_all")
                self.host.say(f"here every word is compared; {every} does the {left} that are left", error=True)
            else:
                self._refine({here[0]: (here[1],)})

    def action_diff_refine_all(self) -> None:
        if self._left_coarse() and self.comparison is not None:
            self._refine({n: tuple(range(len(m.diff.degraded))) for n, m in enumerate(self.comparison.messages)})

    def _left_coarse(self) -> int:
        """How many blocks may be refined now; says why there are none."""
        blocks = [block for m in self.comparison.messages for block in m.diff.degraded] if self.comparison else []
        if not blocks:
            self.host.say("every word is compared already" if self.comparison else "nothing is compared yet")
        elif any(block.reason == "words pending" for block in blocks):
            self.host.say("the words are being compared already")
            return 0
        return len(blocks)

    def _refine(self, which: Mapping[int, tuple[int, ...]]) -> None:
        """`which`: message → its blocks."""
        self.host.say("comparing the words, however long it takes …")
        start_worker(self, self._refined, which, group="compare", exclusive=True, description="compare")

    async def _refined(self, which: Mapping[int, tuple[int, ...]]) -> None:
        for place, blocks in which.items():
            if blocks and self.comparison is not None:
                messages = list(self.comparison.messages)
                diff = await refined(Refining(messages[place].diff, blocks))
                messages[place] = replace(messages[place], diff=diff)
                self._show(replace(self.comparison, messages=tuple(messages)), first=False)
        left = sum(len(m.diff.degraded) for m in self.comparison.messages) if self.comparison is not None else 0
        self.host.say(f"compared; {left} blocks are left" if left else "every word is compared now")

    # -- what is said of it

    def _show_title(self) -> None:
        left, right = self._compared
        short = right.name
        if left.version is not None and right.version is not None and left.version.prompt == right.version.prompt:
            short = right.name.removeprefix(f"{right.version.prompt}@")
        self.view.border_title = Shown(said(one_line(f"{left.name} → {short}"), self.view.signs))

    async def _count_tokens(self, left: Side, right: Side) -> None:
        counts = await asyncio.to_thread(
            lambda: [estimated_message_tokens(side.content.messages) for side in (left, right)]
        )
        self._tokens = f"≈ {counts[0]:,} → {counts[1]:,} tokens"
        self.show_where(keep_message=True)

    def further_status(self) -> list[Told]:
        told = [(self._tokens, 3)] if self._tokens else []
        if self.values is None:
            return told
        named = f" with {self._chosen_values.name}" if self._chosen_values is not None else ""
        return [(f"rendered{named}", SURELY), *told]

    @property
    def one_side_is_empty(self) -> bool:
        return not (self._compared[0].content.text and self._compared[1].content.text)

    # -- stepping

    async def action_diff_older_right(self) -> None:
        await self._step(RIGHT, 1)

    async def action_diff_newer_right(self) -> None:
        await self._step(RIGHT, -1)

    async def action_diff_older_left(self) -> None:
        await self._step(LEFT, 1)

    async def action_diff_newer_left(self) -> None:
        await self._step(LEFT, -1)

    async def _step(self, which: int, step: int) -> None:
        side = self.right if which == RIGHT else self.left
        version = side.version
        if version is None or side.kind not in ("version", "draft"):
            self.host.say(f"{side.name} has no versions to step through; s and S choose another", error=True)
            return
        if side.kind == "draft":
            if step < 0:
                self.host.say("the draft is the newest there is")
                return
            await self._take_version(which, version.prompt, version.number)
            return
        numbers = await self._numbers_of(version)
        index = numbers.index(version.number) + step if version.number in numbers else -1
        if not 0 <= index < len(numbers):
            self.host.say(f"{version.number} is the {'oldest' if step > 0 else 'newest'} version")
            return
        await self._take_version(which, version.prompt, numbers[index])

    async def _numbers_of(self, version: Version) -> Sequence[str]:
        if self._numbers and self.right.version is not None and version.prompt == self.right.version.prompt:
            return self._numbers
        try:
            return [row.number for row in await self.host.call(lambda w: w.library.versions(version.prompt))]
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            return ()

    async def _take_version(self, which: int, prompt: str, number: str) -> None:
        try:
            found = await self.host.call(lambda w: w.library.version(f"{prompt}@{number}"))
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            return
        self.put(which, of_version(found))

    def put(self, which: int, side: Side) -> None:
        """This on the left or on the right now; the other side stays, and the scroll with it."""
        if which == RIGHT:
            self.right = side
        else:
            self.left = side
        self.compare_now(keep=LEFT if which == RIGHT else RIGHT)

    # -- template or rendered

    def are_final(self) -> bool:
        """Texts in which nothing can be filled in; says so."""
        final = self.left.kind == self.right.kind == "output"
        if final:
            self.host.say("there is nothing to fill in: this is what was sent or answered", error=True)
        return final

    async def action_diff_rendered(self) -> None:
        if self.are_final():
            return
        if self.values is not None:
            self.values = None
            self._absent = ()
            self.host.say("the templates")
        else:
            values = self._chosen_values or await self.last_values()
            self.values = values.values
            others = self.host.key_of("diff.values")
            self.host.say(f"what a model receives, rendered with {values.name}; {others} chooses others")
        self.compare_now(keep=RIGHT)

    def fill_in(self, values: Values) -> None:
        """And so again, whenever what is sent is shown."""
        self._chosen_values, self.values = values, dict(values.values)
        self.compare_now(keep=RIGHT)

    async def last_values(self) -> Values:
        """What was filled in last for a run of this prompt."""
        name = "what was filled in last"
        prompt = self.right.prompt or self.left.prompt
        if not prompt:
            return Values(name, {})
        key = f"inputs:{prompt}"
        try:
            return Values(name, values_of_kept(await self.host.call(lambda w: w.keeping.kept(key))))
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            return Values(name, {})
