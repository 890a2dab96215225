"""The shortest way into the app: what only opens it needs no command-line library, and people wait for it.

Textual is imported here, once the app is really to be opened, and nowhere else in the command line.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from workbench.errors import BadInput, WorkbenchError

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.errors import ConfigError
    from workbench.settings.config import Config
    from workbench.tui.screens.library.screen import LibraryScreen

_ALWAYS = {"ESCDELAY": "20"}
"""Milliseconds after which an escape is a key of its own; the stock 100 would be all that stopping may take. A terminal
on the same machine writes the whole sequence of another key at once."""
_OVER_SSH = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_FPS": "15", "ESCDELAY": "50"}
"""Packets of a network may part a sequence."""
TURN = 0.0005
"""Seconds after which a busy thread lets another one have its turn. A key passes through three threads and waits for
every turn: at the stock 5 ms up to 40 ms while the models' client is imported, at this 10 ms."""
_WITH_VALUE = {"--store": "store", "--config": "config_file", "--as": "actor"}


class Opening(NamedTuple):
    """What such a command line says; "" is not given."""

    store: str = ""
    config_file: str = ""
    actor: str = ""
    readonly: bool = False


def read_opening(arguments: Sequence[str]) -> Opening | None:
    """None for every command line that does more, or that is wrong: those are read by the command-line library."""
    texts = dict.fromkeys(_WITH_VALUE.values(), "")
    rest = list(arguments)
    named = readonly = False
    while rest:
        word = rest.pop(0)
        name, given, value = word.partition("=")
        if word == "app" and not named:
            named = True
        elif word == "--readonly":
            readonly = True
        elif name in _WITH_VALUE:
            value = value if given else rest.pop(0) if rest else ""
            if not value or value.startswith("-"):
                return None
            texts[_WITH_VALUE[name]] = value
        else:
            return None
    return Opening(**texts, readonly=readonly)


def carry_out(opening: Opening) -> int:
    """Open the app until it is left; the exit status."""
    from workbench.cli import diagnostics

    try:
        need_terminal("workbench list, workbench -h")
        from workbench.cli.configuring import read_config, tell

        problems: list[ConfigError] = []
        forgiven = problems if opening.readonly else None
        config = read_config(opening.store, opening.config_file, opening.actor, forgiven)
        tell(problems)
        return open_app(config, readonly=opening.readonly, opens=saying(problems))
    except WorkbenchError as error:
        diagnostics.fail(error.message, error.hint)
        return error.exit_code


def saying(problems: Sequence[ConfigError]) -> Callable[[LibraryScreen], Awaitable[None]] | None:
    """What the library says by itself of a config that is not as it was meant."""
    if not problems:
        return None
    more = f" · {len(problems)} faults: workbench config show" if len(problems) > 1 else ""

    async def say(library: LibraryScreen) -> None:
        library.host.say(f"left out: {problems[0].message}{more}", error=True)

    return say


def need_terminal(instead: str) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput("the app needs a terminal on standard input and output", f"without one: {instead}")
    if os.environ.get("TERM") == "dumb":
        raise BadInput("a dumb terminal (TERM=dumb) cannot show the app", f"without one: {instead}")


def open_app(
    config: Config,
    *,
    readonly: bool,
    demo: bool = False,
    opens: Callable[[LibraryScreen], Awaitable[None]] | None = None,
) -> int:
    """`opens`: what the library opens by itself."""
    # Textual reads these when it is imported, so they are set before.
    for name, value in (_ALWAYS | (_OVER_SSH if os.environ.get("SSH_CONNECTION") else {})).items():
        os.environ.setdefault(name, value)
    # What is imported stays; looking through it again and again for garbage costs a tenth of the start. The app turns
    # the collector on again once it stands.
    gc.disable()
    sys.setswitchinterval(TURN)
    from workbench.cli.updating import bring_up_to_date
    from workbench.store.rights import can_write
    from workbench.tui.app import run_app

    # What cannot be written is not offered to be changed.
    readonly = readonly or (config.store.exists() and not can_write(config.store))
    if not readonly:
        # Told on the terminal as it is: the app would only stand there.
        bring_up_to_date(config.store)

    return run_app(_factory(config, readonly), config, readonly=readonly, demo=demo, opens=opens)


def _factory(config: Config, readonly: bool) -> Callable[[], Workbench]:
    def make() -> Workbench:
        from workbench.composition import Workbench

        return Workbench.open(config=config, readonly=readonly)

    return make
