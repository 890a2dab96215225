"""The library: where the app opens."""

from __future__ import annotations

from workbench.tui.bindings import bindings_for
from workbench.tui.screens.library.bringing import LibraryBringing


class LibraryScreen(LibraryBringing, inherit_bindings=False):
    """Prompts, their versions and what these say; every other screen is one key away."""

    BINDINGS = bindings_for("library")
