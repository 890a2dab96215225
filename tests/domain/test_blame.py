"""Each line knows the version that brought it, wherever it stood and however it was edited since."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.domain.blame import Step, Touch, trace


def step(number: int) -> Step:
    return Step(f"1.0.{number}", "ana", f"2026-01-{number + 1:02}T00:00:00.000000Z", f"note {number}")


def traced(*texts: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Line by line: what it says, and (kind, number) of what was done to it, newest first; `texts` oldest first."""
    found = trace([(step(n), text) for n, text in enumerate(texts)][::-1])
    return [
        (line.text, [(touch.kind, found.steps[touch.step].number) for touch in line.touches]) for line in found.lines
    ]


def test_a_line_that_stays_is_of_the_first_version() -> None:
    assert traced("a\nb", "a\nb\nc", "x\na\nb\nc") == [
        ("x", [("brought", "1.0.2")]),
        ("a", [("brought", "1.0.0")]),
        ("b", [("brought", "1.0.0")]),
        ("c", [("brought", "1.0.1")]),
    ]


def test_an_edited_line_goes_on_and_a_new_one_does_not() -> None:
    assert traced(
        "You are a polite assistant of Acme.\nAnswer in English.",
        "You are a polite and patient assistant of Acme.\nAnswer in English.",
        "You are a polite and patient assistant of Acme.\nNever promise a refund before an agent has agreed to it.",
    ) == [
        ("You are a polite and patient assistant of Acme.", [("edited", "1.0.1"), ("brought", "1.0.0")]),
        ("Never promise a refund before an agent has agreed to it.", [("brought", "1.0.2")]),
    ]


def test_moved_rewrapped_and_spaced_lines_go_on() -> None:
    first = (
        "Ask for the number of the order first.\nThen look it up and tell the state.\n\nBe brief and be kind to all."
    )
    moved = (
        "Be brief and be kind to all.\n\nAsk for the number of the order first.\nThen look it up and tell the state."
    )
    wrapped = (
        "Be brief and be kind to all.\n\nAsk for the number of the order first. Then look it\nup and tell the state."
    )
    spaced = (
        "Be brief  and be kind to all.\n\nAsk for the number of the order first. Then look it\nup and tell the state."
    )
    lines = traced(first, moved, wrapped, spaced)
    assert lines[0] == (
        "Be brief  and be kind to all.",
        [("spaced", "1.0.3"), ("moved", "1.0.1"), ("brought", "1.0.0")],
    )
    assert lines[2][1] == [("rewrapped", "1.0.2"), ("brought", "1.0.0")]
    assert lines[3][1] == [("rewrapped", "1.0.2"), ("brought", "1.0.0")]


def test_a_step_back_shows_the_line_as_it_was() -> None:
    texts = [
        "Never promise any dates to customers.",
        "Never promise dates to customers.",
        "x\nNever promise dates to a customer.",
    ]
    found = trace([(step(n), text) for n, text in enumerate(texts)][::-1])
    line = found.lines[1]
    assert line.touches == (
        Touch(0, "edited", 2, "Never promise dates to a customer.", "Never promise dates to customers."),
        Touch(1, "edited", 1, "Never promise dates to customers.", "Never promise any dates to customers."),
        Touch(2, "brought", 1, "Never promise any dates to customers.", ""),
    )
    assert (line.changed.step, line.brought.step) == (0, 2)


def test_moving_does_not_change_who_changed_it() -> None:
    found = trace([(step(1), "b b b b\na a a a"), (step(0), "a a a a\nb b b b")])
    assert {line.changed.step for line in found.lines} == {1}


def test_no_more_is_read_than_is_needed() -> None:
    def history() -> Iterator[tuple[Step, str]]:
        yield step(2), "entirely new words here"
        yield step(1), "what was there before is gone"
        raise AssertionError("read too far")

    assert len(trace(history()).steps) == 1


def test_a_long_way_back_ends_and_says_so() -> None:
    history = [(step(0), f"kept\n{n}") for n in range(50, 0, -1)]
    found = trace(history, most=10)
    assert (len(found.steps), found.complete) == (10, False)
    assert found.lines[0].brought.step == 9
    assert trace(history[:5], most=10).complete
    with pytest.raises(ValueError, match="nothing"):
        trace([])


WORDS = [a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in "bdfglmnprst"]


@given(seed=st.integers(0, 10**6), versions=st.integers(2, 8))
@examples(80)
def test_what_was_done_to_each_line_is_found_again(seed: int, versions: int) -> None:
    """Lines of words that no other line has: insertions, deletions, small edits and one move at a time."""
    chosen = random.Random(seed)
    fresh = iter(chosen.sample(WORDS, len(WORDS)))

    def line() -> str:
        return " ".join(next(fresh) for _ in range(8))

    lines = [(line(), 0) for _ in range(6)]
    texts = ["\n".join(text for text, _ in lines)]
    for number in range(1, versions):
        act = chosen.choice(["insert", "delete", "edit", "edit", "move"])
        place = chosen.randrange(len(lines))
        if act == "insert":
            lines.insert(place, (line(), number))
        elif act == "delete" and len(lines) > 2:
            del lines[place]
        elif act == "edit":
            words = lines[place][0].split()
            words[chosen.randrange(8)] = next(fresh)
            lines[place] = (" ".join(words), lines[place][1])
        elif act == "move":
            lines.insert(chosen.randrange(len(lines)), lines.pop(place))
        texts.append("\n".join(text for text, _ in lines))
    found = trace([(step(n), text) for n, text in enumerate(texts)][::-1])
    assert [(one.text, found.steps[one.brought.step].number) for one in found.lines] == [
        (text, f"1.0.{number}") for text, number in lines
    ]
    for one in found.lines:
        assert [touch.kind for touch in one.touches].count("brought") == 1
        for newer, older in zip(one.touches, one.touches[1:], strict=False):
            assert newer.before == older.text
