"""When the lines of a diff are shown, and when its words."""

from __future__ import annotations

import threading

import pytest

from tests.bench.diff_pairs import pair
from workbench.domain.diffs import diff_lines, diff_texts
from workbench.domain.prompts import Content
from workbench.tui import differ
from workbench.tui.differ import LARGE, differences


@pytest.mark.parametrize("length", [1_000, 40_000, LARGE])
async def test_lines_first_then_all_of_it(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = threading.Event()
    run = differ._run
    monkeypatch.setattr(differ, "_run", lambda jobs: run(jobs) if shown.wait(60) else [])
    left, right = pair(length)
    found = []
    async for one in differences(Content.of_text(left), Content.of_text(right)):
        found.append(one)
        shown.set()
    assert len(found) == (1 if length < 5_000 else 2)
    assert found[-1].messages[0].diff == diff_texts(left, right)
    if len(found) > 1:
        assert found[0].messages[0].diff == diff_lines(left, right)


async def test_words_that_come_at_once_are_the_first_to_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differ, "PATIENCE", 60)
    left, right = pair(40_000)
    (found,) = [one async for one in differences(Content.of_text(left), Content.of_text(right))]
    assert found.messages[0].diff == diff_texts(left, right)
