"""Every kind of event has an answer to "can this be taken back?": how, or why not."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from workbench.domain.comparisons import Comparison, Given, columns_of
from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.events import UNDOABLE, Event
from workbench.domain.inputs import Case
from workbench.domain.prompts import Content
from workbench.domain.runs import Request, Run
from workbench.domain.taking_back import LASTING, acts_to_take_back
from workbench.errors import MovedMeanwhile, NotFound, Refused, WorkbenchError
from workbench.services.comparisons.judging import put_verdict
from workbench.services.library import Library
from workbench.services.maintenance import verify
from workbench.services.past.history import History
from workbench.services.past.telling import told
from workbench.services.past.undoing import TABLE
from workbench.services.releases.approving import Approving
from workbench.services.releases.deploying import Deploying
from workbench.services.runs.inputs import Inputs
from workbench.services.runs.rating import Rating
from workbench.store import Store

ROOT = Path(__file__).parents[2] / "workbench"
NAME = "support/x"


class Desk:
    """All services of one person over one store."""

    def __init__(self, store: Store, actor: str) -> None:
        self.store = store
        self.library = Library(store, DEFAULT_ENVIRONMENTS, actor)
        self.deploying = Deploying(store, DEFAULT_ENVIRONMENTS, actor)
        self.inputs = Inputs(store, DEFAULT_ENVIRONMENTS, actor)
        self.approving = Approving(store, DEFAULT_ENVIRONMENTS, actor)
        self.rating = Rating(store, actor)
        self.history = History(store, DEFAULT_ENVIRONMENTS, actor)
        self.actor = actor

    def judge(self, verdict: str) -> None:
        (comparison,) = self.comparisons()
        put_verdict(self.store, comparison, 0, Given(0, verdict, actor=self.actor, at=self.store.clock()), self.actor)

    def comparisons(self) -> list[Comparison]:
        found = self.store.comparisons.get("c1")
        return [found] if found else []

    def state(self) -> Any:
        """All that a person sees, without times."""
        return (
            [
                (row.name, row.description, row.tags, row.archived, dict(row.live), self.library.versions(row.name))
                for row in self.library.prompts(archived=True)
                if row.version_count
            ],
            [(one.prompt, one.name, dict(one.values)) for one in self.inputs.sets()],
            [(one.kind, one.comment, one.withdrawn) for one in self.approving.of(NAME) if not one.withdrawn],
            [(run.rating, run.starred, run.note) for run in [self.store.runs.get("r1")] if run],
            [
                (given.case, given.verdict)
                for one in self.comparisons()
                for given in self.store.comparisons.verdicts(one.id)
            ],
        )


@pytest.fixture
def desk(store: Store) -> Desk:
    desk = Desk(store, "ana")
    for words in "abc":
        desk.library.save(NAME, Content.of_text(words), description="of old")
    desk.library.save("asleep", Content.of_text("z"))
    desk.library.save("quiet", Content.of_text("q"))
    desk.library.archive("asleep")
    desk.library.tag(NAME, ["old"])
    for number in ("1.0.0", "1.0.1"):
        desk.deploying.promote(f"{NAME}@{number}", "production", "go")
    desk.inputs.save(NAME, "first", {"a": 1})
    desk.approving.comment(f"{NAME}@1.0.0", "well")
    version = desk.library.version(f"{NAME}@1.0.0")
    other = desk.library.version(f"{NAME}@1.0.1")
    request = Request("local", "m", {"messages": []})
    with store.write():
        store.runs.add(
            Run(
                id="r1",
                prompt=NAME,
                number="1.0.0",
                digest=version.digest,
                variables={},
                request=request,
                status="finished",
                output="hi",
            )
        )
        columns = columns_of([version, other])
        store.comparisons.add(Comparison("c1", columns, (Case("one", {}),), 1, False, 0, "ana", store.clock()))
    return desk


def acts(desk: Desk) -> Mapping[str, Callable[[], object]]:
    """One act of each kind."""
    return {
        "prompt.create": lambda: desk.library.save("other", Content.of_text("new")),
        "version.save": lambda: desk.library.save(NAME, Content.of_text("new"), description="of new"),
        "prompt.archive": lambda: desk.library.archive("quiet"),
        "prompt.unarchive": lambda: desk.library.unarchive("asleep"),
        "prompt.describe": lambda: desk.library.describe(NAME, "of now"),
        "tag.change": lambda: desk.library.tag(NAME, ["new"], ["old"]),
        "deployment.promote": lambda: desk.deploying.promote(NAME, "dev"),
        "deployment.rollback": lambda: desk.deploying.rollback(NAME, "production"),
        "set.save": lambda: desk.inputs.save(NAME, "first", {"a": 2}),
        "set.rename": lambda: desk.inputs.rename(NAME, "first", "second"),
        "set.delete": lambda: desk.inputs.delete(NAME, "first"),
        "run.mark": lambda: desk.rating.rate("r1", 5),
        "verdict.give": lambda: desk.judge("a"),
        "review.approve": lambda: desk.approving.approve(NAME, "staging"),
        "review.request_changes": lambda: desk.approving.request_changes(NAME, "too long"),
        "review.comment": lambda: desk.approving.comment(NAME, "hm"),
        "review.withdraw": lambda: desk.approving.withdraw(f"{NAME}@1.0.0"),
    }


def moved_on(desk: Desk) -> Mapping[str, Callable[[], object]]:
    """What somebody else can do afterwards that makes it impossible to take the act back."""
    return {
        "prompt.create": lambda: desk.deploying.promote("other", "dev"),
        "version.save": lambda: desk.deploying.promote(NAME, "dev"),
        "prompt.archive": lambda: desk.library.unarchive("quiet"),
        "prompt.unarchive": lambda: desk.library.archive("asleep"),
        "prompt.describe": lambda: desk.library.describe(NAME, "of ben"),
        "tag.change": lambda: desk.library.tag(NAME, [], ["new"]),
        "deployment.promote": lambda: desk.deploying.promote(f"{NAME}@1.0.0", "dev"),
        "deployment.rollback": lambda: desk.deploying.promote(NAME, "production", "go"),
        "set.save": lambda: desk.inputs.save(NAME, "first", {"a": 3}),
        "set.rename": lambda: desk.inputs.delete(NAME, "second"),
        "set.delete": lambda: desk.inputs.save(NAME, "first", {"a": 3}),
        "run.mark": lambda: desk.rating.rate("r1", 1),
        "verdict.give": lambda: desk.judge("b"),
        "review.approve": lambda: desk.history.undo(),
        "review.request_changes": lambda: desk.history.undo(),
        "review.comment": lambda: desk.history.undo(),
        "review.withdraw": lambda: Desk(desk.store, "ana").history.undo(),
    }


def test_every_kind_that_is_recorded_anywhere_is_known() -> None:
    """Texts like `version.save` where events are recorded; a kind that is made of parts ends in what its parts are."""
    families = {kind.partition(".")[0] for kind in {*UNDOABLE, *LASTING}}
    found = set()
    for module in [*(ROOT / "services").rglob("*.py"), *(ROOT / "store").rglob("*.py")]:
        tree = ast.parse(module.read_text())
        methods = [
            call for call in ast.walk(tree) if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        ]
        for call in methods:
            named = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if named not in ("append", "record", "_record") or not call.args:
                continue
            texts = [node.value for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)]
            words = [text for text in texts if isinstance(text, str)]
            found |= {text for text in words if re.fullmatch(r"[a-z]+\.[a-z_]+", text)}
            made = [text[:-1] for text in words if re.fullmatch(r"[a-z]+\.", text)]
            assert set(made) <= families, module
    assert "version.withdraw" in found
    assert found - UNDOABLE - set(LASTING) == set()


def test_each_kind_has_one_answer(desk: Desk) -> None:
    assert set(TABLE) == UNDOABLE
    assert not UNDOABLE & set(LASTING)
    assert set(acts(desk)) == set(moved_on(desk)) == UNDOABLE
    assert all(LASTING.values())


@pytest.mark.parametrize("kind", sorted(UNDOABLE))
def test_each_kind_is_taken_back_and_done_again(desk: Desk, kind: str) -> None:
    before = desk.state()
    acts(desk)[kind]()
    after = desk.state()
    (event,) = desk.history.events(limit=1)
    assert event.kind == kind
    assert after != before

    undone = desk.history.undo(expected=event.id)
    assert desk.state() == before
    assert undone.event.undoes == event.id
    redone = desk.history.redo(expected=undone.event.id)
    assert desk.state() == after
    assert redone.event.redoes == undone.event.id
    assert desk.history.undo(event.id).event.undoes == event.id
    assert desk.state() == before
    with pytest.raises(Refused, match="was taken back already"):
        desk.history.undo(event.id)
    for one in desk.history.events(limit=4):
        assert "None" not in told(one)
        assert "." not in told(one).split()[0]
    assert verify(desk.store).ok


@pytest.mark.parametrize("kind", sorted(UNDOABLE))
def test_each_kind_is_refused_where_somebody_has_moved_on(desk: Desk, store: Store, kind: str) -> None:
    acts(desk)[kind]()
    (event,) = desk.history.events(limit=1)
    moved_on(Desk(store, "ben"))[kind]()
    count = len(desk.history.events(limit=1000))
    with pytest.raises((MovedMeanwhile, Refused, NotFound)) as caught:
        desk.history.undo(event.id)
    assert caught.value.message
    with pytest.raises(WorkbenchError):
        desk.history.undo(expected=event.id)
    assert len(desk.history.events(limit=1000)) == count


@pytest.mark.parametrize("kind", sorted(LASTING))
def test_what_is_not_taken_back_says_why(desk: Desk, store: Store, kind: str) -> None:
    with store.write():
        event = store.events.append(kind, NAME, actor="ana", at=store.clock(), details={"number": "1.0.0"})
    with pytest.raises(Refused, match="is not taken back: "):
        desk.history.undo(event.id)


def describe_together(store: Store, names: list[str], shared: int) -> None:
    """New prompts that one act has described."""
    with store.write():
        for name in names:
            store.prompts.add(name, "x", store.clock())
            details = {"before": "", "after": "x", "act": shared}
            store.events.append("prompt.describe", name, actor="ana", at=store.clock(), details=details)


def test_an_act_of_several_is_taken_back_and_done_again_as_one(desk: Desk, store: Store) -> None:
    before = desk.state()
    shared = desk.history.events(limit=1)[0].id + 1
    describe_together(store, ["a", "b", "c"], shared)

    def described() -> list[str]:
        return [desk.library.prompt(name).description for name in ("a", "b", "c")]

    undone = desk.history.undo()
    assert undone.message == "took back: describe a and 2 more"
    assert [event.prompt for event in undone.events] == ["c", "b", "a"]
    assert described() == ["", "", ""]
    redone = desk.history.redo()
    assert [event.prompt for event in redone.events] == ["a", "b", "c"]
    assert described() == ["x", "x", "x"]
    desk.history.undo(shared + 1)
    assert described() == ["", "", ""]
    assert desk.state()[1:] == before[1:]


def test_all_or_nothing_of_an_act_of_several(desk: Desk, store: Store) -> None:
    shared = desk.history.events(limit=1)[0].id + 1
    describe_together(store, ["a", "b"], shared)
    desk.library.describe("a", "by hand")
    with pytest.raises(MovedMeanwhile, match="the description of a was changed since"):
        desk.history.undo(shared)
    assert [desk.library.prompt(name).description for name in ("a", "b")] == ["by hand", "x"]


def test_an_act_of_many_is_found_whole_however_many() -> None:
    events = [Event(n, "tag.change", f"p{n}", "ana", "", {"act": 1}) for n in range(1, 900)]
    acts, undos = acts_to_take_back(events)
    assert (len(acts), undos) == (899, ())


def test_more_events_than_undo_looks_at_at_once_are_still_one_act(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.services.past.history.WINDOW", 4)
    shared = desk.history.events(limit=1)[0].id + 1
    describe_together(store, [f"p{n}" for n in range(11)], shared)
    assert len(desk.history.undo().events) == 11
    assert len(desk.history.redo().events) == 11
