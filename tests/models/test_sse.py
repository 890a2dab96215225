"""The reader of events gives the same however the network cuts the bytes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.models.sse import EventReader

STREAM = (
    b"\xef\xbb\xbf: comment\r\ndata: one\r\n\r\nevent: x\ndata:two\ndata:  lines\n\n"
    b"data: \xc3\xa9\r\rid: 3\n\ndata\n\ndata:last"
)
EVENTS = [b"one", b"two\n lines", b"\xc3\xa9"]


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_cuts_do_not_matter(cuts: list[int]) -> None:
    # A byte order mark comes in the first packet: three bytes are never cut.
    places = [0, *sorted(cut for cut in cuts if cut >= 3), len(STREAM)]
    reader, events = EventReader(), []
    for start, end in pairwise(places):
        events += reader.feed(STREAM[start:end])
    assert events == EVENTS
    assert reader.end() == [b"last"]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_a_long_line_in_many_pieces_is_read_in_linear_time(ending: bytes) -> None:
    reader = EventReader()
    assert reader.feed(b"data: ") == []
    for _ in range(20_000):
        assert reader.feed(b"x" * 100) == []
    assert reader.feed(ending) == []
    (event,) = reader.feed(ending)
    assert event == b"x" * 2_000_000
