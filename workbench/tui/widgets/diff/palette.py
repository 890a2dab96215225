"""Colours and signs of the diff. Every kind of change has a sign and an attribute of its own beside its colour."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal

from rich.style import Style
from textual.app import App

from workbench.domain.diffs import SIGNS
from workbench.tui.only_ascii import in_ascii

Colours = Literal["true", "16", "none"]


@dataclass(frozen=True)
class Inks:
    """`old`, `new` and `moved` lie under whole lines, the words of `_word` inside edited ones."""

    text: Style
    dim: Style
    strong: Style
    head: Style
    old: Style
    old_word: Style
    new: Style
    new_word: Style
    moved: Style
    white: Style
    """White space that differs, drawn as signs."""
    old_sign: Style
    new_sign: Style
    moved_sign: Style
    warning: Style
    match: Style
    here: Style
    """The word or the match that was jumped to."""
    cursor: Style
    thumb: Style
    """Under the part of the ruler that is on the screen; without true colours a bar says it."""

    def on(self, base: Style) -> Inks:
        """The same over a style that lies under everything."""
        return Inks(*(base + getattr(self, each.name) for each in fields(self)))


@dataclass(frozen=True)
class Signs:
    """What is drawn in place of words and colours; `ascii` for terminals and fonts without more."""

    reflow: str = "¶"
    white: str = "·"
    degraded: str = "⚠"
    again: str = "↪"
    bar: str = "│"
    fold: str = "⋯"
    cursor: str = "▌"
    space: str = "·"
    no_break_space: str = "⍽"
    tab: str = "→"
    taken: str = "✓"
    left: str = "✗"
    thumb: str = "▐"


UNICODE = Signs()
ASCII = Signs("=", ".", "!", "\\", "|", "...", "*", ".", "_", ">", "x", "o", "|")


def said(text: str, signs: Signs) -> str:
    """What is said around the texts, in the signs that there are."""
    return in_ascii(text) if signs is ASCII else text


def sign_of(kind: str, signs: Signs) -> str:
    if kind in ("reflow", "reflow_edit"):
        return signs.reflow
    return signs.white if kind == "wsdiff" else SIGNS[kind]


# The sixteen colours by the values that Rich takes for them, so that each comes out as itself.
_BROWN, _YELLOW, _BLUE, _SKY, _PURPLE, _PINK = "#aa5500", "#ffff55", "#0000aa", "#5555ff", "#aa00aa", "#ff55ff"
_GREY, _BLACK, _WHITE, _TEAL = "#555555", "#000000", "#ffffff", "#55ffff"


@lru_cache(maxsize=8)
def inks(colours: Colours, dark: bool) -> Inks:
    s = Style.parse
    if colours == "none":
        return Inks(
            s(""), s("dim"), s("bold"), s("bold"),
            s(""), s("reverse strike"), s(""), s("bold underline"), s("italic"), s("dim reverse"),
            s("bold"), s("bold"), s("bold italic"), s("bold"), s("underline"),
            s("reverse bold"), s("reverse"), s("dim"),
        )  # fmt: skip
    if colours == "16":
        old, new, moved = (_YELLOW, _SKY, _PINK) if dark else (_BROWN, _BLUE, _PURPLE)
        fore, grey = (_WHITE, "#aaaaaa") if dark else (_BLACK, _GREY)
        return Inks(
            s(""), s(grey), s(f"bold {fore}"), s(f"bold {_TEAL if dark else _BLUE}"),
            s(old), s(f"bold reverse {old}"), s(new), s(f"bold underline reverse {new}"), s(moved),
            s(f"reverse {grey}"),
            s(f"bold {old}"), s(f"bold {new}"), s(f"bold {moved}"), s(f"bold {old}"), s("bold underline"),
            s(f"bold {_BLACK} on {_TEAL}"), s("reverse"), s(grey),
        )  # fmt: skip
    if dark:
        return Inks(
            s("#d6dae0"), s("#8a929e"), s("bold #f2f4f7"), s("bold #5fa8e8"),
            s("on #4a2a00"), s("bold #ffffff on #9a5200"), s("on #0b2f5c"), s("bold underline #ffffff on #1f5fae"),
            s("on #3a2a4a"), s("#d6dae0 on #4a505a"),
            s("bold #e8a04c"), s("bold #6fb2f2"), s("bold #c79be8"), s("bold #e8a04c"),
            s("underline on #5a5a1e"), s("bold #14171c on #f0d060"), s("on #2d4a6b"), s("on #39424e"),
        )  # fmt: skip
    return Inks(
        s("#1d2228"), s("#646c76"), s("bold #000000"), s("bold #1f5fae"),
        s("on #ffe8cc"), s("bold #000000 on #ffc27a"), s("on #d9e9ff"), s("bold underline #000000 on #9cc8ff"),
        s("on #efe0fa"), s("#1d2228 on #c8c8c0"),
        s("bold #9a5200"), s("bold #1f5fae"), s("bold #7a3fa8"), s("bold #9a5200"),
        s("underline on #f2eb9a"), s("bold #000000 on #e8c000"), s("on #c4d9f2"), s("on #d4d4cc"),
    )  # fmt: skip


def colours_of(app: App[Any]) -> Colours:
    """Sixteen unless the terminal is known to have more: they are the reader's own, and a third fewer bytes."""
    if os.environ.get("NO_COLOR") or app.console.color_system is None:
        return "none"
    return "true" if app.console.color_system == "truecolor" else "16"
