"""Settings and variables in a diff: each is taken into the draft or left out of it by itself."""

from __future__ import annotations

from tests.tui.conftest import Open
from tests.tui.test_diff import open_diff
from workbench.composition import Workbench
from workbench.domain.prompts import Content, Message
from workbench.settings.config import Config
from workbench.tui.screens.editor.screen import EditorScreen

BEFORE = Content((Message("system", "Be kind to all."),), settings={"model": "a/m", "temperature": 0.1})
AFTER = Content((Message("system", "Be kind to some."),), settings={"model": "b/m", "temperature": 0.9})


async def test_a_setting_is_left_out_of_the_draft_alone(config: Config, opened: Open) -> None:
    with Workbench(config) as workbench:
        for content in (BEFORE, AFTER):
            workbench.library.save("x", content)
    async with opened(config, (160, 30)) as driven:
        screen = await open_diff(driven)
        line = next(n for n, row in enumerate(driven.text.splitlines()) if "settings.temperature" in row)
        screen.view.go(line - 1)
        await driven.do("diff.take")
        assert "the change of settings temperature is left out · 2 of 3 changes taken" in driven.status
        assert "✗ ~ settings.temperature: 0.1 → 0.9" in driven.text
        assert "✓ ~ settings.model: a/m → b/m" in driven.text
        assert "✓ change 1 taken" in driven.text
        await driven.do("diff.take", "diff.take", "diff.keep")
        await driven.settle(0.4)
        assert isinstance(driven.app.screen, EditorScreen)
    with Workbench(config) as workbench:
        kept = workbench.keeping.kept("draft:x")
    assert kept is not None
    draft = kept["1.0.0"]
    assert draft["messages"][0]["content"] == "Be kind to some."
    assert "b/m" in draft["settings"]
    assert "0.1" in draft["settings"]
