"""Bringing an older store up to date before it is opened, and saying so where it takes a while."""

from __future__ import annotations

from pathlib import Path

from workbench.store.rights import can_write
from workbench.store.schema import is_older


def bring_up_to_date(path: Path) -> None:
    """Does nothing where none is there, where it is new enough, and where it cannot be written.

    Raises `StoreError` as opening it does.
    """
    if not is_older(path) or not can_write(path):
        return
    from workbench.cli import diagnostics
    from workbench.store.opening import open_database

    with diagnostics.lasting(f"bringing {path.name} up to date") as told:
        open_database(path, readonly=False, create=False, told=told).close()
