"""What the library's keys bring together: versions that were made side by side, and files with the store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import Unchanged, WorkbenchError
from workbench.tui.screens.library.acts import LibraryActs

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.services.diffs.merging import Proposal
    from workbench.tui.screens.library.plan_sheet import PlanSheet

IMPORTED, SYNCED = "ui:import", "ui:sync"


class LibraryBringing(LibraryActs, inherit_bindings=False):
    # -- merging

    async def action_version_merge(self) -> None:
        """The marked version into this one; without a mark, one that was made beside this one."""
        if not self.may_change() or (chosen := await self._row()) is None:
            return
        name, row = chosen
        here = (name, row.number)
        marked = [one for one in (*reversed(self.marks), self.base) if one is not None and one != here]
        if marked:
            await self.open_merge(f"{name}@{row.number}", "@".join(marked[0]))
            return
        beside = await self.attempt(lambda w: w.merging.beside(name, row.number))
        if beside is None:
            return
        if not beside:
            self.host.say(
                f"nothing was made beside {row.number}: mark another version with space to merge it into this one",
                error=True,
            )
        elif len(beside) == 1:
            await self.open_merge(f"{name}@{row.number}", f"{name}@{beside[0].number}")
        else:
            from workbench.tui.screens.pick import Choice, Pick

            async def picked(number: str | None) -> None:
                if number is not None:
                    await self.open_merge(f"{name}@{row.number}", f"{name}@{number}")

            choices = [Choice(each.number, f"{each.note} · {each.author}", each.number) for each in beside]
            self.app.push_screen(Pick(f"merge which version into {row.number}", choices), picked)

    async def open_merge(self, ours: str, theirs: str, base: str | None = None) -> None:
        from workbench.tui.screens.diff.merge import MergeScreen

        def plan(workbench: Workbench) -> tuple[Proposal, str]:
            proposal = workbench.merging.plan(ours, theirs, base)
            return proposal, workbench.library.prompt(proposal.ours.prompt).latest

        try:
            found = await self.host.call(plan)
        except Unchanged as error:
            self.host.say(error.message, error=True)
            return
        except WorkbenchError as error:
            self.host.say(f"{error.message}; {error.hint}" if error.hint else error.message, error=True)
            return
        self.app.push_screen(MergeScreen(*found))

    # -- files

    async def action_prompts_import(self) -> None:
        from workbench.tui.screens.library.plan_sheet import ImportSheet

        await self._ask_path("file or folder to import", IMPORTED, ImportSheet)

    async def action_prompts_sync(self) -> None:
        from workbench.tui.screens.library.plan_sheet import SyncSheet

        await self._ask_path("folder of a git repository to bring together with the store", SYNCED, SyncSheet)

    async def _ask_path(self, question: str, kept_as: str, sheet: type[PlanSheet]) -> None:
        from workbench.tui.screens.ask import AskText

        if not self.may_change():
            return
        kept = await self.attempt(lambda w: (w.keeping.kept(kept_as),))
        before = kept[0] if kept and isinstance(kept[0], str) else "prompts"

        def check(text: str) -> str:
            if not text.strip():
                return "a path is needed"
            return "" if _path(text).exists() else f"there is no file or folder {text.strip()}"

        async def named(text: str | None) -> None:
            if text is None:
                return
            await self.attempt(lambda w: w.keeping.keep(kept_as, text.strip()))
            self.app.push_screen(opened := sheet(_path(text)), lambda _: self._after(opened))

        self.app.push_screen(AskText(question, before, check, replaced=True), named)

    def _after(self, sheet: Any) -> None:
        """A sync that stopped shows the first version that is to be merged."""
        report = getattr(sheet, "report", None)
        if report is not None and report.conflicts and (proposal := report.conflicts[0].proposal) is not None:
            self.host.show_version(proposal.ours.prompt, proposal.ours.number)


def _path(text: str) -> Path:
    return Path(os.path.expanduser(text.strip()))  # noqa: PTH111 reads only the environment
