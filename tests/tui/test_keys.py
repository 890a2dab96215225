"""Every act of the table has its method, and footer, help and palette say what the table says."""

from __future__ import annotations

import importlib

import pytest
from textual.binding import Binding

from workbench.settings.actions import ACTIONS, BY_ID, actions_of
from workbench.tui.app import WorkbenchApp
from workbench.tui.bindings import APP_OWNED, bindings_for
from workbench.tui.screens.help import help_lines
from workbench.tui.screens.palette import palette_choices
from workbench.tui.widgets.line_list import LineList
from workbench.tui.widgets.status_line import MOST_KEYS, TYPED_IN, footer_keys

SCREENS = {
    "library": "library.screen:LibraryScreen",
    "diff": "diff.screen:DiffScreen",
    "run": "run.screen:RunScreen",
    "runs": "run.runs:RunsScreen",
    "compare": "compare.screen:CompareScreen",
    "setup": "compare.setup:CompareSetup",
    "editor": "editor.screen:EditorScreen",
    "merge": "diff.merge:MergeScreen",
    "history": "history:HistoryScreen",
    "release": "releases.promote_sheet:PromoteSheet",
    "blame": "blame:BlameScreen",
}


def owner_of(context: str, action_id: str) -> type:
    if context == "app" or action_id in APP_OWNED:
        return WorkbenchApp
    if context == "list":
        return LineList
    module, _, name = SCREENS[context].partition(":")
    found: type = getattr(importlib.import_module(f"workbench.tui.screens.{module}"), name)
    return found


@pytest.mark.parametrize("action", [a for a in ACTIONS if a.context != "sheet"], ids=lambda a: a.id)
def test_every_act_can_be_done(action: object) -> None:
    from workbench.settings.actions import Action

    assert isinstance(action, Action)
    assert callable(getattr(owner_of(action.context, action.id), f"action_{action.method}", None))


@pytest.mark.parametrize("context", list(SCREENS))
def test_bindings_carry_the_ids(context: str) -> None:
    ids = [binding.id for binding in bindings_for(context) if isinstance(binding, Binding)]
    assert ids == [action.id for action in actions_of(context)]


@pytest.mark.parametrize("context", [*SCREENS, "sheet", "app"])
@pytest.mark.parametrize("readonly", [False, True])
def test_the_footer_is_short_and_ends_with_help(context: str, readonly: bool) -> None:
    keys = footer_keys(context, {}, readonly)
    assert 1 < len(keys) <= MOST_KEYS
    assert keys[-1] == ("f1" if context in TYPED_IN else "?", "help")
    if readonly:
        changing = {a.verb for a in actions_of(context) if a.changes_state}
        assert not changing & {verb for _, verb in keys}


@pytest.mark.parametrize("readonly", [False, True])
def test_the_past_offers_nothing_that_changes_but_the_way_back(readonly: bool) -> None:
    verbs = [verb for _, verb in footer_keys("library", {}, readonly, past=True)]
    changing = {a.verb for a in actions_of("library") if a.changes_state}
    assert changing & set(verbs) == (set() if readonly else {"roll back"})
    assert {"diff", "time machine", "help"} <= set(verbs)


def test_a_remapped_key_is_shown_everywhere() -> None:
    keymap = {"version.diff": "f9"}
    assert ("f9", "diff") in footer_keys("library", keymap)
    assert any(line.text.startswith("f9 ") for line in help_lines("library", keymap))
    assert any(
        c.value is BY_ID["version.diff"] and c.note.startswith("f9") for c in palette_choices("library", keymap, False)
    )


def test_the_help_names_every_act_of_its_place() -> None:
    text = "\n".join(line.text for line in help_lines("diff", {}))
    for part in ("diff", "list", "app"):
        assert all(action.description in text for action in actions_of(part))
