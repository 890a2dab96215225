"""Colours that can be read, on a dark and on a light ground."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.style import Style
from textual.color import Color
from textual.theme import Theme

import workbench.tui
from workbench.tui.themes import DARK, LIGHT, inks

READABLE = 4.5
"""Least contrast of small text, by WCAG 2.2, success criterion 1.4.3."""
_TEXT_COLOUR = re.compile(r"(?<![-\w])color: \$([a-z]+)")


def contrast(one: str, other: str) -> float:
    """By WCAG 2.2, "contrast ratio": from 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in
                 Color.parse(colour).normalized]  # fmt: skip
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_what_style_sheets_write_with_can_be_read(theme: Theme) -> None:
    folder = Path(workbench.tui.__file__).parent
    written = {name for kind in ("*.py", "*.tcss") for file in folder.rglob(kind)
               for name in _TEXT_COLOUR.findall(file.read_text())}  # fmt: skip
    names = written & {"primary", "secondary", "accent", "warning", "error", "success", "foreground"}
    assert {"primary", "foreground"} <= names
    for name in names:
        for ground in (theme.background, theme.surface):
            assert ground is not None
            assert contrast(getattr(theme, name), ground) >= READABLE, name


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_what_lines_are_drawn_with_can_be_read(theme: Theme) -> None:
    found = inks(theme.dark)._asdict()
    assert theme.background is not None
    for name in ("text", "dim", "strong", "accent", "production", "error"):
        ink: Style = found[name]
        assert ink.color is not None
        assert contrast(ink.color.name, theme.background) >= READABLE, name
    for name in ("old", "new", "cursor"):
        ground = found[name].bgcolor
        assert ground is not None
        assert contrast(found["text"].color.name, ground.name) >= READABLE, name
