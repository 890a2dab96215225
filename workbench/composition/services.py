"""The services over one store: every part is made on first use, and its modules are imported then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.composition.models import open_gateway, secrets_of
from workbench.errors import NotFound

if TYPE_CHECKING:
    from workbench.models.gateway import Gateway
    from workbench.services.comparisons.comparing import Comparing
    from workbench.services.diffs.merging import Merging
    from workbench.services.files.porting import Porting
    from workbench.services.files.validating import Validating
    from workbench.services.git.history import GitHistory
    from workbench.services.git.status import GitStatus
    from workbench.services.git.syncing import Syncing
    from workbench.services.git.writing import GitWriting
    from workbench.services.keeping import Keeping
    from workbench.services.library import Library
    from workbench.services.past.blaming import Blaming
    from workbench.services.past.history import History
    from workbench.services.past.time_machine import TimeMachine
    from workbench.services.releases.approving import Approving
    from workbench.services.releases.bundles import Bundling
    from workbench.services.releases.deploying import Deploying
    from workbench.services.releases.hooks import Hooks
    from workbench.services.releases.releasing import Releasing
    from workbench.services.releases.signing import Signer
    from workbench.services.reporting import Reporting
    from workbench.services.runs.choosing import Choosing
    from workbench.services.runs.conversing import Conversing
    from workbench.services.runs.drafting import Drafting
    from workbench.services.runs.inputs import Inputs
    from workbench.services.runs.previewing import Previewing
    from workbench.services.runs.rating import Rating
    from workbench.services.runs.running import Running
    from workbench.settings.config import Config
    from workbench.store import Store

T = TypeVar("T")


class Services:
    """What `Workbench` offers besides opening, reading and running: one service a noun, over its store."""

    def __init__(self, config: Config, *, readonly: bool = False, create: bool = True) -> None:
        self.config = config
        self.readonly = readonly
        self._create = create and not readonly
        self._store_call: Callable[[Callable[[Store], Any]], Awaitable[Any]] | None = None

    @cached_property
    def store(self) -> Store:
        from workbench.store import open_store

        path = self.config.store
        if not self._create and not path.exists():
            raise NotFound(
                f"there is no store at {path}", hint="workbench init makes one here, workbench demo shows one"
            )
        opened = open_store(path, readonly=self.readonly, create=self._create)
        self.readonly = opened.readonly
        if self.config.hooks:
            opened.hooks, opened.start_hooks = tuple(self.config.hooks.values()), self.start_hooks
        return opened

    def start_hooks(self) -> None:
        """Start a process of its own that delivers what hooks are to be told; nobody waits for it."""
        import sys

        from workbench.services.releases.hooks import start_detached

        # The last file is the project's, or the one that was named in its place.
        config = ["--config", str(self.config.files[-1])] if self.config.files else []
        store = ["--store", str(self.config.store)]
        start_detached([sys.executable, "-m", "workbench", "hooks", "deliver", "--abide", *store, *config])

    @cached_property
    def actor(self) -> str:
        """Who is written beside every act."""
        if self.config.actor or self.readonly:
            return self.config.actor
        from workbench.settings.identity import who

        return who()

    @cached_property
    def library(self) -> Library:
        from workbench.services.library import Library

        return Library(self.store, self.config.environments, self.actor)

    @cached_property
    def deploying(self) -> Deploying:
        from workbench.services.releases.deploying import Deploying

        return Deploying(self.store, self.config.environments, self.actor, lambda: self.releasing)

    @cached_property
    def releasing(self) -> Releasing:
        from workbench.services.releases.releasing import Releasing

        return Releasing(
            self.store,
            self.config.environments,
            self.actor,
            rules=self.config.validate,
            signer=self.signer,
            folder=self.config.folder,
            secrets=partial(secrets_of, self.config),
        )

    @cached_property
    def approving(self) -> Approving:
        from workbench.services.releases.approving import Approving

        return Approving(self.store, self.config.environments, self.actor, self.signer)

    @cached_property
    def signer(self) -> Signer | None:
        """None where nothing is signed."""
        if self.config.signing is None:
            return None
        from workbench.services.releases.signing import Signer

        return Signer(self.config.signing, self.actor)

    @cached_property
    def history(self) -> History:
        from workbench.services.past.history import History

        return History(self.store, self.config.environments, self.actor)

    @cached_property
    def time_machine(self) -> TimeMachine:
        from workbench.services.past.time_machine import TimeMachine

        return TimeMachine(self.store, self.config.environments)

    @cached_property
    def blaming(self) -> Blaming:
        from workbench.services.past.blaming import Blaming

        return Blaming(self.store, self.config.environments)

    @cached_property
    def hooks(self) -> Hooks:
        from workbench.services.releases.hooks import Hooks

        return Hooks(self.store, tuple(self.config.hooks.values()), self.config.folder)

    @cached_property
    def bundling(self) -> Bundling:
        from workbench.services.releases.bundles import Bundling

        return Bundling(self.store, self.library, self.deploying)

    @cached_property
    def keeping(self) -> Keeping:
        from workbench.services.keeping import Keeping

        return Keeping(self.store)

    @cached_property
    def inputs(self) -> Inputs:
        from workbench.services.runs.inputs import Inputs

        return Inputs(self.store, self.config.environments, self.actor)

    @cached_property
    def drafting(self) -> Drafting:
        from workbench.services.runs.drafting import Drafting

        return Drafting(self.store, self.config.environments, self.actor)

    @cached_property
    def conversing(self) -> Conversing:
        from workbench.services.runs.conversing import Conversing

        return Conversing(self.running, self.library, self.drafting)

    @cached_property
    def comparing(self) -> Comparing:
        from workbench.domain.scheduling import Limits
        from workbench.services.comparisons.comparing import Comparing

        limits = Limits(self.config.concurrency, self.gateway.limits)
        return Comparing(self.store, self.running, limits, self.actor)

    @cached_property
    def previewing(self) -> Previewing:
        from workbench.services.runs.previewing import Previewing

        return Previewing(self.store, self.running, self.gateway)

    @cached_property
    def choosing(self) -> Choosing:
        from workbench.services.runs.choosing import Choosing

        return Choosing(self.store, self.gateway)

    @cached_property
    def rating(self) -> Rating:
        from workbench.services.runs.rating import Rating

        return Rating(self.store, self.actor)

    @cached_property
    def porting(self) -> Porting:
        from workbench.services.files.porting import Porting

        return Porting(self.library, self.deploying, self.store, self.inputs)

    @cached_property
    def merging(self) -> Merging:
        from workbench.services.diffs.merging import Merging

        return Merging(self.store, self.library)

    @cached_property
    def git_history(self) -> GitHistory:
        from workbench.services.git.history import GitHistory

        return GitHistory(self.store, self.library, self.config.environment_names)

    @cached_property
    def git_status(self) -> GitStatus:
        from workbench.services.git.status import GitStatus

        return GitStatus(self.library, self.porting, self.store)

    @cached_property
    def git_writing(self) -> GitWriting:
        from workbench.services.git.writing import GitWriting

        return GitWriting(self.library, self.deploying, self.store)

    @cached_property
    def syncing(self) -> Syncing:
        from workbench.services.git.syncing import Syncing

        return Syncing(self.store, self.library, self.porting, self.merging, self.git_status, self.git_writing)

    @cached_property
    def validating(self) -> Validating:
        from workbench.services.files.validating import Validating

        return Validating(self.library, self.config.validate)

    @cached_property
    def reporting(self) -> Reporting:
        from workbench.services.reporting import Reporting

        return Reporting(self.store, self.library)

    @cached_property
    def gateway(self) -> Gateway:
        """The model client; imports it, and connects only when something is sent."""
        return open_gateway(self.config)

    @cached_property
    def running(self) -> Running:
        from workbench.services.runs.running import Running

        return Running(self._on_store, self.gateway, actor=self.actor, store=self.store)

    def hop_with(self, store_call: Callable[[Callable[[Store], Any]], Awaitable[Any]]) -> None:
        """Let `running`, which streams on another thread, reach the store through `store_call`.

        Whoever asks for that owns the terminal, so that nothing else may ask for a passphrase there.
        """
        self._store_call = store_call
        if self.signer is not None:
            self.signer.terminal = False

    async def _on_store(self, act: Callable[[Store], T]) -> T:
        if self._store_call is not None:
            result: T = await self._store_call(act)
            return result
        return act(self.store)
