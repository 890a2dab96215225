"""Where a dry run happens: in the store, which it leaves as it is, or in an empty one that goes away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from workbench.cli.session import current

if TYPE_CHECKING:
    from workbench.composition import Workbench


def rehearsal_or_store(*, dry_run: bool) -> Workbench:
    """The store; for a dry run where there is none yet, an empty one."""
    from workbench.composition import Workbench

    session = current()
    if not dry_run or session.config.store.exists():
        return session.workbench(create=True)
    context = click.get_current_context()
    folder = context.with_resource(TemporaryDirectory(prefix="workbench-"))
    return context.with_resource(Workbench(replace(session.config, store=Path(folder) / "prompts.db")))
