"""Every act can be taken back by another act that is recorded too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.support.examples import examples
from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.errors import MovedMeanwhile, Refused, WorkbenchError
from workbench.services.library import Library
from workbench.services.maintenance import verify
from workbench.services.past import history as history_module
from workbench.services.past.history import History
from workbench.services.past.telling import told
from workbench.services.releases.deploying import Deploying
from workbench.store import Store, open_store

NAME = "support/x"


def state(library: Library) -> list[Any]:
    """All that a person sees of the store, without times."""
    return [
        (row.name, row.description, row.tags, row.archived, row.latest, dict(row.live), library.versions(row.name))
        for row in library.prompts(archived=True)
        if row.version_count
    ]


ACTS: dict[str, Callable[[Library, Deploying], object]] = {
    "save": lambda library, deploying: library.save(NAME, Content.of_text("new")),
    "create": lambda library, deploying: library.save("other", Content.of_text("new")),
    "describe": lambda library, deploying: library.describe(NAME, "what it does"),
    "tag": lambda library, deploying: library.tag(NAME, ["new"], ["old"]),
    "tag a version": lambda library, deploying: library.tag(f"{NAME}@1.0.0", ["golden"]),
    "promote first": lambda library, deploying: deploying.promote(NAME, "staging"),
    "promote next": lambda library, deploying: deploying.promote(NAME, "dev"),
    "roll back": lambda library, deploying: deploying.rollback(NAME, "production"),
    "archive": lambda library, deploying: library.archive("quiet"),
    "unarchive": lambda library, deploying: library.unarchive("asleep"),
}


@pytest.fixture(autouse=True)
def beginning(library: Library, deploying: Deploying) -> None:
    for words in "abc":
        library.save(NAME, Content.of_text(words))
    library.save("quiet", Content.of_text("q"))
    library.save("asleep", Content.of_text("z"))
    library.archive("asleep")
    library.tag(NAME, ["old"])
    deploying.promote(f"{NAME}@1.0.0", "dev")
    deploying.promote(f"{NAME}@1.0.0", "production", "go")
    deploying.promote(f"{NAME}@1.0.1", "production", "go")


@pytest.mark.parametrize("act", ACTS)
def test_undo_and_redo(library: Library, deploying: Deploying, history: History, act: str) -> None:
    before = state(library)
    ACTS[act](library, deploying)
    after = state(library)
    assert before != after
    told_before = history.next_undo()
    undone = history.undo()
    assert state(library) == before
    assert undone.message == f"took back: {told_before}"
    assert undone.event.undoes is not None
    redone = history.redo()
    assert state(library) == after
    assert redone.event.redoes == undone.event.id
    assert history.next_undo() == told_before
    history.undo()
    assert state(library) == before


def test_undo_goes_all_the_way_back_and_redo_all_the_way_forward(
    library: Library, deploying: Deploying, history: History, store: Store
) -> None:
    for act in ACTS.values():
        act(library, deploying)
    end = state(library)
    undone = 0
    while history.next_undo():
        history.undo()
        undone += 1
    assert state(library) == []
    assert library.prompts() == []
    with pytest.raises(Refused, match="nothing to undo"):
        history.undo()
    for _ in range(undone):
        history.redo()
    assert state(library) == end
    with pytest.raises(Refused, match="nothing to redo"):
        history.redo()
    assert verify(store).ok


def test_a_new_act_ends_redoing(library: Library, history: History) -> None:
    library.save(NAME, Content.of_text("new"))
    history.undo()
    library.tag(NAME, ["x"])
    with pytest.raises(Refused, match="nothing to redo"):
        history.redo()
    # The number that was undone is not given again.
    assert library.save(NAME, Content.of_text("newer")).number == "1.0.4"


def test_what_another_process_did_is_undone_too(library: Library, history: History, store_path: Path) -> None:
    other = open_store(store_path)
    Library(other, DEFAULT_ENVIRONMENTS, "ben").save(NAME, Content.of_text("ben's"))
    other.close()
    undone = history.undo()
    assert (undone.event.actor, undone.event.details["number"]) == ("ana", "1.0.3")
    assert library.prompt(NAME).latest == "1.0.2"


def test_a_withdrawn_version_is_out_of_lists_but_not_lost(
    library: Library, deploying: Deploying, history: History
) -> None:
    saved = library.save(NAME, Content.of_text("new"))
    history.undo()
    assert saved.number not in [row.number for row in library.versions(NAME)]
    assert library.versions(NAME, include_withdrawn=True)[0].withdrawn
    assert library.version(saved.reference).withdrawn
    assert library.version(saved.reference).content.text == "new"
    with pytest.raises(Refused, match="was withdrawn"):
        deploying.promote(saved.reference, "dev")


def test_a_prompt_whose_creation_was_undone_can_be_made_again(library: Library, history: History) -> None:
    library.save("other", Content.of_text("first try"))
    history.undo()
    assert "other" not in [row.name for row in library.prompts()]
    assert library.save("other", Content.of_text("second try")).number == "1.0.1"
    assert "other" in [row.name for row in library.prompts()]


def test_undo_of_a_first_promotion_leaves_nothing_live(deploying: Deploying, history: History) -> None:
    deploying.promote(NAME, "staging")
    history.undo()
    assert "staging" not in deploying.live(NAME)
    newest = deploying.ledger(NAME, "staging")[0]
    assert (newest.before, newest.after) == ("1.0.2", None)
    with pytest.raises(Refused):
        deploying.rollback(NAME, "staging")


def test_undo_checks_again_what_is_there_now(
    library: Library, deploying: Deploying, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.save("other", Content.of_text("x"))
    deploying.promote("other", "dev")
    library.tag("other", ["x"])
    newest = history.events(limit=1)[0]
    # A window that sees only the save, as when five hundred acts lie between.
    save = next(event for event in history.events("other") if event.kind == "prompt.create")
    monkeypatch.setattr(History, "_candidates", lambda *_: ((save,), ()))
    with pytest.raises(Refused, match="is live in dev"):
        history.undo()
    promotion = next(event for event in history.events("other") if event.kind == "deployment.promote")
    library.save("other", Content.of_text("y"))
    deploying.promote("other", "dev")
    monkeypatch.setattr(History, "_candidates", lambda *_: ((promotion,), ()))
    with pytest.raises(MovedMeanwhile, match=r"1\.0\.1 is live in dev by now"):
        history.undo()
    assert history.events(limit=1)[0].id == newest.id + 2


def test_undo_looks_at_a_bounded_number_of_events(
    library: Library, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_module, "WINDOW", 4)
    for tag in "abcdef":
        library.tag(NAME, [tag])
    done = 0
    while history.next_undo():
        history.undo()
        done += 1
    assert 1 <= done <= 4
    assert library.prompt(NAME).tags[0] == "a"


def test_events_come_newest_first_in_pages_and_by_prompt(library: Library, history: History) -> None:
    every = history.events()
    assert [event.id for event in every] == sorted((event.id for event in every), reverse=True)
    page = history.events(limit=4)
    assert page + history.events(before=page[-1].id) == every
    assert {event.prompt for event in history.events("quiet")} == {"quiet"}
    with pytest.raises(WorkbenchError, match="no prompt"):
        history.events("nobody")


def test_every_event_is_told_in_words(library: Library, deploying: Deploying, history: History) -> None:
    for act in ACTS.values():
        act(library, deploying)
    while history.next_undo():
        history.undo()
    for event in history.events(limit=1000):
        words = told(event)
        assert event.prompt in words
        assert "." not in words.split()[0]
        assert "None" not in words


NAMES = st.sampled_from(["a", "b"])


class UndoReplay(RuleBasedStateMachine):
    """Whatever is done in whatever order: undo gives the state before, redo the state after, and `verify` agrees."""

    @initialize()
    def begin(self) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.store = open_store(Path(self.folder.name) / "prompts.db")
        self.library = Library(self.store, DEFAULT_ENVIRONMENTS, "ana")
        self.deploying = Deploying(self.store, DEFAULT_ENVIRONMENTS, "ana")
        self.history = History(self.store, DEFAULT_ENVIRONMENTS, "ana")
        self.past: list[list[Any]] = [state(self.library)]
        self.future: list[list[Any]] = []
        self.texts = 0

    def do(self, act: Callable[[], object]) -> None:
        events = len(self.history.events(limit=10_000))
        try:
            act()
        except WorkbenchError:
            assert len(self.history.events(limit=10_000)) == events
            assert state(self.library) == self.past[-1]
            return
        if len(self.history.events(limit=10_000)) > events:
            self.past.append(state(self.library))
            self.future.clear()

    @rule(name=NAMES, bump=st.sampled_from(["patch", "minor", "pre"]))
    def save(self, name: str, bump: str) -> None:
        self.texts += 1
        self.do(lambda: self.library.save(name, Content.of_text(f"text {self.texts}"), bump=bump))

    @rule(
        name=NAMES,
        selector=st.sampled_from(["latest", "1.0.0", "1.0.1", "dev"]),
        to=st.sampled_from(["dev", "staging"]),
    )
    def promote(self, name: str, selector: str, to: str) -> None:
        self.do(lambda: self.deploying.promote(f"{name}@{selector}", to))

    @rule(name=NAMES)
    def roll_back(self, name: str) -> None:
        self.do(lambda: self.deploying.rollback(name, "dev"))

    @rule(name=NAMES, archived=st.booleans())
    def archive(self, name: str, archived: bool) -> None:
        self.do(lambda: self.library.archive(name) if archived else self.library.unarchive(name))

    @rule(name=NAMES, selector=st.sampled_from(["", "@latest"]), add=st.booleans())
    def tag(self, name: str, selector: str, add: bool) -> None:
        self.do(lambda: self.library.tag(name + selector, ["t"] if add else [], [] if add else ["t"]))

    @precondition(lambda self: len(self.past) > 1)
    @rule()
    def undo(self) -> None:
        self.history.undo()
        self.future.append(self.past.pop())
        assert state(self.library) == self.past[-1]

    @precondition(lambda self: self.future)
    @rule()
    def redo(self) -> None:
        self.history.redo()
        self.past.append(self.future.pop())
        assert state(self.library) == self.past[-1]

    @invariant()
    def candidates_agree(self) -> None:
        if hasattr(self, "past"):
            assert bool(self.history.next_undo()) == (len(self.past) > 1)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            assert verify(self.store).ok
            self.store.close()
            self.folder.cleanup()


TestUndoReplay = UndoReplay.TestCase
TestUndoReplay.settings = settings(examples(40), stateful_step_count=25, suppress_health_check=list(HealthCheck))
