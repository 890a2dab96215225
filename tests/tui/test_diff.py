"""The diff screen: what each key does, driven in the real app over a real store."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.tui.conftest import NAME, Driven, Open
from tests.tui.test_library import TO_THE_PROMPT
from workbench.composition import Workbench
from workbench.domain.prompts import Content, Message
from workbench.settings.config import Config
from workbench.tui.screens.ask import Ask
from workbench.tui.screens.diff.screen import DiffScreen
from workbench.tui.screens.editor.screen import EditorScreen

MOVED = "This paragraph is long enough to be recognised when it stands somewhere else in the text."
STAYS = [f"Paragraph number {n} stays where it is, and says the same as it did before." for n in range(30)]


def screen_of(driven: Driven) -> DiffScreen:
    screen = driven.app.screen
    assert isinstance(screen, DiffScreen)
    return screen


def save_pair(config: Config, before: str, after: str) -> None:
    with Workbench(config) as workbench:
        workbench.library.save("x", Content.of_text(before))
        workbench.library.save("x", Content.of_text(after))


async def open_diff(driven: Driven) -> DiffScreen:
    await driven.do("version.diff")
    await driven.settle(0.3)
    return screen_of(driven)


def long_pair() -> tuple[str, str]:
    lines = [f"line {n} says one of a hundred things" for n in range(100)]
    changed = [*lines[:10], lines[10].replace("says", "SAYS"), *lines[11:80], *lines[81:]]
    return "\n".join(lines), "\n".join(changed)


async def test_split_when_wide_with_words_signs_and_settings(filled: Config, opened: Open) -> None:
    async with opened(filled, (160, 45)) as driven:
        await driven.do(*TO_THE_PROMPT, "version.diff")
        await driven.settle(0.3)
        text = driven.text
        assert "~ settings.temperature: 0.3 → 0.2" in text
        row = next(line for line in text.splitlines() if "Be friendly." in line)
        left, _, right = row.partition("│")
        assert re.search(r"3 [-~] Be friendly\.", left)
        assert re.search(r"3 [+~] Be warm, brief and exact\.", right)
        assert "change 1/1" in driven.status
        assert re.search(r"≈ \d+ → \d+ tokens", driven.status)


async def test_unified_when_narrow_and_the_layouts_in_turn(filled: Config, opened: Open) -> None:
    async with opened(filled, (80, 24)) as driven:
        await driven.do(*TO_THE_PROMPT, "version.diff")
        await driven.settle(0.3)
        assert "- Be friendly." in driven.text
        assert "+ Be warm, brief and exact." in driven.text
        seen = []
        for _ in range(3):
            await driven.do("diff.layout")
            seen.append(screen_of(driven).view.look.layout)
        assert seen == ["words", "split", "unified"]


async def test_the_layout_and_the_context_are_remembered(config: Config, opened: Open) -> None:
    save_pair(config, *long_pair())
    async with opened(config, (160, 30)) as driven:
        await open_diff(driven)
        await driven.do("diff.layout", "diff.more")
    async with opened(config, (160, 30)) as driven:
        screen = await open_diff(driven)
        assert (screen.view.look.layout, screen.view.look.context) == ("unified", 10)
    async with opened(config, (80, 30)) as driven:
        # What was chosen for a wide screen says nothing about a narrow one.
        screen = await open_diff(driven)
        await driven.do("diff.layout")
        narrow = screen.view.look.layout
        await driven.pilot.resize_terminal(160, 30)
        await driven.settle()
        assert (narrow, screen.view.look.layout) == ("words", "unified")


async def test_stepping_either_side(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT, "version.diff")
        screen = screen_of(driven)

        def numbers() -> tuple[str, str]:
            assert screen.left.version is not None
            assert screen.right.version is not None
            return screen.left.version.number, screen.right.version.number

        await driven.do("diff.older_right")
        assert numbers() == ("1.0.0", "1.0.1")
        await driven.do("diff.newer_right", "diff.newer_left")
        assert numbers() == ("1.0.1", "1.0.2")
        await driven.do("diff.newer_right")
        assert "newest" in driven.status
        await driven.do("diff.older_left", "diff.older_left")
        assert "oldest" in driven.status


async def test_stepping_keeps_the_line_in_its_place(config: Config, opened: Open) -> None:
    before, after = long_pair()
    with Workbench(config) as workbench:
        for text in (before, after.replace("line 50 says", "line 50 tells"), after):
            workbench.library.save("x", Content.of_text(text))
    async with opened(config, (160, 30)) as driven:
        screen = await open_diff(driven)
        await driven.do("diff.more", "diff.more", "diff.next_hunk", "diff.next_hunk")
        row = screen.view.cursor - screen.view.top
        line = driven.text.splitlines()[row + 1]
        await driven.do("diff.older_left")
        await driven.settle(0.2)
        assert screen.view.cursor - screen.view.top == row
        number = re.search(r"│\s*(\d+)", line)
        assert number is not None
        assert f"│{number[1]:>3}" in driven.text.splitlines()[row + 1].replace("▌", " ")


async def test_changes_and_folds_by_key(config: Config, opened: Open) -> None:
    save_pair(config, *long_pair())
    async with opened(config, (120, 50)) as driven:
        screen = await open_diff(driven)
        assert "change 1/2" in driven.status
        await driven.do("diff.next_hunk")
        assert "change 2/2" in driven.status
        await driven.do("diff.next_hunk")
        assert "last change" in driven.status
        await driven.do("diff.previous_hunk")
        fold = next(i for i, line in enumerate(driven.text.splitlines()) if "⋯ 63 unchanged lines" in line)
        while screen.view.cursor - screen.view.top < fold - 1:
            await driven.do("list.down")
        await driven.do("list.open")
        assert "⋯ 43 unchanged lines" in driven.text
        await driven.do("diff.less")
        assert "⋯ 69 unchanged lines" in driven.text


async def test_words_of_a_long_paragraph_by_key(config: Config, opened: Open) -> None:
    words = [f"word{n}" for n in range(600)]
    after = list(words)
    for place in (5, 300, 595):
        after[place] = f"other{place}"
    save_pair(config, " ".join(words), " ".join(after))
    async with opened(config, (120, 20)) as driven:
        screen = await open_diff(driven)
        seen = []
        for _ in range(3):
            await driven.do("diff.next_word")
            seen.append(screen.view.cursor)
            assert "other" in driven.text.splitlines()[screen.view.cursor - screen.view.top + 1]
        assert seen == sorted(set(seen))
        await driven.do("diff.next_word")
        assert "last changed word" in driven.status
        await driven.do("diff.previous_word")
        assert screen.view.cursor == seen[1]


async def test_a_move_is_followed_to_its_other_end_and_back(config: Config, opened: Open) -> None:
    before = "\n\n".join([MOVED, *STAYS])
    after = "\n\n".join([*STAYS, MOVED])
    save_pair(config, before, after)
    async with opened(config, (160, 20)) as driven:
        screen = await open_diff(driven)
        assert "> moved to line 61" in driven.text
        start = screen.view.cursor
        await driven.do("diff.follow")
        assert "< moved from line 1" in driven.text
        assert screen.view.cursor > start
        await driven.do("diff.follow")
        assert screen.view.cursor == start
        await driven.do("list.bottom", "list.up", "list.up", "list.up", "list.up")
        await driven.do("diff.follow")
        assert "nothing was moved here" in driven.status


async def test_both_sides_are_searched_also_in_folds(config: Config, opened: Open) -> None:
    before, after = long_pair()
    save_pair(config, before, after)
    async with opened(config, (160, 30)) as driven:
        screen = await open_diff(driven)
        await driven.do("diff.search")
        await driven.type("line 50 ")
        assert "1 match" in driven.status
        await driven.pilot.press("enter")
        await driven.settle()
        assert "match 1/1" in driven.status
        assert "line 50 says" in driven.text.splitlines()[screen.view.cursor - screen.view.top + 1]
        await driven.do("diff.search")
        await driven.pilot.press("ctrl+u")
        await driven.type("SAYS")
        await driven.pilot.press("enter")
        await driven.settle()
        assert "match 1/1" in driven.status
        await driven.do("diff.search")
        await driven.pilot.press("escape")
        await driven.settle()
        assert "match" not in driven.status
        await driven.do("diff.next_match")
        assert "nothing is searched for" in driven.status


async def test_white_space_that_does_not_count_is_said(config: Config, opened: Open) -> None:
    save_pair(config, "one  two\nthree\nfour five six", "one two\nthree\nfour five seven")
    async with opened(config, (160, 20)) as driven:
        screen = await open_diff(driven)
        assert "one ·two" in driven.text
        await driven.do("diff.white", "diff.white")
        await driven.settle(0.2)
        assert "how much white space does not count" in driven.status
        await driven.do("list.down")
        assert "how much white space does not count (1 line)" in driven.status
        await driven.do("diff.quiet")
        await driven.do("list.down")
        assert "folded" in driven.status
        assert "with other white space, no word changed" in driven.text
        assert screen.view.hunk_count == 1


async def test_template_and_what_is_sent(filled: Config, opened: Open) -> None:
    with Workbench(filled) as workbench:
        workbench.keeping.keep(f"inputs:{NAME}", {"variable:company_name": "Globex", "input:": "Where is it?"})
    async with opened(filled, (160, 45)) as driven:
        await driven.do(*TO_THE_PROMPT, "version.diff")
        await driven.settle(0.3)
        await driven.do("diff.more", "diff.more", "diff.rendered")
        await driven.settle(0.3)
        assert "support agent for Globex." in driven.text
        assert "Where is it?" in driven.text
        assert "rendered" in driven.text.splitlines()[0]
        await driven.do("diff.rendered")
        await driven.settle(0.3)
        assert "{{company_name}}" in driven.text


async def test_a_value_that_is_missing_stays_as_written(config: Config, opened: Open) -> None:
    save_pair(config, "Hello {{ name }}, one.", "Hello {{ name }}, two.")
    async with opened(config, (160, 20)) as driven:
        await open_diff(driven)
        await driven.do("diff.rendered")
        await driven.settle(0.3)
        assert "without a value, so left as written: name" in driven.text
        assert "Hello {{name}}, two." in driven.text


async def choose(driven: Driven, act: str, text: str) -> None:
    await driven.do(act)
    await driven.settle(0.2)
    await driven.type(text)
    await driven.pilot.press("enter")
    await driven.settle(0.4)


async def test_a_file_a_revision_and_a_pasted_text_on_a_side(
    filled: Config, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    monkeypatch.chdir(repository)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    (repository / "a.md").write_text("You are a committed agent.\n")
    git = ["git", "-c", "user.name=ana", "-c", "user.email=ana@example.com"]
    for command in (["init", "-q"], ["add", "a.md"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    (repository / "a.md").write_text("You are an edited agent.\n")
    async with opened(filled, (160, 45)) as driven:
        await driven.do(*TO_THE_PROMPT, "version.diff")
        await driven.settle(0.3)
        await choose(driven, "diff.right", "file on disk")
        await driven.type("a.md")
        await driven.pilot.press("enter")
        await driven.settle(0.4)
        assert "an edited agent." in driven.text
        await choose(driven, "diff.left", "revision")
        await driven.type("HEAD:a.md")
        await driven.pilot.press("enter")
        await driven.settle(0.6)
        assert "a committed agent." in driven.text
        assert "a.md" in driven.text.splitlines()[0]
        await driven.do("diff.older_right")
        assert "no versions to step through" in driven.status
        await choose(driven, "diff.right", "pasted")
        await driven.type("You are a typed agent.")
        await driven.pilot.press("ctrl+j")
        await driven.settle(0.4)
        assert "a typed agent." in driven.text
        await choose(driven, "diff.right", "revision")
        await driven.type("HEAD:missing.md")
        await driven.pilot.press("enter")
        await driven.settle(0.6)
        assert "git cannot show HEAD:missing.md" in driven.status


async def test_an_environment_on_a_side(filled: Config, opened: Open) -> None:
    async with opened(filled, (160, 45)) as driven:
        await driven.do(*TO_THE_PROMPT, "version.diff")
        await driven.settle(0.3)
        await choose(driven, "diff.right", "staging")
        assert "1.0.2 (staging)" in driven.text.splitlines()[0]


async def test_another_search_takes_the_place_of_the_last_one_and_opens_what_is_folded(
    config: Config, opened: Open
) -> None:
    save_pair(config, *long_pair())
    async with opened(config, (120, 30)) as driven:
        screen = await open_diff(driven)
        for number in (30, 95):
            wanted = f"line {number} says"
            assert wanted not in driven.text
            await driven.do("diff.search")
            await driven.type(wanted)
            await driven.pilot.press("enter")
            await driven.settle(0.2)
            assert screen.view.match == (1, 1)
            assert wanted in driven.text


async def test_chosen_changes_become_the_draft(config: Config, opened: Open) -> None:
    blocks = [f"Rule {n}: never say the word number {n} to anybody who asks for it." for n in range(12)]
    after = list(blocks)
    after[1], after[6], after[10] = (after[n].replace("never", "always") for n in (1, 6, 10))
    save_pair(config, "\n\n".join(blocks), "\n\n".join(after))
    async with opened(config, (160, 30)) as driven:
        screen = await open_diff(driven)
        await driven.do("diff.next_hunk", "diff.take")
        assert "change 2 is left out" in driven.status
        assert "✗ change 2 left out" in driven.text
        assert "✓ change 1 taken" in driven.text
        await driven.do("diff.keep")
        await driven.settle(0.4)
        assert isinstance(driven.app.screen, EditorScreen)
        del screen
    with Workbench(config) as workbench:
        kept = workbench.keeping.kept("draft:x")
    assert kept is not None
    text = kept["1.0.0"]["messages"][0]["content"]
    assert [("always" in block) for block in text.split("\n\n")] == [n in (1, 10) for n in range(12)]


async def test_nothing_taken_makes_no_draft(config: Config, opened: Open) -> None:
    save_pair(config, "one line of it", "one line of that")
    async with opened(config, (160, 30)) as driven:
        await open_diff(driven)
        await driven.do("diff.take", "diff.keep")
        assert "no change is taken" in driven.status
        await driven.do("diff.rendered")
        await driven.settle(0.2)
        await driven.do("diff.take")
        assert "v goes back to the templates" in driven.status


async def test_two_texts_that_are_in_no_store(filled: Config, opened: Open) -> None:
    async with opened(filled, (160, 20)) as driven:
        driven.app.push_screen(
            DiffScreen.of_texts("The answer is 4.\x1b[31m", "The answer is 5.\x1b[31m", "run a", "run b")
        )
        await driven.settle(0.4)
        assert "run a → run b" in driven.text
        assert "text · +" in driven.text
        assert "The answer is 5.␛[31m" in driven.text


async def test_a_message_that_is_new(config: Config, opened: Open) -> None:
    with Workbench(config) as workbench:
        workbench.library.save("x", Content.of_text("You help."))
        two = Content((Message("system", "You help."), Message("user", "Ask: {{question}}")))
        workbench.library.save("x", two)
    async with opened(config, (160, 20)) as driven:
        await open_diff(driven)
        assert "user · added" in driven.text
        assert "+ now asks for question  ⚠ it has no default" in driven.text


async def test_the_draft_in_the_editor_against_its_version(filled: Config, opened: Open) -> None:
    async with opened(filled, (160, 45)) as driven:
        await driven.do(*TO_THE_PROMPT, "version.edit")
        await driven.settle(0.3)
        await driven.type("NEW ")
        await driven.pilot.press("down", "down", "down", "end")
        await driven.type(" LAST")
        await driven.do("editor.diff")
        await driven.settle(0.4)
        screen = screen_of(driven)
        assert "draft of support/customer-support@1.0.2" in driven.text
        assert screen.view.hunk_count == 2
        await driven.do("diff.take", "diff.keep")
        await driven.settle(0.5)
        assert isinstance(driven.app.screen, Ask)
        await driven.pilot.press("y")
        await driven.settle(0.4)
        assert isinstance(driven.app.screen, EditorScreen)
        assert "LAST" in driven.text
        assert "NEW" not in driven.text
