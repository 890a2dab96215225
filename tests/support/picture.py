"""The README's picture of the app, from the sample prompts: `python -m tests.support.picture`."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from workbench import Workbench
from workbench.cli.app import without_layouts
from workbench.settings.config import Config
from workbench.tui.app import WorkbenchApp
from workbench.tui.screens.library.screen import LibraryScreen

ROOT = Path(__file__).parent.parent.parent


async def draw(store: Path, target: Path) -> None:
    config = Config(store=store, actor="ana")
    app = WorkbenchApp(lambda: Workbench(config), config)
    async with app.run_test(size=(140, 34)) as pilot:
        await pilot.pause(1.0)
        library = app.screen
        assert isinstance(library, LibraryScreen)
        library.show_version("support/customer-support", "1.3.0")
        await pilot.pause(0.5)
        target.write_text(app.export_screenshot(title="workbench"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "prompts.db"
        with Workbench.open(store=store, actor="ana") as workbench:
            samples = ROOT / "sample_prompts"
            plan = without_layouts(workbench.porting.plan_import([samples]), samples)
            workbench.porting.carry_out(plan, deploy=True)
        asyncio.run(draw(store, ROOT / ".github" / "library.svg"))


if __name__ == "__main__":
    main()
