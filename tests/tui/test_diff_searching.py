"""A search in both sides of a diff."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.diffs import diff_texts
from workbench.tui.widgets.diff.heads import sheet_of_texts
from workbench.tui.widgets.diff.layout import Texts
from workbench.tui.widgets.diff.searching import MOST, by_line, find_all, finder, near

CHARS = "aA.ſsSkK\u212aİi ß"


@given(st.text(CHARS, min_size=1, max_size=3), st.text(CHARS, max_size=20) | st.text("aAsS.", max_size=20))
def test_case_counts_only_when_an_upper_case_letter_is_looked_for(text: str, line: str) -> None:
    pattern = re.compile(re.escape(text), re.IGNORECASE if text == text.lower() else 0)
    assert [match.span() for match in finder(text)(line)] == [match.span() for match in pattern.finditer(line)]


@given(st.text("ab", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_what_is_near_a_row_is_what_reaches_into_it(line: str, start: int, length: int) -> None:
    sheet = sheet_of_texts(diff_texts(line, line))
    matches = find_all(sheet, Texts(sheet), "ab")
    end = start + length
    assert list(near(matches, start, end)) == [m for m in matches if m.start < end and start < m.end]


def test_a_search_ends_when_it_has_found_enough() -> None:
    line = "e" * (MOST + 5)
    sheet = sheet_of_texts(diff_texts(f"{line}\n{line}", f"{line}\n{line}"))
    matches = find_all(sheet, Texts(sheet), "e")
    assert len(matches) == MOST
    assert [len(of_line) for of_line in by_line(matches).values()] == [MOST]
