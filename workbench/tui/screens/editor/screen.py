"""The editor: a new version from an old one, or a new prompt."""

from __future__ import annotations

from dataclasses import replace

from workbench.domain.drafts import Draft, content_of, next_role, other_role
from workbench.domain.prompts import Message
from workbench.errors import BadInput, NotFound
from workbench.services.diffs.sides import Side
from workbench.tui.bindings import bindings_for
from workbench.tui.external_editor import edit_outside
from workbench.tui.screens.editor.running import EditorRunning


class EditorScreen(EditorRunning):
    """`version` None writes a new prompt. Saving leads over the save sheet."""

    BINDINGS = bindings_for("editor")
    CSS_PATH = "editor.tcss"

    def action_editor_next_section(self) -> None:
        self._show_part((self._part + 1) % (len(self._draft.messages) + 1))

    def action_editor_previous_section(self) -> None:
        self._show_part((self._part - 1) % (len(self._draft.messages) + 1))

    def action_editor_add_message(self) -> None:
        after = min(self._part, len(self._draft.messages) - 1)
        messages = list(self._draft.messages)
        messages.insert(after + 1, Message(next_role(self._draft.messages, after), ""))
        self._replace_messages(messages, after + 1)
        self._area.focus()

    def action_editor_remove_message(self) -> None:
        if self._on_settings or len(self._draft.messages) == 1:
            self.host.say("a version needs at least one message; the settings cannot be removed", error=True)
            return
        message = self._draft.messages[self._part]
        if not message.content:
            self._remove(True)
            return
        from workbench.tui.screens.ask import Ask

        self.app.push_screen(Ask(f"Message {self._part + 1} ({message.role})", "Remove it?"), self._remove)

    def _remove(self, yes: bool | None) -> None:
        if yes:
            messages = list(self._draft.messages)
            del messages[self._part]
            self._replace_messages(messages, max(0, self._part - 1))

    def action_editor_role(self) -> None:
        if self._on_settings:
            self.host.say("the settings have no role; go to a message first", error=True)
            return
        messages = list(self._draft.messages)
        messages[self._part] = replace(messages[self._part], role=other_role(messages[self._part].role))
        self._replace_messages(messages, self._part)

    def action_editor_external(self) -> None:
        try:
            text = edit_outside(self._area.value, ".yaml" if self._on_settings else ".md", self.app.suspend)
        except BadInput as error:
            self.host.say(error.message + (f" · {error.hint}" if error.hint else ""), error=True)
            return
        finally:
            self.refresh()
        if text != self._area.value:
            self._area.load(text)
            self._typed()
            self._keep_soon()
            self._check_soon()

    def action_editor_diff(self) -> None:
        if self.version is None:
            self.host.say("a new prompt has no version to compare with yet", error=True)
            return
        self._typed()
        try:
            content = content_of(self._draft, self._base_content)
        except BadInput as error:
            self._say_problem(error.message + (f" · {error.hint}" if error.hint else ""))
            return
        from workbench.tui.screens.diff.screen import DiffScreen

        draft = Side(f"draft of {self.version.reference}", content, "draft", "", self.version)
        self.app.push_screen(DiffScreen(self.version, draft, picked=self._picked))

    async def _picked(self, draft: Draft) -> None:
        """Only the chosen changes from here on; the settings as they are written."""
        self._draft = replace(self._draft, messages=draft.messages)
        self._show_part(0)
        await self._keep()
        self.host.say("the draft holds exactly the changes that were taken")

    def action_editor_discard(self) -> None:
        if self._draft == self._start:
            self.host.say("there is no draft: nothing was changed", error=True)
            return
        from workbench.tui.screens.ask import Ask

        async def answered(yes: bool | None) -> None:
            if yes:
                await self._discard()

        self.app.push_screen(Ask("The draft is not kept anywhere else", "Throw it away?"), answered)

    async def _discard(self) -> None:
        self._draft = self._start
        if self.version is None:
            self._name_field.set_value(self._start.name)
        self._show_part(0)
        await self._keep()
        self.host.say("the draft is thrown away")

    async def action_editor_leave(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
            await self._keep()
        kept = self._draft != self._start and not self.host.readonly
        await self.host.back()
        if kept:
            self.host.say("what you typed is kept as a draft")

    async def action_editor_save(self) -> None:
        if self.host.readonly:
            self.host.say("opened for reading only: nothing can be saved", error=True)
            return
        found = await self.checked()
        if found is None:
            return
        name, content = found
        if self.version is not None and content.digest == self.version.content.digest:
            self.host.say(f"nothing changed: {self.version.reference} says exactly this already", error=True)
            return
        if self.version is None and await self._is_taken(name):
            self._name_field.mark(f"{name} exists already; edit it in the library")
            self._name_field.editor.focus()
            return
        from workbench.tui.screens.editor.save_sheet import SaveSheet

        sheet = SaveSheet(name, content, self.version, self._latest)

        async def closed(done: bool | None) -> None:
            if done:
                await self._saved(name, sheet.number)

        self.app.push_screen(sheet, closed)

    async def _is_taken(self, name: str) -> bool:
        try:
            return bool((await self.host.call(lambda w: w.library.prompt(name))).latest)
        except NotFound:
            return False

    async def _saved(self, name: str, number: str) -> None:
        self._draft = self._start
        await self._keep()
        await self.host.back()
        self.host.show_version(name, number)
