"""Promoting, rolling back, reviewing and blaming, from every screen that shows a version."""

from __future__ import annotations

from workbench.tui.screens.base import WorkbenchScreen


class Releasing(WorkbenchScreen, inherit_bindings=False):
    async def meant_version(self) -> tuple[str, str] | None:
        """(prompt, number) of what is under the cursor; None after saying why there is none."""
        raise NotImplementedError

    async def saved_version(self) -> tuple[str, str] | None:
        """The same, where it is a version and not a draft."""
        found = await self.meant_version()
        if found is not None and not found[1]:
            self.host.say(f"this is a draft of {found[0]}: save it as a version first", error=True)
            return None
        return found

    async def action_version_promote(self) -> None:
        from workbench.tui.screens.releases.promote_sheet import PromoteSheet

        if self.may_change() and (found := await self.saved_version()):
            self.app.push_screen(PromoteSheet(*found))

    async def action_version_rollback(self) -> None:
        if self.may_change() and (found := await self.meant_version()):
            await self.open_rollback(found[0], self.meant_environment())

    def meant_environment(self) -> str | None:
        """The one that a rollback is for; None where the sheet is to choose it."""
        return None

    async def open_rollback(self, name: str, environment: str | None, to: str = "") -> None:
        from workbench.tui.screens.releases.rollback_sheet import RollbackSheet

        live = await self.attempt(lambda w: w.deploying.live(name))
        if live is None:
            return
        if not live:
            self.host.say(f"{name} is live nowhere: there is nothing to roll back", error=True)
            return
        self.app.push_screen(RollbackSheet(name, environment, to))

    async def action_version_review(self) -> None:
        from workbench.tui.screens.releases.review_sheet import ReviewSheet

        if self.may_change() and (found := await self.saved_version()):
            self.app.push_screen(ReviewSheet(*found))

    async def action_version_blame(self) -> None:
        from workbench.tui.screens.blame import BlameScreen

        if found := await self.saved_version():
            self.app.push_screen(BlameScreen(*found))
