"""Wires settings, store and model client into one `Workbench`, the door that app, command line and Python share.

Every part is made on first use, and its modules are imported then: showing a prompt costs neither a model client nor
a diff library.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.errors import NotFound
from workbench.settings import paths
from workbench.settings.config import Config, load_config

if TYPE_CHECKING:
    from types import TracebackType

    from workbench.domain.prompts import Version
    from workbench.domain.runs import Run
    from workbench.models.gateway import Gateway
    from workbench.services.choosing import Choosing
    from workbench.services.comparing import Compared, Comparing
    from workbench.services.conversing import Conversing
    from workbench.services.deploying import Deploying
    from workbench.services.drafting import Drafting
    from workbench.services.git_history import GitHistory
    from workbench.services.git_status import GitStatus
    from workbench.services.git_writing import GitWriting
    from workbench.services.history import History
    from workbench.services.inputs import Inputs
    from workbench.services.keeping import Keeping
    from workbench.services.library import Library
    from workbench.services.porting import Porting
    from workbench.services.previewing import Previewing
    from workbench.services.rating import Rating
    from workbench.services.running import Running
    from workbench.services.validating import Validating
    from workbench.store import Store

T = TypeVar("T")


class Workbench:
    """One store with all that can be done on it. Opened, used and closed in one thread.

    Use `Workbench.open()`; the constructor takes a config that is loaded already and opens the store on first use.
    """

    def __init__(self, config: Config, *, readonly: bool = False, create: bool = True) -> None:
        self.config = config
        self.readonly = readonly
        self._create = create and not readonly
        self._store_call: Callable[[Callable[[Store], Any]], Awaitable[Any]] | None = None

    @classmethod
    def open(
        cls,
        store: Path | str | None = None,
        *,
        config: Config | Path | str | None = None,
        readonly: bool = False,
        actor: str | None = None,
        start: Path | None = None,
        create: bool = True,
    ) -> Workbench:
        """Open the store that `store`, `WORKBENCH_STORE`, `workbench.yaml` from `start` upwards or the default name.

        `config` is a file to read in place of the one found, or a loaded `Config`. With `create=False` (and always
        when `readonly`) a missing store is `NotFound`. Raises `ConfigError` and `StoreError`.
        """
        if not isinstance(config, Config):
            file = Path(config) if config is not None else None
            overrides = {"store": str(store) if store else "", "actor": actor or ""}
            config = load_config(start, file, overrides=overrides)
        workbench = cls(config, readonly=readonly, create=create)
        _ = workbench.store
        return workbench

    @cached_property
    def store(self) -> Store:
        from workbench.store import open_store

        path = self.config.store
        if not self._create and not path.exists():
            raise NotFound(
                f"there is no store at {path}", hint="workbench init makes one here, workbench demo shows one"
            )
        return open_store(path, readonly=self.readonly, create=self._create)

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
        from workbench.services.deploying import Deploying

        return Deploying(self.store, self.config.environments, self.actor)

    @cached_property
    def history(self) -> History:
        from workbench.services.history import History

        return History(self.store, self.config.environments, self.actor)

    @cached_property
    def keeping(self) -> Keeping:
        from workbench.services.keeping import Keeping

        return Keeping(self.store)

    @cached_property
    def inputs(self) -> Inputs:
        from workbench.services.inputs import Inputs

        return Inputs(self.store, self.config.environments, self.actor)

    @cached_property
    def drafting(self) -> Drafting:
        from workbench.services.drafting import Drafting

        return Drafting(self.store, self.config.environments, self.actor)

    @cached_property
    def conversing(self) -> Conversing:
        from workbench.services.conversing import Conversing

        return Conversing(self.running, self.library, self.drafting)

    @cached_property
    def comparing(self) -> Comparing:
        from workbench.domain.scheduling import Limits
        from workbench.services.comparing import Comparing

        limits = Limits(self.config.concurrency, self.gateway.limits)
        return Comparing(self.store, self.running, limits, self.actor)

    @cached_property
    def previewing(self) -> Previewing:
        from workbench.services.previewing import Previewing

        return Previewing(self.store, self.running, self.gateway)

    @cached_property
    def choosing(self) -> Choosing:
        from workbench.services.choosing import Choosing

        return Choosing(self.store, self.gateway)

    @cached_property
    def rating(self) -> Rating:
        from workbench.services.rating import Rating

        return Rating(self.store, self.actor)

    @cached_property
    def porting(self) -> Porting:
        from workbench.services.porting import Porting

        return Porting(self.library, self.deploying, self.store)

    @cached_property
    def git_history(self) -> GitHistory:
        from workbench.services.git_history import GitHistory

        return GitHistory(self.store, self.library, self.config.environment_names)

    @cached_property
    def git_status(self) -> GitStatus:
        from workbench.services.git_status import GitStatus

        return GitStatus(self.library, self.porting)

    @cached_property
    def git_writing(self) -> GitWriting:
        from workbench.services.git_writing import GitWriting

        return GitWriting(self.library, self.deploying)

    @cached_property
    def validating(self) -> Validating:
        from workbench.services.validating import Validating

        return Validating(self.library, self.config.validate)

    @cached_property
    def gateway(self) -> Gateway:
        """The model client; imports it, and connects only when something is sent."""
        return open_gateway(self.config)

    @cached_property
    def running(self) -> Running:
        from workbench.services.running import Running

        return Running(self._on_store, self.gateway, actor=self.actor, store=self.store)

    def hop_with(self, store_call: Callable[[Callable[[Store], Any]], Awaitable[Any]]) -> None:
        """Let `running`, which streams on another thread, reach the store through `store_call`."""
        self._store_call = store_call

    async def _on_store(self, act: Callable[[Store], T]) -> T:
        if self._store_call is not None:
            result: T = await self._store_call(act)
            return result
        return act(self.store)

    def get(self, reference: str) -> Version:
        """The version that `NAME` or `NAME@SELECTOR` means. Raises `NotFound` and `BadReference`, never falls back."""
        return self.library.version(reference)

    def run(
        self,
        reference: str,
        variables: Mapping[str, Any] | None = None,
        *,
        model: str | None = None,
        input: str | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Run:
        """Send the version to a model, wait, and return the recorded run.

        What cannot be sent raises (`MissingVariables`, `BadInput`, `NotFound`); what was sent and failed is a run with
        `status` "failed" and its `error`. Inside a running event loop iterate over `running.execute` instead.
        """
        from workbench.services.waiting import refuse_in_loop, wait_for_run

        refuse_in_loop("Workbench.run", "workbench.running.execute(workbench.running.prepare(…))")
        prepared = self.running.prepare(
            self.get(reference), variables or {}, input=input, model=model, settings=settings
        )
        return wait_for_run(self.running.execute(prepared), self.gateway)

    def compare(
        self,
        references: Sequence[str],
        inputs: Sequence[Mapping[str, Any]] = ({},),
        *,
        models: Sequence[str] = (),
        repeat: int = 1,
        settings: Mapping[str, Any] | None = None,
    ) -> Compared:
        """Send every input to each version (on each model), wait, and return the recorded comparison with its answers.

        `inputs` are variables by name. What cannot be sent raises, naming column and input, before anything is sent; a
        call that failed is a run with `status` "failed". `comparing.judge` records verdicts on it.
        """
        from workbench.domain.comparisons import columns_of
        from workbench.domain.inputs import Case
        from workbench.services.waiting import refuse_in_loop, wait_for_all

        columns = columns_of([self.get(reference) for reference in references], models, settings)
        cases = [Case(f"input {place}", dict(values)) for place, values in enumerate(inputs, 1)]
        refuse_in_loop("Workbench.compare", "workbench.comparing.session(workbench.comparing.begin(…)).events()")
        comparison = self.comparing.begin(columns, cases, repeats=repeat)
        wait_for_all(self.comparing.session(comparison, watched=False), self.gateway)
        return self.comparing.compared(comparison)

    def close(self) -> None:
        """Stop the local model if it was started, and close the store. Twice is fine."""
        for part in ("gateway", "store"):
            opened = self.__dict__.pop(part, None)
            if opened is not None:
                opened.close()

    def __enter__(self) -> Workbench:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_gateway(config: Config) -> Gateway:
    """The model client of a config, without a store."""
    from workbench.models.gateway import Gateway
    from workbench.models.presets import make_endpoint

    endpoints = {
        name: make_endpoint(
            name,
            base_url=configured.base_url,
            api_key_env=configured.api_key_env,
            default_headers=configured.default_headers,
            timeout=configured.timeout,
            preset=configured.preset,
            concurrency=configured.concurrency,
        )
        for name, configured in config.endpoints.items()
    }
    return Gateway(endpoints, config.models, config.default_model, paths.data_dir(), paths.log_dir())
