"""Taking and leaving changes one by one, and the draft that comes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from workbench.domain.drafts import Draft, Drafts, kept_under, settings_text
from workbench.domain.picking import Setting, changed_settings, moves_among, picked_messages, picked_settings
from workbench.domain.prompts import Content
from workbench.errors import WorkbenchError
from workbench.text import one_line
from workbench.tui.screens.ask import Ask
from workbench.tui.screens.diff.base import Told
from workbench.tui.screens.diff.choosing import DiffChoosing
from workbench.tui.widgets.diff.blocks import RIGHT
from workbench.tui.widgets.status_text import SURELY

Picked = Callable[[Draft], Awaitable[None]]


class DiffPicking(DiffChoosing, inherit_bindings=False):
    """`picked`: takes the new draft, where the diff was opened by an editor; else it is kept for the next one."""

    picked: Picked | None = None

    def _refusal(self) -> str:
        """Why nothing can be chosen here; "" when it can."""
        if self.values is not None:
            return "these texts are filled in; v goes back to the templates, of which changes can be taken"
        if self.left.version is None or self.left.kind != "version":
            return "changes can be taken only over a version on the left"
        if self.comparison is None or any(m.diff.degraded for m in self.comparison.messages):
            return "not all is compared yet"
        return ""

    def action_diff_take(self) -> None:
        if why := self._refusal():
            self.host.say(why, error=True)
            return
        if self.view.block is not None and self.view.block.setting is not None:
            self._take_setting(self.view.block.setting)
            return
        hunk, comparison = self.view.hunk_number, self.comparison
        if hunk is None or comparison is None:
            self.host.say("the cursor is on no change; J goes to the next one", error=True)
            return
        if hunk >= self.view.all_hunks:
            self.host.say("a setting is taken whole, on its own line at the top", error=True)
            return
        group = next((group for group in moves_among(comparison.messages) if hunk in group), frozenset({hunk}))
        left_out = frozenset(self.view.look.left_out or ())
        left_out = left_out - group if hunk in left_out else left_out | group
        self.view.set_look(left_out=left_out)
        what = "left out" if hunk in left_out else "taken"
        also = f", with {len(group) - 1} more that moved with it" if len(group) > 1 else ""
        self.host.say(f"change {hunk + 1} is {what}{also} · {self._counted()} · ctrl+j keeps them as a draft")

    def _take_setting(self, setting: Setting) -> None:
        look = self.view.look
        left_out = frozenset(look.settings_left_out) ^ {setting}
        self.view.set_look(left_out=look.left_out or frozenset(), settings_left_out=left_out)
        what = "left out" if setting in left_out else "taken"
        name = " ".join(part for part in setting if part)
        self.host.say(f"the change of {one_line(name)} is {what} · {self._counted()} · ctrl+j keeps them as a draft")

    def _counted(self) -> str:
        settings = changed_settings(self.comparison) if self.comparison is not None else ()
        total = self.view.all_hunks + len(settings)
        look = self.view.look
        return f"{total - len(look.left_out or ()) - len(look.settings_left_out)} of {total} changes taken"

    def further_status(self) -> list[Told]:
        chosen = [(self._counted(), SURELY)] if self.view.look.left_out is not None else []
        return [*chosen, *super().further_status()]

    async def action_diff_keep(self) -> None:
        why = self._refusal()
        if not why and self.host.readonly:
            why = "opened for reading only: no draft can be kept"
        if why:
            self.host.say(why, error=True)
            return
        content, base = self._chosen_content(), self.left.version
        if content is None or base is None:
            return
        if not content.messages:
            self.host.say("nothing would be left of the prompt: take or leave another change", error=True)
            return
        if content.digest == base.content.digest:
            self.host.say(f"no change is taken: that is {base.reference} as it is", error=True)
            return
        draft = Draft(content.messages, settings_text(content))
        try:
            drafts = Drafts.from_kept(await self.host.call(lambda w: w.keeping.kept(kept_under(base.prompt))))
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            return
        if base.number not in drafts.by_base and self.picked is None:
            await self._keep_draft(draft, drafts)
            return

        async def answered(yes: bool | None) -> None:
            if yes:
                await self._keep_draft(draft, drafts)

        what = f"The draft made from {base.number} becomes exactly this: {self._counted()}"
        self.app.push_screen(Ask(what, "What is left out leaves the draft too. Go on?"), answered)

    def _chosen_content(self) -> Content | None:
        """The left version with what is taken of the right side."""
        comparison, base = self.comparison, self.left.version
        if comparison is None or base is None:
            return None
        taken = set(range(self.view.all_hunks)) - set(self.view.look.left_out or ())
        messages = picked_messages(comparison.messages, taken)
        other = base.content if self._compared[RIGHT].is_plain else self.right.content
        return replace(picked_settings(base.content, other, self.view.look.settings_left_out), messages=messages)

    async def _keep_draft(self, draft: Draft, drafts: Drafts) -> None:
        base = self.left.version
        if base is None:
            return
        if self.picked is not None:
            await self.host.back()
            await self.picked(draft)
            return
        drafts.by_base[base.number] = draft
        try:
            await self.host.call(lambda w: w.keeping.keep(kept_under(base.prompt), drafts.as_dict()))
        except WorkbenchError as error:
            self.host.say(f"the draft could not be kept: {error.message}", error=True)
            return
        from workbench.tui.screens.editor.screen import EditorScreen

        await self.host.back()
        self.app.push_screen(EditorScreen(base))
