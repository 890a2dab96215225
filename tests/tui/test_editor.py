"""The editor and the save sheet: drafts, templates checked while typing, and what is refused."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from tests.support.host_app import HostApp, act, hosting, open_workbench, screen_text, settle, until
from workbench.domain.drafts import content_of, draft_of, empty_draft
from workbench.domain.prompts import Content, Message, Version
from workbench.errors import BadInput
from workbench.tui.external_editor import edit_outside
from workbench.tui.screens.editor.save_sheet import SaveSheet
from workbench.tui.screens.editor.screen import EditorScreen
from workbench.tui.screens.library.screen import LibraryScreen

NAME = "support/help"
CHAT = Content(
    (Message("system", "You help {{ who }}."), Message("user", "Hi\r\nthere\nmixed"), Message("assistant", "Hello.")),
    settings={"temperature": 0.3, "tools": [{"type": "function", "function": {"name": "f"}}]},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "prompts.db"


@pytest.fixture
def version(path: Path) -> Version:
    with open_workbench(path) as workbench:
        return workbench.library.save(NAME, CHAT, note="first")


def latest(path: Path, name: str = NAME) -> Version:
    with open_workbench(path) as workbench:
        return workbench.get(name)


def problem(app: HostApp) -> str:
    return str(app.screen.query_one("#problem").render())


async def test_an_edit_becomes_a_version_with_the_chosen_number(path: Path, version: Version) -> None:
    async with hosting(path, EditorScreen(version), size=(80, 24)) as (app, pilot):
        await pilot.press(*"Now: ")
        await act(pilot, "editor.save")
        assert isinstance(app.screen, SaveSheet)
        shown = screen_text(app)
        assert "+ Now: You help {{ who }}." in shown
        assert "- You help" not in shown  # it only got words
        assert "patch 1.0.1  ○ minor 1.1.0  ○ major 2.0.0  ○ pre 1.0.1-rc.1" in shown
        await pilot.press(*"tone", "enter", "right")
        await act(pilot, "sheet.confirm")
        await settle(pilot)
        assert not isinstance(app.screen, EditorScreen | SaveSheet)
        assert app.said[-1] == f"saved {NAME}@1.1.0 [undo]"
        assert app.changes == [NAME]
    saved = latest(path)
    assert (saved.number, saved.note, saved.parent, saved.author) == ("1.1.0", "tone", "1.0.0", "ana")
    # The messages that were not touched are the same to the byte, line ends included.
    assert saved.content.messages[1:] == CHAT.messages[1:]
    assert saved.content.settings == CHAT.settings
    with open_workbench(path) as workbench:
        assert workbench.keeping.keys("draft:") == []


async def test_an_unchanged_text_is_refused(path: Path, version: Version) -> None:
    async with hosting(path, EditorScreen(version)) as (app, pilot):
        await act(pilot, "editor.save")
        assert app.said == [f"nothing changed: {NAME}@1.0.0 says exactly this already"]
        assert isinstance(app.screen, EditorScreen)


async def test_template_errors_say_line_and_column_while_typing(path: Path, version: Version) -> None:
    async with hosting(path, EditorScreen(version)) as (app, pilot):
        app.screen._area.load("fine\n  {{ broken")
        app.screen._typed()
        await pilot.press("end", "x")
        await until(pilot, lambda: "line 2" in problem(app))
        assert "column" in problem(app)
        assert "✗1 system" in screen_text(app)
        await act(pilot, "editor.save")
        assert isinstance(app.screen, EditorScreen)
        assert app.screen._area.cursor_location[0] == 1


async def test_variables_are_marked(path: Path, version: Version) -> None:
    async with hosting(path, EditorScreen(version)) as (app, pilot):
        line = app.screen._area.get_line(0)
        assert [(span.start, span.end) for span in line.spans] == [(9, 18)]
        await pilot.press("X")
        assert [(s.start, s.end) for s in app.screen._area.get_line(0).spans] == [(10, 19)]


async def test_every_message_and_the_settings_can_be_edited(path: Path, version: Version) -> None:
    async with hosting(path, EditorScreen(version)) as (app, pilot):
        await act(pilot, "editor.next_section")
        await act(pilot, "editor.next_section")
        await pilot.press(*"Oh! ")
        await act(pilot, "editor.add_message")
        await pilot.press(*"And?")
        await act(pilot, "editor.role")
        await act(pilot, "editor.next_section")
        assert "[5 settings]" in screen_text(app)
        area = app.screen._area
        area.load(area.text.replace("temperature: 0.3", "temperature: 0.5"))
        app.screen._typed()
        await act(pilot, "editor.save")
        await pilot.press(*"n")
        await act(pilot, "sheet.confirm")
        await settle(pilot)
    content = latest(path).content
    assert content.messages == (
        *CHAT.messages[:2],
        Message("assistant", "Oh! Hello."),
        Message("assistant", "And?"),
    )
    assert content.settings == {**CHAT.settings, "temperature": 0.5}


async def test_a_message_is_removed_only_after_asking(path: Path, version: Version) -> None:
    async with hosting(path, EditorScreen(version)) as (app, pilot):
        await act(pilot, "editor.previous_section")
        await act(pilot, "editor.previous_section")
        await act(pilot, "editor.remove_message")
        await pilot.press("n")
        await settle(pilot)
        assert len(app.screen._draft.messages) == 3
        await act(pilot, "editor.remove_message")
        await pilot.press("y")
        await settle(pilot)
        assert [m.role for m in app.screen._draft.messages] == ["system", "user"]


async def test_wrong_settings_are_said_with_the_nearest_key(path: Path, version: Version) -> None:
    async with hosting(path, EditorScreen(version)) as (app, pilot):
        await act(pilot, "editor.previous_section")
        app.screen._area.load("setings: {temperature: 1}\n")
        app.screen._typed()
        await act(pilot, "editor.save")
        assert "unknown key 'setings' · did you mean settings?" in problem(app)


async def test_the_draft_is_back_after_leaving_and_can_be_thrown_away(path: Path, version: Version) -> None:
    async with hosting(path, EditorScreen(version)) as (app, pilot):
        await pilot.press(*"Draft. ")
        await act(pilot, "editor.leave")
        assert app.said == ["what you typed is kept as a draft"]
    screen = EditorScreen(version)
    async with hosting(path, screen) as (app, pilot):
        assert screen._area.text == "Draft. You help {{ who }}."
        await act(pilot, "editor.discard")
        await pilot.press("n")
        assert screen._area.text == "Draft. You help {{ who }}."
        await act(pilot, "editor.discard")
        await pilot.press("y")
        await settle(pilot)
        assert screen._area.text == "You help {{ who }}."
    with open_workbench(path) as workbench:
        assert workbench.keeping.keys("draft:") == []


async def test_the_draft_is_kept_without_leaving(path: Path, version: Version) -> None:
    async with hosting(path, EditorScreen(version)) as (_, pilot):
        await pilot.press(*"Crash ")

        def kept() -> bool:
            with open_workbench(path) as workbench:
                return bool(workbench.keeping.kept(f"draft:{NAME}"))

        await until(pilot, kept)


async def test_drafts_of_two_versions_do_not_overwrite_each_other(path: Path, version: Version) -> None:
    with open_workbench(path) as workbench:
        second = workbench.library.save(NAME, Content.of_text("second"))
    for each, typed in ((version, "one "), (second, "two ")):
        async with hosting(path, EditorScreen(each)) as (_, pilot):
            await pilot.press(*typed)
            await act(pilot, "editor.leave")
    for each, text in ((version, "one You help {{ who }}."), (second, "two second")):
        screen = EditorScreen(each)
        async with hosting(path, screen):
            assert screen._area.text == text


async def test_a_version_saved_meanwhile_is_shown_before_anything_is_saved(path: Path, version: Version) -> None:
    async with hosting(path, EditorScreen(version)) as (app, pilot):
        await pilot.press(*"Mine. ")
        await act(pilot, "editor.save")
        with open_workbench(path) as other:
            other.__dict__["actor"] = "ben"
            other.library.save(NAME, Content.of_text("Theirs."))
        await act(pilot, "sheet.confirm")
        await settle(pilot)
        shown = screen_text(app)
        assert "1.0.1 was saved meanwhile by ben" in shown
        assert "- Theirs." in shown
        assert "patch 1.0.2" in shown
        assert latest(path).number == "1.0.1"
        await act(pilot, "sheet.cancel")
        assert app.screen._area.text == "Mine. You help {{ who }}."


async def test_a_new_prompt_needs_a_name_that_is_free(path: Path, version: Version) -> None:
    async with hosting(path, EditorScreen(None), size=(80, 24)) as (app, pilot):
        await pilot.press(*"a//b", "enter", *"Text {{ x }}")
        await act(pilot, "editor.save")
        assert "'.' or '..' segment" in screen_text(app)
        app.screen._name_field.set_value(NAME)
        await act(pilot, "editor.save")
        assert "exists already" in screen_text(app)
        app.screen._name_field.set_value("new/one")
        await act(pilot, "editor.save")
        assert "Save new/one, new" in screen_text(app)
        await act(pilot, "sheet.confirm")
        await settle(pilot)
    saved = latest(path, "new/one")
    assert (saved.number, saved.content) == ("1.0.0", Content.of_text("Text {{ x }}"))


def script(tmp_path: Path, body: str) -> str:
    path = tmp_path / "editor.sh"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


class Suspended:
    """Stands for a terminal that can be lent."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def __call__(self) -> Any:
        return self

    def __enter__(self) -> None:
        self.log.append("out")

    def __exit__(self, *_: object) -> None:
        self.log.append("back")


