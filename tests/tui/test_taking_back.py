"""Undo from the app takes back what was shown as the last act, and what somebody else did only once it was named."""

from __future__ import annotations

from tests.tui.conftest import NAME, Driven, Open
from workbench.composition import Workbench
from workbench.settings.config import Config


def act(config: Config, actor: str, environment: str) -> None:
    with Workbench(Config(store=config.store, actor=actor)) as other:
        other.deploying.promote(f"{NAME}@1.0.0", environment, "because")


def live(config: Config) -> set[str]:
    with Workbench(config) as workbench:
        return set(workbench.deploying.live(NAME))


async def take_back(driven: Driven, which: str = "undo") -> str:
    await driven.do(f"history.{which}")
    await driven.settle(0.1)
    return driven.status


async def test_what_somebody_else_did_is_named_before_it_is_taken_back(filled: Config, opened: Open) -> None:
    before = live(filled)
    async with opened(filled, (160, 45)) as driven:
        act(filled, "ben", "dev")
        status = await take_back(driven)
        assert "the last act: promote" in status
        assert "(by ben) · z again takes it back" in status
        assert live(filled) == before | {"dev"}

        # Somebody was faster: what was named is not the last act any more, and neither is taken back.
        act(filled, "cleo", "staging")
        status = await take_back(driven)
        assert "(by cleo) · z again takes it back" in status
        assert live(filled) == before | {"dev", "staging"}

        assert "took back" in await take_back(driven)
        assert live(filled) == before | {"dev"}
        assert "(by ben) · z again takes it back" in await take_back(driven)


async def test_the_same_person_elsewhere_is_not_asked_twice(filled: Config, opened: Open) -> None:
    before = live(filled)
    async with opened(filled, (160, 45)) as driven:
        act(filled, "ana", "dev")
        assert "took back" in await take_back(driven)
        assert live(filled) == before
        assert "did again" in await take_back(driven, "redo")
        assert live(filled) == before | {"dev"}


async def test_what_somebody_else_undid_is_named_before_it_is_done_again(filled: Config, opened: Open) -> None:
    async with opened(filled, (160, 45)) as driven:
        act(filled, "ana", "dev")
        with Workbench(Config(store=filled.store, actor="ben")) as other:
            other.history.undo()
        status = await take_back(driven, "redo")
        assert "undone by ben: promote" in status
        assert "Z again does it again" in status
        assert "dev" not in live(filled)
        assert "did again" in await take_back(driven, "redo")
        assert "dev" in live(filled)
