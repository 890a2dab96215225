"""Whether a move may happen, decided without a store."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.deployments import (
    Deployment,
    Kind,
    Plan,
    decide_rollback,
)
from workbench.domain.environments import DEFAULT_ENVIRONMENTS

DEV = DEFAULT_ENVIRONMENTS[0]


def ledger(*moves: tuple[Kind, str | None]) -> tuple[Deployment, ...]:
    rows: list[Deployment] = []
    for number, (kind, after) in enumerate(moves, 1):
        before = rows[-1].after if rows else None
        rows.append(Deployment(number, "x", "dev", kind, before, after, "ana", "", ""))
    return tuple(rows)


def target(*moves: tuple[Kind, str | None], to: str | None = None) -> str | None:
    plan = decide_rollback("x", DEV, ledger(*moves), to)
    return plan.target if isinstance(plan, Plan) else None


def test_rollback_pops_what_was_pushed() -> None:
    assert target() is None
    assert target(("promote", "a")) is None
    assert target(("promote", "a"), ("promote", "b")) == "a"
    assert target(("promote", "a"), ("promote", "b"), ("rollback", "a")) is None
    assert target(("promote", "a"), ("promote", "b"), ("promote", "c"), ("rollback", "b")) == "a"
    assert target(("promote", "a"), ("promote", "b"), ("rollback", "a"), ("promote", "c")) == "a"


def test_rollback_after_nothing_was_live() -> None:
    assert target(("promote", "a"), ("rollback", None)) is None
    assert target(("promote", "a"), ("rollback", None), ("promote", "b")) is None
    assert target(("promote", "a"), ("rollback", None), ("promote", "b"), ("promote", "c")) == "b"


def test_an_undone_rollback_can_be_rolled_back_again() -> None:
    assert target(("promote", "a"), ("promote", "b"), ("rollback", "a"), ("rollback", "b")) == "a"


def test_a_chosen_target_must_have_been_live() -> None:
    moves: tuple[tuple[Kind, str | None], ...] = (("promote", "a"), ("promote", "b"), ("promote", "c"))
    assert target(*moves, to="a") == "a"
    assert target(*moves, to="c") is None
    assert target(*moves, to="z") is None


@given(st.lists(st.sampled_from("abcd"), max_size=8))
def test_rollbacks_replay_promotions_backwards(numbers: list[str]) -> None:
    promoted = [n for i, n in enumerate(numbers) if i == 0 or numbers[i - 1] != n]
    distinct = len(set(promoted)) == len(promoted)
    moves: list[tuple[Kind, str | None]] = [("promote", n) for n in promoted]
    seen: list[str] = []
    while (back := target(*moves)) is not None:
        assert back != moves[-1][1]
        seen.append(back)
        moves.append(("rollback", back))
        assert len(seen) < 20, "rolling back never ends"
    if distinct:
        assert seen == promoted[-2::-1]
