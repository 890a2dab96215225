"""What takes long says so on standard error, and what does not says nothing."""

from __future__ import annotations

import io
import sys

import pytest

from workbench.cli import diagnostics

ERASE = "\x1b[K"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def tell(*said: tuple[str, float]) -> None:
    with diagnostics.lasting("migrating") as told:
        for doing, seconds in said:
            told(doing, seconds)


def test_what_is_done_in_less_than_a_second_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (io.StringIO(), Terminal()):
        monkeypatch.setattr(sys, "stderr", stream)
        tell(("copying", 0.0), ("copying", 0.9), ("changing", 0.99))
        assert stream.getvalue() == ""


def test_on_a_terminal_one_line_counts_the_seconds_and_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    tell(("copying", 0.9), ("copying", 1.0), ("copying", 1.5), ("copying", 2.1), ("changing", 0.1), ("changing", 1.2))
    assert stream.getvalue().split("\r") == [
        "",
        f"migrating: copying, 1 s {ERASE}",
        f"migrating: copying, 2 s {ERASE}",
        f"migrating: changing, 1 s {ERASE}",
        ERASE,
    ]


def test_elsewhere_each_thing_that_lasts_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    tell(("copying", 0.2), ("copying", 1.2), ("copying", 7.0), ("changing", 1.0))
    assert stream.getvalue() == "migrating: copying …\nmigrating: changing …\n"


def test_many_things_are_counted_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        for total in (200, 1000):
            with diagnostics.counting("checking") as advance:
                for done in (0, 1, 505, total):
                    advance(min(done, total), total)
        said.append(stream.getvalue().split("\r"))
    told, untold = said
    assert told == ["", "checking 0 of 1000", "checking 505 of 1000", "checking 1000 of 1000", " " * 60, ""]
    assert untold == [""]
