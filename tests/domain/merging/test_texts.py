"""Three texts into one: what must hold for all texts, and what a person expects of some."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.merging import Clash, Part, merge_texts
from workbench.domain.merging.units import units_of

SENTENCES = [
    "You are kind.",
    "Be brief.",
    "Answer in {{ lang }}.",
    "Never guess.",
    "Cite the policy.",
    "# Rules",
    "- one",
]
GAPS = [" ", "\n", "\n\n", "\n  ", "  "]
TEXTS = st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from(GAPS)), max_size=6).map(
    lambda parts: "".join(sentence + gap for sentence, gap in parts)
) | st.text(alphabet="ab. \n!A-é。", max_size=24)
EDITS = st.lists(
    st.tuples(
        st.integers(0, 30), st.integers(0, 12), st.sampled_from(["", "New one. ", "x", "\n\n", "\n- two\n", "Be bold."])
    ),
    max_size=3,
)


@st.composite
def three(draw: st.DrawFn) -> tuple[str, str, str]:
    """A text and two that were made of it."""
    base = draw(TEXTS)
    sides = []
    for _ in range(2):
        side = base
        for at, length, text in draw(EDITS):
            at = min(at, len(side))
            side = side[:at] + text + side[at + length :]
        sides.append(side)
    return base, sides[0], sides[1]


def swapped(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(part if isinstance(part, str) else Clash(part.base, part.theirs, part.ours) for part in parts)


def said(text: str) -> set[str]:
    return {unit.key for unit in units_of(text) if unit.body}


def signs(text: str) -> set[str]:
    return set(re.findall(r"\S", text))


@given(TEXTS)
def test_units_are_the_text(text: str) -> None:
    units = units_of(text)
    assert "".join(unit.text for unit in units) == text
    assert units[-1].body == ""
    assert all(unit.body and unit.body == unit.body.strip() for unit in units[:-1])


@given(TEXTS, TEXTS)
def test_a_side_that_is_the_base_or_the_other_side_changes_nothing(base: str, side: str) -> None:
    whole = (side,) if side else ()
    assert merge_texts(base, side, side) == whole
    assert merge_texts(base, base, side) == whole
    assert merge_texts(base, side, base) == whole


@given(three())
def test_exchanging_the_sides_exchanges_them_in_the_clashes(texts: tuple[str, str, str]) -> None:
    base, ours, theirs = texts
    assert merge_texts(base, theirs, ours) == swapped(merge_texts(base, ours, theirs))


@given(three())
def test_nothing_that_a_side_wrote_is_lost(texts: tuple[str, str, str]) -> None:
    base, ours, theirs = texts
    parts = merge_texts(base, ours, theirs)
    for side, name in ((ours, "ours"), (theirs, "theirs")):
        result = "".join(part if isinstance(part, str) else getattr(part, name) for part in parts)
        flat = "".join(result.split())
        for sentence in said(side) - said(base):
            assert "".join(sentence.split()) in flat
        assert signs(side) - signs(base) <= signs(result)


@given(three())
def test_clashes_are_as_small_as_they_can_be(texts: tuple[str, str, str]) -> None:
    parts = merge_texts(*texts)
    for part in parts:
        if isinstance(part, Clash):
            assert len({part.base, part.ours, part.theirs}) == 3
            one, other = units_of(part.ours), units_of(part.theirs)
            assert one[0] != other[0] or not one[0].body
            assert one[-1] != other[-1] or not one[-1].before
        else:
            assert part
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in pairwise(parts))


RULES = "You are an agent. Be kind. Answer in English.\n\n- one\n- two\n\nAsk before you refund."


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        # Sentences beside each other, of one line
        (("Be kind.", "Be kind and calm."), ("Answer in English.", "Answer in German."), ("calm. Answer in German.",)),
        # Items put in at both ends of a list
        (("- one", "- zero\n- one"), ("- two", "- two\n- three"), ("- zero\n- one\n- two\n- three\n",)),
        # A sentence put in behind one that the other side edits
        (("refund.", "refund. Then log it."), ("Ask", "Always ask"), ("Always ask before you refund. Then log it.",)),
        # The same on both sides
        (("Be kind.", "Be calm."), ("Be kind.", "Be calm."), ("an agent. Be calm. Answer",)),
        # A paragraph wrapped otherwise, and a word of it changed
        (("\n\n- one", "\n\n\n- one"), ("- one", "- 1"), ("\n\n\n- 1\n",)),
    ],
)
def test_changes_of_different_sentences_go_together(
    ours: tuple[str, str], theirs: tuple[str, str], merged: tuple[str]
) -> None:
    parts = merge_texts(RULES, RULES.replace(*ours), RULES.replace(*theirs))
    assert len(parts) == 1
    assert merged[0] in str(parts[0])


def test_both_sides_of_one_sentence_clash_and_nothing_else_does() -> None:
    parts = merge_texts(RULES, RULES.replace("kind", "calm"), RULES.replace("kind", "brief").replace("two", "2"))
    assert parts == (
        "You are an agent. ",
        Clash("Be kind.", "Be calm.", "Be brief."),
        " Answer in English.\n\n- one\n- 2\n\nAsk before you refund.",
    )


def test_what_one_side_took_out_and_the_other_edited_clashes() -> None:
    parts = merge_texts(RULES, RULES.replace("- two\n", ""), RULES.replace("- two", "- two or more"))
    assert [part for part in parts if isinstance(part, Clash)] == [Clash("\n- two", "", "\n- two or more")]


def test_what_was_put_in_beside_what_the_other_side_took_out_clashes() -> None:
    parts = merge_texts(RULES, RULES.replace("- two\n", ""), RULES.replace("- two\n", "- two\n- three\n"))
    assert [part for part in parts if isinstance(part, Clash)] == [Clash("\n- two", "", "\n- two\n- three")]


def test_wrapped_lines_are_one_sentence_and_a_list_is_not() -> None:
    wrapped = "You are a helpful support agent who answers questions about\nthe orders of our customers.\nBe brief."
    assert [unit.body for unit in units_of(wrapped)][:-1] == [wrapped.rsplit("\n", 1)[0], "Be brief."]
    assert [unit.body for unit in units_of("1. One. Two e.g. this.\n- apple\n- pear\n")][:-1] == [
        "1. One.",
        "Two e.g. this.",
        "- apple",
        "- pear",
    ]
    assert [unit.body for unit in units_of("你好。请问。")][:-1] == ["你好。", "请问。"]
