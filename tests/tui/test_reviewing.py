"""Reviewing in the diff: what was said of a line stands below it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.host_app import act, hosting, open_workbench, screen_text, until
from workbench.domain.prompts import Content, Message, Version
from workbench.tui.screens.diff.screen import DiffScreen
from workbench.tui.screens.releases.review_sheet import ReviewSheet
from workbench.tui.widgets.diff.comments import message_line, starts_of

NAME = "support/help"
OLD = "You help.\nBe kind.\nBe quick.\nNever promise."
NEW = "You help.\nBe kind and brief.\nBe quick.\nNever promise."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.db"
    with open_workbench(path) as workbench:
        for text in (OLD, NEW):
            content = Content((Message("system", text), Message("user", "{{question}}\nPlease answer.")))
            workbench.library.save(NAME, content, note=text[-20:])
    return path


def sides(path: Path) -> tuple[Version, Version]:
    with open_workbench(path) as workbench:
        return workbench.get(f"{NAME}@1.0.0"), workbench.get(f"{NAME}@1.0.1")


def row_of(app: Any, text: str) -> int:
    return next((n for n, row in enumerate(screen_text(app).splitlines()) if text in row), -1)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_comment_is_given_on_a_line_and_stands_below_it(path: Path, size: tuple[int, int]) -> None:
    async with hosting(path, DiffScreen(*sides(path)), size=size) as (app, pilot):
        await act(pilot, "diff.comment")
        assert isinstance(app.screen, ReviewSheet)
        assert app.screen.place is not None
        assert app.screen.place.text in ("Be kind.", "Be kind and brief.")
        await pilot.press(*"why both?")
        await act(pilot, "sheet.confirm")
        await until(pilot, lambda: row_of(app, "why both?") > 0)
        assert row_of(app, "why both?") > row_of(app, "Be kind and brief.")
        assert row_of(app, "why both?") < row_of(app, "Be quick.")
    with open_workbench(path) as workbench:
        (review,) = workbench.approving.of(NAME)
        assert review.line == 3  # [system] stands above it


async def test_what_others_say_appears_where_it_belongs(path: Path) -> None:
    async with hosting(path, DiffScreen(*sides(path))) as (app, pilot):
        with open_workbench(path) as other:
            other.__dict__["actor"] = "ben"
            other.approving.request_changes(f"{NAME}@1.0.1", "not [/b] \x1b[2J so", line=4)
            other.approving.approve(f"{NAME}@1.0.1", "staging", "else fine")
        await until(pilot, lambda: row_of(app, "ben requested changes of 1.0.1") > 0)
        assert row_of(app, "Be quick.") + 1 == row_of(app, "ben requested changes")
        assert "not [/b] ␛[2J so" in screen_text(app)
        assert -1 < row_of(app, "ben approved 1.0.1 for staging") < row_of(app, "You help.")


async def test_the_whole_is_approved_from_the_diff(path: Path) -> None:
    async with hosting(path, DiffScreen(*sides(path))) as (app, pilot):
        await act(pilot, "version.review")
        await act(pilot, "sheet.confirm")
        assert app.said == [f"approved {NAME}@1.0.1 for dev [undo]"]
        await until(pilot, lambda: row_of(app, "ana approved 1.0.1 for dev") > 0)


async def test_what_tells_of_a_move_stands_for_the_line_below_it(tmp_path: Path) -> None:
    path = tmp_path / "moved.db"
    lines = [f"Paragraph {n} says something of its own about {word}." for n, word in enumerate(("tea", "rain", "ink"))]
    with open_workbench(path) as workbench:
        for text in (lines, [lines[2], *lines[:2]]):
            workbench.library.save(NAME, Content.of_text("\n".join(text)), note="moved")
    async with hosting(path, DiffScreen(*sides(path)), size=(80, 24)) as (app, pilot):
        await act(pilot, "diff.next_hunk")
        await until(pilot, lambda: row_of(app, "moved from line 3") > 0)
        await act(pilot, "diff.comment")
        assert isinstance(app.screen, ReviewSheet)
        assert app.screen.place is not None
        assert app.screen.place == ("1.0.0", 3, lines[2])


async def test_what_is_no_line_cannot_be_commented_on(path: Path) -> None:
    async with hosting(path, DiffScreen(*sides(path))) as (app, pilot):
        await act(pilot, "diff.rendered")
        await act(pilot, "diff.comment")
        assert isinstance(app.screen, DiffScreen)
        assert "put the cursor on a line" in app.said[-1]


def test_lines_of_messages_are_lines_of_the_text() -> None:
    content = Content((Message("system", "a\nb\n"), Message("user", "c")))
    lines = content.text.split("\n")
    assert [lines[start] for start in starts_of(content)] == ["a", "c"]
    for number, line in enumerate(lines):
        place = message_line(content, number)
        if place is not None:
            assert content.messages[place[0]].content.split("\n")[place[1]] == line
    assert [number for number in range(len(lines)) if message_line(content, number) is None] == [0, 4, 5]
    alone = Content.of_text("only\nthis")
    assert (starts_of(alone), message_line(alone, 1)) == ([0], (0, 1))
