"""Semantic version numbers, by examples of the specification and by properties."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.versions import BUMPS, descending, highest, is_number, parse_number, precedence, propose
from workbench.errors import BadInput

IDENTIFIER = st.from_regex(r"(0|[1-9][0-9]{0,3}|[0-9]{0,2}[a-zA-Z-][a-zA-Z0-9-]{0,3})", fullmatch=True)
NUMBERS = st.builds(
    lambda core, pre: ".".join(map(str, core)) + ("-" + ".".join(pre) if pre else ""),
    st.tuples(*[st.integers(0, 30)] * 3),
    st.lists(IDENTIFIER, max_size=3),
)


def test_the_order_of_the_specification() -> None:
    ordered = "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 "
    ordered += "2.0.0 2.1.0 2.1.1"
    assert descending(ordered.split()) == ordered.split()[::-1]
    assert sorted(set(ordered.split()), key=precedence) == ordered.split()
    assert highest(ordered.split()) == "2.1.1"
    assert highest(["1.4.0-rc.1", "1.4.0"]) == "1.4.0"
    assert highest([]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.0",
        "01.0.0",
        "1.0.0.0",
        "v1.0.0",
        "1.0.0 ",
        "1.0.0\n",
        "-1.0.0",
        "1.0.0-",
        "1.0.0-01",
        "1٠.0.0",
        "1.0.0+x",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert not is_number(text)
    with pytest.raises(BadInput):
        parse_number(text)


def test_build_metadata_is_refused_with_the_number_without_it() -> None:
    with pytest.raises(BadInput) as caught:
        parse_number("1.2.3-rc.1+build.5")
    assert caught.value.hint == "write 1.2.3-rc.1"


@pytest.mark.parametrize(
    ("base", "bump", "expected"),
    [
        (None, "patch", "1.0.0"),
        (None, "pre", "1.0.0-rc.1"),
        ("1.3.2", "patch", "1.3.3"),
        ("1.3.2", "minor", "1.4.0"),
        ("1.3.2", "major", "2.0.0"),
        ("1.3.2", "pre", "1.3.3-rc.1"),
        ("1.4.0-rc.1", "patch", "1.4.0"),
        ("1.4.0-rc.1", "pre", "1.4.0-rc.2"),
        ("1.4.0-rc.9", "pre", "1.4.0-rc.10"),
        ("1.4.0-beta", "pre", "1.4.0-beta.0"),
    ],
)
def test_proposals(base: str | None, bump: str, expected: str) -> None:
    assert propose([], base, bump) == expected


def test_an_unknown_bump_is_named() -> None:
    with pytest.raises(BadInput, match="'huge'"):
        propose([], "1.0.0", "huge")


def test_a_taken_number_is_stepped_over() -> None:
    assert propose(["1.0.1", "1.0.2"], "1.0.0") == "1.0.3"
    assert propose(["1.0.0"], None) == "1.0.1"


@given(NUMBERS)
def test_what_is_read_is_written_the_same(text: str) -> None:
    assert str(parse_number(text)) == text


@given(st.lists(NUMBERS, max_size=6), NUMBERS, st.sampled_from(BUMPS))
def test_a_proposal_is_free_and_higher(taken: list[str], base: str, bump: str) -> None:
    proposed = propose([*taken, base], base, bump)
    assert proposed not in taken
    assert parse_number(proposed) > parse_number(base)


@given(NUMBERS)
def test_a_pre_release_is_below_its_release(text: str) -> None:
    number = parse_number(text)
    if number.prerelease:
        assert number < number.replace(prerelease=None)


@given(st.lists(NUMBERS, min_size=1))
def test_descending_is_an_order(numbers: list[str]) -> None:
    ordered = [parse_number(number) for number in descending(numbers)]
    assert all(a >= b for a, b in pairwise(ordered))
    assert parse_number(str(highest(numbers))) == ordered[0]


@given(NUMBERS, NUMBERS)
def test_precedence_orders_as_the_library_does(left: str, right: str) -> None:
    assert (precedence(left) < precedence(right)) == (parse_number(left) < parse_number(right))
    assert (precedence(left) == precedence(right)) == (left == right)
