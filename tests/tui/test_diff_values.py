"""What the variables of a diff are filled in with: named sets too, and the same ones again."""

from __future__ import annotations

from pathlib import Path

from tests.tui.conftest import Open
from tests.tui.test_diff import choose, open_diff, save_pair
from workbench.composition import Workbench
from workbench.settings.config import Config
from workbench.tui.screens.diff.screen import DiffScreen


async def test_a_named_set_fills_in_both_sides_and_is_kept_for_the_next_look(config: Config, opened: Open) -> None:
    save_pair(config, "Hello {{ name }}, one.", "Hello {{ name }}, two.")
    with Workbench(config) as workbench:
        workbench.inputs.save("x", "pro", {"name": "Ana"})
    async with opened(config, (100, 20)) as driven:
        await open_diff(driven)
        await choose(driven, "diff.values", "pro")
        assert driven.text.count("Hello Ana, ") == 2
        await driven.do("list.down")
        assert "rendered with pro" in driven.status
        await driven.do("diff.rendered")
        await driven.settle(0.3)
        assert driven.text.count("Hello {{ name }}, ") == 2
        await driven.do("diff.rendered")
        await driven.settle(0.3)
        assert driven.text.count("Hello Ana, ") == 2


async def test_a_file_of_values_is_named_and_one_that_holds_none_is_refused(
    config: Config, opened: Open, tmp_path: Path
) -> None:
    save_pair(config, "Hello {{ name }}, one.", "Hello {{ name }}, two.")
    (tmp_path / "v.yaml").write_text("name: Ben\n")
    (tmp_path / "list.yaml").write_text("- Ben\n")
    async with opened(config, (160, 20)) as driven:
        await open_diff(driven)
        for file, told in (("v.yaml", "rendered with"), ("list.yaml", "does not hold names with values")):
            await choose(driven, "diff.values", "a YAML")
            await driven.type(str(tmp_path / file))
            await driven.pilot.press("enter")
            await driven.settle(0.4)
            assert told in " ".join(driven.text.split())
            assert driven.text.count("Hello Ben, ") == 2


async def test_a_version_can_stand_beside_an_answer(config: Config, opened: Open) -> None:
    save_pair(config, "Hello, one.", "Hello, two.")
    async with opened(config, (100, 20)) as driven:
        driven.app.push_screen(DiffScreen.of_texts("Hello, you.", "Hello, all.", "one", "other", prompt="x"))
        await driven.settle(0.3)
        await choose(driven, "diff.left", "1.0.0")
        assert "x@1.0.0 → other" in driven.text
        await driven.do("diff.newer_left")
        await driven.settle(0.3)
        assert "x@1.0.1 → other" in driven.text


async def test_answers_have_nothing_to_fill_in(filled: Config, opened: Open) -> None:
    async with opened(filled, (100, 20)) as driven:
        driven.app.push_screen(DiffScreen.of_texts("Hello {{ a }}", "Hello {{ b }}", "one", "other"))
        await driven.settle(0.3)
        for act in ("diff.rendered", "diff.values"):
            await driven.do("list.down", act)
            assert "there is nothing to fill in: this is what was sent or answered" in driven.status
            assert "rendered" not in driven.text.splitlines()[0]
