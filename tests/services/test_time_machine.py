"""The past is what it was, however it is asked for and whatever was done since."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.support.examples import examples
from workbench.domain.environments import DEFAULT_ENVIRONMENTS, Environment
from workbench.domain.prompts import Content, PromptRow, VersionRow
from workbench.errors import NotFound, WorkbenchError
from workbench.services.library import Library
from workbench.services.maintenance import verify
from workbench.services.past.history import History
from workbench.services.past.time_machine import TimeMachine
from workbench.services.releases.approving import Approving
from workbench.services.releases.deploying import Deploying
from workbench.store import Store, open_store, past

NAME = "support/x"


class Clock:
    """A second passes with every look at it."""

    def __init__(self) -> None:
        self.seconds = 0

    def __call__(self) -> str:
        self.seconds += 1
        return self.now

    @property
    def now(self) -> str:
        return f"2026-01-01T{self.seconds // 3600:02}:{self.seconds // 60 % 60:02}:{self.seconds % 60:02}.000000Z"


class Desk:
    """The services over one store, and a clock that they share."""

    def __init__(self, path: Path) -> None:
        self.clock = Clock()
        self.store = open_store(path, clock=self.clock)
        self.library = Library(self.store, DEFAULT_ENVIRONMENTS, "ana")
        self.deploying = Deploying(self.store, DEFAULT_ENVIRONMENTS, "ana")
        self.approving = Approving(self.store, DEFAULT_ENVIRONMENTS, "ana")
        self.history = History(self.store, DEFAULT_ENVIRONMENTS, "ana")
        self.machine = TimeMachine(self.store, DEFAULT_ENVIRONMENTS)


@pytest.fixture
def desk(store_path: Path) -> Iterator[Desk]:
    desk = Desk(store_path)
    yield desk
    desk.store.close()


def save(desk: Desk, text: str, name: str = NAME) -> str:
    return desk.library.save(name, Content.of_text(text)).number


def test_a_reference_means_what_it_meant_then(desk: Desk) -> None:
    save(desk, "one")
    before = desk.clock.now
    save(desk, "two")
    desk.deploying.promote(f"{NAME}@1.0.0", "production", "go")
    between = desk.clock.now
    desk.deploying.promote(f"{NAME}@1.0.1", "production", "go on")

    def then(reference: str, at: str) -> str:
        return desk.machine.version_at(reference, at).content.text

    assert then(NAME, before) == "one"
    assert then(f"{NAME}@latest", between) == "two"
    assert then(f"{NAME}@production", between) == "one"
    assert then(f"{NAME}@production", desk.clock.now) == "two"
    assert desk.machine.version_at(f"{NAME}@1.0.0", between).environments == ("production",)
    with pytest.raises(NotFound, match=r"nothing of support/x was live in production at 2026-01-01 00:00"):
        then(f"{NAME}@production", before)
    with pytest.raises(NotFound, match=r"support/x@1\.0\.1 was not there"):
        then(f"{NAME}@1.0.1", before)
    with pytest.raises(NotFound, match="was not there yet"):
        then(NAME, "2025-12-31T00:00:00.000000Z")


def test_what_was_live_says_who_made_it_so_and_what_is_live_now(desk: Desk) -> None:
    for name in ("a", "b"):
        save(desk, "one", name)
        save(desk, "two", name)
        desk.deploying.promote(f"{name}@1.0.0", "dev", f"first of {name}")
    then = desk.clock.now
    desk.deploying.promote("a@1.0.1", "dev", "later")
    desk.deploying.promote("a@1.0.1", "staging", "later")

    rows = desk.machine.live_at(then)

    assert [(row.prompt, row.environment, row.number, row.now) for row in rows] == [
        ("a", "dev", "1.0.0", "1.0.1"),
        ("b", "dev", "1.0.0", "1.0.0"),
    ]
    assert [row.deployment.reason for row in rows] == ["first of a", "first of b"]
    assert desk.machine.live_at(then, "b") == rows[1:]
    assert desk.machine.live_at(then, environment="staging") == []
    assert desk.machine.live_at(then, limit=1) == rows[:1]
    assert desk.machine.live_at(then, after=("a", "dev"), limit=5) == rows[1:]
    with pytest.raises(NotFound, match="no environment 'stagin'") as caught:
        desk.machine.live_at(then, environment="stagin")
    assert caught.value.near == ("staging",)


def test_an_environment_that_is_configured_no_more_is_still_the_past(desk: Desk) -> None:
    save(desk, "one")
    Deploying(desk.store, [Environment("canary")], "ana").promote(NAME, "canary")
    assert [(row.environment, row.number) for row in desk.machine.live_at(desk.clock.now, NAME, "canary")] == [
        ("canary", "1.0.0")
    ]
    assert desk.machine.prompt_at(NAME, desk.clock.now).live == {"canary": "1.0.0"}


def test_a_version_counts_from_the_time_that_it_carries(desk: Desk) -> None:
    desk.library.save(NAME, Content.of_text("old"), created_at="2024-05-01T00:00:00.000000Z")
    save(desk, "new")
    assert desk.machine.version_at(NAME, "2025-01-01T00:00:00.000000Z").content.text == "old"


NAMES = st.sampled_from(["a", "b"])


def seen(row: PromptRow) -> PromptRow:
    """All but the time of its last change, which the past does not tell to the second."""
    return replace(row, updated_at="", live=dict(row.live))


class TheLibraryAsItWas(RuleBasedStateMachine):
    """Whatever was done in whatever order: what the library showed after each act is what it tells of that time."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.desk = Desk(Path(self.folder.name) / "prompts.db")
        self.kept: list[tuple[str, list[PromptRow], dict[str, list[VersionRow]]]] = []
        self.texts = 0

    def library_now(self) -> list[PromptRow]:
        return [seen(row) for row in self.desk.library.prompts(archived=True) if row.version_count]

    def do(self, act: str, *arguments: object, **more: object) -> None:
        services = {"approve": "approving", "promote": "deploying", "rollback": "deploying", "undo": "history"}
        service = services.get(act, "history" if act == "redo" else "library")
        with suppress(WorkbenchError):
            getattr(getattr(self.desk, service), act)(*arguments, **more)
        rows = self.library_now()
        versions = {row.name: self.desk.library.versions(row.name) for row in rows}
        self.kept.append((self.desk.clock.now, rows, versions))

    @rule(name=NAMES, bump=st.sampled_from(["patch", "pre"]), described=st.booleans())
    def save(self, name: str, bump: str, described: bool) -> None:
        self.texts += 1
        description = f"about {self.texts}" if described else None
        self.do("save", name, Content.of_text(f"text {self.texts}"), bump=bump, description=description)

    @rule(name=NAMES, selector=st.sampled_from(["latest", "1.0.0", "dev"]), to=st.sampled_from(["dev", "staging"]))
    def promote(self, name: str, selector: str, to: str) -> None:
        self.do("promote", f"{name}@{selector}", to)

    @rule(name=NAMES)
    def roll_back(self, name: str) -> None:
        self.do("rollback", name, "dev")

    @rule(name=NAMES, archived=st.booleans())
    def archive(self, name: str, archived: bool) -> None:
        self.do("archive" if archived else "unarchive", name)

    @rule(name=NAMES, selector=st.sampled_from(["", "@latest", "@1.0.0"]), add=st.booleans())
    def tag(self, name: str, selector: str, add: bool) -> None:
        self.do("tag", name + selector, ["t"] if add else [], [] if add else ["t"])

    @rule(name=NAMES, words=st.sampled_from(["this", "that"]))
    def describe(self, name: str, words: str) -> None:
        self.do("describe", name, words)

    @rule(name=NAMES, selector=st.sampled_from(["latest", "1.0.0"]), to=st.sampled_from(["dev", "staging"]))
    def approve(self, name: str, selector: str, to: str) -> None:
        self.do("approve", f"{name}@{selector}", to)

    @rule(which=st.sampled_from(["undo", "undo", "redo"]))
    def take_back(self, which: str) -> None:
        self.do(which)

    def in_pages(self, at: str) -> list[PromptRow]:
        rows, after = list[PromptRow](), ""
        while True:
            page = self.desk.machine.page_at(at, after=after, limit=2, archived=True)
            rows += page.rows
            if page.next is None:
                return rows
            after = page.next

    @invariant()
    def the_past_stays(self) -> None:
        if not hasattr(self, "kept"):
            return
        for at, rows, versions in self.kept[:: max(1, len(self.kept) // 4)]:
            told = self.desk.machine.prompts_at(at, archived=True)
            assert [seen(row) for row in told] == rows
            assert self.in_pages(at) == told
            assert self.desk.machine.named_at(["nobody", *(row.name for row in told)], at, archived=True) == told
            # As in a store where very much happened since.
            with patch.multiple(past, _MANY=-1, _MANY_LOOKS=1):
                assert self.desk.machine.prompts_at(at, archived=True) == self.in_pages(at) == told
            assert {(row.prompt, row.environment): row.number for row in self.desk.machine.live_at(at)} == {
                (row.name, environment): number for row in rows for environment, number in row.live.items()
            }
            for row in rows:
                assert seen(self.desk.machine.prompt_at(row.name, at)) == row
                assert self.desk.machine.versions_at(row.name, at) == versions[row.name]

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            assert verify(self.desk.store).ok
            self.desk.store.close()
            self.folder.cleanup()


TestTheLibraryAsItWas = TheLibraryAsItWas.TestCase
TestTheLibraryAsItWas.settings = settings(examples(30), stateful_step_count=20, suppress_health_check=list(HealthCheck))


def test_a_store_that_is_read_only_tells_the_past_too(desk: Desk, store_path: Path) -> None:
    save(desk, "one")
    reading: Store = open_store(store_path, readonly=True)
    assert TimeMachine(reading, DEFAULT_ENVIRONMENTS).version_at(NAME, desk.clock.now).content.text == "one"
    reading.close()
