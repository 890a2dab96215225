"""What screens and widgets may ask of the app, without knowing its class."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from workbench.composition import Workbench
    from workbench.tui.call_loop import CallLoop
    from workbench.tui.watching import Seen

T = TypeVar("T")


class Host(Protocol):
    """The app as its screens see it."""

    @property
    def readonly(self) -> bool: ...

    @property
    def config(self) -> Any: ...

    @property
    def keymap(self) -> Mapping[str, str]: ...

    @property
    def calls(self) -> CallLoop:
        """Where all that streams from models belongs."""
        ...

    async def call(self, fn: Callable[[Workbench], T]) -> T:
        """`fn` on the one store thread; its `WorkbenchError` arrives here."""
        ...

    async def call_asking(self, fn: Callable[[Workbench], T]) -> T:
        """Like `call`, for acts that are signed: the signing program may ask for a passphrase on the terminal."""
        ...

    def say(self, message: str, undo: bool = False, error: bool = False) -> None:
        """One line of plain text in the status line; `undo` adds how to take it back, `error` marks it as one."""
        ...

    @property
    def said_since_key(self) -> bool:
        """What the status line says is newer than the last key: what that key moved does not take its place, however
        late it is shown."""
        ...

    def key_of(self, action_id: str) -> str:
        """The first key of an act as configured, as it is written for people."""
        ...

    def changed(self, prompt: str | None) -> None:
        """This prompt (None: perhaps all) is not what it was: the library reads it again."""
        ...

    def show_version(self, prompt: str, number: str) -> None:
        """Put the library's cursors on this version, once it is read."""
        ...

    def copy_out(self, text: str, what: str) -> None:
        """To the terminal's clipboard (OSC 52), saying so."""
        ...

    def offer_copy(self, choices: list[tuple[str, Callable[[], str | Awaitable[str]]]]) -> None:
        """The copy menu: (label, text or how to get it); each can also be written to a file."""
        ...

    def job_started(self, what: str) -> object:
        """Something runs now, for the status line and for quitting; returns a token for `job_ended`."""
        ...

    def job_ended(self, token: object) -> None: ...

    @property
    def actor(self) -> str:
        """Who acts; "" until the store was read."""
        ...

    def opened(self, seen: Seen, actor: str, trouble: str) -> None:
        """The store was read for the first time: by whom, how far, and what a hook could not be told."""
        ...

    def stands(self) -> None:
        """The first screen shows what it is for."""
        ...

    async def back(self) -> None:
        """One step towards the library."""
        ...

    def back_to_library(self) -> None:
        """All steps."""
        ...


def host_of(node: DOMNode) -> Host:
    """The app of this node, as a `Host`."""
    return cast("Host", node.app)
