"""Things a person filled in that survive leaving the screen, a crash and a restart."""

from __future__ import annotations

from typing import Any

from workbench.store import Store


class Keeping:
    """Values are anything JSON holds. A store that is open for reading only keeps nothing, and that is no error."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, key: str, value: Any) -> None:
        if self._store.readonly:
            return
        with self._store.write():
            self._store.kept.keep(key, value, self._store.clock())

    def kept(self, key: str) -> Any | None:
        """None when nothing is kept under the key."""
        return self._store.kept.get(key)

    def forget(self, key: str) -> None:
        if self._store.readonly:
            return
        with self._store.write():
            self._store.kept.forget(key)

    def keys(self, prefix: str = "") -> list[str]:
        return self._store.kept.keys(prefix)
