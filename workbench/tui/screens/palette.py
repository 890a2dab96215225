"""The palette: every act that is possible here, found by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import App

from workbench.settings.actions import Action, actions_of, key_label, keys_of
from workbench.tui.bindings import APP_OWNED
from workbench.tui.screens.pick import Choice, Pick


def palette_choices(context: str, keymap: Mapping[str, str], readonly: bool) -> list[Choice]:
    acts = [*actions_of(context), *(a for a in actions_of("app") if a.id not in ("app.palette", "app.back"))]
    return [
        Choice(action.verb, f"{_keys(action, keymap):<12} {action.description}", action)
        for action in acts
        if not (readonly and action.changes_state)
    ]


def _keys(action: Action, keymap: Mapping[str, str]) -> str:
    return " ".join(key_label(key) for key in keys_of(action, dict(keymap)))


def open_palette(app: App[Any]) -> None:
    context = getattr(app.screen, "CONTEXT", "app")
    node = app.screen

    async def chosen(action: Action | None) -> None:
        if action is not None:
            owner = app if action.context == "app" or action.id in APP_OWNED else node
            await app.run_action(action.method, default_namespace=owner)

    choices = palette_choices(context, getattr(app, "keymap", {}), bool(getattr(app, "readonly", False)))
    app.push_screen(Pick("what to do", choices), chosen)
