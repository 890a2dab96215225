"""How a store is known, and how far it is migrated."""

from __future__ import annotations

from pathlib import Path

APPLICATION_ID = 0x50574231
"""Written into the file's header ("PWB1"), so that another program's database is never touched."""

SCHEMA = 18
"""How many migrations the newest store has had; `migrations` must hold as many."""


def is_older(path: Path) -> bool:
    """Whether a store is there that must be migrated, by its header alone (sqlite.org/fileformat2.html §1.3: the user
    version at byte 60, the application's id at 68), which can lag behind a journal that lies beside it."""
    try:
        with path.open("rb") as file:
            header = file.read(72)
    except OSError:
        return False
    application, version = int.from_bytes(header[68:]), int.from_bytes(header[60:64])
    return application == APPLICATION_ID and version < SCHEMA
