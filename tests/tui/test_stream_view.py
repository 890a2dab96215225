"""The view that an answer streams into: whole, cheap, and following its end unless the reader looks back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.strip import Strip

from tests.support.host_app import until
from workbench.tui.widgets.stream_view import StreamView, rows_of


class Alone(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = StreamView()

    def compose(self) -> ComposeResult:
        yield self.view


def drawn(view: StreamView) -> list[str]:
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


def tail(app: Alone) -> str:
    """The last row that is not empty on the screen as it was painted last, without the scroll bar."""
    rows = [strip.text[:-1].rstrip() for strip in app.screen._compositor.render_strips()]
    return [row for row in rows if row][-1]


async def test_pieces_give_the_same_rows_as_the_whole() -> None:
    text = "The quick brown fox\n\njumps über den\tHund 日本語日本語 " + "x" * 90 + " end\n" * 3
    app, whole = Alone(), Alone()
    async with app.run_test(size=(30, 20)) as pilot:
        for char in text:
            app.view.append(char)
            app.view.flush()
        await pilot.pause()
        pieces = drawn(app.view)
        assert app.view.text == text
    async with whole.run_test(size=(30, 20)) as pilot:
        whole.view.append(text)
        whole.view.flush()
        await pilot.pause()
        assert drawn(whole.view) == pieces


async def test_the_end_is_followed_unless_scrolled_up() -> None:
    app = Alone()
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.append("\n".join(map(str, range(50))))
        app.view.flush()
        await pilot.pause()
        assert tail(app) == "49"
        app.view.focus()
        await pilot.press("k", "k", "k")
        await pilot.pause()
        top = drawn(app.view)[0]
        app.view.append("\nmore\nand more")
        app.view.flush()
        await pilot.pause()
        assert drawn(app.view)[0] == top
        await pilot.press("G")
        app.view.append("\nlast")
        app.view.flush()
        await pilot.pause()
        assert tail(app) == "last"


async def test_what_is_added_to_the_last_row_is_painted_also_far_down() -> None:
    app = Alone()
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.append("\n".join(map(str, range(50))))
        app.view.flush()
        await pilot.pause()
        for more in (" and", " on", "\nnext", " row"):
            app.view.append(more)
            app.view.flush()
            await pilot.pause()
            assert tail(app).endswith(more.strip())


async def test_the_end_is_followed_some_rows_at_a_time() -> None:
    app = Alone()
    async with app.run_test(size=(30, 20)) as pilot:
        tops = set()
        for row in range(60):
            app.view.append(f"{row}\n")
            app.view.flush()
            await pilot.pause()
            tops.add(app.view.scroll_offset.y)
        assert len(tops) <= 12
        app.view.settle()
        await pilot.pause()
        assert drawn(app.view)[-2:] == ["59", ""]


async def test_many_small_pieces_are_drawn_at_most_fifteen_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Alone()
    laid_out: list[int] = []
    lay_out = StreamView._lay_out

    def counted(self: StreamView, text: str) -> None:
        laid_out.append(len(text))
        lay_out(self, text)

    monkeypatch.setattr(StreamView, "_lay_out", counted)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(20):
            for _ in range(1000):
                app.view.append("ab ")
            await pilot.pause(0.05)
        await until(pilot, lambda: sum(laid_out) == 60_000)
        assert len(laid_out) <= 40  # a second of streaming, and a slow machine
        assert len(app.view.text) == 60_000


async def test_resizing_keeps_the_text() -> None:
    app = Alone()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.append("word " * 100)
        await pilot.resize_terminal(20, 10)
        await pilot.resize_terminal(1, 1)
        await pilot.resize_terminal(60, 10)
        await pilot.pause(0.2)
        assert "".join(app.view._rows) == "word " * 100


async def test_a_line_of_a_megabyte() -> None:
    app = Alone()
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.append("x" * 1_000_000)
        app.view.flush()
        app.view.append("y")
        app.view.flush()
        await pilot.pause()
        assert tail(app).endswith("y")


async def test_controls_are_pictures() -> None:
    app = Alone()
    async with app.run_test(size=(60, 5)) as pilot:
        app.view.append("\x1b]0;title\x07 \x9b31m \x7f \u202e [/b]")
        app.view.flush()
        await pilot.pause()
        assert drawn(app.view)[0] == "␛]0;title␇ ⟨009B⟩31m ␡ ⟨202E⟩ [/b]"


@given(st.text(st.characters(exclude_characters="\n\t"), max_size=200), st.integers(1, 40))
def test_rows_joined_are_the_line(line: str, width: int) -> None:
    rows = rows_of(line, width)
    assert "".join(rows) == line
    assert rows


def test_a_row_is_never_wider_than_the_view() -> None:
    for row in rows_of("日本 " * 30 + "a" * 50, 11):
        assert cell_len(row.rstrip()) <= 11


@pytest.mark.parametrize("before", ["1\n2\n3\n4", "\n".join(map(str, range(99)))])
async def test_another_text_leaves_nothing_of_the_one_before_and_empty_rows_alone(
    before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Alone()
    async with app.run_test(size=(20, 10)) as pilot:
        for text in (before, "one", ""):
            app.view.clear()
            app.view.append(text)
            app.view.flush()
            await pilot.pause()
            app.view.settle()
            await pilot.pause()
        assert not any(strip.text[:-1].strip() for strip in app.screen._compositor.render_strips())
        app.view.append("\n".join("abc"))
        app.view.flush()
        await pilot.pause()
        drawn_again: list[int] = []
        draw = app.view.render_line

        def noted(y: int) -> Strip:
            drawn_again.append(y)
            return draw(y)

        monkeypatch.setattr(app.view, "render_line", noted)
        app.view.clear()
        app.view.append("d")
        app.view.flush()
        await pilot.pause()
        assert set(drawn_again) == {0, 1, 2}
