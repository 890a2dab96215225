"""A long line in a sheet: what is left of it, and the words that are marked."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.strip import Strip

from workbench.domain.diffs import compare, diff_texts
from workbench.domain.prompts import Content, Message
from workbench.tui.widgets.diff_preview import AROUND, DiffPreview, excerpt, text_lines

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


def signs(left: str, right: str) -> str:
    found = compare(Content((Message("system", left),)), Content((Message("system", right),)))
    return "".join(sign for sign, _, _ in text_lines(found)[1:])


def test_a_line_that_only_got_words_is_not_shown_as_removed() -> None:
    assert signs("You" + REST, "Always be kind. You" + REST) == "+"
    assert signs("Always be kind. You" + REST, "You" + REST) == "-"
    assert signs("Old" + REST, "New" + REST) == "-+"
    assert signs("You  are", "You are") == "-+"


class Recording(DiffPreview):
    """Keeps what was drawn first."""

    def __init__(self) -> None:
        super().__init__()
        self.first = ""

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        self.first = self.first or strip.text
        return strip


class Alone(App[None]):
    def __init__(self, preview: DiffPreview) -> None:
        super().__init__()
        self.preview = preview

    def compose(self) -> ComposeResult:
        yield self.preview

    def on_mount(self) -> None:
        self.preview.show([("+", "a line that fits", ())])


async def test_what_is_shown_before_there_is_a_size_is_drawn_as_wide_as_it_will_be() -> None:
    preview = Recording()
    async with Alone(preview).run_test(size=(40, 10)):
        assert preview.first.rstrip() == " + a line that fits"
        assert preview.virtual_size.height == 1
