"""Markdown as rows of styled pieces, so that a rendered answer is drawn and searched like every other text."""

from __future__ import annotations

import io
import re

from rich.segment import Segment

from workbench.text import visible

MOST = 60_000
"""Characters of an answer that are rendered; longer ones stay as they were written."""
_SIGNS = re.compile(
    r"^(#{1,6} \S|\s*[-*+] \S|\s*\d+[.)] \S|> |```|~~~|\|.+\|\s*$)|\*\*\S[^*\n]*\*\*|`[^`\n]+`", re.MULTILINE
)


def is_markdown(text: str) -> bool:
    """Whether it says something in Markdown that rendering would show otherwise."""
    return len(text) <= MOST and _SIGNS.search(text) is not None


def markdown_rows(text: str, width: int, dark: bool) -> list[list[Segment]]:
    """At most `width` cells each. Never a link of the terminal: an address is written out.

    Takes a while for long texts and imports a parser: call it in a thread.
    """
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(
        file=io.StringIO(), width=width, force_terminal=True, color_system="truecolor", legacy_windows=False
    )
    rendered = Markdown(visible(text), hyperlinks=False, code_theme="ansi_dark" if dark else "ansi_light")
    return [_trimmed(line) for line in console.render_lines(rendered, pad=False)]


def _trimmed(line: list[Segment]) -> list[Segment]:
    """Without blanks at the end, which rich pads blocks with where nothing lies under them."""
    while line and not line[-1].text.strip() and (line[-1].style is None or line[-1].style.bgcolor is None):
        line = line[:-1]
    return line
