"""The table of acts holds together: everything else is made from it."""

from __future__ import annotations

from collections import Counter

import pytest

from workbench.settings.actions import ACTIONS, CONTEXTS, NEVER_BOUND, actions_of, key_label
from workbench.settings.keymap import check_keymap, full_name

COVERS = {
    # On a screen of its own, esc does that screen's way back; enter opens what a list would open.
    ("run.stop", "app.back"), ("editor.leave", "app.back"), ("sheet.cancel", "app.back"), ("history.goto", "list.open"),
    ("runs.open", "list.open"), ("run.inputs", "app.palette"),
    ("compare.stop", "app.back"), ("compare.left", "list.left"), ("compare.right", "list.right"),
    ("compare.open", "list.open"),
    ("setup.change", "list.open"), ("blame.goto", "list.open"),
}  # fmt: skip


def test_ids_are_unique_and_of_known_contexts() -> None:
    assert [i for i, n in Counter(a.id for a in ACTIONS).items() if n > 1] == []
    assert {context for action in ACTIONS for context in action.contexts} <= set(CONTEXTS)


def test_every_act_says_what_it_does() -> None:
    for action in ACTIONS:
        assert action.keys, action.id
        assert action.verb, action.id
        assert action.description[0].isupper() or action.description[0] == "$", action.id


def test_every_default_key_would_pass_as_a_keymap() -> None:
    for action in ACTIONS:
        for key in action.keys:
            assert full_name(key) not in NEVER_BOUND
    # The whole table as a keymap finds unknown keys; clashes are the next test's.
    for action in ACTIONS:
        if not any(action.id in pair for pair in COVERS):
            check_keymap({action.id: ",".join("comma" if k == "comma" else k for k in action.keys)})


@pytest.mark.parametrize("context", [c for c in CONTEXTS if c not in ("app", "list")])
def test_one_key_means_one_thing(context: str) -> None:
    owners: dict[str, str] = {}
    for action in [*actions_of(context), *actions_of("list"), *actions_of("app")]:
        for key in action.keys:
            before = owners.setdefault(full_name(key), action.id)
            assert before == action.id or (before, action.id) in COVERS, f"{key}: {before} and {action.id}"


def test_keys_are_written_for_people() -> None:
    assert [key_label(k) for k in ("ctrl+j", "question_mark", "?", "+", "comma", "escape", "P")] == [
        "ctrl+j", "?", "?", "+", ",", "esc", "P",
    ]  # fmt: skip
