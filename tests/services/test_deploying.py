"""Promoting and rolling back, and what the ledger says afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.domain.deployments import Plan, Refusal
from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.errors import MovedMeanwhile, NotFound, Refused
from workbench.services.library import Library
from workbench.services.past.history import History
from workbench.services.releases.deploying import Deploying
from workbench.store import Store, open_store

NAME = "support/x"


@pytest.fixture(autouse=True)
def four_versions(library: Library) -> None:
    for words in "abcd":
        library.save(NAME, Content.of_text(words))


def at(number: str) -> str:
    return f"{NAME}@{number}"


def test_promoting_moves_what_is_live_and_says_from_where(deploying: Deploying, library: Library) -> None:
    first = deploying.promote(at("1.0.0"), "dev", "try it")
    assert (first.kind, first.before, first.after, first.actor, first.reason) == (
        "promote",
        None,
        "1.0.0",
        "ana",
        "try it",
    )
    assert deploying.promote(at("latest"), "dev").before == "1.0.0"
    assert deploying.live(NAME) == {"dev": "1.0.3"}
    assert library.version(at("dev")).number == "1.0.3"
    # From one environment to the next.
    assert deploying.promote(at("dev"), "staging").after == "1.0.3"
    assert list(deploying.live(NAME)) == ["dev", "staging"]


def test_the_plan_is_what_promoting_does(deploying: Deploying) -> None:
    deploying.promote(at("1.0.0"), "production", "first")
    plan = deploying.plan(at("1.0.1"), "production")
    assert isinstance(plan, Plan)
    assert (plan.current, plan.target, plan.environment.protected) == ("1.0.0", "1.0.1", True)
    assert plan.warnings == ("1.0.1 has never been in staging",)
    assert deploying.live(NAME) == {"production": "1.0.0"}
    deploying.promote(at("1.0.1"), "staging")
    plan = deploying.plan(at("1.0.1"), "production")
    assert isinstance(plan, Plan)
    assert plan.warnings == ()


def test_what_is_live_already_is_refused_and_leaves_one_row(deploying: Deploying) -> None:
    deploying.promote(at("1.0.0"), "dev")
    assert isinstance(deploying.plan(at("1.0.0"), "dev"), Refusal)
    with pytest.raises(Refused, match="already live in dev"):
        deploying.promote(at("1.0.0"), "dev")
    assert len(deploying.ledger()) == 1


def test_a_protected_environment_needs_a_reason(deploying: Deploying) -> None:
    with pytest.raises(Refused, match="needs a reason"):
        deploying.promote(at("1.0.0"), "production", "  ")
    assert deploying.ledger() == []


def test_what_does_not_exist_is_named(deploying: Deploying) -> None:
    with pytest.raises(NotFound, match="no environment 'prodution'") as caught:
        deploying.promote(at("1.0.0"), "prodution")
    assert caught.value.near == ("production",)
    with pytest.raises(NotFound, match="there is no version"):
        deploying.plan(at("9.9.9"), "dev")
    with pytest.raises(NotFound):
        deploying.rollback("nobody", "dev")
    with pytest.raises(NotFound):
        deploying.ledger(environment="nowhere")


def test_a_move_that_others_made_meanwhile_is_noticed(deploying: Deploying, store_path: Path) -> None:
    deploying.promote(at("1.0.0"), "dev")
    other = open_store(store_path)
    Deploying(other, DEFAULT_ENVIRONMENTS, "ben").promote(at("1.0.1"), "dev")
    other.close()
    acts: list[Callable[[], object]] = [
        lambda: deploying.promote(at("1.0.2"), "dev", expected="1.0.0"),
        lambda: deploying.promote(at("1.0.2"), "dev", expected=None),
        lambda: deploying.rollback(NAME, "dev", expected="1.0.0"),
    ]
    for act in acts:
        with pytest.raises(MovedMeanwhile, match=r"1\.0\.1 is live in dev by now"):
            act()
    assert deploying.promote(at("1.0.2"), "dev", expected="1.0.1").after == "1.0.2"
    assert deploying.promote(at("1.0.2"), "staging", expected=None).before is None


def test_rolling_back_again_and_further_back(deploying: Deploying) -> None:
    for number in ("1.0.0", "1.0.1", "1.0.2"):
        deploying.promote(at(number), "production", "go")
    plan = deploying.plan_rollback(NAME, "production")
    assert isinstance(plan, Plan)
    assert (plan.current, plan.target) == ("1.0.2", "1.0.1")
    assert deploying.rollback(NAME, "production").after == "1.0.1"
    assert deploying.rollback(NAME, "production").after == "1.0.0"
    with pytest.raises(Refused, match=r"nothing was live in production before 1\.0\.0"):
        deploying.rollback(NAME, "production")
    # Forward again, then back: what was rolled back from does not come back by itself.
    deploying.promote(at("1.0.3"), "production", "mended")
    assert deploying.rollback(NAME, "production").after == "1.0.0"


def test_rolling_back_to_a_chosen_version(deploying: Deploying) -> None:
    for number in ("1.0.0", "1.0.1", "1.0.2"):
        deploying.promote(at(number), "dev")
    assert deploying.rollback(NAME, "dev", to="1.0.0").after == "1.0.0"
    with pytest.raises(Refused, match="already live"):
        deploying.rollback(NAME, "dev", to="1.0.0")
    with pytest.raises(Refused, match="never been live") as caught:
        deploying.rollback(NAME, "dev", to="1.0.3")
    assert "promote" in caught.value.hint
    with pytest.raises(NotFound):
        deploying.rollback(NAME, "dev", to="9.9.9")


def test_rolling_back_where_nothing_is_live(deploying: Deploying) -> None:
    assert isinstance(deploying.plan_rollback(NAME, "dev"), Refusal)
    with pytest.raises(Refused, match="nothing was live in dev before"):
        deploying.rollback(NAME, "dev")


def test_the_ledger_is_newest_first_and_can_be_narrowed(deploying: Deploying, library: Library) -> None:
    library.save("other", Content.of_text("x"))
    for reference, environment in ((at("1.0.0"), "dev"), ("other", "dev"), (at("1.0.0"), "staging")):
        deploying.promote(reference, environment)
    assert [(row.prompt, row.environment) for row in deploying.ledger()] == [
        (NAME, "staging"),
        ("other", "dev"),
        (NAME, "dev"),
    ]
    assert [row.environment for row in deploying.ledger(NAME)] == ["staging", "dev"]
    assert [row.prompt for row in deploying.ledger(environment="dev")] == ["other", NAME]
    assert len(deploying.ledger(limit=1)) == 1


def test_what_was_live_at_a_time(store_path: Path) -> None:
    now = ["2026-01-01T00:00:00.000000Z"]
    store = open_store(store_path, clock=lambda: now[0])
    deploying = Deploying(store, DEFAULT_ENVIRONMENTS, "ana")
    history = History(store, DEFAULT_ENVIRONMENTS, "ana")
    for day, act in (
        (2, lambda: deploying.promote(at("1.0.0"), "dev")),
        (3, lambda: deploying.promote(at("1.0.1"), "dev")),
        (4, history.undo),
        (5, history.undo),
    ):
        now[0] = f"2026-01-0{day}T12:00:00.000000Z"
        act()
    told = [deploying.live_at(f"2026-01-0{day}T13:00:00.000000Z", NAME) for day in (1, 2, 3, 4, 5)]
    assert told == [[], [(NAME, "dev", "1.0.0")], [(NAME, "dev", "1.0.1")], [(NAME, "dev", "1.0.0")], []]
    assert deploying.live_at("2026-01-03T13:00:00.000000Z") == [(NAME, "dev", "1.0.1")]
    store.close()


def test_a_move_and_its_event_are_one(store: Store, deploying: Deploying) -> None:
    deployment = deploying.promote(at("1.0.0"), "dev", "why")
    event = store.events.newest()[0]
    assert event.kind == "deployment.promote"
    assert event.details == {
        "deployment": deployment.id,
        "environment": "dev",
        "before": None,
        "after": "1.0.0",
        "reason": "why",
        "rows": [["deployments", deployment.id, store.seals.hash_of("deployments", deployment.id)]],
    }
    # A surrogate in the reason is found only when the event is hashed, after the ledger was written.
    with pytest.raises(Exception, match="lone surrogate"):
        deploying.promote(at("1.0.1"), "dev", "\udfff")
    assert deploying.live(NAME) == {"dev": "1.0.0"}
    assert len(deploying.ledger()) == 1
