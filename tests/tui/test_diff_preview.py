"""A long line in a sheet: what is left of it, and the words that are marked."""

from __future__ import annotations

from workbench.domain.diffs import diff_texts
from workbench.tui.widgets.diff_preview import AROUND, excerpt

REST = " are a support agent" + " of the house" * 20


def shortened(left: str, right: str) -> tuple[str, list[str]]:
    [row] = diff_texts(left, right).rows
    assert row.rsegs is not None
    text, marks = excerpt(right, row.rsegs[0])
    return text, [text[start:end] for start, end, _ in marks]


def test_the_blank_after_a_changed_word_stays() -> None:
    text, marked = shortened("You" + REST, "Always be kind. You" + REST)
    assert text == "Always be kind. You" + REST[: AROUND - len("You")] + " …"
    assert marked == ["Always be kind. "]


def test_what_lies_far_from_a_change_is_left_out() -> None:
    text, marked = shortened(f"Old{REST} today{REST}", f"New{REST} tomorrow{REST}")
    assert text == f"New{REST[:AROUND]} … {REST[1 - AROUND :]} tomorrow{REST[:AROUND]} …"
    assert marked == ["New", "tomorrow"]
