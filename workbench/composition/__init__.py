"""Wires settings, store and model client into one `Workbench`, the door that app, command line and Python share.

Every part is made on first use, and its modules are imported then: showing a prompt costs neither a model client nor
a diff library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.composition.models import open_gateway
from workbench.composition.services import Services
from workbench.settings.config import Config, load_config

if TYPE_CHECKING:
    from types import TracebackType

    from workbench.domain.deployments import Deployment
    from workbench.domain.prompts import Version
    from workbench.domain.releases.plans import PromotionPlan
    from workbench.domain.releases.reviews import Review
    from workbench.domain.runs import Run
    from workbench.services.comparisons.comparing import Compared
    from workbench.services.releases.bundles import Bundle

__all__ = ["Workbench", "open_gateway"]


class Workbench(Services):
    """One store with all that can be done on it. Opened, used and closed in one thread.

    Use `Workbench.open()`; the constructor takes a config that is loaded already and opens the store on first use.
    """

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

    @staticmethod
    def open_bundle(path: Path | str, digest: str = "") -> Bundle:
        """What `workbench export DIR --env ENV` wrote, without a store: `get`, `render`, `names`.

        `digest`: the one that the export told, or its first 12 digits or more; any other bundle is refused. A file
        that is not what was written is refused when it is asked for. Raises `NotFound`, `StoreCorrupt`.
        """
        from workbench.services.releases.bundles import open_bundle

        return open_bundle(path, digest)

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
        from workbench.services.runs.waiting import refuse_in_loop, wait_for_run

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
        from workbench.services.runs.waiting import refuse_in_loop, wait_for_all

        columns = columns_of([self.get(reference) for reference in references], models, settings)
        cases = [Case(f"input {place}", dict(values)) for place, values in enumerate(inputs, 1)]
        refuse_in_loop("Workbench.compare", "workbench.comparing.session(workbench.comparing.begin(…)).events()")
        comparison = self.comparing.begin(columns, cases, repeats=repeat)
        wait_for_all(self.comparing.session(comparison, watched=False), self.gateway)
        return self.comparing.compared(comparison)

    def plan(self, reference: str, environment: str) -> PromotionPlan:
        """What promoting the version would do, and whether it may: all that the sheet in the app shows.

        `plan.allowed` says whether `promote` would carry it out, `plan.unmet` which checks stand against it.
        """
        return self.releasing.plan(reference, environment)

    def promote(
        self, plan: PromotionPlan | str, environment: str = "", *, reason: str = "", force: bool = False
    ) -> Deployment:
        """Carry out a plan, or make the version of a reference live in `environment`. The commands among the checks
        are run first.

        Raises `MovedMeanwhile` when it would mean something else by now than the plan said, `Refused` with all
        reasons; `force` goes past the checks where the config allows it, with a reason.
        """
        if isinstance(plan, str):
            plan = self.plan(plan, environment)
        return self.releasing.promote(self.releasing.run_commands(plan), reason, force=force)

    def approve(self, reference: str, environment: str, comment: str = "") -> Review:
        """Approve the version's content for the environment; `approving.withdraw` takes it back."""
        return self.approving.approve(reference, environment, comment)

    def review(
        self,
        reference: str,
        comment: str,
        environment: str = "",
        *,
        request_changes: bool = False,
        line: int | None = None,
        line_of: str | None = None,
    ) -> Review:
        """Comment on a version, or request changes: of the whole, or of a line of its text (`Content.text`, from 1).

        `line_of` is the number of another version whose line it is. `approving.of` gives all that was said.
        """
        say = self.approving.request_changes if request_changes else self.approving.comment
        return say(reference, comment, environment, line=line, line_of=line_of)

    def close(self) -> None:
        """Stop the local model if it was started, and close the store. Twice is fine."""
        if "store" in self.__dict__ and self.config.hooks and not self.store.readonly:
            # What could not be delivered earlier is tried again by whoever comes by when its time has come.
            self.hooks.go_on(self.start_hooks)
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
