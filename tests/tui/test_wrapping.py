"""Where the rows of a long line begin."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.test_diff_widgets import LINES
from workbench.tui.widgets.diff.lines import drawn
from workbench.tui.widgets.wrap import is_narrow, wrapped


@given(LINES, st.integers(6, 60), st.integers(0, 8))
def test_rows_hold_everything_and_fit(line: str, width: int, hang: int) -> None:
    text = drawn(line).text
    starts = wrapped(text, width, hang)
    rows = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]

    assert "".join(rows) == text
    for index, row in enumerate(rows):
        assert cell_len(row.rstrip()) <= (width - min(hang, width // 2) if index else width)


@given(st.text("ab ", max_size=60), st.integers(1, 20), st.integers(0, 8))
def test_rows_are_as_full_as_words_allow(text: str, width: int, hang: int) -> None:
    starts = wrapped(text, width, hang)
    for index, (start, after) in enumerate(pairwise([*starts, len(text)])):
        room = width - min(hang, width // 2) if index else width
        if after < len(text):
            word, _, _ = text[after:].partition(" ")
            assert after - start == room or (text[after - 1] == " " and after - start + len(word) > room)


def test_texts_taken_for_narrow_have_one_cell_a_character() -> None:
    narrow = [chr(code) for code in range(0x20, 0x3000) if is_narrow(chr(code)) and chr(code).isprintable()]
    assert len(narrow) > 700
    assert [char for char in narrow if cell_len(char) != 1] == []


PIECES = st.sampled_from(
    ("a", "word, ", " ", "({{ name }})", "{{ a }}{{ b }} ", "{% if tier == 'pro' %}", "{{ 日本 }}", "日")
)


@given(st.lists(PIECES, max_size=20).map("".join), st.integers(1, 40), st.integers(0, 8))
def test_no_row_begins_inside_a_variable_that_fits_one(text: str, width: int, hang: int) -> None:
    starts = wrapped(text, width, hang)
    room = width - min(hang, width // 2)

    for word in re.finditer(r"(?:\{\{ \w+ \}\}|\{% [^%]+ %\}|[^\s{}%])+", text):
        if word.group().isascii() and len(word.group()) <= room:
            assert not [start for start in starts if word.start() < start < word.end()]


def test_what_still_comes_is_broken_like_all_else() -> None:
    assert wrapped("It is {{ name }}", 12) == (0, 6)
    assert wrapped("It is {{ name }}", 12, growing=True) == (0, 9)
