"""The test of the votes keeps its promise however often one looks."""

from __future__ import annotations

import math
import random
import time

import pytest

from workbench.domain.comparisons import Given, Tally, tally
from workbench.domain.enough import ALPHA, capital, interval, standing

LIMIT = -math.log(ALPHA)


def test_with_no_difference_it_stops_wrongly_no_more_often_than_stated_however_often_one_peeks() -> None:
    """Not simulated but summed: the exact probability that fair votes ever cross the line within 600 looks."""
    alive, wrong = {(0, 0): 1.0}, 0.0
    stops = {}
    for _ in range(600):
        following: dict[tuple[int, int], float] = {}
        for (a, b), chance in alive.items():
            for place in ((a + 1, b), (a, b + 1)):
                key = (min(place), max(place))
                if key not in stops:
                    stops[key] = capital(*key, 0, 0.5) >= LIMIT
                if stops[key]:
                    wrong += chance / 2
                else:
                    following[place] = following.get(place, 0.0) + chance / 2
        # What is too unlikely to matter is counted as wrong, so that the sum stays an upper bound.
        wrong += sum(chance for chance in following.values() if chance < 1e-9)
        alive = {place: chance for place, chance in following.items() if chance >= 1e-9}
    assert 0.01 < wrong <= ALPHA


@pytest.mark.parametrize(("a", "b", "even"), [(0.5, 0.5, 0.0), (0.3, 0.3, 0.4), (0.2, 0.1, 0.7), (0.6, 0.4, 0.0)])
def test_the_true_share_is_ever_left_out_no_more_often_than_stated(a: float, b: float, even: float) -> None:
    """Simulated, looking after every vote: 400 people, 150 votes each."""
    chances, capitals = random.Random(7), {}
    truth, people, wrong = a + even / 2, 400, 0
    for _ in range(people):
        votes = [0, 0, 0]
        for _ in range(150):
            votes[chances.choices((0, 1, 2), (a, b, even))[0]] += 1
            counts = (votes[0], votes[1], votes[2])
            if counts not in capitals:
                capitals[counts] = capital(*counts, truth)
            if capitals[counts] >= LIMIT:
                wrong += 1
                break
    # Three standard deviations above 5 % of 400.
    assert wrong <= ALPHA * people + 3 * math.sqrt(people * ALPHA * (1 - ALPHA))


def test_a_real_difference_is_found_and_named() -> None:
    chances, needed = random.Random(3), []
    for _ in range(20):
        votes = Tally()
        while standing(votes).answer == "open" and votes.votes < 400:
            votes = votes.with_verdict("b" if chances.random() < 0.75 else "a")
        assert standing(votes).answer == "b"
        needed.append(votes.votes)
    assert sorted(needed)[10] < 60
    assert standing(Tally(3, 28)).said("1.3.2", "1.4.0") == "1.4.0 is better, 31 votes"
    assert standing(Tally(28, 3)).said("1.3.2", "1.4.0") == "1.3.2 is better, 31 votes"


def test_no_difference_that_matters_is_told_too() -> None:
    assert standing(Tally(2, 2, 60)).said() == "no difference that matters so far, 64 votes"
    assert standing(Tally(200, 205)).answer == "same"
    assert standing(Tally(40, 5, 400)).answer == "a", "ties do not hide a difference"
    assert standing(Tally(3, 3)).answer == "open"


def test_how_many_more() -> None:
    nothing = standing(Tally())
    assert (nothing.share, nothing.low, nothing.high, nothing.answer) == (None, 0.0, 1.0, "open")
    least = nothing.more
    assert least is not None
    assert nothing.said() == f"at least {least} more votes"
    assert standing(Tally(least)).answer == "a"
    assert standing(Tally(least - 1)).answer == "open"
    some = standing(Tally(6, 2))
    assert some.more is not None
    assert standing(Tally(round(6 * (8 + some.more) / 8), round(2 * (8 + some.more) / 8))).answer == "a"
    assert some.said() == f"about {some.more} more votes"
    assert "vote" in standing(Tally(1, 0)).said()


@pytest.mark.parametrize(
    "votes", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (5, 9, 3), (100, 20, 0), (0, 0, 500), (3000, 3000, 9)]
)
def test_the_interval_holds_the_share_and_narrows(votes: tuple[int, int, int]) -> None:
    a, b, even = votes
    share = (a + even / 2) / sum(votes)
    low, high = interval(a, b, even)
    assert 0 <= low <= share <= high <= 1
    wide_low, wide_high = interval(a, b, even, 0.001)
    assert wide_low <= low <= high <= wide_high
    turned_low, turned_high = interval(b, a, even)
    assert turned_low == pytest.approx(1 - high, abs=1e-4)
    assert turned_high == pytest.approx(1 - low, abs=1e-4)


def test_the_order_of_votes_does_not_matter_and_a_third_column_is_no_vote() -> None:
    verdicts = [Given(0, "a"), Given(1, "c"), Given(2, "b"), Given(3, "tie"), Given(4, "neither"), Given(5, "c")]
    assert tally(verdicts) == Tally(1, 1, 1, 1)
    assert tally(verdicts[::-1], 2, 0) == Tally(2, 1, 1, 1)
    assert Tally(1, 2, 3, 4).turned() == Tally(2, 1, 3, 4)


def test_an_answer_takes_milliseconds() -> None:
    began = time.process_time()
    standing(Tally(23, 17, 4, 1))
    assert time.process_time() - began < 1.0
