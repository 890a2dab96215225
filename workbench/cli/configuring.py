"""The config that a command line means, and what may be left out of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli import diagnostics

if TYPE_CHECKING:
    from workbench.errors import ConfigError
    from workbench.settings.config import Config


def read_config(store: str, file: str, actor: str, problems: list[ConfigError] | None) -> Config:
    """ "" for what is not given. Raises `ConfigError`; where a list of `problems` is given, they are put there in place
    of that, and what is wrong is left out."""
    from workbench.settings.config import load_config

    named = Path(file).expanduser() if file else None
    config = load_config(None, named, overrides={"store": store, "actor": actor}, problems=problems)
    if problems is None or not config.keymap:
        return config
    from workbench.settings.keymap import check_keymap

    return replace(config, keymap=check_keymap(config.keymap, config.origins, problems))


def tell(problems: list[ConfigError]) -> None:
    for problem in problems:
        diagnostics.warn(f"{problem.message}; left out{f' ({problem.hint})' if problem.hint else ''}")
