"""The names of the colour themes, known without the app."""

from __future__ import annotations

from workbench.domain.names import near
from workbench.errors import ConfigError
from workbench.settings.schema import Place

OURS = ("workbench-dark", "workbench-light")
THEMES = (
    *OURS,
    *("ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe", "catppuccin-latte"),
    *("catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine"),
    *("rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light", "textual-dark", "textual-light"),
    "tokyo-night",
)
"""Ours, then those of Textual."""


def check_theme(name: str, place: Place | None = None) -> str:
    """The name itself; `place` is of the file it stands in. Raises `ConfigError` for one that is not known."""
    if name in THEMES:
        return name
    close = near(name, THEMES, 1)
    message = f"there is no theme {name!r}"
    hint = f"did you mean {close[0]}?" if close else "there are " + ", ".join(THEMES)
    raise ConfigError(message, hint) if place is None else place.error(("theme",), message, hint)
