"""The colours. Old and new are orange and blue, which colour-blind people tell apart; each has a mark too."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="workbench-dark",
    primary="#5fa8e8",
    secondary="#3b5b7d",
    accent="#e8a04c",
    warning="#e8a04c",
    error="#ef6a5a",
    success="#6cbf84",
    foreground="#d6dae0",
    background="#14171c",
    surface="#191d23",
    panel="#232931",
    dark=True,
)
LIGHT = Theme(
    name="workbench-light",
    primary="#1f5fae",
    secondary="#9db8d6",
    accent="#9a5200",
    warning="#9a5200",
    error="#b3261e",
    success="#1f7a3d",
    foreground="#1d2228",
    background="#fbfbf9",
    surface="#f4f4f0",
    panel="#e6e6df",
    dark=False,
)
THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def known(name: str) -> str:
    """`name` if it is a theme of ours or of Textual's, else our dark one's."""
    return name if name in THEMES or name in BUILTIN_THEMES else DARK.name


class Inks(NamedTuple):
    """Rich styles for what the line widgets draw. Every kind differs by an attribute as well as by its colour."""

    text: Style
    dim: Style
    strong: Style
    accent: Style
    production: Style
    error: Style
    cursor: Style
    cursor_idle: Style
    old: Style
    old_word: Style
    new: Style
    new_word: Style
    match: Style


@lru_cache
def inks(dark: bool, colour: bool = True) -> Inks:
    """`colour` False: attributes only, for NO_COLOR and terminals without colours."""
    s = Style.parse
    if not colour:
        return Inks(
            s(""), s("dim"), s("bold"), s("bold"), s("bold"), s("bold underline"), s("reverse"), s("underline"),
            s(""), s("reverse strike"), s(""), s("bold underline"), s("underline"),
        )  # fmt: skip
    if dark:
        return Inks(
            s("#d6dae0"), s("#8a929e"), s("bold #f2f4f7"), s("#e8a04c"), s("bold #6cbf84"), s("bold #ef6a5a"),
            s("on #2d4a6b"), s("on #262d36"),
            s("on #4a2a00"), s("bold on #9a5200"), s("on #0b2f5c"), s("bold underline on #1f5fae"), s("underline"),
        )  # fmt: skip
    return Inks(
        s("#1d2228"), s("#646c76"), s("bold #000000"), s("#9a5200"), s("bold #1f7a3d"), s("bold #b3261e"),
        s("on #c4d9f2"), s("on #e2e2da"),
        s("on #ffe8cc"), s("bold on #ffc27a"), s("on #d9e9ff"), s("bold underline on #9cc8ff"), s("underline"),
    )  # fmt: skip
