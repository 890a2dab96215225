"""Acting on what a diff shows: the version on its right."""

from __future__ import annotations

from workbench.tui.screens.diff_picking import DiffPicking
from workbench.tui.screens.releasing import Releasing


class DiffReviewing(DiffPicking, Releasing, inherit_bindings=False):
    async def meant_version(self) -> tuple[str, str] | None:
        """What stands on the right."""
        side = self.right
        if side.version is None or side.kind not in ("version", "draft"):
            self.host.say(f"{side.name} is no version", error=True)
            return None
        return side.version.prompt, side.version.number if side.kind == "version" else ""
