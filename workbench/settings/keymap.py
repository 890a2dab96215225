"""Checks the keymap of the config: unknown ids, keys that do not exist or cannot be used, and clashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from workbench.domain.names import near
from workbench.errors import ConfigError
from workbench.settings.actions import ACTIONS, BY_ID, NEVER_BOUND, Action, key_label, keys_of
from workbench.settings.config import first_of

MODIFIERS = ("alt", "ctrl", "meta", "shift", "super")
SIGNS = {
    "!": "exclamation_mark", '"': "quotation_mark", "#": "number_sign", "$": "dollar_sign", "%": "percent_sign",
    "&": "ampersand", "'": "apostrophe", "(": "left_parenthesis", ")": "right_parenthesis", "*": "asterisk",
    "+": "plus", ",": "comma", "-": "minus", ".": "full_stop", "/": "slash", ":": "colon", ";": "semicolon",
    "<": "less_than_sign", "=": "equals_sign", ">": "greater_than_sign", "?": "question_mark", "@": "at",
    "[": "left_square_bracket", "\\": "backslash", "]": "right_square_bracket", "^": "circumflex_accent",
    "_": "underscore", "`": "grave_accent", "{": "left_curly_bracket", "|": "vertical_line",
    "}": "right_curly_bracket", "~": "tilde",
}  # fmt: skip
"""Characters and the names the app knows them by."""
NAMED = frozenset(
    (
        *("escape", "enter", "tab", "space", "backspace", "delete", "insert", "home", "end"),
        *("pageup", "pagedown", "up", "down", "left", "right"),
    )
) | frozenset(SIGNS.values())
_FUNCTION_KEY = re.compile(r"f([1-9]|1[0-9]|2[0-4])")


def check_keymap(
    keymap: Mapping[str, str],
    origins: Mapping[str, str] | None = None,
    problems: list[ConfigError] | None = None,
) -> dict[str, str]:
    """The keymap with every key in its full name. `origins`: `keymap.ID` → `FILE:LINE`, as `Config` has it.

    Raises `ConfigError` with file and line for an unknown id, a key that does not exist or that a terminal cannot
    send, and two acts on one key in one place. Where a list of `problems` is given, they are put there in place of
    that, and what is wrong is left out.
    """
    checked: dict[str, str] = {}
    faults = []
    for action_id, keys in keymap.items():
        try:
            checked[action_id] = _names(action_id, keys, *_place(action_id, origins))
        except ConfigError as fault:
            faults.append(fault)
    for action_id in list(checked):
        try:
            _check_clashes(action_id, checked, *_place(action_id, origins))
        except ConfigError as fault:
            faults.append(fault)
            del checked[action_id]
    if problems is not None:
        problems += faults
    elif faults:
        raise first_of(faults)
    return checked


def _names(action_id: str, keys: str, file: str, line: int) -> str:
    if action_id not in BY_ID:
        close = near(action_id, BY_ID)
        hint = f"did you mean {close[0]}?" if close else "workbench config keys lists them all"
        raise ConfigError(f"keymap: there is no action {action_id!r}", hint, file=file, line=line)
    names = [_key(action_id, key, file, line) for key in _split(keys)]
    if not names:
        raise ConfigError(
            f"keymap: {action_id} has no key", "leave the line out to keep its own keys", file=file, line=line
        )
    return ",".join(names)


def full_name(key: str) -> str:
    """`ctrl+?` → `ctrl+question_mark`; a letter stays what it is."""
    if len(key) == 1:
        return SIGNS.get(key, key)
    head, _, last = key.rpartition("+")
    return f"{head}+{SIGNS.get(last, last)}" if head else key


def _split(keys: str) -> list[str]:
    return [key.strip() for key in keys.split(",") if key.strip()]


def _place(action_id: str, origins: Mapping[str, str] | None) -> tuple[str, int]:
    file, _, line = (origins or {}).get(f"keymap.{action_id}", "").rpartition(":")
    return (file, int(line)) if line.isdigit() else ("", 0)


def _key(action_id: str, key: str, file: str, line: int) -> str:
    name = full_name(key)
    *modifiers, last = name.split("+")
    if name in NEVER_BOUND:
        raise ConfigError(
            f"keymap: {action_id} cannot be {key}: {NEVER_BOUND[name]}", "choose another key", file=file, line=line
        )
    wrong = [m for m in modifiers if m not in MODIFIERS]
    known = last in NAMED or _FUNCTION_KEY.fullmatch(last) or (len(last) == 1 and last.isprintable())
    if wrong or not known:
        close = near(wrong[0] if wrong else last, [*MODIFIERS, *NAMED])
        hint = f"did you mean {key.replace('-', '+')}?" if "-" in key and not wrong else ""
        hint = hint or (f"did you mean {close[0]}?" if close else "write it like ctrl+o, f5, P or ?")
        raise ConfigError(f"keymap: {action_id}: there is no key {key!r}", hint, file=file, line=line)
    return name


def _check_clashes(action_id: str, keymap: Mapping[str, str], file: str, line: int) -> None:
    """Two acts that can be meant at once must not share a key; what the table itself shares was meant so."""
    action = BY_ID[action_id]
    mine = set(_keys(action, keymap))
    for other in ACTIONS:
        shared = mine & set(_keys(other, keymap))
        if other is action or not shared or not _meet(action, other):
            continue
        key = key_label(min(shared))
        raise ConfigError(
            f"keymap: {key} is {action_id} and also {other.id} ({other.verb})",
            f"give {other.id} another key too",
            file=file,
            line=line,
        )


def _keys(action: Action, keymap: Mapping[str, str]) -> Iterable[str]:
    return (full_name(key) for key in keys_of(action, dict(keymap)))


def _meet(one: Action, other: Action) -> bool:
    """Can both be meant by a key in one place? The app's and the lists' acts are possible everywhere."""
    everywhere = {"app", "list"}
    if set(one.contexts) & set(other.contexts):
        return True
    return bool(everywhere & ({*one.contexts} | {*other.contexts}))
