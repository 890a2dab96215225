"""What every command shares: the options that stand before or after it, and the workbench they lead to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from workbench.cli.configuring import read_config, tell

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.composition import Workbench
    from workbench.errors import ConfigError
    from workbench.settings.config import Config


@dataclass
class Session:
    store: str = ""
    config_file: str = ""
    readonly: bool = False
    actor: str = ""
    json: bool = False
    forgiving: bool = False
    """What is wrong in the config is told and left out, and nothing waits for it; so with `readonly`, which can break
    no rule that the config may have meant."""
    _opened: Workbench | None = field(default=None, init=False, repr=False)

    @cached_property
    def config(self) -> Config:
        config, problems = self.config_and_problems
        tell(problems)
        return config

    @cached_property
    def config_and_problems(self) -> tuple[Config, list[ConfigError]]:
        """What was left out: only where that is forgiven."""
        problems: list[ConfigError] = []
        forgiven = problems if self.forgiving or self.readonly else None
        return read_config(self.store, self.config_file, self.actor, forgiven), problems

    def workbench(self, *, create: bool = False) -> Workbench:
        """The same one every time, closed with the command. Only `save`, `import` and `init` may make a store."""
        if self._opened is None:
            from workbench.cli.updating import bring_up_to_date
            from workbench.composition import Workbench

            if not self.readonly:
                bring_up_to_date(self.config.store)
            _warn_of_rights((self.config.store, *self.config.files))
            self._opened = Workbench(self.config, readonly=self.readonly, create=create)
            click.get_current_context().find_root().call_on_close(self._opened.close)
        return self._opened


def _warn_of_rights(files: Sequence[Path]) -> None:
    """Whoever can write the store can make anything live, and whoever can write the config can name commands."""
    from workbench.cli import diagnostics

    for file in files:
        with suppress(OSError):
            if file.stat().st_mode & 0o002:
                diagnostics.warn(f"{file} can be changed by everybody on this machine: chmod o-w it")


def current() -> Session:
    return click.get_current_context().ensure_object(Session)


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """An option after the command wins over the same one before it; one that is not given changes nothing."""
    if value and parameter.name:
        setattr(context.ensure_object(Session), parameter.name, value)


def shared_options(*, hidden: bool) -> list[click.Option]:
    def option(*names: str, **more: Any) -> click.Option:
        return click.Option(names, expose_value=False, callback=_remember, hidden=hidden, **more)

    return [
        option("--store", "store", metavar="PATH", help="The SQLite file to work on."),
        option("--config", "config_file", metavar="FILE", help="Read this in place of workbench.yaml."),
        option("--as", "actor", metavar="NAME", help="Who acts."),
        option("--readonly", "readonly", is_flag=True, help="Change nothing."),
    ]


_EVERYWHERE = "Everywhere: --store PATH, --config FILE, --as NAME, --readonly."


class Act(click.Command):
    """A command that also takes the shared options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += shared_options(hidden=True)
        self.epilog = self.epilog or _EVERYWHERE
        self.context_settings.setdefault("help_option_names", ["-h", "--help"])


class Acts(click.Group):
    """A noun with commands under it."""

    command_class = Act

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += shared_options(hidden=True)
        self.epilog = self.epilog or _EVERYWHERE
        self.context_settings.setdefault("help_option_names", ["-h", "--help"])


def act(name: str) -> Callable[[Callable[..., Any]], Act]:
    """Declare a command."""
    return click.command(name, cls=Act)


json_option = click.option(
    "--json",
    "json",
    is_flag=True,
    expose_value=False,
    callback=_remember,
    help='Answer with {"ok": true, "data": …}.',
)

at_option = click.option(
    "--at", "time", metavar="TIME", help="As it was then: 2026-09-01T14:03+02:00, '2h ago', 'yesterday 14:00'."
)
