"""Diffs and reports are written to hand on from the app too, as from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import Open
from workbench.settings.config import Config
from workbench.tui.screens.copy_menu import ending_of
from workbench.tui.screens.run.acts import FILES

TO_THE_PROMPT = ("list.down", "list.down")


@pytest.mark.parametrize(
    ("keys", "label", "file", "words"),
    [
        (("library.copy",), "report as a page write", "report-as-a-page.html", "Changed since"),
        (("library.copy",), "report as Markdown write", "report-as-Markdown.md", "## Versions"),
        (("version.diff", "diff.copy"), "diff as a page write", "diff-as-a-page.html", "<ins>"),
        (("version.diff", "diff.copy"), "diff as Markdown write", "diff-as-Markdown.md", "<ins>"),
    ],
)
async def test_it_is_written_to_a_file(
    filled: Config,
    opened: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    keys: tuple[str, ...],
    label: str,
    file: str,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(filled) as driven:
        await driven.do(*TO_THE_PROMPT, *keys)
        for char in label:
            await driven.pilot.press("space" if char == " " else char)
        await driven.settle()
        await driven.pilot.press("enter")
        await driven.settle()
        await driven.pilot.press("enter")
        await driven.settle(0.2)
        assert f"wrote {file}" in driven.text
    text = (tmp_path / file).read_text()
    assert "customer" in text
    assert words in text


def test_a_file_is_named_by_what_is_in_it() -> None:
    assert [ending_of(label) for _, label in FILES] == [".json", ".jsonl", ".sh", ".py"]
    assert ending_of("the answer") == ".txt"
