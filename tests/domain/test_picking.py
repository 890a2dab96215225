"""Chosen changes: none is the left text, all is the right one, and each stands for itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.diffs import compare, diff_texts, hunks
from workbench.domain.picking import changed_settings, hunks_of_moves, picked_settings, picked_text
from workbench.domain.prompts import Content, Variable

texts = st.lists(st.sampled_from(["", "one", "two words", "{{x}} three", "four\r", "é 漢", "five  "]), max_size=8).map(
    "\n".join
)


@given(texts, texts)
def test_nothing_taken_is_the_left_and_all_is_the_right(left: str, right: str) -> None:
    diff = diff_texts(left, right)

    assert picked_text(diff, ()) == left
    assert picked_text(diff, range(len(hunks(diff)))) == right


@given(texts, texts, st.data())
def test_what_was_taken_and_what_was_left_out_make_the_whole(left: str, right: str, data: st.DataObject) -> None:
    diff = diff_texts(left, right)
    every = range(len(hunks(diff)))
    taken = data.draw(st.sets(st.sampled_from(every)) if every else st.just(set()))

    picked = picked_text(diff, taken)

    # Each line is as often in the two halves as in the two texts together.
    rest = picked_text(diff, set(every) - taken)
    assert sorted((picked + "\n" + rest).split("\n")) == sorted((left + "\n" + right).split("\n"))


def test_one_of_three() -> None:
    left = "a\n\nkeep this line\n\nb\n\nand this line\n\nc\n"
    right = "A\n\nkeep this line\n\nB\n\nand this line\n\nC\n"
    diff = diff_texts(left, right)

    assert len(hunks(diff)) == 3
    assert picked_text(diff, {1}) == "a\n\nkeep this line\n\nB\n\nand this line\n\nc\n"


def test_a_final_newline_can_be_left_out() -> None:
    left, right = "first line of it\n\nsecond line of it", "FIRST line of it\n\nsecond line of it\n"
    diff = diff_texts(left, right)
    first_only = picked_text(diff, {0})

    assert len(hunks(diff)) == 2
    assert first_only == "FIRST line of it\n\nsecond line of it"


def test_both_ends_of_a_move_belong_together() -> None:
    moved = "This paragraph is long enough to be seen when it stands somewhere else."
    stays = "\n\n".join(f"Paragraph number {n} of the ones that stay where they are." for n in range(3))
    diff = diff_texts(f"{moved}\n\n{stays}\n\nend", f"{stays}\n\n{moved}\n\nend")

    assert diff.moves
    assert hunks_of_moves(diff) == (frozenset({0, 1}),)


def test_settings_and_variables_are_taken_one_by_one() -> None:
    left = Content((), "jinja", (Variable("a"), Variable("b", "old")), {"model": "m", "seed": 1, "stop": ["x"]})
    right = Content((), "f-string", (Variable("b", "new"), Variable("c")), {"model": "n", "stop": ["y"], "top_p": 1})
    comparison = compare(left, right)
    every = {
        ("format", ""),
        *(("settings", key) for key in ("model", "seed", "stop", "top_p")),
        *(("variables", name) for name in "abc"),
    }
    assert set(changed_settings(comparison)) == every
    assert picked_settings(left, right, ()) == right
    back = picked_settings(left, right, every)
    assert (back.format, dict(back.settings)) == (left.format, dict(left.settings))
    assert set(back.variables) == set(left.variables)
    some = picked_settings(left, right, {("settings", "seed"), ("settings", "model"), ("variables", "b")})
    assert dict(some.settings) == {"model": "m", "seed": 1, "stop": ["y"], "top_p": 1}
    assert some.variables == (Variable("b", "old"), Variable("c"))
    assert some.format == "f-string"