def test_the_persons_editor_changes_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", script(tmp_path, 'printf "more\\r\\n" >> "$1"'))
    suspended = Suspended()
    assert edit_outside("täxt\n", ".md", suspended) == "täxt\nmore\r\n"
    assert suspended.log == ["out", "back"]


@pytest.mark.parametrize(
    ("editor", "said"),
    [
        ("", "not set"),
        ("/no/such/editor", "cannot be started"),
        ("false", "ended with status 1"),
        ("'x", "cannot be read"),
    ],
)
def test_an_editor_that_fails_leaves_terminal_and_text(editor: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor)
    suspended = Suspended()
    with pytest.raises(BadInput, match=said):
        edit_outside("text", ".md", suspended)
    assert suspended.log in ([], ["out", "back"])


async def test_where_the_terminal_cannot_be_lent_the_editor_goes_on(
    path: Path, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    async with hosting(path, EditorScreen(version)) as (app, pilot):
        await act(pilot, "editor.external")
        assert any("cannot be lent" in line for line in app.said)
        await pilot.press("X")
        assert app.screen._area.text == "XYou help {{ who }}."


async def test_readonly_saves_and_keeps_nothing(path: Path, version: Version) -> None:
    before = path.stat().st_size
    async with hosting(path, EditorScreen(version), readonly=True) as (app, pilot):
        await pilot.press("X")
        await act(pilot, "editor.save")
        assert any("reading only" in line for line in app.said)
    assert path.stat().st_size == before


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("- a", "must be keys"),
        ("format: perl", "unknown template format 'perl'"),
        ("variables: {a: {choises: [1]}}", "did you mean choices"),
        ("variables: {a: {type: date}}", "unknown type 'date'"),
        ("variables: {a: {choices: x}}", "choices must be a list"),
        ("settings: [1]", "settings must be keys"),
        ("a: 1\na: 2", "stands twice"),
    ],
)
def test_what_cannot_be_settings(yaml: str, said: str) -> None:
    from dataclasses import replace

    with pytest.raises(BadInput) as caught:
        content_of(replace(empty_draft(), settings=yaml), None)
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_a_draft_says_what_its_version_says() -> None:
    assert content_of(draft_of(CHAT), CHAT) == CHAT
    assert content_of(draft_of(CHAT), None) == CHAT


@pytest.mark.parametrize("name", [NAME, "brand/new"])
async def test_the_library_shows_what_was_saved(path: Path, version: Version, name: str) -> None:
    screen = EditorScreen(version) if name == NAME else EditorScreen(None, name)
    async with hosting(path, screen) as (app, pilot):
        await pilot.press("X")
        await act(pilot, "editor.save")
        await act(pilot, "sheet.confirm")
        await settle(pilot)
        library = app.screen
        assert isinstance(library, LibraryScreen)
        number = latest(path, name).number

        def shown() -> bool:
            prompt, row = library.tree_pane.prompt, library.versions_pane.version
            return prompt is not None and prompt.name == name and row is not None and row.number == number

        await until(pilot, shown)
