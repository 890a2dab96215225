"""The one SQLite file: SQL and sqlite-utils live here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.domain.events import Event
    from workbench.domain.hooks import Hook
    from workbench.store.comparisons import Comparisons
    from workbench.store.database import Database
    from workbench.store.deployments import Deployments
    from workbench.store.drafts import Drafts
    from workbench.store.events import Events
    from workbench.store.inputs import VariableSets
    from workbench.store.kept import Kept
    from workbench.store.outbox import Outbox
    from workbench.store.paging import Paging
    from workbench.store.past import Past
    from workbench.store.prompts import Prompts
    from workbench.store.reviews import Reviews
    from workbench.store.runs import Runs
    from workbench.store.seals import Seals
    from workbench.store.search import Search
    from workbench.store.versions import Versions

__all__ = ["Store", "open_store", "utc_now"]


def utc_now() -> str:
    """`2026-09-01T12:03:00.000000Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Store:
    """An open store: one object a table family. Opened, used and closed in one thread.

    Each is imported on first use.
    """

    def __init__(self, database: Database, clock: Callable[[], str]) -> None:
        self.database = database
        self.clock = clock
        self.hooks: Sequence[Hook] = ()
        """Who is told of promotions and rollbacks; set by whoever knows the config."""
        self.start_hooks: Callable[[], None] = lambda: None
        """Called after a commit that left something for them."""

    @cached_property
    def prompts(self) -> Prompts:
        from workbench.store.prompts import Prompts

        return Prompts(self.database)

    @cached_property
    def versions(self) -> Versions:
        from workbench.store.versions import Versions

        return Versions(self.database)

    @cached_property
    def deployments(self) -> Deployments:
        from workbench.store.deployments import Deployments

        return Deployments(self.database)

    @cached_property
    def events(self) -> Events:
        from workbench.store.events import Events

        return Events(self.database)

    @cached_property
    def runs(self) -> Runs:
        from workbench.store.runs import Runs

        return Runs(self.database)

    @cached_property
    def search(self) -> Search:
        from workbench.store.search import Search

        return Search(self.database)

    @cached_property
    def kept(self) -> Kept:
        from workbench.store.kept import Kept

        return Kept(self.database)

    @cached_property
    def outbox(self) -> Outbox:
        from workbench.store.outbox import Outbox

        return Outbox(self.database)

    def tell_hooks(self, event: Event) -> None:
        """In the transaction of the event."""
        if self.hooks:
            self.outbox.put(event, self.hooks, self.start_hooks)

    @cached_property
    def paging(self) -> Paging:
        from workbench.store.paging import Paging

        return Paging(self.database)

    @cached_property
    def past(self) -> Past:
        from workbench.store.past import Past

        return Past(self.database)

    @cached_property
    def sets(self) -> VariableSets:
        from workbench.store.inputs import VariableSets

        return VariableSets(self.database)

    @cached_property
    def drafts(self) -> Drafts:
        from workbench.store.drafts import Drafts

        return Drafts(self.database)

    @cached_property
    def comparisons(self) -> Comparisons:
        from workbench.store.comparisons import Comparisons

        return Comparisons(self.database)

    @cached_property
    def reviews(self) -> Reviews:
        from workbench.store.reviews import Reviews

        return Reviews(self.database)

    @cached_property
    def seals(self) -> Seals:
        from workbench.store.seals import Seals

        return Seals(self.database)

    @property
    def path(self) -> Path:
        return self.database.path

    @property
    def readonly(self) -> bool:
        return self.database.readonly

    def write(self) -> AbstractContextManager[None]:
        """One immediate transaction; see `Database.write`."""
        return self.database.write()

    def snapshot(self) -> AbstractContextManager[None]:
        """Several reads of one state; see `Database.snapshot`."""
        return self.database.snapshot()

    def data_version(self) -> int:
        """Another number as soon as another process or connection has committed."""
        return int(self.database.value("PRAGMA data_version"))

    def newest_event(self) -> int:
        """Its id, 0 before the first one."""
        return int(self.database.value("SELECT max(id) FROM events") or 0)

    def close(self) -> None:
        self.database.close()


def open_store(
    path: Path | str, *, readonly: bool = False, create: bool = True, clock: Callable[[], str] = utc_now
) -> Store:
    """Opens the store at `path`, makes it when there is none, migrates it when it is older (after a copy beside it).

    Raises `StoreError` (none there and `create` is False, or it cannot be opened), `StoreCorrupt`, `StoreTooNew`,
    `StoreReadOnly`.
    """
    from workbench.store.opening import open_database

    return Store(open_database(Path(path), readonly=readonly, create=create), clock)
