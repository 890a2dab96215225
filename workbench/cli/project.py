"""`init`: a config and a store in this folder."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import act, current, json_option
from workbench.settings.paths import CONFIG_NAME

_STORE = Path(".workbench") / "prompts.db"
_CONFIG = f"""\
# Every key is optional; `workbench config keys` explains them.
store: {_STORE.as_posix()}
environments: [dev, staging, {{name: production, protected: true}}]
"""


@act("init")
@click.argument("folder", required=False, default=".", type=click.Path(path_type=Path, file_okay=False))
@json_option
def init(folder: Path) -> None:
    """Write a workbench.yaml and a store in FOLDER (here). What is there already stays."""
    from dataclasses import replace

    from workbench.composition import Workbench
    from workbench.settings.config import load_config

    session = current()
    folder.mkdir(parents=True, exist_ok=True)
    config_file = (folder / CONFIG_NAME).resolve()
    wrote = not config_file.exists()
    if wrote:
        config_file.write_text(_CONFIG, "utf-8")
    store = Path(session.store).expanduser().absolute() if session.store else None
    config = load_config(folder, config_file, overrides={"actor": session.actor})
    elsewhere: Path | None = None
    if store is None and config.origins["store"].startswith("$"):
        # The variable is for other folders; `init` is asked to make a store here.
        store, elsewhere = (config_file.parent / _STORE).resolve(), config.store
    config = replace(config, store=store or config.store)
    made = not config.store.exists()
    ignore = config.store.parent / ".gitignore"
    with Workbench(config) as workbench:
        _ = workbench.store
    if made and config.store.parent.name == _STORE.parent.name and not ignore.exists():
        ignore.write_text("*\n", "utf-8")
    diagnostics.say(f"{'wrote' if wrote else 'kept'} {config_file}")
    diagnostics.say(f"{'made' if made else 'kept'} the store {config.store}")
    if elsewhere is not None and elsewhere != store:
        diagnostics.warn(f"WORKBENCH_STORE is set: workbench opens {elsewhere}, also here; unset it to open this store")
    diagnostics.say("next: workbench import PATH, or workbench save NAME FILE, then workbench")
    if session.json:
        output.data({"config": str(config_file), "wrote": wrote, "store": str(config.store), "made": made})
