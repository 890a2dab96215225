"""No data, however hostile, reaches the terminal as a control, is parsed as markup, or ends the app."""

from __future__ import annotations

from typing import Any

import pytest
from rich.segment import Segment
from textual.app import App
from textual.color import Color

from tests.tui.conftest import Open
from workbench.composition import Workbench
from workbench.domain.prompts import Content, Message, Variable
from workbench.settings.config import Config
from workbench.text import UNSAFE
from workbench.tui.terminal import SAFE_TEXT

HOSTILE = (
    "\x1b]0;owned\x07 \x1b]52;c;cm0gLXJmIC8=\x07 \x1b[2J \x9b31m \x1bP$q\x1b\\ \x7f\x08 \u202eevil\u202c "
    "[/b] [/] [b + [/ [@click=app.quit]x[/] [link=https://x]y[/link] $x [1]"
)


def fill(config: Config) -> None:
    with Workbench(config) as workbench:
        for text in (HOSTILE, HOSTILE + "\n" + HOSTILE + " more"):
            content = Content(
                (Message("system", text), Message("user", text)),
                "literal",
                (Variable("x", HOSTILE, default=HOSTILE, has_default=True),),
                {"model": HOSTILE, "stop": [HOSTILE]},
            )
            workbench.library.save("bad/one", content, note=HOSTILE, author=HOSTILE)
        workbench.deploying.promote("bad/one@1.0.0", "dev", HOSTILE)


def bytes_of(app: App[Any]) -> str:
    """What a full repaint of the screen would send, escape sequences of the app itself taken out."""
    strips = app.screen._compositor.render_strips()
    filters = app.get_line_filters()
    texts = []
    for strip in strips:
        for each in filters:
            strip = strip.apply_filter(each, Color(0, 0, 0))
        texts.append("".join(segment.text for segment in strip))
    return "\n".join(texts)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_every_surface_of_the_library_and_the_diff(config: Config, opened: Open, size: tuple[int, int]) -> None:
    fill(config)
    async with opened(config, size) as driven:
        for acts in (
            (), ("library.next_tab",), ("library.next_tab",), ("library.next_tab",), ("library.next_tab",),
            ("library.pane_2",), ("library.zoom",), ("library.unzoom", "version.diff"), ("diff.layout",),
            ("diff.layout",), ("diff.copy",), ("sheet.cancel", "app.help"), ("app.back", "app.back"),
            ("history.open",), ("app.back", "library.copy"), ("sheet.cancel", "version.tag"), ("sheet.cancel",),
            ("app.palette",), ("sheet.cancel", "version.promote"), ("sheet.cancel", "version.edit"),
        ):  # fmt: skip
            await driven.do(*acts)
            await driven.settle(0.1)
            drawn = bytes_of(driven.app)
            assert not [c for c in drawn.replace("\n", "") if UNSAFE.match(c)], acts
            assert driven.app.is_running, acts
        assert driven.app._exception is None


async def test_the_attack_is_seen_and_markup_stays_text(config: Config, opened: Open) -> None:
    fill(config)
    async with opened(config, (160, 45)) as driven:
        text = driven.text
        assert "␛]0;owned" in text
        assert "⟨202E⟩evil" in text
        assert "[@click=app.quit]x[/]" in text


async def test_say_takes_anything(config: Config, opened: Open) -> None:
    async with opened(config) as driven:
        driven.app.say(HOSTILE, error=True)
        await driven.settle()
        assert "[/b] [/]" in driven.status
        assert "\x1b" not in driven.status


async def test_search_takes_anything(config: Config, opened: Open) -> None:
    fill(config)
    async with opened(config) as driven:
        for query in ('"', "foo:bar", "NEAR(", "*", "%", "_", "[/b]", "(" * 200):
            await driven.do("library.search")
            await driven.type(query)
            await driven.settle(0.1)
            await driven.do("sheet.cancel")
        assert driven.app._exception is None


def test_the_filter_is_the_last_line() -> None:
    segments = [Segment("a\x1b]0;x\x07b\u202e"), Segment("plain")]
    assert "".join(s.text for s in SAFE_TEXT.apply(segments, Color(0, 0, 0))) == "a]0;xbplain"
    clean = [Segment("plain 漢 👩‍🚀")]
    assert SAFE_TEXT.apply(clean, Color(0, 0, 0)) is clean
