"""Styles are changed with few codes, and look as if each had been begun anew."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st

from workbench.tui.lean_styles import change_of_style

COLOURS = st.sampled_from(["", "31", "97", "39", "38;5;7", "38;2;1;2;3", "38;2;1;2;4"])
PAPERS = st.sampled_from(["", "41", "107", "49", "48;5;7", "48;2;9;9;9"])
STYLES = st.builds(
    lambda attributes, ink, paper: ";".join(filter(None, (*sorted(attributes), ink, paper))),
    st.sets(st.sampled_from("134579")),
    COLOURS,
    PAPERS,
)


def shown(codes: list[str]) -> pyte.screens.Char:
    """A character after these codes."""
    screen = pyte.Screen(3, 1)
    stream = pyte.Stream(screen)
    for code in codes:
        stream.feed(f"\x1b[{code}m" if code else "")
    stream.feed("x")
    return screen.buffer[0][0]


@given(st.lists(STYLES, min_size=1, max_size=6))
def test_a_chain_of_changes_ends_in_the_last_style(styles: list[str]) -> None:
    codes = [change_of_style(held, wanted) for held, wanted in zip(["", *styles], styles, strict=False)]
    assert shown(codes) == shown(["0", styles[-1]])
    assert all(len(code) <= len(f"0;{style}") for code, style in zip(codes, styles, strict=True))


def test_only_what_is_another_is_said() -> None:
    paper = "48;2;20;23;28"
    assert change_of_style(f"38;2;1;2;3;{paper}", f"38;2;9;9;9;{paper}") == "38;2;9;9;9"
    assert change_of_style(f"1;38;2;1;2;3;{paper}", f"38;2;1;2;3;{paper}") == "22"
    assert change_of_style("1;2;31", "2;31") == "22;2"
    assert change_of_style("1;31", "4") == "0;4"
    assert change_of_style("31", "31;1") == "1"
    assert change_of_style("31;1", "1;31") == ""
    assert change_of_style("53;31", "31") == "0;31"
    assert (change_of_style("", "31"), change_of_style("31", ""), change_of_style("", "")) == ("31", "0", "")
