"""Pages of the log and the ledger hold what a plain look at every row would find, in its order, each once."""

from __future__ import annotations

import random
from functools import partial
from typing import Protocol, TypeVar

import pytest

from workbench.domain.deployments import Deployment
from workbench.domain.events import Event
from workbench.domain.history import HistoryFilter, Page
from workbench.domain.prompts import Content
from workbench.services.library import Library
from workbench.services.past.history import History
from workbench.store import Store, paging

T = TypeVar("T")
NAMES, PEOPLE, PLACES = ("a", "b_c", "d%"), ("Ana <ana@x>", "Ben <ben@x>"), ("dev", "staging")
WORDS = ("refund", 'say "hi"', "100%", "a_b", "Ünlaut", "")


@pytest.fixture
def filled(store: Store, library: Library) -> random.Random:
    """Three hundred events and a hundred deployments, by a clock that goes back now and then."""
    chosen = random.Random(11)
    for name in ("a", "b_c", "d-e"):
        library.save(name, Content.of_text(name))
    ids = {name: row.id for name in ("a", "b_c", "d-e") if (row := store.prompts.find(name)) is not None}
    versions = {name: store.versions.rows(ids[name], ())[0].id for name in ids}
    seconds = 0
    with store.write():
        for _ in range(300):
            seconds += chosen.choice([1, 2, 5, -3])
            at = f"2026-01-01T00:{seconds // 60:02}:{seconds % 60:02}.000000Z"
            name, who, word = chosen.choice(list(ids)), chosen.choice(PEOPLE), chosen.choice(WORDS)
            kind = chosen.choice(["version.save", "tag.change", "deployment.promote", "deployment.rollback"])
            details = {"reason": word, "environment": chosen.choice(PLACES)}
            store.events.append(kind, name, actor=who, at=at, details=details)
            if kind.startswith("deployment."):
                move = "promote" if kind == "deployment.promote" else "rollback"
                store.deployments.move(
                    ids[name],
                    details["environment"],
                    "promote" if move == "promote" else "rollback",
                    versions[name],
                    actor=who,
                    at=at,
                    reason=word,
                )
    return chosen


class Pages(Protocol[T]):
    def __call__(self, *, before: int | None) -> Page[T]: ...


def gathered(page: Pages[T]) -> list[T]:
    rows: list[T] = []
    before: int | None = None
    for _ in range(1000):
        found = page(before=before)
        rows += found.rows
        before = found.next
        if before is None:
            return rows
    raise AssertionError("the pages do not end")


def a_filter(chosen: random.Random, kinds: tuple[str, ...]) -> HistoryFilter:
    def sometimes(value: T, none: T) -> T:
        return value if chosen.random() < 0.35 else none

    def time() -> str:
        seconds = chosen.randrange(0, 500)
        return f"2026-01-01T00:{seconds // 60:02}:{seconds % 60:02}.000000Z"

    return HistoryFilter(
        sometimes(chosen.choice(["a", "b_c", "d-e"]), None),
        sometimes(chosen.choice(PLACES), None),
        sometimes((chosen.choice(kinds),), ()),
        sometimes(chosen.choice(["ana", "BEN", "x>", "nobody"]), ""),
        sometimes(chosen.choice(["refund", '"hi"', "0%", "_", "Ü"]), ""),
        sometimes(time(), None),
        sometimes(time(), None),
    )


def is_of(event: Event, asked: HistoryFilter) -> bool:
    details = " ".join(str(value) for value in event.details.values())
    return (
        asked.prompt in (None, event.prompt)
        and asked.environment in (None, event.details.get("environment"))
        and (not asked.kinds or event.kind in asked.kinds or event.kind.split(".")[0] in asked.kinds)
        and asked.actor.lower() in event.actor.lower()
        and (not asked.text or any(asked.text in part for part in (event.prompt, event.kind, details, *event.details)))
        and (asked.since is None or event.at >= asked.since)
        and (asked.until is None or event.at <= asked.until)
    )


def is_moved(row: Deployment, asked: HistoryFilter) -> bool:
    return (
        asked.prompt in (None, row.prompt)
        and asked.environment in (None, row.environment)
        and (not asked.kinds or row.kind in asked.kinds)
        and asked.actor.lower() in row.actor.lower()
        and (asked.text in row.reason or asked.text in row.prompt)
        and (asked.since is None or row.at >= asked.since)
        and (asked.until is None or row.at <= asked.until)
    )


@pytest.mark.parametrize("looked_at", [7, 100, 30_000])
@pytest.mark.parametrize("limit", [1, 9, 1000])
def test_pages_hold_what_is_asked_for(
    filled: random.Random, history: History, monkeypatch: pytest.MonkeyPatch, looked_at: int, limit: int
) -> None:
    monkeypatch.setattr(paging, "LOOKED_AT", looked_at)
    events = history.events(limit=10_000)
    ledger = gathered(partial(history.deployment_page, HistoryFilter(), limit=limit))
    assert [row.id for row in ledger] == sorted((row.id for row in ledger), reverse=True)
    assert len(ledger) > 100
    matched = 0
    for _ in range(25):
        asked = a_filter(filled, ("version", "version.save", "deployment", "tag.chang", "deployment.promote"))
        found = gathered(partial(history.event_page, asked, limit=limit))
        assert found == [event for event in events if is_of(event, asked)], asked
        asked = a_filter(filled, ("promote", "rollback"))
        moves = gathered(partial(history.deployment_page, asked, limit=limit))
        assert moves == [row for row in ledger if is_moved(row, asked)], asked
        matched += len(found) + len(moves)
    assert matched
