"""A paste arrives whole, in whatever pieces the terminal sends it, and nothing in it is a key."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workbench.tui.pastes import BEGIN, END, PATIENCE, Pasted, Pastes

TYPED = st.text("ab\x1b[2~0;", max_size=6).filter(lambda text: BEGIN not in text)
BODY = st.text("ab\x1b[201~\n", max_size=30).filter(lambda text: END not in text + END[:-1])


def taken(pieces: list[str]) -> tuple[str, list[str]]:
    """All that was typed, and the pastes."""
    pastes = Pastes(clock=lambda: 0.0)
    parts = [part for piece in pieces for part in pastes.split(piece)]
    pastes._last = -2 * PATIENCE
    parts += pastes.overdue()
    return "".join(p for p in parts if isinstance(p, str)), [p.text for p in parts if isinstance(p, Pasted)]


def test_an_escape_in_a_paste_is_no_key() -> None:
    assert taken([f"x{BEGIN}red \x1b[31m and \x1b out{END}y"]) == ("xy", ["red \x1b[31m and \x1b out"])


@given(st.lists(st.tuples(TYPED, BODY), min_size=1, max_size=3), st.lists(st.integers(0, 120), max_size=8))
def test_any_cut_gives_the_same_pastes(parts: list[tuple[str, str]], cuts: list[int]) -> None:
    sent = "".join(f"{typed}{BEGIN}{body}{END}" for typed, body in parts)
    places = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    pieces = [sent[a:b] for a, b in pairwise(places)]
    if any(piece.endswith(("\x1b", "\x1b[")) for piece in pieces):
        return  # left to Textual: escape alone is a key

    assert taken(pieces) == taken([sent])


def test_one_without_an_end_is_not_waited_for_for_ever() -> None:
    assert taken([f"{BEGIN}half of"]) == ("", ["half of"])


def test_what_only_begins_like_a_paste_is_typed() -> None:
    assert taken(["\x1b[20", "~"]) == ("\x1b[20~", [])
    assert taken(["\x1b[2"]) == ("\x1b[2", [])
