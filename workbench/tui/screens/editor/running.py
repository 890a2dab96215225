"""Trying what is being edited before it is saved: run it, or compare it with what is live."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from workbench.domain.drafts import content_of
from workbench.domain.names import check_prompt_name
from workbench.domain.prompts import Content, Version, check_content
from workbench.domain.templates import check
from workbench.errors import BadInput, NotFound, WorkbenchError
from workbench.tui.screens.editor.view import EditorView

if TYPE_CHECKING:
    from workbench.composition import Workbench


class EditorRunning(EditorView):
    async def checked(self) -> tuple[str, Content] | None:
        """Name and content as they stand; None after showing what is wrong with them."""
        self._typed()
        try:
            name = self.version.prompt if self.version else check_prompt_name(self._name_field.value.strip())
        except BadInput as error:
            self._name_field.mark(error.message)
            self._name_field.editor.focus()
            return None
        try:
            content = check_content(content_of(self._draft, self._base_content))
        except BadInput as error:
            self._say_problem(error.message + (f" · {error.hint}" if error.hint else ""))
            return None
        found = await asyncio.to_thread(check, content)
        if found:
            self._go_to(found[0])
            return None
        return name, content

    async def _kept_draft(self) -> Version | None:
        """The draft as something that can be run; its runs become the version's once it is saved."""
        if self.host.readonly:
            self.host.say("opened for reading only: a run is recorded, so nothing can be run", error=True)
            return None
        found = await self.checked()
        if found is None:
            return None
        name, content = found
        parent = self.version.number if self.version else None
        try:
            return await self.host.call(lambda w: w.drafting.keep(name, content, parent=parent))
        except WorkbenchError as error:
            self.host.say(error.message + (f" · {error.hint}" if error.hint else ""), error=True)
            return None

    async def action_editor_run(self) -> None:
        from workbench.tui.screens.run.screen import RunScreen

        draft = await self._kept_draft()
        if draft is not None:
            self.app.push_screen(RunScreen(draft))

    async def action_editor_compare(self) -> None:
        from workbench.tui.screens.compare.setup import CompareSetup

        draft = await self._kept_draft()
        if draft is not None:
            against = await self.host.call(lambda w: beside(w, draft)) or self.version or draft
            self.app.push_screen(CompareSetup([against, draft]))


def beside(workbench: Workbench, version: Version) -> Version | None:
    """What a version or draft is judged against: what is live in the last environment, else what it was made from,
    else the highest other version; None where there is no other."""
    try:
        live = workbench.deploying.live(version.prompt)
        wanted = [live[one.name] for one in reversed(workbench.deploying.environments) if one.name in live]
        rows = workbench.library.versions(version.prompt)
    except NotFound:
        return None
    wanted += [version.parent] if version.parent else []
    wanted += [row.number for row in rows]
    number = next((one for one in wanted if one != version.number), None)
    return workbench.library.version(f"{version.prompt}@{number}") if number else None
