"""How a store is known, and how far it is migrated."""

from __future__ import annotations

APPLICATION_ID = 0x50574231
"""Written into the file's header ("PWB1"), so that another program's database is never touched."""

SCHEMA = 17
"""How many migrations the newest store has had; `migrations` must hold as many."""
