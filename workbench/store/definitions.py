"""Whether tables, indexes, views and triggers are those that the migrations make; all but tables can be made anew.

Whoever drops a trigger can change what never changes; whoever drops an index makes the store slow or lets names clash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Literal

from workbench.store.database import Database
from workbench.store.engine import sqlite3

_READ = (
    "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_' "
    "AND (tbl_name <> '_sqlite_migrations' OR type = 'trigger')"
)
"""Without what SQLite and sqlite-utils make for themselves."""
_Definitions = Mapping[tuple[str, str], str]
"""(type, name) → its SQL."""


@dataclass(frozen=True)
class Deviation:
    type: str
    """`table`, `index`, `view`, `trigger`."""
    name: str
    what: Literal["missing", "changed", "strange"]
    """`strange`: a trigger that no migration makes; a table, an index or a view of somebody else does no harm."""

    @property
    def told(self) -> str:
        said = {"missing": "is missing", "changed": "is not as it was made", "strange": "is not one of this program"}
        return f"the {self.type} {self.name} {said[self.what]}"

    @property
    def mendable(self) -> bool:
        return self.type != "table"


def deviations(database: Database) -> list[Deviation]:
    """Tables first, in the order in which they are made; empty for a store that is as it should be."""
    right, found = _right(), _of(database)
    lost = [
        Deviation(*key, "changed" if key in found else "missing")
        for key, sql in right.items()
        if key not in found or (sql and _plain(found[key]) != _plain(sql))
    ]
    strange = [Deviation(*key, "strange") for key in found if key[0] == "trigger" and key not in right]
    return sorted(lost + strange, key=lambda one: one.mendable)


def mend(database: Database) -> list[Deviation]:
    """Makes anew whatever holds no row, inside `write()`: what was wrong.

    Raises `StoreError` where the rows do not allow it, as two prompts of one name do.
    """
    wrong = [one for one in deviations(database) if one.mendable]
    right = _right()
    for one in wrong:
        if one.what != "missing":
            quoted = one.name.replace('"', '""')
            database.run(f'DROP {one.type} "{quoted}"')
        if one.what != "strange":
            database.run(right[one.type, one.name])
    return wrong


@cache
def _right() -> _Definitions:
    from workbench.store.migrations import build

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        build(memory)
        rows = memory.execute(_READ).fetchall()
    virtual = tuple(f"{name}_" for _, name, sql in rows if sql.startswith("CREATE VIRTUAL"))
    # What the full-text index keeps its own rows in is written otherwise by each version of SQLite.
    return {(kind, name): "" if name.startswith(virtual) and kind == "table" else sql for kind, name, sql in rows}


def _of(database: Database) -> _Definitions:
    return {(kind, name): sql for kind, name, sql in database.rows(_READ)}


def _plain(sql: str) -> str:
    """Without what two versions of SQLite, or a migration that was laid out anew, write differently."""
    return re.sub(r"\s+|[\"'`\[\]]", "", sql)
