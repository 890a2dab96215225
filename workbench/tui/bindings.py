"""Textual bindings made from the action table."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding, BindingType

from workbench.settings.actions import Action, actions_of, keys_of

APP_OWNED = frozenset({"history.undo", "history.redo"})
"""Acts that are done by the app itself although they belong to a screen's context."""

PRIORITY = frozenset({"app.quit"})
"""Acts whose key no focused field may keep for itself."""


def bindings_for(context: str, keymap: Mapping[str, str] | None = None) -> list[BindingType]:
    """The bindings of one context; `keymap` (action id → keys) is usually left to `App.set_keymap`."""
    return [_binding(action, keymap) for action in actions_of(context)]


def _binding(action: Action, keymap: Mapping[str, str] | None) -> Binding:
    on_app = action.context == "app" or action.id in APP_OWNED
    return Binding(
        ",".join(keys_of(action, dict(keymap or {}))),
        f"app.{action.method}" if on_app else action.method,
        action.verb,
        show=False,
        id=action.id,
        priority=action.id in PRIORITY,
    )
