"""Reviews speak of a content: who may approve, what is stale, and what can be taken back by whom."""

from __future__ import annotations

import pytest

from workbench.domain.environments import DEFAULT_ENVIRONMENTS, Environment
from workbench.domain.prompts import Content
from workbench.domain.releases.reviews import Approvals
from workbench.errors import BadInput, MovedMeanwhile, NotFound, Refused, Unchanged
from workbench.services.library import Library
from workbench.services.maintenance import verify
from workbench.services.past.history import History
from workbench.services.past.telling import told
from workbench.services.releases.approving import Approving
from workbench.services.releases.releasing import Releasing
from workbench.store import Store

NAME = "support/x"
ANA = "Ana Silva <ana@example.org>"
BEN = "Ben <ben@example.org>"
STRICT = (*DEFAULT_ENVIRONMENTS[:2], Environment("production", own_approval=False))


def by(store: Store, actor: str) -> Approving:
    return Approving(store, STRICT, actor)


def approvals(store: Store, reference: str = NAME, environment: str = "production") -> Approvals:
    return Releasing(store, STRICT, "x").plan(reference, environment).approvals


@pytest.fixture(autouse=True)
def versions(store: Store) -> None:
    library = Library(store, STRICT, ANA)
    library.save(NAME, Content.of_text("one\ntwo\nthree"))
    library.save(NAME, Content.of_text("one\ntwo\nfour"))


def test_an_approval_is_of_a_content_and_an_environment(store: Store) -> None:
    given = by(store, BEN).approve(NAME, "production", " fine ")
    assert (given.number, given.environment, given.comment, given.actor) == ("1.0.1", "production", "fine", BEN)
    assert [one.actor for one in approvals(store).valid] == [BEN]
    assert approvals(store, environment="staging").valid == ()
    assert approvals(store, f"{NAME}@1.0.0").valid == ()
    event = store.events.newest()[0]
    assert (event.kind, event.details["digest"]) == ("review.approve", given.digest)
    assert verify(store).ok


def test_an_approval_is_stale_once_the_content_differs_and_holds_where_it_is_the_same(store: Store) -> None:
    by(store, BEN).approve(f"{NAME}@1.0.0", "production")
    library = Library(store, STRICT, ANA)
    assert approvals(store).valid == ()
    library.restore(f"{NAME}@1.0.0", "back to the first")
    assert [one.number for one in approvals(store, f"{NAME}@1.0.2").valid] == ["1.0.0"]
    Releasing(store, STRICT, ANA).promote(Releasing(store, STRICT, ANA).plan(f"{NAME}@1.0.0", "production"))
    by(store, BEN).approve(f"{NAME}@1.0.1", "production")
    library.save(NAME, Content.of_text("five"))
    found = approvals(store)
    assert found.valid == ()
    assert [why for _, why in found.not_counted] == [
        "stale: 1.0.0 says something else",
        "stale: 1.0.1 says something else",
    ]


@pytest.mark.parametrize("actor", [ANA, "A. Silva <ANA@example.org>"])
def test_nobody_approves_their_own_version_where_the_environment_says_so(store: Store, actor: str) -> None:
    with pytest.raises(Refused, match="nobody approves their own for production"):
        by(store, actor).approve(NAME, "production")
    assert by(store, actor).approve(NAME, "staging").kind == "approve"


def test_an_own_approval_from_before_the_rule_does_not_count(store: Store) -> None:
    Approving(store, DEFAULT_ENVIRONMENTS, ANA).approve(NAME, "production")
    assert [why for _, why in approvals(store).not_counted] == ["their own version"]


def test_of_each_person_the_last_word_counts(store: Store) -> None:
    by(store, BEN).approve(NAME, "production")
    with pytest.raises(Unchanged, match="approved this already"):
        by(store, "B. <ben@example.org>").approve(NAME, "production")
    by(store, BEN).request_changes(NAME, "no, wait")
    found = approvals(store)
    assert (found.valid, [one.comment for one in found.requests]) == ((), ["no, wait"])
    by(store, BEN).approve(NAME, "production")
    assert (len(approvals(store).valid), approvals(store).requests) == (1, ())


def test_a_request_for_one_environment_stands_in_no_other(store: Store) -> None:
    by(store, BEN).request_changes(NAME, "not for production", "production")
    assert len(approvals(store).requests) == 1
    assert approvals(store, environment="staging").requests == ()


def test_lines(store: Store) -> None:
    reviewer = by(store, BEN)
    on_new = reviewer.comment(NAME, "why four?", line=3)
    on_old = reviewer.request_changes(NAME, "three was better", "production", line=3, line_of="1.0.0")
    assert (on_new.place, on_old.place) == ("1.0.1 line 3", "1.0.0 line 3")
    assert [one.id for one in reviewer.of_version(f"{NAME}@1.0.1")] == [on_new.id, on_old.id]
    assert reviewer.of_version(f"{NAME}@1.0.0") == []
    with pytest.raises(BadInput, match=r"support/x@1.0.1 has no line 4"):
        reviewer.comment(NAME, "?", line=4)
    with pytest.raises(BadInput, match="without words"):
        reviewer.request_changes(NAME, "  ")
    with pytest.raises(NotFound, match="no environment"):
        reviewer.comment(NAME, "x", "prod")


def test_taking_back_is_a_row_of_its_own(store: Store) -> None:
    reviewer = by(store, BEN)
    with pytest.raises(Refused, match="said nothing"):
        reviewer.withdraw(NAME)
    given = reviewer.approve(NAME, "production")
    with pytest.raises(Refused, match="said nothing"):
        by(store, "eve").withdraw(NAME)
    assert reviewer.withdraw(NAME, "production").id == given.id
    assert approvals(store).valid == ()
    assert [(one.id, one.withdrawn) for one in reviewer.of(NAME)] == [(given.id, True)]
    assert verify(store).ok


def test_undo_and_redo(store: Store) -> None:
    by(store, BEN).approve(NAME, "production")
    assert History(store, STRICT, "cem").next_undo().startswith(f"approve {NAME} 1.0.1 for production")
    History(store, STRICT, "cem").undo()
    assert approvals(store).valid == ()
    with pytest.raises(Refused, match="only Ben"):
        History(store, STRICT, "cem").redo()
    History(store, STRICT, BEN).redo()
    assert [one.actor for one in approvals(store).valid] == [BEN]
    History(store, STRICT, BEN).undo()
    assert approvals(store).valid == ()
    assert verify(store).ok


def test_a_withdrawal_is_undone_by_whose_word_it_was_alone(store: Store) -> None:
    by(store, BEN).approve(NAME, "production")
    by(store, BEN).withdraw(NAME)
    with pytest.raises(Refused, match="only Ben"):
        History(store, STRICT, ANA).undo()
    History(store, STRICT, BEN).undo()
    assert len(approvals(store).valid) == 1
    assert told(store.events.newest()[0]) == f"give again the approval of {NAME} 1.0.1 for production"


def test_undo_of_what_was_taken_back_otherwise_since_is_refused(store: Store) -> None:
    given = by(store, BEN).comment(NAME, "hm")
    act = store.events.newest()[0]
    by(store, BEN).withdraw(NAME)
    with pytest.raises(MovedMeanwhile, match="taken back since"):
        History(store, STRICT, BEN).undo(act.id)
    assert given.withdrawn is False
