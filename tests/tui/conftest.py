"""The real app over a real store, driven by action ids."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.stillness import rest
from workbench.composition import Workbench
from workbench.domain.prompts import Content, Message, Variable
from workbench.settings.actions import BY_ID, keys_of
from workbench.settings.config import Config
from workbench.tui.app import WorkbenchApp
from workbench.tui.screens.library.screen import LibraryScreen
from workbench.tui.widgets.status_line import StatusLine

NOW = "2026-11-21T12:00:00.000000Z"
NAME = "support/customer-support"
OPENING = "You are a support agent for {{company_name}}.\n\nBe friendly.\n"
LONG = "Answer what was asked, then stop, and never promise what the terms of sale do not say."


class Driven:
    """The app, its pilot, and what tests ask of them."""

    def __init__(self, app: WorkbenchApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def library(self) -> LibraryScreen:
        screen = self.app.screen
        assert isinstance(screen, LibraryScreen)
        return screen

    async def do(self, *action_ids: str) -> None:
        """Press the configured key of each act."""
        for action_id in action_ids:
            await self.pilot.press(keys_of(BY_ID[action_id], dict(self.app.keymap))[0])
            await self.settle()

    async def type(self, text: str) -> None:
        await self.pilot.press(*text)
        await self.settle()

    async def settle(self, seconds: float = 0.05) -> None:
        await rest(self.pilot, seconds)

    @property
    def text(self) -> str:
        """The screen as it would be drawn, after the line filter."""
        rows = self.app.screen._compositor.render_strips()
        return "\n".join(strip.apply_filter(f, self.app.screen.background_colors[0]).text for strip in rows for f in
                         self.app.get_line_filters()[-1:])  # fmt: skip

    @property
    def status(self) -> str:
        return self.text.splitlines()[-2]

    @property
    def status_lines(self) -> list[StatusLine]:
        return list(self.app.screen.query(StatusLine))


Open = Callable[..., AbstractAsyncContextManager[Driven]]


def fill(workbench: Workbench) -> None:
    """Three prompts, one with three versions of which one is live."""
    save = workbench.library.save
    company = Variable("company_name", "who the customer bought from", default="Acme", has_default=True)
    for text, temperature, note in (
        (OPENING + LONG, 0.3, "first"),
        (OPENING.replace("friendly", "warm and brief") + LONG, 0.3, "warmer"),
        (OPENING.replace("friendly", "warm, brief and exact") + LONG, 0.2, "exact"),
    ):
        settings = {"model": "openai/gpt-4o-mini", "temperature": temperature}
        save(NAME, Content((Message("system", text),), "jinja", (company,), settings), note=note)
    save("support/escalation", Content.of_text("Decide who takes over."), note="first")
    save("extraction/invoice", Content.of_text("Give the invoice as JSON."), note="first")
    workbench.deploying.promote(f"{NAME}@1.0.0", "production", "the first one")
    workbench.deploying.promote(f"{NAME}@1.0.2", "staging", "try it")


@pytest.fixture(autouse=True)
def true_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are the same whatever terminal the tests are started in."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(store=tmp_path / "prompts.db", actor="ana")


def a_day_later(start: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)) -> Callable[[], str]:
    """A clock that moves by a day each time it is looked at, so that ages in pictures are always the same."""
    days = itertools.count()
    return lambda: (start + timedelta(days=next(days))).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.fixture
def filled(config: Config) -> Config:
    with Workbench(config) as workbench:
        workbench.store.clock = a_day_later()
        fill(workbench)
    return config


@pytest.fixture
def opened() -> Open:
    @asynccontextmanager
    async def open_app(
        config: Config, size: tuple[int, int] = (120, 30), *, readonly: bool = False, wait: float = 0.3
    ) -> AsyncIterator[Driven]:
        app = WorkbenchApp(lambda: Workbench(config, readonly=readonly), config, readonly=readonly, now=lambda: NOW)
        try:
            async with app.run_test(size=size) as pilot:
                driven = Driven(app, pilot)
                for _ in range(100):
                    if " reading…" not in driven.text:
                        break
                    await driven.settle()
                await driven.settle(wait)
                yield driven
        finally:
            app.close_store()

    return open_app
