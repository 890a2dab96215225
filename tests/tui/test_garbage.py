"""When all is looked through for garbage: while nobody presses a key."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from workbench.tui.garbage import DUE, MANY, OVERDUE, QUIET, REST, Garbage


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Collector:
    """Python's own, its counts given by the test; what it is asked to do is noted, and done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
        self.searches, self.took = 0, 0.0
        self.asked: list[str] = []
        self._clock = clock
        real = gc.collect

        def collect(generation: int = 2) -> int:
            self.asked.append(f"collect {generation}")
            clock.now += self.took
            self.searches = 0 if generation == 2 else self.searches
            return real(generation)

        monkeypatch.setattr(gc, "collect", collect)
        monkeypatch.setattr(gc, "freeze", lambda: self.asked.append("freeze"))
        monkeypatch.setattr(gc, "get_count", lambda: (0, 0, self.searches))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Collector]:
    before = gc.get_threshold()
    yield Collector(monkeypatch, clock)
    gc.set_threshold(*before)


@pytest.fixture
def garbage(collector: Collector, clock: Clock) -> Garbage:
    found = Garbage(clock)
    found.stands()
    clock.now += 10
    collector.asked.clear()
    return found


def test_from_the_first_screen_on_only_young_objects_are_collected_by_themselves(
    collector: Collector, clock: Clock
) -> None:
    young, middle, _ = gc.get_threshold()
    Garbage(clock).stands()
    assert gc.get_threshold()[:2] == (young, middle)
    assert gc.get_threshold()[2] > 1_000_000
    assert collector.asked == ["freeze"]


def test_before_it_nothing_is_looked_through(collector: Collector, clock: Clock) -> None:
    collector.searches = 2 * OVERDUE
    Garbage(clock).look()
    assert collector.asked == []


def test_all_is_looked_through_when_there_is_much_and_no_key_came_for_a_while(
    garbage: Garbage, collector: Collector, clock: Clock
) -> None:
    collector.searches = DUE
    garbage.key()
    clock.now += QUIET / 2
    garbage.look()
    assert collector.asked == []
    clock.now += QUIET
    garbage.look()
    assert collector.asked == ["collect 2"]


def test_little_is_left_alone(garbage: Garbage, collector: Collector) -> None:
    collector.searches = DUE - 1
    garbage.look()
    assert collector.asked == []


def test_a_long_search_has_a_long_rest_behind_it(garbage: Garbage, collector: Collector, clock: Clock) -> None:
    collector.searches, collector.took = DUE, 0.1
    garbage.look()
    collector.searches = DUE
    clock.now += 0.1 * REST / 2
    garbage.look()
    assert collector.asked == ["collect 2"]
    clock.now += 0.1 * REST
    garbage.look()
    assert collector.asked == ["collect 2", "collect 2"]


def test_where_keys_never_pause_it_is_done_all_the_same(garbage: Garbage, collector: Collector) -> None:
    collector.searches = OVERDUE
    garbage.key()
    garbage.look()
    assert collector.asked == ["collect 2"]


def test_what_a_large_import_brought_is_not_looked_through_again(
    garbage: Garbage, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector.searches = OVERDUE
    for n in range(MANY):
        monkeypatch.setitem(sys.modules, f"imported_{n}", ModuleType(f"imported_{n}"))
    garbage.look()  # it may go on: nothing is touched
    assert collector.asked == []
    garbage.look()
    assert collector.asked == ["collect 1", "freeze"]
    garbage.look()
    assert collector.asked == ["collect 1", "freeze", "collect 2"]
