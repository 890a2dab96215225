"""What is typed arrives in the order it was typed, however many keys come at once (a slow line, a fast typist)."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.terminal import Terminal

App = Callable[..., Terminal]


def test_a_backspace_between_letters_deletes_the_letter_before_it(open_app: App) -> None:
    terminal = open_app()
    terminal.press("e", pause=1.0)

    terminal.write(b"abc\x7fR\x7f\x7fXY ")

    terminal.wait_for("aXY You are")


def test_the_filter_takes_keys_in_order_too(open_app: App) -> None:
    terminal = open_app()
    terminal.press("/", pause=0.5)

    terminal.write(b"qq\x7f\x7fcust")

    terminal.wait_for(r"customer-support · ")
    assert "invoice" not in terminal.text
