"""The app: one store thread, one status, and the screens that are opened on it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events
from textual.app import App
from textual.await_complete import AwaitComplete

from workbench.errors import WorkbenchError
from workbench.settings.actions import BY_ID, key_label, keys_of
from workbench.tui import garbage, terminal, themes
from workbench.tui.app_acts import AppActs
from workbench.tui.bindings import bindings_for
from workbench.tui.call_loop import CallLoop
from workbench.tui.leaving import Leaving
from workbench.tui.store_thread import StoreThread
from workbench.tui.typed_keys import KeyDone, TypedKeys
from workbench.tui.watching import EVERY, Seen, Watch
from workbench.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.screen import Screen

    from workbench.composition import Workbench
    from workbench.settings.config import Config
    from workbench.tui.screens.base import Told
    from workbench.tui.screens.library.screen import LibraryScreen

T = TypeVar("T")
CopyChoices = list[tuple[str, Callable[[], "str | Awaitable[str]"]]]


class WorkbenchApp(AppActs, inherit_bindings=False):
    """What the screens know as `Host` (see `tui.host`)."""

    TITLE = "Workbench"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = bindings_for("app")
    CSS = """
    Screen { background: $background; color: $foreground; }
    """

    def __init__(
        self,
        factory: Callable[[], Workbench],
        config: Config,
        *,
        readonly: bool = False,
        demo: bool = False,
        now: Callable[[], str] | None = None,
    ) -> None:
        """`config` is the one the factory uses: the first frame is drawn from it, before any store is opened.

        `now` gives the time that ages are counted from, as ISO UTC; tests freeze it. Raises `ConfigError` for a
        keymap that cannot be.
        """
        self.config = config
        self.keymap: Mapping[str, str] = _checked_keymap(config)
        # Before the style sheet is made for it: a theme that is set later has the whole of it read twice.
        self.set_reactive(App.theme, themes.known(config.theme))
        super().__init__()
        self.readonly = readonly
        self.demo = demo
        self.now = now
        self.opens: Callable[[LibraryScreen], Awaitable[None]] | None = None
        """What the library opens by itself, once it stands."""
        self.leaving = Leaving(self, self._show_running)
        self._store = StoreThread(self._with_hop(factory))
        self.calls = CallLoop()
        self._garbage = garbage.Garbage()
        self._typed = TypedKeys(self, super().on_event)
        self._watch = Watch(self.call, self.changed, self._recorded, self._troubled)
        self._trouble = ""
        self.actor = ""
        self._said_error = False
        self._said_before = False
        """Was the last message there before the last key, or click?"""
        self.factory_failed: WorkbenchError | None = None
        for theme in themes.THEMES.values():
            self.register_theme(theme)

    # -- the store

    def _with_hop(self, factory: Callable[[], Workbench]) -> Callable[[], Workbench]:
        async def hop(act: Callable[[Any], Any]) -> Any:
            return await self._store.call(lambda workbench: act(workbench.store))

        def make() -> Workbench:
            workbench = factory()
            workbench.hop_with(hop)
            return workbench

        return make

    def close_store(self) -> None:
        """After the app has ended; what was asked of the store before is still done."""
        self.calls.close()
        self._store.close()

    async def call(self, fn: Callable[[Workbench], T]) -> T:
        try:
            return await self._store.call(fn)
        except WorkbenchError as error:
            if error is self._store.failed and self.factory_failed is None:
                # There is no store to work on: the app ends with the error's own status.
                self.factory_failed = error
                self.exit(error.exit_code, return_code=error.exit_code)
            raise

    # -- life

    def get_default_screen(self) -> Screen[Any]:
        from workbench.tui.screens.library.screen import LibraryScreen

        return LibraryScreen(now=self.now)

    def on_mount(self) -> None:
        terminal.on_signals(asyncio.get_running_loop(), self.leaving.leave)
        if self.keymap:
            self.set_keymap(dict(self.keymap))

    def opened(self, seen: Seen, actor: str, trouble: str) -> None:
        """The store was read for the first time: by whom, how far, and what a hook could not be told."""
        self.actor = actor
        self._troubled(trouble)
        for line in self.status_lines:
            line.show_actor(actor)
        if self._watch.seen is None:
            self.set_interval(EVERY, self._watch.look)
        self._watch.seen = seen

    def stands(self) -> None:
        """The first screen shows what it is for: what was needed to get there is kept, and is not garbage."""
        if not gc.isenabled():
            self._garbage.stands()
            self.set_interval(garbage.EVERY, self._garbage.look)
        if self.opens is not None:
            opens, self.opens = self.opens, None
            self.call_later(opens, self.screen)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self._said_error:
                self._hush()
            self._said_before = True
            self._garbage.key()
            await self._typed.take(event)
        else:
            self._said_before = self._said_before or isinstance(event, events.MouseDown)
            await super().on_event(event)

    def on_key_done(self, message: KeyDone) -> None:
        self._typed.done(message.ticket)

    async def drain(self, seconds: float = 2.0) -> None:
        await self.leaving.drain(seconds)

    def _fatal_error(self) -> None:
        """In place of Textual's traceback, which prints every local variable (prompts, keys) to the screen."""
        from workbench.tui.crash import write_report

        path = write_report(self._exception)
        self._exit_renderables.append(f"workbench stopped because of a fault of its own; the report is in {path}")
        self._close_messages_no_wait()

    # -- what screens ask for

    @property
    def status_lines(self) -> list[StatusLine]:
        return [line for screen in self.screen_stack for line in screen.query(StatusLine)]

    def say(self, message: str, undo: bool = False, error: bool = False) -> None:
        if undo and not self.readonly:
            message += self.undo_told()
        self._said_error, self._said_before = error, False
        for line in self.status_lines:
            line.show_message(message, error)

    @property
    def said_since_key(self) -> bool:
        return not self._said_before

    def _hush(self) -> None:
        self._said_error = False
        for line in self.status_lines:
            line.hush()

    def pop_screen(self) -> AwaitComplete:
        # What a screen said of itself does not concern the one below; what the key that closes it did, does.
        if self._said_before:
            self._hush()
        return super().pop_screen()

    def key_of(self, action_id: str) -> str:
        """The first key of an act as configured, as it is written for people."""
        return key_label(keys_of(BY_ID[action_id], dict(self.keymap))[0])

    def changed(self, prompt: str | None) -> None:
        for screen in self._screens:
            screen.prompt_changed(prompt)

    def _recorded(self) -> None:
        for screen in self._screens:
            screen.run_recorded()

    @property
    def _screens(self) -> list[Told]:
        from workbench.tui.screens.base import Told

        return [screen for screen in self.screen_stack if isinstance(screen, Told)]

    def show_version(self, prompt: str, number: str) -> None:
        from workbench.tui.screens.library.screen import LibraryScreen

        for screen in self.screen_stack:
            if isinstance(screen, LibraryScreen):
                screen.show_version(prompt, number)

    def copy_out(self, text: str, what: str) -> None:
        self.copy_to_clipboard(text)
        self.say(f"copied {what} ({len(text):,} characters)")

    def offer_copy(self, choices: CopyChoices) -> None:
        from workbench.tui.screens.copy_menu import open_copy_menu

        open_copy_menu(self, choices)

    def job_started(self, what: str) -> object:
        return self.leaving.started(what)

    def job_ended(self, token: object) -> None:
        self.leaving.ended(token)

    @property
    def running(self) -> str:
        return self.leaving.running

    def _show_running(self, running: str) -> None:
        for line in self.status_lines:
            line.show_running(running, self._trouble)

    def _troubled(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._show_running(self.running)

    def open_screen(self, screen: Screen[Any], done: Callable[[Any], None] | None = None) -> None:
        self.push_screen(screen, done)


def _checked_keymap(config: Config) -> Mapping[str, str]:
    if not config.keymap:
        return {}
    from workbench.settings.keymap import check_keymap

    return check_keymap(config.keymap, config.origins)


def run_app(
    factory: Callable[[], Workbench],
    config: Config,
    *,
    readonly: bool = False,
    demo: bool = False,
    opens: Callable[[LibraryScreen], Awaitable[None]] | None = None,
) -> int:
    """Open the app until it is left; the process's exit status. A factory's `WorkbenchError` is raised here.

    `opens`: what the library opens by itself, once it stands.
    """
    app = WorkbenchApp(factory, config, readonly=readonly, demo=demo)
    app.opens = opens
    try:
        app.run()
    finally:
        app.close_store()
    if app.factory_failed is not None:
        raise app.factory_failed
    return app.return_code or 0
